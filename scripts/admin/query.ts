// How `npm run admin` sends statements, through whatever it reaches a database by.
import { bound, type SQL } from "../../src/db/sql.ts";
import type { Database } from "../local/local.ts";
import { isLocked, USED_ELSEWHERE } from "../local/state-lock.ts";

/** Runs one statement; returns its rows, each as the list of its columns' values. */
export type Execute = (sql: string, values: readonly unknown[]) => Promise<unknown[][]>;

/**
 * Runs statements on a D1 database that is open in this process.
 * Throws an Error in plain words when another program is using its file, and what D1 throws.
 */
export function executeOn(db: Database): Execute {
	return async (sql, values) => {
		try {
			return await db
				.prepare(sql)
				.bind(...values)
				.raw();
		} catch (error) {
			throw isLocked(error) ? new Error(USED_ELSEWHERE) : error;
		}
	};
}

/** How large a D1 database is that is open in this process (bytes). */
export const bytesOf = async (db: Database): Promise<number> =>
	(await db.prepare("SELECT 1").run()).meta.size_after;

/** Runs one query; returns its rows, each as the list of its columns' values. */
export type Query = (query: SQL) => Promise<unknown[][]>;

export const queryWith =
	(execute: Execute): Query =>
	(query) => {
		const { text, params } = bound(query);
		return execute(text, params);
	};
