// Background work that is done in chunks: how to see that there is some, and how to do one chunk.
import type { SQL } from "./db/sql.ts";
import type { Env } from "./env.ts";

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
export const DAY_MS = 86_400_000;
