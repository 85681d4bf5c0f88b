// The full-text indexes that may contain words of persons. A row that is removed or erased leaves words in them until they are merged.
import type { SQL } from "../db/sql.ts";
import { addSearchIndex } from "./queue.ts";
import { type Rule, rules } from "./rules.ts";

/** Statements after which the chore of erasures merges all of them. */
export function mergeSearchIndexes(now: number): SQL[] {
	const tables = Object.values<Rule>(rules).flatMap(({ search }) => search ?? []);
	return [...new Set(tables)].map((table) => addSearchIndex(table, now));
}
