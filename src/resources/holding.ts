// Messages about the rows that refer to a row.
import { getTableName } from "drizzle-orm";
import type { Caller } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { holdings } from "../db/references.ts";
import { covers } from "../scopes.ts";
import { inSeries, withArticle } from "../words.ts";

/** The id of a row, for callers who may read it; for others only its noun, e.g. "a deal". */
export const named = ({ scopes }: Pick<Caller, "scopes">, table: string, id: unknown) =>
	covers(scopes, `${table}:read`) ? String(id) : withArticle(table.replace(/s$/, ""));

/** The row that refers to another (found by `holderQuery`), as the caller may see it. */
export const holding = (caller: Pick<Caller, "scopes">, { holder, field, id }: RawRow) =>
	`${named(caller, String(holder), id)} holds it as ${field}`;

/** The message for a row that can't be deleted because another refers to it. */
export const inUse = (noun: string, by: string) => `This ${noun} is in use: ${by}.`;

/**
 * For the OpenAPI document: the fields that may refer to a row of this table, e.g. "`clientId` of deals and invoices; …", and
 * an example of the message for callers who may not read the referring row. Null if no field refers to the table.
 */
export function holdersInWords(noun: string, table: OwnedTable): { fields: string; example: string } | null {
	const found = holdings(table).map(({ from, field }) => ({ holder: getTableName(from), field }));
	const [first] = found;
	if (!first) return null;
	const fields = [...Map.groupBy(found, ({ field }) => field)].map(
		([field, group]) => `\`${field}\` of ${inSeries(group.map(({ holder }) => holder))}`,
	);
	return { fields: fields.join("; "), example: inUse(noun, holding({ scopes: [] }, first)) };
}
