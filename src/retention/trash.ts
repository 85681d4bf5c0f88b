// Deleted rows are kept for a while, to be restored or read; then they are removed for good with their links and custom values.
// The full-text index follows by a trigger.

import { getTableName } from "drizzle-orm";
import { CHUNK_ROWS, type Chore } from "../chore.ts";
import { LINKED_TYPES } from "../custom-fields/types.ts";
import { linksOfStored, storedValues } from "../custom-fields/values.ts";
import { splitIntoChunks } from "../db/chunks.ts";
import { batch, type RawRow } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { uncountRows } from "../db/counts.ts";
import { isLink, removeLinks } from "../db/links.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { ownedTables } from "../db/owned-tables.ts";
import { holderQuery, linkFields } from "../db/references.ts";
import { links } from "../db/schema/bookkeeping.ts";
import { conversations } from "../db/schema/conversations.ts";
import { customFields } from "../db/schema/custom-fields.ts";
import { deliveries, deliveryHours, webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isAmong, isRow, ownedBy } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { settingsOf } from "../settings.ts";
import { DAY_MS } from "../time.ts";
import { removalChore } from "./logs.ts";

/** Rows per chunk. Fewer than elsewhere, because each row has indexes, links and an entry in the full-text index. */
const DELETED_ROWS_PER_CHUNK = 100;
/** A chunk ends with the row whose custom values reach this size together: their links take up to thirty times as much. */
const MAX_VALUES_BYTES = 100_000;

/** Conversations can't be deleted; otherwise their messages would have to be removed first. */
const deletable = ownedTables.filter((table: OwnedTable) => table !== conversations);

/** The chores for deleted rows; their links are removed first. */
export function trashChores(env: Env, now: number): Chore[] {
	const before = now - settingsOf(env).TRASH_RETENTION_DAYS * DAY_MS;
	return [
		...linkChores(before),
		...deletable.map((table) => ({
			name: getTableName(table),
			due: sql`SELECT 1 FROM ${table} WHERE ${table.deletedAt} < ${before}`,
			run: ({ DB }: Env) => remove(DB, table, before),
		})),
	];
}

/** The chore for links of deleted custom fields, which may be too many for one transaction. */
function linkChores(before: number): Chore[] {
	const values = sql`SELECT link."organizationId", link."field", link."toId", link."fromId" FROM ${customFields} AS gone
		CROSS JOIN ${links} AS link ON ${ownedBy("link", sql`gone."organizationId"`)} AND link."field" = ${linkFieldOfValues}
		WHERE gone."deletedAt" < ${before} ${sql.limit(CHUNK_ROWS)}`;
	return [removalChore("values", values, [sql`${removeLinks(values)} RETURNING 1`])];
}

/** The `field` of the links that hold values of the custom field `gone`. */
const linkFieldOfValues = sql`gone."entity" || '.custom.' || gone."id"`;

/** Conditions that keep the row `gone`: a live row refers to it, or dependent rows must be removed first. */
function unlessNeeded(table: OwnedTable): SQL {
	const referringRows = holderQuery(table, {
		organizationId: sql`gone."organizationId"`,
		id: sql`gone."id"`,
	});
	const dependentRows = new Map<OwnedTable, SQL>([
		[
			customFields,
			sql`SELECT 1 FROM ${links} WHERE ${isLink(sql`gone."organizationId"`, linkFieldOfValues)}`,
		],
		[
			webhooks,
			sql`SELECT 1 FROM ${deliveries} WHERE "webhookId" = gone."id" UNION ALL SELECT 1 FROM ${deliveryHours} WHERE "webhookId" = gone."id"`,
		],
	]).get(table);
	const all = [referringRows, dependentRows].filter((query) => query !== null && query !== undefined);
	return sql.join(all.map((query) => sql` AND NOT EXISTS (${query})`));
}

/**
 * Removes a chunk of a table's deleted rows.
 * @returns whether there may be more
 */
async function remove(DB: D1Database, table: OwnedTable, before: number): Promise<boolean> {
	const isRemovable = sql`gone."deletedAt" < ${before}${unlessNeeded(table)}`;
	const fields = linkFields(table);
	const oldest = sql`SELECT gone.* FROM ${table} AS gone WHERE ${isRemovable} ORDER BY gone."deletedAt" ${sql.limit(DELETED_ROWS_PER_CHUNK)}`;
	const hasValues = "custom" in table;
	const chunk = hasValues ? upToBytes(oldest) : oldest;
	const [found = [], values = []] = await batch(DB, [
		sql`SELECT "organizationId", "id" FROM (${chunk})`,
		...(hasValues ? [storedValues(chunk, LINKED_TYPES)] : []),
	]);
	if (found.length === 0) return false;
	// A row that was restored meanwhile is skipped.
	const gone = sql`SELECT gone.* FROM ${sql.each(found.map(keyOf))} AS listed CROSS JOIN ${table} AS gone
		ON ${isRow("gone", sql`listed.value->>0`, sql`listed.value->>1`)} WHERE ${isRemovable}`;
	await write(DB, [
		...fields.map((field) =>
			removeLinks(sql`SELECT gone."organizationId", ${`${getTableName(table)}.${field}`}, item.value, gone."id"
				FROM (${gone}) AS gone CROSS JOIN json_each(gone.${sql.identifier(field)}) AS item`),
		),
		...splitIntoChunks(values.flatMap((row) => linksOfValue(table, row))).map(({ each }) =>
			removeLinks(sql`SELECT item.value->>0, item.value->>1, item.value->>2, item.value->>3 FROM ${each} AS item
				WHERE (item.value->>0, item.value->>3) IN (SELECT "organizationId", "id" FROM (${gone}))`),
		),
		uncountRows(table, sql`SELECT "organizationId", "id", "updatedAt" FROM (${gone})`),
		sql`DELETE FROM ${table} WHERE ${isAmong(table, sql`SELECT "organizationId", "id" FROM (${gone})`)}`,
	]);
	return true;
}

/** The first of these rows, until their custom values are large together; at least one. */
const upToBytes = (rows: SQL): SQL =>
	sql`SELECT * FROM (SELECT *, sum(octet_length("custom")) OVER (ORDER BY "deletedAt" ROWS UNBOUNDED PRECEDING) - octet_length("custom") AS "before" FROM (${rows}))
		WHERE "before" < ${MAX_VALUES_BYTES}`;

const keyOf = ({ organizationId, id }: RawRow) => [organizationId, id];

/** The links of such a value. */
function linksOfValue(table: OwnedTable, row: RawRow): unknown[][] {
	return linksOfStored(row).map(({ field, toId }) => [
		row.organizationId,
		`${getTableName(table)}.${field}`,
		toId,
		row.id,
	]);
}
