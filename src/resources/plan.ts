// The plan of a resource's write: the rows it results in, and its statements. Nothing is read here; what was read before, or
// came from the cache, is asserted inside the batch.

import type { Ctx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import { expect, LostRace, type Statement, type Write } from "../db/commit.ts";
import { isNumbered } from "../db/counts.ts";
import { expectFactUnchanged, factSourceOf, type KnownFact } from "../db/fact.ts";
import type { Link } from "../db/links.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import {
	blockingReferences,
	decisiveFields,
	expectReferences,
	holdersQuery,
	kindFields,
	kindHolderQueries,
	referencesBrokenBy,
	withoutItemLists,
} from "../db/references.ts";
import { slotsOfRow } from "../db/slots.ts";
import { type SQL, sql } from "../db/sql.ts";
import { type AppError, conflict } from "../errors.ts";
import { newId } from "../ids.ts";
import { recordEvents } from "../outbox/record.ts";
import { expectBytes, expectRoom, overQuota } from "../quotas/expectations.ts";
import { recordsOf } from "../quotas/quotas.ts";
import { changesBetween, fieldOf, pick } from "./changes.ts";
import type { Changes, Resource, Transition } from "./resource.ts";
import type { Written } from "./side-effects.ts";
import { uniqueChecks, uniqueValuesOf } from "./unique.ts";
import { becomesHeavier, checkWeight } from "./weight.ts";

type Plan<Row extends OwnedRow, Create, Update, Fact> = ReturnType<typeof planFor<Row, Create, Update, Fact>>;

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
	const eventStatements = (...transitions: readonly Transition<Row>[]): Statement[] => {
		const isDeletion = transitions.every(({ after }) => !after);
		return recordEvents(
			ctx,
			transitions.flatMap((transition) =>
				(resource.events?.(ctx, transition) ?? []).map((event) => ({
					...event,
					entityId: (transition.after ?? transition.before)?.id ?? "",
				})),
			),
			isDeletion ? undefined : table,
			isDeletion ? "deletion" : "change",
		);
	};

	/** Expects that the quota `bytes` isn't used up, if a change has events or makes the row larger. */
	const expectBytesIfLarger = (events: readonly Statement[], before: Row, after: Row) =>
		events.length > 0 || becomesHeavier(mapping.columns(before), mapping.columns(after))
			? expectBytes(ctx)
			: [];

	const slots = ({ id }: Row) => slotsOfRow(table, organizationId, id);

	const duplicateError = (path: string) =>
		conflict(`Another ${noun} has this ${path}.`, { path, message: "Already taken." });

	/** Expects that unique values are not taken. Comes after the write, so that rows of one batch are compared too. */
	const expectUnique = (
		written: readonly Written<Row>[],
		error: (path: string) => Error = duplicateError,
	): Statement[] =>
		uniqueChecks(written.flatMap(({ before, after }) => uniqueValuesOf(resource, after, fact, before))).map(
			({ path, taken }) => expect(sql`NOT EXISTS (${taken})`, () => error(path)),
		);

	/** Expects what must be so of a row that is added to the live ones, and of the fields that refer to others. */
	const expectAllowed = (after: Row, referring: object): Statement[] => [
		...(resource.quotaExpectations?.(null, after) ?? []),
		...expectUnique([{ before: null, after }]),
		...expectReferences(organizationId, table, [{ after: referring }]),
	];

	/** Expects that no row of a query exists, or that another write came first. */
	const expectNone = (query: SQL | null) => (query ? [expect(sql`NOT EXISTS (${query})`)] : []);

	/** What a change adds to the references of a row, with the fields that decide about its table. */
	const addedReferences = ({ before, after }: Written<Row>) => ({
		before,
		after: before
			? pick(after, [...kindFields(table), ...Object.keys(changesBetween(before, after))])
			: after,
	});

	/** The row after a change, with the next version; the batch stamps it. */
	const next = (before: Row, fields: object): Row => ({
		...before,
		...fields,
		version: before.version + 1,
	});

	const removed = (before: Row): Row => next(before, { deletedAt: at });

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

		/** A row after its deletion. */
		removed,

		/** A stored row merged with an input. Throws as `draft` does. */
		merge(before: Row, input: Update | Create): Row {
			const after = next(before, resource.fields(input, before, fact, at));
			checkWeight(ctx.caller, noun, mapping.columns(after), mapping.columns(before));
			return after;
		},

		/** Statements that insert a row, with its events. `referring`: the fields whose references must exist. */
		inserts(after: Row, referring: object = after): Statement[] {
			const events = eventStatements({ before: null, after, changes: {} });
			const recording = events.findIndex((statement) => !("refusal" in statement));
			// What is expected is together, before and after all that is written: that makes fewer statements.
			return [
				...expectFact(),
				...expectBytes(ctx),
				...(recording < 0 ? [] : events.slice(0, recording)),
				...store.insert(ctx.now, [after], mapping),
				...(recording < 0 ? [] : events.slice(recording)),
				expectRoom(table, organizationId, () => overQuota(recordsOf(table))),
				...expectAllowed(after, referring),
			];
		},

		/**
		 * Statements that write several rows, each once, with the events of all their transitions in order. Whatever is expected and
		 * isn't so is a LostRace: the next plan finds out which rows it concerns.
		 */
		writes(written: readonly Written<Row>[], transitions: readonly Transition<Row>[]): Statement[] {
			const created = written.flatMap(({ before, after }) => (before ? [] : [after]));
			const changed = written.flatMap(({ before, after }) => (before ? [{ before, after }] : []));
			const live = written.filter(({ after }) => after.deletedAt === null);
			const removed = written.flatMap(({ after }) => (after.deletedAt === null ? [] : [after.id]));
			const kinds = [...decisiveFields(table)].flatMap((field) =>
				[...Map.groupBy(changed, ({ after }) => fieldOf(after, field))].map(([value, rows]) => {
					const ids = rows
						.filter(({ before }) => fieldOf(before, field) !== value)
						.map(({ after }) => after.id);
					return holdersQuery(organizationId, ids, referencesBrokenBy(table, field, value));
				}),
			);
			return [
				...(live.length > 0 ? [...expectFact(), ...expectBytes(ctx)] : []),
				...store.insert(ctx.now, created, mapping),
				...(created.length > 0 ? [expectRoom(table, organizationId)] : []),
				...store.updateMany(ctx.now, changed, mapping),
				...live.flatMap(({ before, after }) => resource.quotaExpectations?.(before, after) ?? []),
				...expectUnique(live, () => new LostRace()),
				...expectReferences(organizationId, table, live.map(addedReferences)),
				...[holdersQuery(organizationId, removed, blockingReferences(table)), ...kinds].flatMap(expectNone),
				...eventStatements(...transitions),
			];
		},

		/** The update of a row, with its events; no statements if nothing differs. */
		updates(before: Row, after: Row, lost?: () => AppError): Write<Row> {
			const changes = changesBetween(before, after);
			if (Object.keys(changes).length === 0) return { value: before, statements: [] };
			const changed = pick(after, Object.keys(changes));
			const more = [
				...(resource.quotaExpectations?.(before, after) ?? []),
				...expectUnique([{ before, after }]),
				...expectReferences(organizationId, table, [addedReferences({ before, after })]),
				...kindHolderQueries(table, after, changed).flatMap(({ query }) => expectNone(query)),
			];
			return withFactExpected(changeRow(before, after, changes, more, lost));
		},

		/** The deletion of a row, if no live row refers to it. */
		removal(before: Row, held: SQL | null, lost?: () => AppError): Write<Row> {
			const after = removed(before);
			return {
				value: after,
				statements: [
					...store.update(ctx.now, before, after, mapping, lost),
					...expectNone(held),
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
				...expectAllowed(after, withoutItemLists(table, after)),
			]);
			return adjusted ? withFactExpected(write) : write;
		},
	};
}
