// Full-text search: turns what people type into an FTS5 expression, always within one organization.
import { fold, withoutInvisible } from "../text/fold.ts";
import { searchDigits } from "../text/phone.ts";
import { clients } from "./schema/clients.ts";
import { type SQL, sql } from "./sql.ts";
import { ownedBy } from "./tenant.ts";

export interface SearchSpec {
	/** The full-text table, one row per row of the table under the same rowid, with an `organization` column. */
	readonly table: string;
	/** The columns that are searched for words. */
	readonly columns: readonly string[];
	/** The column with phone numbers, which are also found by their digits. */
	readonly phones?: string;
	/** Whether rows are also found by their client's name; the full-text column `client` has the client's id. */
	readonly byClient?: boolean;
}

/** The maximum of different words in one search. */
export const MAX_SEARCH_WORDS = 20;
/** The maximum of clients, over all words of one search, whose names are matched: the newest ones. */
const MAX_MATCHED_CLIENTS = 100;

/** The words of a search, folded and without duplicates, except that the last one, which may be unfinished, is always kept. */
export function searchWords(search: string): string[] {
	const words = withoutInvisible(search).match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
	const folded = words.map(fold).filter((word) => /[\p{L}\p{N}]/u.test(word));
	return [...new Set(folded.slice(0, -1)), ...folded.slice(-1)];
}

/**
 * The FTS5 expression of a search: all words must occur, the last one may be unfinished, and no text is read as an operator.
 * A word of several CJK characters is a phrase, because each is indexed separately; a phone number is also found by its
 * digits. Null if the search has no words.
 */
export function matchExpression(spec: SearchSpec, organizationId: string, search: string): SQL | null {
	const words = searchWords(search);
	if (words.length === 0) return null;
	const terms = words.map((word, index) => `"${word}"${index === words.length - 1 ? "*" : ""}`);
	const within = `organization:"${suffixOf(organizationId)}" AND `;
	const own = `{${spec.columns.join(" ")}}:`;
	if (!spec.byClient) {
		const all = `${own}(${terms.join(" AND ")})`;
		const digits = spec.phones ? searchDigits(search).map((number) => ` OR ${spec.phones}:"${number}"*`) : [];
		return sql`${`${within}(${all}${digits.join("")})`}`;
	}
	// A word is in the row itself or in its client's name, which is looked up: so renaming a client reindexes no other rows.
	const named = sql`SELECT ' OR client:(' || group_concat('"' || substr("id", 5) || '"', ' OR ') || ')'
		FROM (SELECT ${clients.id} AS "id" FROM clients_search CROSS JOIN ${clients} ON ${clients}.rowid = clients_search.rowid
			WHERE clients_search MATCH ${`${within}name:`} || word.value AND ${ownedBy(clients, organizationId)}
			ORDER BY clients_search.rowid DESC ${sql.limit(Math.floor(MAX_MATCHED_CLIENTS / words.length))})`;
	return sql`(SELECT ${within} || group_concat('(' || ${own} || word.value || coalesce((${named}), '') || ')', ' AND ')
		FROM ${sql.each(terms)} AS word)`;
}

/** The names of the searched fields, for descriptions. */
export const searchedFields = ({ columns, byClient }: SearchSpec): readonly string[] =>
	byClient ? [...columns, "the client's name (for keys with the scope `clients:read`)"] : columns;

const suffixOf = (id: string) => id.slice(id.indexOf("_") + 1);
