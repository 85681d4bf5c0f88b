// A row that others hold as one of its kind (a client as a contact) stays of that kind.
import type { RawRow } from "../db/client.ts";
import { holdersOfKind } from "../db/references.ts";
import type { OwnedRow } from "../db/store.ts";
import { conflict } from "../errors.ts";
import type { Resource } from "./resource.ts";

/** The queries for who holds a row as what an input would stop it from being, and how to read their answers. */
export function checkKind<Row extends OwnedRow, Create, Update>(
	{ noun, store }: Resource<Row, Create, Update>,
	row: Pick<OwnedRow, "organizationId" | "id">,
	input: object,
) {
	const asked = holdersOfKind(store.table, row, input);
	return {
		queries: asked.map(({ query }) => query),
		/** Throws CONFLICT, naming the field at fault and one that holds the row. */
		refuse(answers: readonly (readonly RawRow[])[], before: object, after: object): void {
			const [was, becomes] = [before, after].map((one) => new Map<string, unknown>(Object.entries(one)));
			for (const [index, { path }] of asked.entries()) {
				const holder = answers[index]?.[0];
				if (!holder || was?.get(path) === becomes?.get(path)) continue;
				const held = `${holder.id} holds it as ${holder.field}`;
				throw conflict(`This ${noun} is in use: ${held}, so its ${path} can't be changed.`, {
					path,
					message: `Must stay ${was?.get(path)}: ${held}.`,
				});
			}
		},
	};
}
