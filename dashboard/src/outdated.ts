// What is read again after something was changed: pages keep what they have read, and each other's changes show in them.
import { type QueryClient, useQueryClient } from "@tanstack/preact-query";

/** The first part of the keys of what shows records: the records and their lists, their names, and what forms offer. */
const SHOWN: ReadonlySet<unknown> = new Set([
	...["data", "head", "name", "options", "definitions", "own-document"],
	...["pipelines", "lead-stages", "lead-sources"],
]);

type Options = Parameters<QueryClient["invalidateQueries"]>[1];

/** Returns a function that makes everything outdated that may show a record that was written; what is open is read at once. */
export function useOutdate() {
	const client = useQueryClient();
	return (options?: Options) =>
		client.invalidateQueries({ predicate: ({ queryKey: [kind] }) => SHOWN.has(kind) }, options);
}
