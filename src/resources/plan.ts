// What a write of a resource consists of: the rows as they will be, and the statements that make them so. Nothing here
// reads; whatever was read before (or only remembered) is asserted again inside the batch.
import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import { expect, LostRace, type Statement, type Write } from "../db/commit.ts";
import { isNumbered } from "../db/counts.ts";
import { expectReferences, holdersOfKind, kindFields, needed } from "../db/references.ts";
import { slotsOf } from "../db/slots.ts";
import type { Link, OwnedRow } from "../db/store.ts";
import { conflict } from "../errors.ts";
import { newId } from "../ids.ts";
import { record } from "../outbox/record.ts";
import { expectRoom, overQuota } from "../quotas/expectations.ts";
import { recordsOf } from "../quotas/quotas.ts";
import type { Changes, Resource, Transition } from "./resource.ts";
import { uniques } from "./unique.ts";
import { checkWeight } from "./weight.ts";

export type Planner<Row extends OwnedRow, Create, Update> = ReturnType<typeof planner<Row, Create, Update>>;

const OWNED = new Set([
	"organizationId",
	"id",
	"version",
	"createdAt",
	"updatedAt",
	"deletedAt",
	"number",
	"custom",
	"outdated",
	"hidden",
]);

/** The parts of one resource's writes. */
export function planner<Row extends OwnedRow, Create, Update>(resource: Resource<Row, Create, Update>) {
	const { store, noun, list } = resource;
	const { table } = store;
	const numbered = isNumbered(table);
	const mapping = (fact: unknown) => resource.mapping?.(fact) ?? store.plain;

	/** What records the events of transitions: of rows that are deleted as they were, else as the batch leaves them. */
	const recorded = (ctx: Ctx, ...transitions: readonly Transition<Row>[]): Statement[] =>
		record(
			ctx,
			transitions.flatMap((transition) =>
				resource.events(ctx, transition).map((event) => ({
					...event,
					entityId: (transition.after ?? transition.before)?.id ?? "",
				})),
			),
			transitions.some(({ after }) => after) ? table : undefined,
		);

	const slots = ({ organizationId, id }: Row) => slotsOf(table, organizationId, id);

	const clash = (path: string) =>
		conflict(`Another ${noun} has this ${path}.`, { path, message: "Already taken." });

	/** Values that no other live row may have. Stands after the write, so rows of one batch are held against each other too. */
	const expectUnique = (rows: readonly Row[], fact: unknown, before: Row | null = null): Statement[] =>
		uniques(resource, rows, fact, before).map(({ path, taken }) =>
			expect(sql`NOT EXISTS (${taken})`, () => (rows.length > 1 ? new LostRace() : clash(path))),
		);

	/** The row after a change, one version on; the batch stamps it. */
	const next = (before: Row, fields: Partial<Row>): Row => ({
		...before,
		...fields,
		version: before.version + 1,
	});

	/** What the rules were told must still be so. */
	const still = (ctx: Ctx, fact: unknown): Statement[] => {
		const current = resource.fact(ctx.caller.organizationId);
		return current ? [expect(sql`${current} IS ${fact}`, () => new LostRace())] : [];
	};

	return {
		clash,

		/** A stored row as the rules see it. */
		decode: (raw: RawRow, fact: unknown): Row => mapping(fact).row(store.decode(raw)),

		/** Where a written row shows what the batch gives out. */
		slots,

		/** A new row, as the rules make it of an input. Throws the AppError of a broken rule, 413 for one that is too heavy. */
		draft(ctx: Ctx, input: Create, fact: unknown, id = newId(list.prefix, ctx.now)): Row {
			const at = new Date(ctx.now).toISOString();
			const owned: OwnedRow = {
				organizationId: ctx.caller.organizationId,
				id,
				version: 1,
				createdAt: at,
				updatedAt: at,
				deletedAt: null,
			};
			const fields = resource.fields(input, null, fact, at);
			const row = { ...owned, ...(numbered ? { number: 0 } : {}), ...fields } as unknown as Row;
			checkWeight(ctx.caller, noun, mapping(fact).columns(row), null);
			return row;
		},

		/** A stored row with an input laid over it. Throws as `draft` does. */
		overlay(ctx: Ctx, before: Row, input: Update | Create, fact: unknown): Row {
			const fields = resource.fields(input, before, fact, new Date(ctx.now).toISOString());
			const after = next(before, fields as unknown as Partial<Row>);
			const { columns } = mapping(fact);
			checkWeight(ctx.caller, noun, columns(after), columns(before));
			return after;
		},

		/** What inserts rows, with their events. */
		inserts(ctx: Ctx, rows: readonly Row[], fact: unknown): Statement[] {
			const { organizationId } = ctx.caller;
			return [
				...still(ctx, fact),
				...store.insert(ctx.now, rows, mapping(fact)),
				expectRoom(table, organizationId, () =>
					rows.length > 1 ? new LostRace() : overQuota(recordsOf(table)),
				),
				...rows.flatMap((row) => resource.bounds?.(null, row) ?? []),
				...expectUnique(rows, fact),
				...expectReferences(organizationId, table, rows),
				...recorded(ctx, ...rows.map((after) => ({ before: null, after, changes: {} }))),
			];
		},

		/** What turns one row into another, with its events; nothing when nothing differs. */
		updates(ctx: Ctx, before: Row, after: Row, fact: unknown, lost?: () => Error): Write<Row> {
			const changes = changesBetween(before, after);
			if (Object.keys(changes).length === 0) return { value: before, statements: [] };
			const changed = pick(after, Object.keys(changes));
			return {
				value: after,
				slots: slots(after),
				statements: [
					...still(ctx, fact),
					...store.update(ctx.now, before, after, mapping(fact), lost),
					...(resource.bounds?.(before, after) ?? []),
					...expectUnique([after], fact, before),
					...expectReferences(
						ctx.caller.organizationId,
						table,
						[{ ...pick(after, kindFields(table)), ...changed }],
						before,
					),
					...holdersOfKind(table, after, changed).map(({ query }) =>
						expect(sql`NOT EXISTS (${query})`, () => new LostRace()),
					),
					...recorded(ctx, { before, after, changes }),
				],
			};
		},

		/** What deletes a row, provided that nothing holds it. */
		removal(ctx: Ctx, before: Row, held: SQL | null, fact: unknown, lost?: () => Error): Write<Row> {
			const deletedAt = new Date(ctx.now).toISOString();
			const after = next(before, { deletedAt } as Partial<Row>);
			return {
				value: after,
				statements: [
					...store.update(ctx.now, before, after, mapping(fact), lost),
					...(held ? [expect(sql`NOT EXISTS (${held})`, () => new LostRace())] : []),
					...recorded(ctx, { before, after: null, changes: {} }),
				],
			};
		},

		/** What brings a deleted row back, with links that `mapping` doesn't know of; its events say so as an update. */
		restoration(ctx: Ctx, before: Row, fact: unknown, hidden: readonly Link[] = []): Write<Row> {
			const moved = resource.restored?.(before, fact, new Date(ctx.now).toISOString());
			const after = next(before, { ...moved, deletedAt: null } as Partial<Row>);
			const changes = {
				deletedAt: { from: before.deletedAt, to: null },
				...changesBetween(before, after),
			};
			return {
				value: after,
				slots: slots(after),
				statements: [
					...(moved ? still(ctx, fact) : []),
					...store.update(ctx.now, before, after, mapping(fact)),
					...store.link(after, hidden),
					...(resource.bounds?.(null, after) ?? []),
					...expectUnique([after], fact),
					...expectReferences(ctx.caller.organizationId, table, [needed(table, after)]),
					...recorded(ctx, { before, after, changes }),
				],
			};
		},
	};
}

function changesBetween(before: object, after: object): Changes {
	const from = new Map<string, unknown>(Object.entries(before));
	return Object.fromEntries(
		Object.entries(after).flatMap(([field, to]) =>
			OWNED.has(field) || JSON.stringify(from.get(field)) === JSON.stringify(to)
				? []
				: [[field, { from: from.get(field) ?? null, to }]],
		),
	);
}

function pick<Row extends object>(row: Row, fields: readonly string[]): Partial<Row> {
	return Object.fromEntries(Object.entries(row).filter(([field]) => fields.includes(field))) as Partial<Row>;
}
