// Queries of `src`, sent through whatever `npm run admin` reaches a database by.
import type { SQL } from "drizzle-orm";
import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import type { Execute } from "./operator.ts";

/** Runs one query; returns its rows, each as the list of its columns' values. */
export type Query = (query: SQL) => Promise<unknown[][]>;

const dialect = new SQLiteSyncDialect();

export const queryWith =
	(execute: Execute): Query =>
	(query) => {
		const { sql, params } = dialect.sqlToQuery(query);
		return execute(sql, params);
	};
