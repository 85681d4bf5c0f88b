// What several changes of one kind must read, in one round trip.

import type { WriteAttempt } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import { expect, type Statement } from "../db/commit.ts";
import type { KnownFact } from "../db/fact.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { blockingReferences, holdersQuery, type KnownTarget } from "../db/references.ts";
import { selected, weightOf } from "../db/row-columns.ts";
import { limitBytes } from "../db/scan.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isRow, notDeleted } from "../db/tenant.ts";
import { AppError, catchAppError, type FieldError } from "../errors.ts";
import { isCustom, type Lookup, lookupOf, MAX_LISTED, matchingRows } from "./matching.ts";
import type { Reader } from "./reader.ts";
import type { Resource } from "./resource.ts";
import type { SideEffects } from "./side-effects.ts";

/** A change of one row. Those that are carried out together have one verb, and one `field`. */
export type Change<Create, Update> =
	| { readonly verb: "create"; readonly input: Create }
	/** Updates the live row whose `field` is `value`, or creates one. */
	| { readonly verb: "upsert"; readonly field: string; readonly value: unknown; readonly input: Create }
	/** `version`: only if the row is at it. */
	| {
			readonly verb: "update";
			readonly id: string;
			readonly version: number | undefined;
			readonly input: Update;
	  }
	| { readonly verb: "delete"; readonly id: string; readonly version: number | undefined };

/** The fields that a change sends. */
export const inputOf = (change: Change<object, object>): object => ("input" in change ? change.input : {});

/** What was read for changes. */
export interface Found<Row, Fact> {
	readonly known: KnownFact<Fact>;
	/** The errors of the ids that a change's input refers to. */
	readonly errorsOf: (index: number, known?: KnownTarget) => FieldError[];
	/** The stored rows that changes are about, up to the size of a page. */
	readonly rows: readonly RawRow[];
	/** The ids of all that there are. */
	readonly ids: ReadonlySet<string>;
	/** The key that an upsert looks rows up by, or why there is none. */
	readonly keyOf: (index: number) => string | AppError;
	/** The ids of the stored rows that a key finds. */
	readonly matchesOf: (key: string) => readonly string[];
	/** Expectations that keys still find as many rows. */
	readonly expectations: readonly Statement[];
	/** Rows that are not in `rows` and refer to changed ones, by the id of what they refer to. */
	readonly holders: ReadonlyMap<string, RawRow>;
	/** The statements of side effects. */
	readonly effects: (
		written: readonly { readonly before: Row | null; readonly after: Row }[],
	) => readonly Statement[];
}

const NOTHING = {
	rows: [],
	ids: new Set<string>(),
	keyOf: () => "",
	matchesOf: () => [],
	expectations: [],
	holders: new Map<string, RawRow>(),
	effects: () => [],
};

const NOTHING_MATCHED = {
	keyOf: NOTHING.keyOf,
	matchesOf: NOTHING.matchesOf,
	expectations: NOTHING.expectations,
};

/** The reads of several changes of one resource. */
export function manyReader<Row extends OwnedRow, Create extends object, Update extends object, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	effectsOf: SideEffects<Row, Create | Update, Fact>,
	{ cachedFact, readForRules }: Reader<Row, Create, Update, Fact>,
) {
	const { table } = resource.store;
	type Changes = readonly Change<Create, Update>[];

	/** How upserts find their rows; null for other changes. */
	const matcher = async (attempt: WriteAttempt, changes: Changes) => {
		const upserts = changes.flatMap((change) => (change.verb === "upsert" ? [change] : []));
		const [first] = upserts;
		if (!first) return null;
		const { field } = first;
		const { organizationId } = attempt.caller;
		const cached = attempt.isRetry ? null : cachedFact(organizationId);
		const known = isCustom(field) ? (cached ?? (await readForRules(attempt, [], [])).known) : null;
		const lookups = upserts.map(({ value }): Lookup | AppError =>
			catchAppError(() => lookupOf(resource, known?.fact ?? null, field, value)),
		);
		const keyOf = (index: number) => {
			const lookup = lookups[index];
			return lookup instanceof AppError ? lookup : String(lookup?.key);
		};
		const usable = lookups.flatMap((lookup) => (lookup instanceof AppError ? [] : [lookup]));
		const [any] = usable;
		if (!any) return { known, query: null, single: null, answered: () => ({ ...NOTHING_MATCHED, keyOf }) };
		const keys = [...new Set(usable.map(({ key }) => String(key)))];
		const rowsWith = (value: SQL) => matchingRows(resource, organizationId, field, any.link, value);
		const query = sql`SELECT asked.value AS "key", (SELECT json_group_array("id") FROM
				(SELECT ${resource.store.table.id} AS "id" ${rowsWith(sql`asked.value`)} ${sql.limit(MAX_LISTED)})) AS "ids"
			FROM ${sql.each(keys)} AS asked`;
		return {
			known,
			query,
			/** The ids of rows that are the only ones their keys find. */
			single: sql`SELECT "ids"->>0 AS "id" FROM (${query}) WHERE json_array_length("ids") = 1`,
			answered(rows: readonly RawRow[]) {
				const matches = new Map(
					rows.map(({ key, ids }): [string, string[]] => [String(key), JSON.parse(String(ids))]),
				);
				const counts = [...matches].flatMap(([key, { length }]) => (length < 2 ? [[key, length]] : []));
				const differs = sql`SELECT 1 FROM ${sql.each(counts)} AS asked
					WHERE (SELECT count(*) FROM (SELECT 1 ${rowsWith(sql`asked.value->>0`)} LIMIT 2)) <> asked.value->>1`;
				return {
					keyOf,
					matchesOf: (key: string) => matches.get(key) ?? [],
					expectations: [expect(sql`NOT EXISTS (${differs})`)],
				};
			},
		};
	};

	/** Reads what changes need. The fact is read before it only if custom fields are matched by and no fact is cached. */
	const read = async (attempt: WriteAttempt, changes: Changes): Promise<Found<Row, Fact>> => {
		const { organizationId } = attempt.caller;
		const inputs = changes.map(inputOf);
		const matching = await matcher(attempt, changes);
		const ids = [...new Set(changes.flatMap((change) => ("id" in change ? [change.id] : [])))];
		const targets =
			matching?.single ?? (ids.length > 0 ? sql`SELECT value AS "id" FROM ${sql.each(ids)}` : null);
		const live = sql`FROM (${targets}) AS target CROSS JOIN ${table} ON ${isRow(table, organizationId, sql`target."id"`)} AND ${notDeleted(table)}`;
		const inMemory = limitBytes(
			sql`SELECT ${selected(table)}, 0 AS "last", ${weightOf(table)} AS "weight" ${live}`,
		);
		const deletes = changes.some(({ verb }) => verb === "delete");
		const holders = deletes
			? holdersQuery(organizationId, ids, blockingReferences(table), sql`SELECT "id" FROM (${inMemory})`)
			: null;
		const effects = effectsOf(
			attempt,
			changes.flatMap((change) => ("input" in change ? [change.input] : [])),
			targets,
		);
		const none = sql`SELECT 1 WHERE 0`;
		const queries = [
			targets ? inMemory : none,
			targets ? sql`SELECT ${table.id} AS "id" ${live}` : none,
			matching?.query ?? none,
			holders ?? none,
			...(effects?.queries ?? []),
		];
		const { found, errorsOf, known } = await readForRules(attempt, inputs, queries);
		// The definition that was matched by has been changed meanwhile.
		if (matching?.known && matching.known.scalar !== known.scalar)
			return read({ ...attempt, isRetry: true }, changes);
		const [rows = [], there = [], matches = [], held = [], ...answers] = found;
		return {
			known,
			errorsOf,
			rows,
			ids: new Set(there.map(({ id }) => String(id))),
			holders: new Map(held.map((holder) => [String(holder.row), holder])),
			effects: (written) => effects?.statements(written, answers, known.fact) ?? [],
			...(matching?.answered(matches) ?? NOTHING_MATCHED),
		};
	};

	return {
		read,

		/** What creates need if nothing is read: the cached fact. Null if that is not enough. */
		foundInCache(attempt: WriteAttempt, changes: Changes): Found<Row, Fact> | null {
			const known = attempt.isRetry ? null : cachedFact(attempt.caller.organizationId);
			const inputs = changes.flatMap((change) => (change.verb === "create" ? [change.input] : []));
			const isEnough = inputs.length === changes.length && effectsOf(attempt, inputs, null) === null;
			return known && isEnough ? { ...NOTHING, known, errorsOf: () => [] } : null;
		},
	};
}
