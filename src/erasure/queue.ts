// The work list of erasures.
import type { RawRow } from "../db/client.ts";
import { erasures } from "../db/schema/erasures.ts";
import { type SQL, sql } from "../db/sql.ts";
import { ownedBy, rowsOf } from "../db/tenant.ts";
import type { RuleName } from "./rules.ts";

/** The progress after a chunk: up to `after`, to the end of the step, or none before an instant (ms). */
export type Progress =
	| "done"
	| { readonly after: string; readonly again?: boolean }
	| { readonly waitUntil: number }
	| { readonly startAgainAt: number };

/** The `rule` of entries for a full-text index. */
export const SEARCH_RULE = "search";

export const decodeItem = (row: RawRow) => ({
	organizationId: String(row.organizationId),
	entityId: String(row.entityId),
	root: String(row.root),
	rule: String(row.rule),
	step: Number(row.step),
	after: String(row.after),
	again: row.again === 1,
});

/** One entry of the list. */
export type QueueItem = Readonly<ReturnType<typeof decodeItem>>;

const COLUMNS = sql`("organizationId", "entityId", "root", "rule", "step", "after", "again", "dueAt")`;

/** Adds the entry of the erased record itself. */
export const addRoot = (organizationId: string, id: string, rule: RuleName, now: number): SQL =>
	sql`INSERT INTO ${erasures} ${COLUMNS} VALUES (${organizationId}, ${id}, ${id}, ${rule}, 0, '', 0, ${now})`;

/** Adds entries for the rows whose `id` the query `found` returns; an existing entry for the same root is kept. */
export const addFound = (organizationId: string, root: string, rule: RuleName, found: SQL, now: number) =>
	sql`INSERT INTO ${erasures} ${COLUMNS} SELECT ${organizationId}, "id", ${root}, ${rule}, 0, '', 0, ${now} FROM (${found}) WHERE true
		ON CONFLICT DO NOTHING`;

/** Adds an entry for a full-text index; an existing one starts again. */
export const addSearchIndex = (table: string, now: number): SQL =>
	sql`INSERT INTO ${erasures} ${COLUMNS} VALUES ('', ${table}, ${table}, ${SEARCH_RULE}, 0, '', 0, ${now})
		ON CONFLICT DO UPDATE SET "step" = 0, "after" = '', "dueAt" = excluded."dueAt"`;

/** The condition that a row is this entry. */
const isItem = (item: QueueItem) =>
	sql`${ownedBy(erasures, item.organizationId)} AND "root" = ${item.root} AND "entityId" = ${item.entityId}`;

/** Stores the progress of an entry, unless another process has stored some meanwhile. */
export const storeProgress = (
	item: QueueItem,
	to: Pick<QueueItem, "step" | "after" | "again">,
	dueAt: number | null,
): SQL =>
	sql`UPDATE ${erasures} SET "step" = ${to.step}, "after" = ${to.after}, "again" = ${to.again ? 1 : 0}, "dueAt" = ${dueAt}
		WHERE ${isItem(item)} AND "step" = ${item.step} AND "after" = ${item.after}`;

/** Removes an entry and, for a root, all entries that were added for it. */
export const removeItem = (item: QueueItem): SQL =>
	item.rule === SEARCH_RULE
		? sql`DELETE FROM ${erasures} WHERE ${isItem(item)} AND "step" = ${item.step} AND "after" = ${item.after}`
		: sql`DELETE FROM ${ofRoot(item)}`;

/** All entries of a root, its own too, as a FROM clause that conditions may follow. */
const ofRoot = ({ organizationId, root }: QueueItem) =>
	sql`${rowsOf(erasures, organizationId)} AND "root" = ${root}`;

/** A query for an unfinished entry of the same root. */
export const unfinishedItem = (item: QueueItem): SQL =>
	sql`SELECT 1 FROM ${ofRoot(item)} AND "entityId" <> ${item.root}
		AND "dueAt" IS NOT NULL LIMIT 1`;

/** The ids of all entries of a root. */
export const itemIds = (item: QueueItem): SQL => sql`SELECT "entityId" FROM ${ofRoot(item)}`;

/**
 * A query for the next entry that is due, the one waiting longest, and a root after the entries found for it. With an
 * organization's id, only its entries and those for full-text indexes.
 */
export const nextDueItem = (now: number, organizationId: string | null = null): SQL =>
	sql`SELECT * FROM ${erasures} WHERE "dueAt" <= ${now}${
		organizationId === null ? sql`` : sql` AND "organizationId" IN (${organizationId}, '')`
	} ORDER BY "dueAt", "entityId" = "root" LIMIT 1`;
