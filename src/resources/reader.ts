// How verbs look at the database: in one round trip what was asked for, with the fact the rules need beside it.

import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import { type Known, readFact, sourceOf } from "../db/fact.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { checkReferences } from "../db/references.ts";
import { notFound } from "../errors.ts";
import type { Resource } from "./resource.ts";

export type Reader<Row extends OwnedRow, Create, Update, Fact> = ReturnType<
	typeof reader<Row, Create, Update, Fact>
>;

/** How many organizations' facts an isolate remembers per resource, and how many characters of them. */
const MOST_REMEMBERED = 1_000;
const MOST_CHARACTERS = 2_000_000;

/** The reads of one resource, and what an isolate remembers of them. */
export function reader<Row extends OwnedRow, Create, Update, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
) {
	const { store, noun } = resource;
	const source = sourceOf(resource);
	// Never trusted alone: each batch asserts the fact it was planned with, so a stale one only costs a second plan.
	const remembered = new Map<string, Known<Fact>>();
	let characters = 0;

	/** The fact of a scalar just read: parsed once, as long as it stays the same. */
	const learn = (organizationId: string, scalar: unknown): Known<Fact> => {
		const last = remembered.get(organizationId);
		if (last && last.scalar === scalar) return last;
		const known = readFact(source, scalar);
		characters += String(scalar).length;
		if (remembered.size >= MOST_REMEMBERED || characters > MOST_CHARACTERS) {
			remembered.clear();
			characters = String(scalar).length;
		}
		remembered.set(organizationId, known);
		return known;
	};

	/** Reads queries in one round trip, and the fact behind them. */
	const readWithFact = async ({ env, caller: { organizationId } }: Ctx, queries: readonly SQL[]) => {
		const scalar = source.query(organizationId);
		const answers = await batch(env.DB, [...queries, ...(scalar ? [sql`SELECT ${scalar} AS "fact"`] : [])]);
		const row = answers[queries.length]?.[0];
		return { answers, known: learn(organizationId, row?.fact ?? null) };
	};

	return {
		/** The fact of an organization as it was last read; null for one that was not. */
		recall: (organizationId: string): Known<Fact> | null =>
			source.query(organizationId) ? (remembered.get(organizationId) ?? null) : readFact(source, null),

		/** The query for the row of an id. */
		byId: (ctx: Ctx, id: string, includeDeleted: boolean) =>
			store.byId(ctx.caller.organizationId, id, includeDeleted),

		/** The one row of an answer; 404 when there is none. */
		one(rows: readonly RawRow[] | undefined): RawRow {
			const raw = rows?.[0];
			if (!raw) throw notFound(noun);
			return raw;
		},

		/** Reads, in one round trip: the queries given, the ids that inputs refer to, and the rules' fact. */
		async look(ctx: Ctx, inputs: readonly object[], queries: readonly SQL[]) {
			const references = checkReferences(ctx.caller.organizationId, store.table, inputs);
			const { answers, known } = await readWithFact(ctx, [...queries, ...references.queries]);
			const checked = answers.slice(queries.length, queries.length + references.queries.length);
			return { found: answers.slice(0, queries.length), errors: references.errors(checked.flat()), known };
		},

		/** Reads rows for which no rules are needed: the fact, and what makes rows of what was found, by it only where it maps them. */
		async lookUp(ctx: Ctx, queries: readonly SQL[]) {
			if (!resource.mapping)
				return { found: await batch(ctx.env.DB, queries), known: null, decode: store.decode };
			const { answers, known } = await readWithFact(ctx, queries);
			const mapping = resource.mapping(known.fact);
			return {
				found: answers.slice(0, queries.length),
				known,
				decode: (raw: RawRow) => mapping.row(store.decode(raw)),
			};
		},
	};
}
