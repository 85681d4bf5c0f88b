// Full-text search: what people type as an FTS5 expression, always within one organization.
import { type SQL, sql } from "drizzle-orm";
import { fold, visible } from "../text/fold.ts";
import { soughtDigits } from "../text/phone.ts";
import { clients } from "./schema/clients.ts";
import { ownedBy } from "./tenant.ts";

export interface SearchSpec {
	/** The full-text table, one row per row of the table under the same rowid, with an `organization` column. */
	readonly table: string;
	/** Columns to find words in. */
	readonly columns: readonly string[];
	/** The column with phone numbers, which are found by their digits, too. */
	readonly phones?: string;
	/** Rows are found by their client's name too: the table's column `client` holds the client's id. */
	readonly byClient?: boolean;
}

/** Different words that one search may hold. */
export const MOST_WORDS = 20;
/** Clients that one search finds papers by, all its words together: the newest of those whose name fits. */
const MOST_CLIENTS = 100;

/** The words of what a person typed, folded, each once; the last one, which may be unfinished, stands for itself. */
export function wordsOf(search: string): string[] {
	const words = visible(search).match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
	const folded = words.map(fold).filter((word) => /[\p{L}\p{N}]/u.test(word));
	return [...new Set(folded.slice(0, -1)), ...folded.slice(-1)];
}

/**
 * What a person typed, as an FTS5 expression: all words must occur, the last one may be unfinished, and nothing in it is
 * read as an operator. A word of several CJK characters is a phrase, since each is indexed by itself; a phone number is
 * found by its digits, too. Null when it has no word at all.
 */
export function matchOf(spec: SearchSpec, organizationId: string, search: string): SQL | null {
	const words = wordsOf(search);
	if (words.length === 0) return null;
	const terms = words.map((word, index) => `"${word}"${index === words.length - 1 ? "*" : ""}`);
	const within = `organization:"${suffixOf(organizationId)}" AND `;
	const own = `{${spec.columns.join(" ")}}:`;
	if (!spec.byClient) {
		const all = `${own}(${terms.join(" AND ")})`;
		const digits = spec.phones ? soughtDigits(search).map((number) => ` OR ${spec.phones}:"${number}"*`) : [];
		return sql`${`${within}(${all}${digits.join("")})`}`;
	}
	// A word is the row's own, or in its client's name: whoever is renamed has nothing to be indexed anew.
	const named = sql`SELECT ' OR client:(' || group_concat('"' || substr("id", 5) || '"', ' OR ') || ')'
		FROM (SELECT ${clients.id} AS "id" FROM clients_search CROSS JOIN ${clients} ON ${clients}.rowid = clients_search.rowid
			WHERE clients_search MATCH ${`${within}name:`} || word.value AND ${ownedBy(clients, organizationId)}
			ORDER BY clients_search.rowid DESC LIMIT ${Math.floor(MOST_CLIENTS / words.length)})`;
	return sql`(SELECT ${within} || group_concat('(' || ${own} || word.value || coalesce((${named}), '') || ')', ' AND ')
		FROM json_each(${JSON.stringify(terms)}) AS word)`;
}

/** What a search looks at, in words. */
export const searchedIn = ({ columns, byClient }: SearchSpec): readonly string[] =>
	byClient ? [...columns, "the client's name"] : columns;

const suffixOf = (id: string) => id.slice(id.indexOf("_") + 1);
