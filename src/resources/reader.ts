// The reads of verbs: in one round trip their queries and the fact that the rules need.

import type { Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import { factSourceOf, type KnownFact, readFact } from "../db/fact.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { checkReferences } from "../db/references.ts";
import { rowById } from "../db/row-by-id.ts";
import { type SQL, sql } from "../db/sql.ts";
import { notFound } from "../errors.ts";
import type { Resource } from "./resource.ts";

export type Reader<Row extends OwnedRow, Create, Update, Fact> = ReturnType<
	typeof reader<Row, Create, Update, Fact>
>;

/** Bounds of an isolate's cache of facts, per resource: organizations, and characters of their scalars. */
const MAX_CACHED_FACTS = 1_000;
const MAX_CACHED_CHARACTERS = 2_000_000;

/** The reads of one resource, and the isolate's cache of its facts. */
export function reader<Row extends OwnedRow, Create, Update, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
) {
	const { store, noun } = resource;
	const source = factSourceOf(resource);
	// A stale fact only costs a second plan, because each batch asserts the fact it was planned with.
	const cache = new Map<string, KnownFact<Fact>>();
	let characters = 0;

	/** The fact of a scalar that was just read; parsed only if it has changed. */
	const cacheFact = (organizationId: string, scalar: unknown): KnownFact<Fact> => {
		const last = cache.get(organizationId);
		if (last && last.scalar === scalar) return last;
		const known = readFact(source, scalar);
		characters += String(scalar).length;
		if (cache.size >= MAX_CACHED_FACTS || characters > MAX_CACHED_CHARACTERS) {
			cache.clear();
			characters = String(scalar).length;
		}
		cache.set(organizationId, known);
		return known;
	};

	/** Runs queries and reads the fact, in one round trip. */
	const readWithFact = async ({ env, caller: { organizationId } }: Ctx, queries: readonly SQL[]) => {
		const scalar = source.query(organizationId);
		const answers = await batch(env.DB, [...queries, ...(scalar ? [sql`SELECT ${scalar} AS "fact"`] : [])]);
		const row = answers[queries.length]?.[0];
		return { answers, known: cacheFact(organizationId, row?.fact ?? null) };
	};

	/** A row with the fact in a column of its own, which costs less than a statement. */
	const rowWithFact = rowById(
		store.table,
		(organizationId) => sql`${source.query(organizationId) ?? sql`NULL`} AS "fact"`,
	);

	/** The first row of a result; throws 404 if there is none. */
	const requireRow = (rows: readonly RawRow[] | undefined): RawRow => {
		const raw = rows?.[0];
		if (!raw) throw notFound(noun);
		return raw;
	};

	return {
		readWithFact,
		requireRow,

		/** The cached fact of an organization; null if there is none. */
		cachedFact: (organizationId: string): KnownFact<Fact> | null =>
			source.query(organizationId) ? (cache.get(organizationId) ?? null) : readFact(source, null),

		/** The query for a row by its id. */
		byId: (ctx: Ctx, id: string, includeDeleted: boolean) =>
			store.byId(ctx.caller.organizationId, id, includeDeleted),

		/**
		 * Runs queries, checks the ids that inputs refer to, and reads the fact, in one round trip. Returns the function for the
		 * errors of the input at an index.
		 */
		async readForRules(ctx: Ctx, inputs: readonly object[], queries: readonly SQL[]) {
			const references = checkReferences(ctx.caller.organizationId, store.table, inputs);
			const { answers, known } = await readWithFact(ctx, [...queries, ...references.queries]);
			const checked = answers.slice(queries.length, queries.length + references.queries.length);
			const errorsOf = references.errorsFrom(checked.flat());
			return { found: answers.slice(0, queries.length), errorsOf, known };
		},

		/** A row by its id, without rules: the fact is read only if the mapping needs it. Throws 404 if there is no such row. */
		async readRow(
			{ env, caller: { organizationId } }: Ctx,
			id: string,
			includeDeleted: boolean,
		): Promise<Row> {
			const query = resource.mapping ? rowWithFact : store.byId;
			const [rows] = await batch(env.DB, [query(organizationId, id, includeDeleted)]);
			const raw = requireRow(rows);
			const row = store.decode(raw);
			return resource.mapping?.(cacheFact(organizationId, raw.fact).fact).row(row) ?? row;
		},
	};
}
