// The weight of a row for the quota on bytes: its texts, links and searched words. Triggers add the bytes beyond the row's
// first block to the counter of its resource and subtract them again, so the counter is exact whoever writes the row. The
// triggers are in migrations, first 0020_bytes.sql, generated from this file; test/quotas/weights.test.ts compares them. A table that
// gets a column needs new triggers, and its rows are weighed again, as 0038_expanded_names.sql does it.
import { getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { foldingOf } from "../db/folded.ts";
import { ownedTables } from "../db/owned-tables.ts";
import { linkFields } from "../db/references.ts";
import { messages } from "../db/schema/conversations.ts";
import { events } from "../db/schema/events.ts";
import { organizations } from "../db/schema/organizations.ts";
import { weighings } from "../db/schema/weighings.ts";
import { type SQL, sql } from "../db/sql.ts";
import { BLOCK } from "../quotas/bytes.ts";

/** A table whose rows are weighed. */
export interface WeighedTable {
	readonly table: SQLiteTable;
	readonly block: number;
	/** Columns with lists or values that also have links. */
	readonly linked: readonly string[];
	/** Columns whose words are in the full-text index. */
	readonly searched: readonly string[];
	/** The primary key, which also orders the rows. */
	readonly key: readonly SQLiteColumn[];
	/** The organization of the row with the alias `name`. */
	readonly owner: (name: string) => SQL;
}

const ownerColumn = (name: string) => sql`${sql.identifier(name)}."organizationId"`;

export const weighedTables: readonly WeighedTable[] = [
	...ownedTables.map((table) => ({
		table,
		block: BLOCK.record,
		linked: ["custom", ...linkFields(table)],
		searched: foldingOf(table)?.fields ?? [],
		key: [table.organizationId, table.id],
		owner: ownerColumn,
	})),
	{
		table: messages,
		block: BLOCK.message,
		linked: [],
		searched: [],
		key: [messages.organizationId, messages.conversationId, messages.id],
		owner: ownerColumn,
	},
	{
		table: events,
		block: BLOCK.event,
		linked: [],
		searched: [],
		key: [events.key],
		owner: (name) =>
			sql`(SELECT "id" FROM ${organizations} WHERE "ordinal" = ${sql.identifier(name)}."key" >> 40)`,
	},
];

/** Bytes of a link; each id or value in a list and each custom value has one. */
const LINK_BYTES = 128;
/** The factor for a searched text in the index: up to eight if all its words are new, usually two. */
const SEARCHED_FACTOR = 4;
/** The same for line items, of which only the names are searched. */
const LINE_ITEMS_FACTOR = 2;

/** The bytes of a row's blocks beyond the first. Numbers are written into the SQL text, because D1 binds no integers. */
export function excessBytes({ table, block, linked, searched }: WeighedTable, name: string): SQL {
	const weights = Object.values(getTableColumns(table))
		.filter((column) => column.getSQLType().startsWith("text") && !column.generated)
		.flatMap((column) => {
			const text = sql`${sql.identifier(name)}.${sql.identifier(column.name)}`;
			const bytes = column.notNull ? sql`octet_length(${text})` : sql`coalesce(octet_length(${text}), 0)`;
			const times = column.name === "lineItems" ? LINE_ITEMS_FACTOR : SEARCHED_FACTOR;
			return [
				searched.includes(column.name) ? sql`${bytes} * (1 + ${times})` : bytes,
				...(linked.includes(column.name) ? [sql`${extraEntries(text)} * ${LINK_BYTES}`] : []),
			];
		});
	return sql.inline(sql`((${sql.join(weights, sql` + `)} - 1) / ${block} * ${block})`);
}

/** The number of entries of a JSON list or object, minus one: a comma before a quotation mark occurs only between entries. */
const extraEntries = (text: SQL) => sql`(octet_length(${text}) - octet_length(replace(${text}, ',"', '"')))`;

/** Whether the row with the alias `name` is beyond the progress in the row `weighing`. */
export function isBeyondProgress({ key }: WeighedTable, name: string): SQL {
	const fields = key.map((column) => sql`${sql.identifier(name)}.${sql.identifier(column.name)}`);
	const done = key.map((_, index) => sql`weighing."after"->>${index}`);
	return sql.inline(sql`(${sql.list(fields)}) > (${sql.list(done)})`);
}

/** Adds to the counter of a table; `from` returns rows of `owner` (organization id) and `bytes`. */
export const addExcess = ({ table }: WeighedTable, from: SQL): SQL =>
	sql`INSERT INTO "counters" ("organizationId", "resource", "value", "excess")
		SELECT "owner", ${getTableName(table)}, 0, "bytes" FROM (${from}) WHERE "owner" IS NOT NULL
		ON CONFLICT DO UPDATE SET "excess" = "excess" + excluded."excess"`;

const VERBS = { insert: sql`INSERT`, update: sql`UPDATE`, delete: sql`DELETE` } as const;

/** The triggers of a table, by name. */
export function weightTriggers(one: WeighedTable): Readonly<Record<string, SQL>> {
	const name = getTableName(one.table);
	const [before, after] = [excessBytes(one, "old"), excessBytes(one, "new")];
	const trigger = (verb: keyof typeof VERBS, row: string, differs: SQL, bytes: SQL): [string, SQL] => {
		const title = `${name}_weight_${verb}`;
		const isWeighed = sql`NOT EXISTS (SELECT 1 FROM ${weighings} AS weighing WHERE weighing."table" = ${name} AND ${isBeyondProgress(one, row)})`;
		return [
			title,
			sql.inline(sql`CREATE TRIGGER ${sql.identifier(title)} AFTER ${VERBS[verb]} ON ${one.table}
	WHEN ${differs} AND ${isWeighed} BEGIN
	${addExcess(one, sql`SELECT ${one.owner(row)} AS "owner", ${bytes} AS "bytes"`)};
END`),
		];
	};
	return Object.fromEntries([
		trigger("insert", "new", sql`${after} > 0`, after),
		trigger("update", "new", sql`${after} <> ${before}`, sql`${after} - ${before}`),
		trigger("delete", "old", sql`${before} > 0`, sql`-${before}`),
	]);
}
