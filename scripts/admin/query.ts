// Queries of `src`, sent through whatever `npm run admin` reaches a database by.
import { bound, type SQL } from "../../src/db/sql.ts";
import type { Execute } from "./operator.ts";

/** Runs one query; returns its rows, each as the list of its columns' values. */
export type Query = (query: SQL) => Promise<unknown[][]>;

export const queryWith =
	(execute: Execute): Query =>
	(query) => {
		const { text, params } = bound(query);
		return execute(text, params);
	};
