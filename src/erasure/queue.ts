// The list of what is still to be done for erased records.
import { type SQL, sql } from "drizzle-orm";
import type { RawRow } from "../db/client.ts";
import { erasures } from "../db/schema/erasures.ts";
import { ownedBy, rowsOf } from "../db/tenant.ts";
import type { RuleName } from "./rules.ts";

/** One entry of the list. */
export interface Item {
	readonly organizationId: string;
	readonly entityId: string;
	readonly root: string;
	readonly rule: string;
	readonly step: number;
	readonly after: string;
	readonly again: boolean;
}

/** How far a chunk has got: to `after`, to the end of its step, or nowhere until an instant (ms). */
export type Progress =
	| "done"
	| { readonly after: string; readonly again?: boolean }
	| { readonly waitUntil: number }
	| { readonly startAgainAt: number };

/** What a full-text index is entered under, in place of a rule. */
export const SEARCH = "search";

export const itemOf = (row: RawRow): Item => ({
	organizationId: String(row.organizationId),
	entityId: String(row.entityId),
	root: String(row.root),
	rule: String(row.rule),
	step: Number(row.step),
	after: String(row.after),
	again: row.again === 1,
});

const COLUMNS = sql`("organizationId", "entityId", "root", "rule", "step", "after", "again", "dueAt")`;

/** Enters the erased record itself. */
export const enterRoot = (organizationId: string, id: string, rule: RuleName, now: number): SQL =>
	sql`INSERT INTO ${erasures} ${COLUMNS} VALUES (${organizationId}, ${id}, ${id}, ${rule}, 0, '', 0, ${now})`;

/** Enters rows that `found` gives by their `id`; one that is entered for this root already stays as it is. */
export const enterFound = (
	organizationId: string,
	root: string,
	rule: RuleName,
	found: SQL,
	now: number,
): SQL =>
	sql`INSERT INTO ${erasures} ${COLUMNS} SELECT ${organizationId}, "id", ${root}, ${rule}, 0, '', 0, ${now} FROM (${found}) WHERE true
		ON CONFLICT DO NOTHING`;

/** Enters a full-text index; one that is being worked on begins anew. */
export const enterSearch = (table: string, now: number): SQL =>
	sql`INSERT INTO ${erasures} ${COLUMNS} VALUES ('', ${table}, ${table}, ${SEARCH}, 0, '', 0, ${now})
		ON CONFLICT DO UPDATE SET "step" = 0, "after" = '', "dueAt" = excluded."dueAt"`;

/** The entry. */
const isIt = (item: Item) =>
	sql`${ownedBy(erasures, item.organizationId)} AND "root" = ${item.root} AND "entityId" = ${item.entityId}`;

/** Notes how far an entry is, as long as nobody else has. */
export const moveOn = (item: Item, to: Pick<Item, "step" | "after" | "again">, dueAt: number | null): SQL =>
	sql`UPDATE ${erasures} SET "step" = ${to.step}, "after" = ${to.after}, "again" = ${to.again ? 1 : 0}, "dueAt" = ${dueAt}
		WHERE ${isIt(item)} AND "step" = ${item.step} AND "after" = ${item.after}`;

/** Strikes out an entry and, of a root, all that was entered for it. */
export const strike = (item: Item): SQL =>
	item.rule === SEARCH
		? sql`DELETE FROM ${erasures} WHERE ${isIt(item)} AND "step" = ${item.step} AND "after" = ${item.after}`
		: sql`DELETE FROM ${ofRoot(item)}`;

/** All entries of a root, its own too: what comes after FROM, up to further conditions. */
const ofRoot = ({ organizationId, root }: Item) =>
	sql`${rowsOf(erasures, organizationId)} AND "root" = ${root}`;

/** A query for an entry of the same root that is not done yet. */
export const unfinished = (item: Item): SQL =>
	sql`SELECT 1 FROM ${ofRoot(item)} AND "entityId" <> ${item.root}
		AND "dueAt" IS NOT NULL LIMIT 1`;

/** The ids that are entered for a root. */
export const entered = (item: Item): SQL => sql`SELECT "entityId" FROM ${ofRoot(item)}`;

/**
 * A query for what is due, the longest waiting first, and a root after what was found for it. Of one organization, and of
 * what all share, where it is named.
 */
export const nextDue = (now: number, organizationId: string | null = null): SQL =>
	sql`SELECT * FROM ${erasures} WHERE "dueAt" <= ${now}${
		organizationId === null ? sql`` : sql` AND "organizationId" IN (${organizationId}, '')`
	} ORDER BY "dueAt", "entityId" = "root" LIMIT 1`;
