// Background work that is done in chunks: how to see that there is some, and how to do one chunk.

import { organizations } from "./db/schema/organizations.ts";
import { type SQL, sql } from "./db/sql.ts";
import type { Env } from "./env.ts";
import { MINUTE_MS } from "./time.ts";

/** One kind of work. */
export interface Chore {
	readonly name: string;
	/** A query that returns rows while there may be work. Every sweep runs it, so it must be cheap. */
	readonly due: SQL;
	/** Does one chunk; returns whether there may be more. */
	run(env: Env): Promise<boolean>;
}

/** Rows per chunk: about 20 ms of D1's single writer. */
export const CHUNK_ROWS = 500;

/** How many organizations have their turn in the same minute, at most. */
const ORGANIZATIONS_PER_TURN = 1_000;

/**
 * The condition that it is the turn of the row `organization`, for what must be looked up for each organization: however many
 * there are, a sweep reads those of one minute. Nobody waits for longer than a minute per thousand organizations.
 * @param minutes how many minutes pass between two turns of an organization, at least
 */
export function hasTurn(now: number, minutes = 1): SQL {
	const max = sql`(SELECT max("ordinal") FROM ${organizations})`;
	const count = sql`min(${ORGANIZATIONS_PER_TURN}, 1 + ${max} / ${minutes})`;
	const first = sql`(${Math.floor(now / MINUTE_MS)} % max(${minutes}, 1 + ${max} / ${count}) * ${count})`;
	return sql.inline(sql`organization."ordinal" >= ${first} AND organization."ordinal" < ${first} + ${count}`);
}
