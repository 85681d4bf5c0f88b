// Every table with rows of organizations: what identifies a row, and how an organization's rows are found by an index. What moves,
// removes or exports an organization derives from this list, and so does the check that no row is in a wrong shard.
import { getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { isKeyOf, keyBaseOf, keyOfNumber, numberOfKey } from "../db/event-keys.ts";
import { ownedTables } from "../db/owned-tables.ts";
import { apiKeys } from "../db/schema/api-keys.ts";
import { counters, idempotencyKeys, links } from "../db/schema/bookkeeping.ts";
import { messages } from "../db/schema/conversations.ts";
import { erasures } from "../db/schema/erasures.ts";
import { events } from "../db/schema/events.ts";
import { notifications } from "../db/schema/notifications.ts";
import { organizations } from "../db/schema/organizations.ts";
import { requestLog } from "../db/schema/request-log.ts";
import { attempts, deliveries, deliveryHours, webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import {
	isOrganization,
	isRow,
	type Operand,
	organizationRow,
	ownedBy,
	type TenantTable,
} from "../db/tenant.ts";

/** A table whose rows belong to organizations. In queries a row of it has the alias `row`. */
export interface Movable {
	readonly table: SQLiteTable;
	readonly name: string;
	/** The columns of its primary key, or of a unique index. */
	readonly columns: readonly string[];
	/** Identifies a row with the alias `name` among its organization's; the same in every database. */
	key(name: string): SQL[];
	/** The values of `columns` for such a key, given as JSON list. */
	columnValues(organizationId: Operand, key: SQL): SQL[];
	/** An organization's rows: the SQL after FROM, to which conditions can be added. */
	rows(organizationId: Operand): SQL;
	/** The order in which an index has them. */
	readonly order: readonly SQL[];
	/** The position of a row in that order; `start` is before all rows. Positions are JSON lists. */
	readonly position: readonly SQL[];
	readonly start: string;
	/** The condition that a row is after a position. */
	after(position: string, organizationId: string): SQL;
	/** In a query with rows of organizations, alias `owner`: the condition that a row with the alias `name` belongs to the owner. */
	belongs(name: string): SQL;
	/** What changes with other tables' rows, or says where the organization is. Few rows, copied last and as a whole. */
	readonly last?: true;
}

/** Columns with a value of their own in each database: rowids, ordinals, leases, and where an organization is. */
const LOCAL_COLUMNS: ReadonlySet<string> = new Set(["seq", "ordinal", "home", "lease", "leaseUntil"]);

/** The columns that are copied: those that SQLite does not generate, and that are not local to a database. */
export const columnsOf = ({ table }: Movable): string[] =>
	Object.entries(getTableColumns(table)).flatMap(([name, { generated }]) =>
		generated || LOCAL_COLUMNS.has(name) ? [] : [name],
	);

const of = (name: string, column: string) => sql`${sql.identifier(name)}.${sql.identifier(column)}`;
const row = (column: string) => of("row", column);
/** An element of a JSON list. */
const element = (json: SQL | string, index: number) => sql`(${json}->>${sql.inline(sql`${index}`)})`;

/** A table with the column `organizationId`, which its primary key begins with. */
function owned(table: TenantTable, key: readonly string[], last?: { last: true }): Movable {
	const order = key.map(row);
	return {
		table,
		name: getTableName(table),
		columns: ["organizationId", ...key],
		key: (name) => key.map((column) => of(name, column)),
		columnValues: (organizationId, value) => [
			sql`${organizationId}`,
			...key.map((_, index) => element(value, index)),
		],
		rows: (organizationId) => sql`${table} AS "row" WHERE ${ownedBy("row", organizationId)}`,
		order,
		position: order,
		start: JSON.stringify(key.map(() => "")),
		after: (position) =>
			sql`(${sql.list(order)}) > (${sql.list(key.map((_, index) => element(position, index)))})`,
		belongs: (name) => ownedBy(name, sql`owner."id"`),
		...last,
	};
}

/** What is the same of all tables whose primary key identifies a row in every database. */
const keyedBy = (table: SQLiteTable, columns: readonly string[]) => ({
	table,
	name: getTableName(table),
	columns,
	key: (name: string) => columns.map((column) => of(name, column)),
	columnValues: (_: Operand, key: SQL) => columns.map((_column, index) => element(key, index)),
});

/** A table whose rows belong to webhooks, found webhook by webhook. `first` is lower than any value of `column`. */
function ofWebhooks(table: SQLiteTable, column: string, first: SQL): Movable {
	const order = [sql`webhook."id"`, row(column)];
	return {
		...keyedBy(table, ["webhookId", column]),
		rows: (organizationId) =>
			sql`${webhooks} AS webhook CROSS JOIN ${table} AS "row" ON ${row("webhookId")} = webhook."id" WHERE ${ownedBy("webhook", organizationId)}`,
		order,
		position: order,
		start: '["",-1]',
		after: (position) =>
			sql`webhook."id" >= ${element(position, 0)} AND ${row(column)} > iif(webhook."id" = ${element(position, 0)}, ${element(position, 1)}, ${first})`,
		belongs: (name) =>
			sql`EXISTS (SELECT 1 FROM ${webhooks} AS webhook WHERE ${isRow("webhook", sql`owner."id"`, of(name, "webhookId"))})`,
	};
}

function attemptsOfDeliveries(): Movable {
	const order = [sql`webhook."id"`, sql`delivery."id"`, row("number")];
	return {
		...keyedBy(attempts, ["deliveryId", "number"]),
		rows: (organizationId) =>
			sql`${webhooks} AS webhook CROSS JOIN ${deliveries} AS delivery ON delivery."webhookId" = webhook."id"
				CROSS JOIN ${attempts} AS "row" ON ${row("deliveryId")} = delivery."id" WHERE ${ownedBy("webhook", organizationId)}`,
		order,
		position: order,
		start: '["","",-1]',
		after: (position) =>
			sql`webhook."id" >= ${element(position, 0)} AND delivery."id" >= iif(webhook."id" = ${element(position, 0)}, ${element(position, 1)}, '')
				AND ${row("number")} > iif(webhook."id" = ${element(position, 0)} AND delivery."id" = ${element(position, 1)}, ${element(position, 2)}, -1)`,
		belongs: (name) =>
			sql`EXISTS (SELECT 1 FROM ${webhooks} AS webhook CROSS JOIN ${deliveries} AS delivery
				ON delivery."webhookId" = webhook."id" AND delivery."id" = ${of(name, "deliveryId")} WHERE ${ownedBy("webhook", sql`owner."id"`)})`,
	};
}

/** The key of an event begins with its organization's ordinal, which differs between databases; the number is the same. */
const numberedEvents = (): Movable => ({
	table: events,
	name: getTableName(events),
	columns: ["key"],
	key: (name) => [numberOfKey(of(name, "key"))],
	columnValues: (organizationId, key) => [keyOfNumber(keyBaseOf(organizationId), element(key, 0))],
	rows: (organizationId) => sql`${events} AS "row" WHERE ${isKeyOf(keyBaseOf(organizationId), row("key"))}`,
	order: [row("key")],
	position: [numberOfKey(row("key"))],
	start: "[0]",
	after: (position, organizationId) =>
		sql`${row("key")} > ${keyOfNumber(keyBaseOf(organizationId), element(position, 0))}`,
	belongs: (name) =>
		sql`EXISTS (SELECT 1 FROM ${organizationRow(sql`owner."id"`)} AND "ordinal" = ${of(name, "key")} >> 40)`,
});

const organizationItself = (): Movable => ({
	...keyedBy(organizations, ["id"]),
	rows: (organizationId) => sql`${organizations} AS "row" WHERE ${isOrganization("row", organizationId)}`,
	order: [row("id")],
	position: [row("id")],
	start: '[""]',
	after: (position) => sql`${row("id")} > ${element(position, 0)}`,
	belongs: (name) => isOrganization("owner", of(name, "id")),
	last: true,
});

/**
 * All of them, in the order in which they are copied and removed: rows that are found by webhooks and deliveries before those,
 * clients before the rows whose entries in the full-text index contain the client's name.
 */
export const movables: readonly Movable[] = [
	attemptsOfDeliveries(),
	ofWebhooks(deliveries, "id", sql`''`),
	ofWebhooks(deliveryHours, "hour", sql`-1`),
	numberedEvents(),
	...ownedTables.map((table: TenantTable) =>
		owned(table, ["id"], table === apiKeys ? { last: true } : undefined),
	),
	owned(messages, ["conversationId", "id"]),
	owned(links, ["field", "toId", "fromId"]),
	owned(erasures, ["root", "entityId"]),
	owned(idempotencyKeys, ["key"]),
	owned(requestLog, ["id"]),
	owned(notifications, ["key", "targetId"]),
	owned(counters, ["resource"], { last: true }),
	organizationItself(),
];

/** Those that are copied in slices, and those that are copied last. */
export const walked = movables.filter(({ last }) => !last);
export const copiedLast = movables.filter(({ last }) => last);
