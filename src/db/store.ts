// One table of an organization's rows: finding, decoding, inserting and changing them. The organization filter, the
// soft delete and the version check stand here and nowhere else. Casts between drizzle's columns and our rows too.
import { getTableColumns, getTableName, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { inChunks } from "./chunks.ts";
import type { RawRow } from "./client.ts";
import { expectChanged, type Statement } from "./commit.ts";
import { type LinkChange, linkStatements } from "./links.ts";
import { numberAt, takeNumbers } from "./numbers.ts";

/** What every row carries, as `owned()` in columns.ts declares it. */
export interface OwnedRow {
	readonly organizationId: string;
	readonly id: string;
	readonly version: number;
	readonly createdAt: string;
	readonly updatedAt: string;
	readonly deletedAt: string | null;
}

export type OwnedTable = SQLiteTable & Record<keyof OwnedRow, SQLiteColumn>;

export interface Store<Row extends OwnedRow> {
	readonly table: OwnedTable;
	readonly name: string;
	/** The list fields whose ids are kept as links, so that lists can filter by them. */
	readonly lists: readonly (keyof Row & string)[];
	column(field: string): SQLiteColumn;
	/** The query for one row; a deleted one only when asked for. */
	byId(organizationId: string, id: string, includeDeleted?: boolean): SQL;
	decode(raw: RawRow): Row;
	/** Statements that insert up to 100 rows; numbered tables give them their numbers, in order. */
	insert(rows: readonly Row[]): Statement[];
	/** Statements that change one row, provided it is still at the version that was read. */
	update(current: Row, changes: Partial<Row>, updatedAt: string, lost?: () => Error): Statement[];
}

/** The store of one owned table. */
export function tableStore<Row extends OwnedRow>(
	table: OwnedTable & { readonly $inferSelect: Row },
	lists: readonly (keyof Row & string)[] = [],
): Store<Row> {
	const columns: Record<string, SQLiteColumn> = getTableColumns(table);
	// `seq` is between a table and its full-text index; no row outside this file has it.
	const entries = Object.entries(columns).filter(([field]) => field !== "seq");
	const name = getTableName(table);
	const numbered = "number" in columns;

	const column = (field: string): SQLiteColumn => {
		const found = columns[field];
		if (!found) throw new Error(`${name} has no column ${field}`);
		return found;
	};

	const encode = (row: Partial<Row>): Record<string, unknown> =>
		Object.fromEntries(
			Object.entries(row).map(([field, value]) => [
				field,
				value === null || value === undefined ? null : column(field).mapToDriverValue(value),
			]),
		);

	const links = (
		before: Row | null,
		after: Partial<Row> & { id: string; organizationId: string },
	): LinkChange[] =>
		lists.flatMap((field) => {
			if (after[field] === undefined) return [];
			const from = (before?.[field] ?? []) as unknown as string[];
			const to = after[field] as unknown as string[];
			return [
				{
					organizationId: after.organizationId,
					field: `${name}.${field}`,
					fromId: after.id,
					added: to.filter((id) => !from.includes(id)),
					removed: from.filter((id) => !to.includes(id)),
				},
			];
		});

	return {
		table,
		name,
		lists,
		column,

		byId: (organizationId, id, includeDeleted = false) =>
			sql`SELECT * FROM ${table} WHERE ${table.organizationId} = ${organizationId} AND ${table.id} = ${id}${
				includeDeleted ? sql`` : sql` AND ${table.deletedAt} IS NULL`
			}`,

		decode: (raw) =>
			Object.fromEntries(
				entries.map(([field, { mapFromDriverValue }], index) => {
					const value = raw[field];
					return [field, value === null ? null : mapFromDriverValue.call(entries[index]?.[1], value)];
				}),
			) as unknown as Row,

		insert(rows) {
			const [first] = rows;
			if (!first) return [];
			const { organizationId } = first;
			// `number` travels as its distance from the last one given out, which only the batch knows.
			const drafts = rows.map((row, index) => ({
				...encode(row),
				...(numbered ? { number: rows.length - 1 - index } : {}),
			}));
			const names = sql.join(
				entries.map(([field]) => sql.identifier(field)),
				sql`, `,
			);
			const values = sql.join(
				entries.map(([field]) =>
					numbered && field === "number"
						? numberAt(organizationId, name, sql`(value->>'number')`)
						: sql`value->>${sql.raw(`'${field}'`)}`,
				),
				sql`, `,
			);
			const byId = new Map(rows.map((row) => [row.id, row as Row & { number?: number }]));
			return [
				...(numbered ? [takeNumbers(organizationId, name, rows.length)] : []),
				...inChunks(drafts, (draft) => JSON.stringify(draft)).map((chunk) => ({
					query: sql`INSERT INTO ${table} (${names}) SELECT ${values} FROM json_each(${`[${chunk.join(",")}]`}) ORDER BY key${
						numbered ? sql` RETURNING "id", "number"` : sql``
					}`,
					committed: (inserted: RawRow[]) => {
						for (const { id, number } of inserted) {
							const row = byId.get(String(id));
							if (row && numbered) row.number = Number(number);
						}
					},
				})),
				...linkStatements(rows.flatMap((row) => links(null, row))),
			];
		},

		update(current, changes, updatedAt, lost) {
			const encoded = encode({ ...changes, updatedAt });
			const assignments = sql.join(
				Object.entries(encoded).map(([field, value]) => sql`${sql.identifier(field)} = ${value}`),
				sql`, `,
			);
			return [
				{
					query: sql`UPDATE ${table} SET ${assignments}, "version" = "version" + 1
						WHERE ${table.organizationId} = ${current.organizationId} AND ${table.id} = ${current.id} AND ${table.version} = ${current.version}`,
				},
				lost ? expectChanged(() => lost() as never) : expectChanged(),
				...linkStatements(
					links(current, { ...changes, id: current.id, organizationId: current.organizationId }),
				),
			];
		},
	};
}
