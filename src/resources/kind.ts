// A row can't change its kind while others refer to it as that kind (a client as a contact).
import type { Caller } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { kindHolderQueries } from "../db/references.ts";
import { conflict } from "../errors.ts";
import { holderInWords } from "./holding.ts";

/** The queries for rows whose reference an input would break, and the function that reads their results. */
export function checkKind(
	caller: Caller,
	{ noun, store }: { readonly noun: string; readonly store: { readonly table: OwnedTable } },
	id: string,
	input: object,
) {
	const asked = kindHolderQueries(store.table, { organizationId: caller.organizationId, id }, input);
	return {
		queries: asked.map(({ query }) => query),
		/** Throws CONFLICT that names the invalid field and a referring row, as far as the caller may read it. */
		refuse(answers: readonly (readonly RawRow[])[], before: object, after: object): void {
			const [old, changed] = [before, after].map((row) => new Map<string, unknown>(Object.entries(row)));
			for (const [index, { path }] of asked.entries()) {
				const holder = answers[index]?.[0];
				if (!holder || old?.get(path) === changed?.get(path)) continue;
				const held = holderInWords(caller, holder);
				throw conflict(`This ${noun} is in use: ${held}, so its ${path} can't be changed.`, {
					path,
					message: `Must stay ${old?.get(path)}: ${held}.`,
				});
			}
		},
	};
}
