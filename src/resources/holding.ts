// Who holds a row, in words.
import { getTableName } from "drizzle-orm";
import type { Caller } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { holdings } from "../db/references.ts";
import { covers } from "../scopes.ts";
import { inSeries, withArticle } from "../words.ts";

/** A row of a table by its id, for callers who may read that; else only what kind of thing it is, e.g. "a deal". */
export const named = ({ scopes }: Pick<Caller, "scopes">, table: string, id: unknown) =>
	covers(scopes, `${table}:read`) ? String(id) : withArticle(table.replace(/s$/, ""));

/** What holds a row, as a caller may know it; the holder is one that `holders` found. */
export const holding = (caller: Pick<Caller, "scopes">, { holder, field, id }: RawRow) =>
	`${named(caller, String(holder), id)} holds it as ${field}`;

/** The refusal to delete a row that is held. */
export const inUse = (noun: string, by: string) => `This ${noun} is in use: ${by}.`;

/**
 * What may hold a row of this table, for the document: every such field, e.g. "`clientId` of deals and invoices; …", and a
 * refusal as a caller gets it who may not read the holder. Null where nothing ever does.
 */
export function holdersInWords(noun: string, table: OwnedTable): { fields: string; example: string } | null {
	const found = holdings(table).map(({ from, field }) => ({ holder: getTableName(from), field }));
	const [first] = found;
	if (!first) return null;
	const fields = [...Map.groupBy(found, ({ field }) => field)].map(
		([field, of]) => `\`${field}\` of ${inSeries(of.map(({ holder }) => holder))}`,
	);
	return { fields: fields.join("; "), example: inUse(noun, holding({ scopes: [] }, first)) };
}
