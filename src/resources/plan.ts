// What a write of a resource consists of: the rows as they will be, and the statements that make them so. Nothing here
// reads; whatever was read before (or only remembered) is asserted again inside the batch.

import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import { expect, LostRace, type Statement, type Write } from "../db/commit.ts";
import { isNumbered } from "../db/counts.ts";
import { expectStill, type Known, sourceOf } from "../db/fact.ts";
import type { Link } from "../db/links.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { expectReferences, holdersOfKind, kindFields, needed } from "../db/references.ts";
import { slotsOf } from "../db/slots.ts";
import { type AppError, conflict } from "../errors.ts";
import { newId } from "../ids.ts";
import { record } from "../outbox/record.ts";
import { expectBytes, expectRoom, overQuota } from "../quotas/expectations.ts";
import { recordsOf } from "../quotas/quotas.ts";
import type { Changes, Resource, Transition } from "./resource.ts";
import { claimsOf, uniques } from "./unique.ts";
import { becomesHeavier, checkWeight } from "./weight.ts";

export type Plan<Row extends OwnedRow, Create, Update, Fact> = ReturnType<
	typeof planFor<Row, Create, Update, Fact>
>;

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

/** The plan of a resource, by the resource. */
export type PlanOf<Of> =
	Of extends Resource<infer Row, infer Create, infer Update, infer Fact>
		? Plan<Row, Create, Update, Fact>
		: never;

/** The parts of a resource's writes in one request, by the fact that was read for them. */
export function planFor<Row extends OwnedRow, Create, Update, Fact>(
	ctx: Ctx,
	resource: Resource<Row, Create, Update, Fact>,
	known: Known<Fact>,
) {
	const { store, noun, prefix } = resource;
	const { table } = store;
	const { fact } = known;
	const { organizationId } = ctx.caller;
	const at = new Date(ctx.now).toISOString();
	const mapping = resource.mapping?.(fact) ?? store.plain;

	/** What records the events of transitions: of rows that are deleted as they were, else as the batch leaves them. */
	const eventStatements = (...transitions: readonly Transition<Row>[]): Statement[] =>
		record(
			ctx,
			transitions.flatMap((transition) =>
				(resource.events?.(ctx, transition) ?? []).map((event) => ({
					...event,
					entityId: (transition.after ?? transition.before)?.id ?? "",
				})),
			),
			transitions.some(({ after }) => after) ? table : undefined,
		);

	/** A change adds to what the organization keeps by its events, or by the row itself. */
	const grown = (events: readonly Statement[], before: Row, after: Row) =>
		events.length > 0 || becomesHeavier(mapping.columns(before), mapping.columns(after))
			? expectBytes(ctx)
			: [];

	const slots = ({ id }: Row) => slotsOf(table, organizationId, id);

	const clash = (path: string) =>
		conflict(`Another ${noun} has this ${path}.`, { path, message: "Already taken." });

	/** Values that no other live row may have. Stands after the write, so rows of one batch are held against each other too. */
	const expectUnique = (rows: readonly Row[], before: Row | null = null): Statement[] =>
		uniques(claimsOf(resource, rows, fact, before)).map(({ path, taken }) =>
			expect(sql`NOT EXISTS (${taken})`, () => (rows.length > 1 ? new LostRace() : clash(path))),
		);

	/** The row after a change, one version on; the batch stamps it. */
	const next = (before: Row, fields: object): Row => ({
		...before,
		...fields,
		version: before.version + 1,
	});

	/** What the rules were told must still be so. */
	const expectFact = () => expectStill(sourceOf(resource), organizationId, known);

	/** A change of one row with its events, and what must hold after it. */
	const changing = (
		before: Row,
		after: Row,
		changes: Changes,
		held: readonly Statement[],
		lost?: () => AppError,
	): Write<Row> => {
		const events = eventStatements({ before, after, changes });
		return {
			value: after,
			slots: slots(after),
			statements: [
				...grown(events, before, after),
				...store.update(ctx.now, before, after, mapping, lost),
				...held,
				...events,
			],
		};
	};

	const underFact = (write: Write<Row>): Write<Row> => ({
		...write,
		statements: [...expectFact(), ...write.statements],
	});

	return {
		fact,

		clash,

		/** A stored row as the rules see it. */
		decode: (raw: RawRow): Row => mapping.row(store.decode(raw)),

		/** Where a written row shows what the batch gives out. */
		slots,

		/** A new row, as the rules make it of an input. Throws the AppError of a broken rule, 413 for one that is too heavy. */
		draft(input: Create, id = newId(prefix, ctx.now)): Row {
			const owned: OwnedRow = {
				organizationId,
				id,
				version: 1,
				createdAt: at,
				updatedAt: at,
				deletedAt: null,
			};
			const fields = resource.fields(input, null, fact, at);
			const row = { ...owned, ...(isNumbered(table) ? { number: 0 } : {}), ...fields } as unknown as Row;
			checkWeight(ctx.caller, noun, mapping.columns(row), null);
			return row;
		},

		/** A stored row with an input laid over it. Throws as `draft` does. */
		overlay(before: Row, input: Update | Create): Row {
			const after = next(before, resource.fields(input, before, fact, at));
			checkWeight(ctx.caller, noun, mapping.columns(after), mapping.columns(before));
			return after;
		},

		/** What inserts rows, with their events. */
		inserts(rows: readonly Row[]): Statement[] {
			return [
				...expectFact(),
				...expectBytes(ctx),
				...store.insert(ctx.now, rows, mapping),
				expectRoom(table, organizationId, () =>
					rows.length > 1 ? new LostRace() : overQuota(recordsOf(table)),
				),
				...rows.flatMap((row) => resource.bounds?.(null, row) ?? []),
				...expectUnique(rows),
				...expectReferences(organizationId, table, rows),
				...eventStatements(...rows.map((after) => ({ before: null, after, changes: {} }))),
			];
		},

		/** What turns one row into another, with its events; nothing when nothing differs. */
		updates(before: Row, after: Row, lost?: () => AppError): Write<Row> {
			const changes = changesBetween(before, after);
			if (Object.keys(changes).length === 0) return { value: before, statements: [] };
			const changed = pick(after, Object.keys(changes));
			const held = [
				...(resource.bounds?.(before, after) ?? []),
				...expectUnique([after], before),
				...expectReferences(
					organizationId,
					table,
					[{ ...pick(after, kindFields(table)), ...changed }],
					before,
				),
				...holdersOfKind(table, after, changed).map(({ query }) =>
					expect(sql`NOT EXISTS (${query})`, () => new LostRace()),
				),
			];
			return underFact(changing(before, after, changes, held, lost));
		},

		/** What deletes a row, provided that nothing holds it. */
		removal(before: Row, held: SQL | null, lost?: () => AppError): Write<Row> {
			const after = next(before, { deletedAt: at });
			return {
				value: after,
				statements: [
					...store.update(ctx.now, before, after, mapping, lost),
					...(held ? [expect(sql`NOT EXISTS (${held})`, () => new LostRace())] : []),
					...eventStatements({ before, after: null, changes: {} }),
				],
			};
		},

		/** What brings a deleted row back, with links that `mapping` doesn't know of; its events say so as an update. */
		restoration(before: Row, hidden: readonly Link[] = []): Write<Row> {
			const adjusted = resource.restored?.(before, fact, at);
			const after = next(before, { ...adjusted, deletedAt: null });
			const changes = {
				deletedAt: { from: before.deletedAt, to: null },
				...changesBetween(before, after),
			};
			const write = changing(before, after, changes, [
				...store.link(after, hidden),
				...(resource.bounds?.(null, after) ?? []),
				...expectUnique([after]),
				...expectReferences(organizationId, table, [needed(table, after)]),
			]);
			return adjusted ? underFact(write) : write;
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

function pick(row: object, fields: readonly string[]): object {
	return Object.fromEntries(Object.entries(row).filter(([field]) => fields.includes(field)));
}
