// What the writes of a resource expect of the rows that their batch has just written: quotas, unique values and references.
import type { Ctx } from "../context.ts";
import { expect, LostRace, type Statement } from "../db/commit.ts";
import { isNumbered } from "../db/numbers.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import {
	blockingReferences,
	decisiveFields,
	expectReferences,
	holdersQuery,
	kindFields,
	kindHolderQueries,
	referencesBrokenBy,
} from "../db/references.ts";
import { expectReserved, noteNumbersLeft } from "../db/reserved.ts";
import { type SQL, sql } from "../db/sql.ts";
import type { Mapping } from "../db/store.ts";
import { conflict } from "../errors.ts";
import { pick } from "../json.ts";
import { expectBytes, expectRoom, overQuota } from "../quotas/expectations.ts";
import { recordsOf } from "../quotas/quotas.ts";
import { changesBetween, fieldOf } from "./changes.ts";
import type { Changes, Resource } from "./resource.ts";
import type { Written } from "./side-effects.ts";
import { uniqueChecks, uniqueValuesOf } from "./unique.ts";
import { becomesHeavier } from "./weight.ts";

/** The error for a unique value that another row has. */
export const duplicateError = (noun: string, path: string) =>
	conflict(`Another ${noun} has this ${path}.`, { path, message: "Already taken." });

/** Expects that no row of a query exists, or that another write came first. */
export const expectNone = (query: SQL | null): Statement[] =>
	query ? [expect(sql`NOT EXISTS (${query})`)] : [];

/** The expectations of the writes of one request, by the fact and the mapping that they were planned with. */
export function expectationsOf<Row extends OwnedRow, Create, Update, Fact>(
	ctx: Ctx,
	resource: Resource<Row, Create, Update, Fact>,
	fact: Fact,
	mapping: Mapping<Row>,
) {
	const { noun } = resource;
	const { table } = resource.store;
	const { organizationId } = ctx.caller;

	/** Expects that unique values are not taken, also by rows of the same batch. */
	const unique = (
		written: readonly Written<Row>[],
		error: (path: string) => Error = (path) => duplicateError(noun, path),
	): Statement[] =>
		uniqueChecks(written.flatMap(({ before, after }) => uniqueValuesOf(resource, after, fact, before))).map(
			({ path, taken }) => expect(sql`NOT EXISTS (${taken})`, () => error(path)),
		);

	/** Expects what must be so of a row that is added to the live ones, and of the fields that refer to others. */
	const allowed = (after: Row, referring: object): Statement[] => [
		...(resource.quotaExpectations?.(null, after) ?? []),
		...unique([{ before: null, after }]),
		...expectReferences(organizationId, table, [{ after: referring }]),
	];

	/** What a change adds to the references of a row, with the fields that decide about its table. */
	const addedReferences = ({ before, after }: Written<Row>) => ({
		before,
		after: before
			? pick(after, [...kindFields(table), ...Object.keys(changesBetween(before, after))])
			: after,
	});

	/** Queries for rows that refer to changed rows in a way that their new values forbid. */
	const brokenReferences = (changed: readonly { readonly before: Row; readonly after: Row }[]) =>
		[...decisiveFields(table)].flatMap((field) =>
			[...Map.groupBy(changed, ({ after }) => fieldOf(after, field))].map(([value, rows]) => {
				const ids = rows
					.filter(({ before }) => fieldOf(before, field) !== value)
					.map(({ after }) => after.id);
				return holdersQuery(organizationId, ids, referencesBrokenBy(table, field, value));
			}),
		);

	return {
		allowed,

		/**
		 * Of a row that was inserted.
		 * @param referring the fields whose references must exist
		 * @param isReserved whether its number is expected to be reserved (db/reserved.ts)
		 */
		ofNew: (after: Row, referring: object, isReserved: boolean): Statement[] => [
			...(isReserved ? [expectReserved(table, organizationId, after.id)] : []),
			...(isNumbered(table) && !isReserved
				? [noteNumbersLeft(table, organizationId, after.id, ctx.now)]
				: []),
			...expectBytes(ctx),
			expectRoom(table, organizationId, after.id, () => overQuota(recordsOf(table))),
			...allowed(after, referring),
		],

		/** The quota `bytes`, of a change that has events or makes the row larger. */
		bytes: (before: Row, after: Row, hasEvents: boolean): Statement[] =>
			hasEvents || becomesHeavier(mapping.columns(before), mapping.columns(after)) ? expectBytes(ctx) : [],

		/** Of a row that was changed. */
		ofChanged: (before: Row, after: Row, changes: Changes): Statement[] => [
			...(resource.quotaExpectations?.(before, after) ?? []),
			...unique([{ before, after }]),
			...expectReferences(organizationId, table, [addedReferences({ before, after })]),
			...kindHolderQueries(table, after, pick(after, Object.keys(changes))).flatMap(({ query }) =>
				expectNone(query),
			),
		],

		/** Of several rows that were written. Whatever isn't so is a LostRace. */
		ofSeveral(written: readonly Written<Row>[]): Statement[] {
			const changed = written.flatMap(({ before, after }) => (before ? [{ before, after }] : []));
			const lastCreated = written.findLast(({ before }) => !before)?.after;
			const live = written.filter(({ after }) => after.deletedAt === null);
			const removed = written.flatMap(({ after }) => (after.deletedAt === null ? [] : [after.id]));
			return [
				...(live.length > 0 ? expectBytes(ctx) : []),
				...(lastCreated ? [expectRoom(table, organizationId, lastCreated.id)] : []),
				...live.flatMap(({ before, after }) => resource.quotaExpectations?.(before, after) ?? []),
				...unique(live, () => new LostRace()),
				...expectReferences(organizationId, table, live.map(addedReferences)),
				...expectNone(holdersQuery(organizationId, removed, blockingReferences(table))),
				...brokenReferences(changed).flatMap(expectNone),
			];
		},
	};
}
