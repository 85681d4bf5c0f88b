// Messages about the rows that refer to a row.
import { getTableName } from "drizzle-orm";
import type { Caller } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { blockingReferences } from "../db/references.ts";
import { identityOfTable, scopeOf } from "../identities.ts";
import { hasScope } from "../scopes.ts";
import { joinWithAnd, withArticle } from "../words.ts";

/** The id of a row, for callers who may read it; for others only its noun, e.g. "a deal". */
export function visibleName({ scopes }: Pick<Caller, "scopes">, table: string, id: unknown): string {
	const identity = identityOfTable(table);
	return hasScope(scopes, scopeOf(identity, "read")) ? String(id) : withArticle(identity.noun);
}

/** The row that refers to another (found by `holderQuery`), as the caller may see it. */
export const holderInWords = (caller: Pick<Caller, "scopes">, { holder, field, id }: RawRow) =>
	`${visibleName(caller, String(holder), id)} holds it as ${field}`;

/** The message for a row that can't be deleted because another refers to it. */
export const inUseMessage = (noun: string, by: string) => `This ${noun} is in use: ${by}.`;

/**
 * For the OpenAPI document: the fields that may refer to a row of this table, e.g. "`clientId` of deals and invoices; …", and
 * an example of the message for callers who may not read the referring row. Null if no field refers to the table.
 */
export function holdersInWords(noun: string, table: OwnedTable): { fields: string; example: string } | null {
	const found = blockingReferences(table).map(({ from, field }) => ({ holder: getTableName(from), field }));
	const [first] = found;
	if (!first) return null;
	const fields = [...Map.groupBy(found, ({ field }) => field)].map(
		([field, group]) => `\`${field}\` of ${joinWithAnd(group.map(({ holder }) => holder))}`,
	);
	return { fields: fields.join("; "), example: inUseMessage(noun, holderInWords({ scopes: [] }, first)) };
}
