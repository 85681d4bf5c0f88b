// The plan of a resource's write: the rows it results in, and its statements. Nothing is read here; what was read before, or
// came from the cache, is asserted inside the batch.

import type { Ctx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import { ownedColumns } from "../db/columns.ts";
import { expect, LostRace, type Statement, type Write } from "../db/commit.ts";
import { isNumbered } from "../db/counts.ts";
import { expectFactUnchanged, factSourceOf, type KnownFact } from "../db/fact.ts";
import type { Link } from "../db/links.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { expectReferences, kindFields, kindHolderQueries, withoutItemLists } from "../db/references.ts";
import { slotsOf } from "../db/slots.ts";
import { type SQL, sql } from "../db/sql.ts";
import { type AppError, conflict } from "../errors.ts";
import { newId } from "../ids.ts";
import { recordEvents } from "../outbox/record.ts";
import { expectBytes, expectRoom, overQuota } from "../quotas/expectations.ts";
import { recordsOf } from "../quotas/quotas.ts";
import type { Changes, Resource, Transition } from "./resource.ts";
import { uniqueChecks, uniqueValuesOf } from "./unique.ts";
import { becomesHeavier, checkWeight } from "./weight.ts";

export type Plan<Row extends OwnedRow, Create, Update, Fact> = ReturnType<
	typeof planFor<Row, Create, Update, Fact>
>;

/** Fields whose changes are no changes of the record. */
const OWNED = new Set([...Object.keys(ownedColumns()), "number", "custom", "outdated", "hidden"]);

/** The plan type of a resource type. */
export type PlanOf<Of> =
	Of extends Resource<infer Row, infer Create, infer Update, infer Fact>
		? Plan<Row, Create, Update, Fact>
		: never;

/** The parts of a resource's writes in one request, with the fact that was read for them. */
export function planFor<Row extends OwnedRow, Create, Update, Fact>(
	ctx: Ctx,
	resource: Resource<Row, Create, Update, Fact>,
	known: KnownFact<Fact>,
) {
	const { store, noun, prefix } = resource;
	const { table } = store;
	const { fact } = known;
	const { organizationId } = ctx.caller;
	const at = new Date(ctx.now).toISOString();
	const mapping = resource.mapping?.(fact) ?? store.plainMapping;

	/** Statements that record the events of transitions: a deleted row as it was, another one as the batch writes it. */
	const eventStatements = (...transitions: readonly Transition<Row>[]): Statement[] =>
		recordEvents(
			ctx,
			transitions.flatMap((transition) =>
				(resource.events?.(ctx, transition) ?? []).map((event) => ({
					...event,
					entityId: (transition.after ?? transition.before)?.id ?? "",
				})),
			),
			transitions.some(({ after }) => after) ? table : undefined,
		);

	/** Expects that the quota `bytes` isn't used up, if a change has events or makes the row larger. */
	const expectBytesIfLarger = (events: readonly Statement[], before: Row, after: Row) =>
		events.length > 0 || becomesHeavier(mapping.columns(before), mapping.columns(after))
			? expectBytes(ctx)
			: [];

	const slots = ({ id }: Row) => slotsOf(table, organizationId, id);

	const duplicateError = (path: string) =>
		conflict(`Another ${noun} has this ${path}.`, { path, message: "Already taken." });

	/** Expects that unique values are not taken. Comes after the write, so that rows of one batch are compared too. */
	const expectUnique = (rows: readonly Row[], before: Row | null = null): Statement[] =>
		uniqueChecks(uniqueValuesOf(resource, rows, fact, before)).map(({ path, taken }) =>
			expect(sql`NOT EXISTS (${taken})`, () => (rows.length > 1 ? new LostRace() : duplicateError(path))),
		);

	/** The row after a change, with the next version; the batch stamps it. */
	const next = (before: Row, fields: object): Row => ({
		...before,
		...fields,
		version: before.version + 1,
	});

	/** Expects that the fact is still the one that the rules used. */
	const expectFact = () => expectFactUnchanged(factSourceOf(resource), organizationId, known);

	/** A change of one row with its events, and further statements after it. */
	const changeRow = (
		before: Row,
		after: Row,
		changes: Changes,
		more: readonly Statement[],
		lost?: () => AppError,
	): Write<Row> => {
		const events = eventStatements({ before, after, changes });
		return {
			value: after,
			slots: slots(after),
			statements: [
				...expectBytesIfLarger(events, before, after),
				...store.update(ctx.now, before, after, mapping, lost),
				...more,
				...events,
			],
		};
	};

	const withFactExpected = (write: Write<Row>): Write<Row> => ({
		...write,
		statements: [...expectFact(), ...write.statements],
	});

	return {
		fact,

		clash: duplicateError,

		/** A stored row in the form that the rules use. */
		decode: (raw: RawRow): Row => mapping.row(store.decode(raw)),

		/** The slots of a written row. */
		slots,

		/** A new row from an input. Throws the AppError of a broken rule, 413 if the row is too large. */
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

		/** A stored row merged with an input. Throws as `draft` does. */
		merge(before: Row, input: Update | Create): Row {
			const after = next(before, resource.fields(input, before, fact, at));
			checkWeight(ctx.caller, noun, mapping.columns(after), mapping.columns(before));
			return after;
		},

		/** Statements that insert rows, with their events. */
		inserts(rows: readonly Row[]): Statement[] {
			return [
				...expectFact(),
				...expectBytes(ctx),
				...store.insert(ctx.now, rows, mapping),
				expectRoom(table, organizationId, () =>
					rows.length > 1 ? new LostRace() : overQuota(recordsOf(table)),
				),
				...rows.flatMap((row) => resource.quotaExpectations?.(null, row) ?? []),
				...expectUnique(rows),
				...expectReferences(organizationId, table, rows),
				...eventStatements(...rows.map((after) => ({ before: null, after, changes: {} }))),
			];
		},

		/** The update of a row, with its events; no statements if nothing differs. */
		updates(before: Row, after: Row, lost?: () => AppError): Write<Row> {
			const changes = changesBetween(before, after);
			if (Object.keys(changes).length === 0) return { value: before, statements: [] };
			const changed = pick(after, Object.keys(changes));
			const more = [
				...(resource.quotaExpectations?.(before, after) ?? []),
				...expectUnique([after], before),
				...expectReferences(
					organizationId,
					table,
					[{ ...pick(after, kindFields(table)), ...changed }],
					before,
				),
				...kindHolderQueries(table, after, changed).map(({ query }) =>
					expect(sql`NOT EXISTS (${query})`, () => new LostRace()),
				),
			];
			return withFactExpected(changeRow(before, after, changes, more, lost));
		},

		/** The deletion of a row, if no live row refers to it. */
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

		/** The restoration of a deleted row, with links that are not in `mapping`; its event is that of an update. */
		restoration(before: Row, hidden: readonly Link[] = []): Write<Row> {
			const adjusted = resource.fieldsOnRestore?.(before, fact, at);
			const after = next(before, { ...adjusted, deletedAt: null });
			const changes = {
				deletedAt: { from: before.deletedAt, to: null },
				...changesBetween(before, after),
			};
			const write = changeRow(before, after, changes, [
				...store.link(after, hidden),
				...(resource.quotaExpectations?.(null, after) ?? []),
				...expectUnique([after]),
				...expectReferences(organizationId, table, [withoutItemLists(table, after)]),
			]);
			return adjusted ? withFactExpected(write) : write;
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
