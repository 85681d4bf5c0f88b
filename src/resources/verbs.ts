// The verbs of every resource: get and list read; create, update, delete, restore and upsert plan a write. A plan needs at
// most one round trip of reads, and the batch asserts what was read.
import type { Attempt, Ctx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { Write } from "../db/commit.ts";
import type { Known } from "../db/fact.ts";
import type { ListQuery } from "../db/list-query.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { holders, needed, unlessKept } from "../db/references.ts";
import { AppError, conflict, refuse } from "../errors.ts";
import { creator } from "./creating.ts";
import { holding, inUse } from "./holding.ts";
import { checkKind } from "./kind.ts";
import { lister, type Page } from "./listing.ts";
import { planFor } from "./plan.ts";
import { reader } from "./reader.ts";
import type { Resource } from "./resource.ts";
import type { SideEffects } from "./side-effects.ts";
import { type Upserted, upserter } from "./upserting.ts";

/** Whether the caller's If-Match allows a change of this version. */
export type Condition = (version: number) => boolean;

export interface Verbs<Row extends OwnedRow, Create, Update> {
	get(ctx: Ctx, id: string, includeDeleted: boolean): Promise<Row>;
	list(ctx: Ctx, query: ListQuery): Promise<Page<Row>>;
	/** `id` is set if something must refer to it before the create. */
	create(attempt: Attempt, input: Create, id?: string): Promise<Write<Row>>;
	/** One result per input, in order: its row or its error. The valid ones are written together. */
	createMany(attempt: Attempt, inputs: readonly Create[]): Promise<Write<(Row | AppError)[]>>;
	update(ctx: Ctx, id: string, input: Update, condition: Condition | null): Promise<Updated<Row>>;
	remove(ctx: Ctx, id: string, condition: Condition | null): Promise<Write<Row>>;
	/** An update whose input is computed from the row; its references are only checked in the batch. */
	change(
		ctx: Ctx,
		id: string,
		make: (row: Row) => Update | Promise<Update>,
		condition: Condition | null,
	): Promise<Updated<Row>>;
	restore(attempt: Attempt, id: string, condition: Condition | null): Promise<Write<Row>>;
	/** Updates the live row whose `field` is `value`, or creates one; returns which. */
	upsert(ctx: Ctx, field: string, value: unknown, input: Create): Promise<Write<Upserted<Row>>>;
}

interface Updated<Row> extends Write<Row> {
	readonly before: Row;
}

/** The verbs of one resource. */
export function verbs<Row extends OwnedRow, Create extends object, Update extends object, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	effectsOf: SideEffects<Row, Create | Update, Fact> = () => null,
): Verbs<Row, Create, Update> {
	const { noun } = resource;
	const { table } = resource.store;
	const read = reader(resource);

	/** The stored row, whose version must meet the condition, and the plan of its write. */
	const planOf = (
		ctx: Ctx,
		known: Known<Fact>,
		rows: readonly RawRow[] | undefined,
		condition: Condition | null,
	) => {
		const plan = planFor(ctx, resource, known);
		const row = plan.decode(read.one(rows));
		requireVersion(row, condition);
		return { plan, row };
	};

	return {
		async get(ctx, id, includeDeleted) {
			const { found, decode } = await read.lookUp(ctx, [read.byId(ctx, id, includeDeleted)]);
			return decode(read.one(found[0]));
		},

		list: lister(resource, read),

		...creator(resource, read, effectsOf),

		async update(ctx, id, input, condition) {
			const kind = checkKind(ctx.caller, resource, id, input);
			const effects = effectsOf(ctx, [input], id);
			const queries = [read.byId(ctx, id, false), ...kind.queries, ...(effects?.queries ?? [])];
			const { found, errors, known } = await read.look(ctx, [input], queries);
			const [rows, ...others] = found;
			const { plan, row: before } = planOf(ctx, known, rows, condition);
			refuse(unlessKept(table, errors[0] ?? [], input, before));
			const after = plan.overlay(before, input);
			kind.refuse(others, before, after);
			const write = plan.updates(before, after, condition ? stale : undefined);
			if (write.statements.length === 0) return { ...write, before };
			const more =
				effects?.statements([{ before, after }], others.slice(kind.queries.length), plan.fact) ?? [];
			return { ...write, before, statements: [...write.statements, ...more] };
		},

		async remove(ctx, id, condition) {
			const held = holders(table, { organizationId: ctx.caller.organizationId, id });
			const queries = [read.byId(ctx, id, false), ...(held ? [held] : [])];
			const { found, known } = await read.look(ctx, [], queries);
			const { plan, row } = planOf(ctx, known, found[0], condition);
			const holder = found[1]?.[0];
			if (holder) throw conflict(inUse(noun, holding(ctx.caller, holder)));
			return plan.removal(row, held, condition ? stale : undefined);
		},

		async change(ctx, id, make, condition) {
			const { found, known } = await read.look(ctx, [], [read.byId(ctx, id, false)]);
			const { plan, row: before } = planOf(ctx, known, found[0], condition);
			const after = plan.overlay(before, await make(before));
			return { ...plan.updates(before, after, condition ? stale : undefined), before };
		},

		async restore(attempt, id, condition) {
			const hidden = resource.hiddenLinks?.(attempt.caller.organizationId, id);
			const queries = [read.byId(attempt, id, true), ...(hidden ? [hidden.query] : [])];
			const { found, known } = await read.look(attempt, [], queries);
			const { plan, row } = planOf(attempt, known, found[0], condition);
			if (row.deletedAt === null) throw conflict(`This ${noun} is not deleted.`);
			const [gone] = attempt.isRetry
				? ((await read.look(attempt, [needed(table, row)], [])).errors[0] ?? [])
				: [];
			if (gone) throw conflict(`A record that this ${noun} refers to no longer exists (${gone.path}).`, gone);
			return plan.restoration(row, hidden?.read(found[1] ?? []));
		},

		upsert: upserter(resource, read),
	};
}

/** 412: the row has another version than If-Match names. */
export const stale = () =>
	new AppError("PRECONDITION_FAILED", "The resource has changed since the version that If-Match names.");

/** @throws AppError 412 if the version of a row does not meet the condition */
export function requireVersion(
	{ version }: { readonly version?: unknown },
	condition: Condition | null,
): void {
	if (condition && !condition(Number(version))) throw stale();
}
