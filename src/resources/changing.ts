// Changes of a stored row: its update, its deletion, and its restoration.
import type { Ctx, WriteAttempt } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { Write } from "../db/commit.ts";
import type { KnownFact } from "../db/fact.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { exceptKeptItems, holderQuery } from "../db/references.ts";
import { sql } from "../db/sql.ts";
import { conflict, throwFieldErrors } from "../errors.ts";
import { requireVersion, staleVersion, type VersionCondition } from "./condition.ts";
import { refuseGoneReferences } from "./gone-references.ts";
import { holderInWords, inUseMessage } from "./holding.ts";
import { checkKind } from "./kind.ts";
import { planFor } from "./plan.ts";
import type { Reader } from "./reader.ts";
import type { Resource } from "./resource.ts";
import type { SideEffects } from "./side-effects.ts";

/**
 * The verbs that change one row: `update`, `updateWith`, `remove` and `restore`. Each reads the row in one round trip and plans the
 * write of its next state; updates also return the row as it was, `before`. A condition is what If-Match asks of its version.
 * They throw an AppError: 404 if there is no such row, 412 if it has another version, 400 for an input that is not valid, 413 for a
 * row that becomes too large, and 409 when other rows refer to a row that is removed or what a restored row refers to is gone.
 */
export function changer<Row extends OwnedRow, Create extends object, Update extends object, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	read: Reader<Row, Create, Update, Fact>,
	effectsOf: SideEffects<Row, Create | Update, Fact>,
) {
	const { noun } = resource;
	const { table } = resource.store;

	/** The stored row, whose version must meet the condition, and the plan of its write. */
	const planOf = (
		ctx: Ctx,
		known: KnownFact<Fact>,
		rows: readonly RawRow[] | undefined,
		condition: VersionCondition | null,
	) => {
		const plan = planFor(ctx, resource, known);
		const row = plan.decode(read.requireRow(rows));
		requireVersion(row, condition);
		return { plan, row };
	};

	return {
		async update(ctx: Ctx, id: string, input: Update, condition: VersionCondition | null) {
			const kind = checkKind(ctx.caller, resource, id, input);
			const effects = effectsOf(ctx, [input], sql`${id}`);
			const queries = [read.byId(ctx, id, false), ...kind.queries, ...(effects?.queries ?? [])];
			const { found, errorsOf, known } = await read.readForRules(ctx, [input], queries);
			const [rows, ...others] = found;
			const { plan, row: before } = planOf(ctx, known, rows, condition);
			throwFieldErrors(exceptKeptItems(table, errorsOf(0), input, before));
			const after = plan.merge(before, input);
			kind.refuse(others, before, after);
			const write = plan.updates(before, after, condition ? staleVersion : undefined);
			if (write.statements.length === 0) return { ...write, before };
			const more =
				effects?.statements([{ before, after }], others.slice(kind.queries.length), plan.fact) ?? [];
			return { ...write, before, statements: [...write.statements, ...more] };
		},

		async remove(ctx: Ctx, id: string, condition: VersionCondition | null): Promise<Write<Row>> {
			const held = holderQuery(table, { organizationId: ctx.caller.organizationId, id });
			const queries = [read.byId(ctx, id, false), ...(held ? [held] : [])];
			const { found, known } = await read.readForRules(ctx, [], queries);
			const { plan, row } = planOf(ctx, known, found[0], condition);
			const holder = found[1]?.[0];
			if (holder) throw conflict(inUseMessage(noun, holderInWords(ctx.caller, holder)));
			return plan.removal(row, held, condition ? staleVersion : undefined);
		},

		/** An update whose input is computed from the row; its references are only checked in the batch. */
		async updateWith(
			ctx: Ctx,
			id: string,
			make: (row: Row) => Update | Promise<Update>,
			condition: VersionCondition | null,
		) {
			const { found, known } = await read.readForRules(ctx, [], [read.byId(ctx, id, false)]);
			const { plan, row: before } = planOf(ctx, known, found[0], condition);
			const after = plan.merge(before, await make(before));
			return { ...plan.updates(before, after, condition ? staleVersion : undefined), before };
		},

		async restore(attempt: WriteAttempt, id: string, condition: VersionCondition | null) {
			const hidden = resource.hiddenLinks?.(attempt.caller.organizationId, id);
			const queries = [read.byId(attempt, id, true), ...(hidden ? [hidden.query] : [])];
			const { found, known } = await read.readForRules(attempt, [], queries);
			const { plan, row } = planOf(attempt, known, found[0], condition);
			if (row.deletedAt === null) throw conflict(`This ${noun} is not deleted.`);
			await refuseGoneReferences(attempt, noun, table, row);
			return plan.restoration(row, hidden?.read(found[1] ?? []));
		},
	};
}
