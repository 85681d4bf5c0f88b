// The statement that inserts rows, which are a list of objects in JSON. Most columns of a new row are NULL: if rows with the same
// columns come repeatedly, the statement names only these.
import { Repeated } from "../repeated.ts";
import { isNumbered, lastNumber } from "./numbers.ts";
import type { OwnedTable } from "./owned-row.ts";
import { type SQL, sql } from "./sql.ts";
import { nextStamp } from "./stamps.ts";

/** The value of a field in an object of JSON, as text of SQL. Only for names of columns. */
export const fieldOf = (object: SQL, field: string): SQL => sql`${object}->>${sql.raw(`'${field}'`)}`;

/**
 * Makes the statements that insert rows into a table, stamped and with the numbers that follow the last one.
 * @param columns all that are copied from rows
 * @returns the statement for rows of an organization of which any has these fields; what a row doesn't have is NULL
 */
export function insertionInto(table: OwnedTable, columns: readonly string[]) {
	const numbered = isNumbered(table);
	const assigned = ["updatedAt", ...(numbered ? ["number"] : [])];
	const insertionOf = (fields: readonly string[]) =>
		sql.prepared<[organizationId: string, now: number, rows: string]>((organizationId, now, rows) => {
			const copied = fields.filter((field) => !assigned.includes(field));
			const names = sql.list([...copied, ...assigned].map(sql.identifier));
			const values = sql.list(copied.map((field) => fieldOf(sql`value`, field)));
			const number = numbered ? sql`, ${lastNumber(table, organizationId)} + 1 + key` : sql``;
			return sql`INSERT INTO ${table} (${names}) SELECT ${values}, ${nextStamp(table, organizationId, now)}${number} FROM json_each(${rows}) ORDER BY key`;
		});
	const ofAll = insertionOf(columns);
	const ofSome = new Repeated<typeof ofAll>();
	return (filled: ReadonlySet<string>, organizationId: string, now: number, rows: string): SQL => {
		const fields = columns.filter((column) => filled.has(column));
		const insertion = ofSome.get(fields.join(), () => insertionOf(fields)) ?? ofAll;
		return insertion(organizationId, now, rows);
	};
}
