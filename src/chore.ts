// What is done in chunks, as long as it takes: how to see that there is something to do, and how to do a chunk of it.
import type { SQL } from "drizzle-orm";
import type { Env } from "./env.ts";

/** One kind of work. */
export interface Chore {
	readonly name: string;
	/** A query that gives rows while there may be something to do; it must be cheap, since every sweep asks. */
	readonly due: SQL;
	/** Does a chunk; says whether there may be more. */
	run(env: Env): Promise<boolean>;
}

/** Rows per chunk: some 20 ms of the one writer. */
export const CHUNK = 500;
export const DAY_MS = 86_400_000;
