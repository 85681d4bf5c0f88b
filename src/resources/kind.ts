// A row that others hold as one of its kind (a client as a contact) stays of that kind.
import type { Caller } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { holdersOfKind } from "../db/references.ts";
import { conflict } from "../errors.ts";
import { holding } from "./holding.ts";

/** The queries for who holds a row as what an input would stop it from being, and how to read their answers. */
export function checkKind(
	caller: Caller,
	{ noun, store }: { readonly noun: string; readonly store: { readonly table: OwnedTable } },
	id: string,
	input: object,
) {
	const asked = holdersOfKind(store.table, { organizationId: caller.organizationId, id }, input);
	return {
		queries: asked.map(({ query }) => query),
		/** Throws CONFLICT, naming the field at fault and one that holds the row, as far as the caller may read it. */
		refuse(answers: readonly (readonly RawRow[])[], before: object, after: object): void {
			const [was, becomes] = [before, after].map((one) => new Map<string, unknown>(Object.entries(one)));
			for (const [index, { path }] of asked.entries()) {
				const holder = answers[index]?.[0];
				if (!holder || was?.get(path) === becomes?.get(path)) continue;
				const held = holding(caller, holder);
				throw conflict(`This ${noun} is in use: ${held}, so its ${path} can't be changed.`, {
					path,
					message: `Must stay ${was?.get(path)}: ${held}.`,
				});
			}
		},
	};
}
