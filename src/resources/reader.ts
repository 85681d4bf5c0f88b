// How verbs look at the database: in one round trip what was asked for, with the fact the rules need beside it.
import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import { checkReferences } from "../db/references.ts";
import type { OwnedRow } from "../db/store.ts";
import { notFound } from "../errors.ts";
import type { Resource } from "./resource.ts";

export type Reader<Row extends OwnedRow, Create, Update> = ReturnType<typeof reader<Row, Create, Update>>;

/** How many organizations' facts an isolate remembers per resource. */
const MEMORY_SIZE = 1_000;

/** The reads of one resource, and what an isolate remembers of them. */
export function reader<Row extends OwnedRow, Create, Update>(resource: Resource<Row, Create, Update>) {
	const { store, noun } = resource;
	// Never trusted alone: each batch asserts the fact it was planned with, so a stale one only costs a second plan.
	const remembered = new Map<string, unknown>();

	const factQueries = (organizationId: string): SQL[] => {
		const fact = resource.fact(organizationId);
		return fact ? [sql`SELECT ${fact} AS "fact"`] : [];
	};

	const remember = (organizationId: string, fact: unknown): unknown => {
		if (remembered.size >= MEMORY_SIZE) remembered.clear();
		remembered.set(organizationId, fact);
		return fact;
	};

	const decoder = (fact: unknown) => {
		const mapping = resource.mapping?.(fact);
		return mapping ? (raw: RawRow) => mapping.row(store.decode(raw)) : store.decode;
	};

	return {
		/** The facts of organizations as they were last read. */
		remembered: remembered as ReadonlyMap<string, unknown>,

		/** What makes a row of what the database gives. */
		decoder,

		/** The query for the row of an id. */
		byId: (ctx: Ctx, id: string, includeDeleted: boolean) =>
			store.byId(ctx.caller.organizationId, id, includeDeleted),

		/** The one row of an answer; 404 when there is none. */
		one(rows: readonly RawRow[] | undefined, fact: unknown): Row {
			const raw = rows?.[0];
			if (!raw) throw notFound(noun);
			return decoder(fact)(raw);
		},

		/** Reads, in one round trip: the queries given, the ids that inputs refer to, and the rules' fact. */
		async look(ctx: Ctx, inputs: readonly object[], queries: readonly SQL[]) {
			const { organizationId } = ctx.caller;
			const references = checkReferences(organizationId, store.table, inputs);
			const facts = factQueries(organizationId);
			const answers = await batch(ctx.env.DB, [...queries, ...references.queries, ...facts]);
			const fact = remember(organizationId, facts.length > 0 ? answers.at(-1)?.[0]?.fact : null);
			const checked = answers.slice(queries.length, queries.length + references.queries.length);
			return { found: answers.slice(0, queries.length), errors: references.errors(checked.flat()), fact };
		},

		/** Reads that need no rules take the fact along only where it maps the rows. */
		async lookUp(ctx: Ctx, queries: readonly SQL[]) {
			const { organizationId } = ctx.caller;
			const facts = resource.mapping ? factQueries(organizationId) : [];
			const answers = await batch(ctx.env.DB, [...queries, ...facts]);
			const fact = facts.length > 0 ? remember(organizationId, answers.at(-1)?.[0]?.fact) : null;
			return { found: answers.slice(0, queries.length), fact };
		},
	};
}
