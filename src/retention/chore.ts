// What purging consists of: for each kind of row that has an end, how to see that it is due and how to remove a chunk.
import type { SQL } from "drizzle-orm";
import type { Env } from "../env.ts";

/** One kind of row that has an end. */
export interface Chore {
	readonly name: string;
	/** A query that gives rows while there may be something to do; it must be cheap, since every sweep asks. */
	readonly due: SQL;
	/** Removes a chunk; says whether there may be more. */
	run(env: Env): Promise<boolean>;
}

/** Rows per chunk: some 20 ms of the one writer. */
export const CHUNK = 500;
export const DAY_MS = 86_400_000;
