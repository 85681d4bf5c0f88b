// The lock of an export or an import: a row of `moves` that names its own shard, so that nobody takes it for a move, with the lease
// of the process that works on it. While there is one for an export, the journal notes what changes; while there is one for an
// import, deliveries rest. A lock that is not renewed belongs to a process that has ended.

import { isOurs, type Lease, STAGE } from "../db/moves.ts";
import { moveChanges, moves } from "../db/schema/moves.ts";
import { type SQL, sql } from "../db/sql.ts";
import { rowsOf } from "../db/tenant.ts";

export const LEASE_MS = 120_000;
/** Entries of the journal that are removed at once. */
export const ENTRIES = 1_000;

export interface ExportLock extends Lease {
	readonly shard: number;
	readonly kind: "export" | "import";
}

const STAGE_OF = { export: STAGE.copying, import: STAGE.arriving } as const;

/** Locks an organization for an export or import; returns a row unless it is moving or locked already. */
export const lock = ({ organizationId, shard, kind, lease }: ExportLock, now: number): SQL =>
	sql`INSERT INTO ${moves} ("organizationId", "shard", "stage", "since", "lease", "leaseUntil")
		VALUES (${organizationId}, ${shard}, ${STAGE_OF[kind]}, ${now}, ${lease}, ${now + LEASE_MS})
		ON CONFLICT DO UPDATE SET "stage" = excluded."stage", "since" = excluded."since", "lease" = excluded."lease", "leaseUntil" = excluded."leaseUntil", "after" = ''
			WHERE "shard" = excluded."shard" AND "leaseUntil" <= ${now} RETURNING 1`;

/** The condition that the organization is still locked by this lock. */
export const isLocked = (exportLock: ExportLock): SQL =>
	sql`EXISTS (SELECT 1 FROM ${moves} WHERE ${isOurs(exportLock)})`;

/** Renews the lease of a lock; returns a row unless another process has locked the organization. */
export const renewLock = (exportLock: ExportLock, now: number): SQL =>
	sql`UPDATE ${moves} SET "since" = ${now}, "leaseUntil" = ${now + LEASE_MS} WHERE ${isOurs(exportLock)} RETURNING 1`;

/** Ends the lease of a lock, so that another process can lock the organization at once, and go on. */
export const expireLock = (exportLock: ExportLock): SQL =>
	sql`UPDATE ${moves} SET "leaseUntil" = 0 WHERE ${isOurs(exportLock)}`;

/** Unlocks an organization; returns a row unless another process has locked it. */
export const unlock = (exportLock: ExportLock): SQL =>
	sql`DELETE FROM ${moves} WHERE ${isOurs(exportLock)} RETURNING 1`;

/** The condition that an organization is neither moving nor locked. */
export const isFree = (organizationId: string): SQL =>
	sql`NOT EXISTS (SELECT 1 FROM ${rowsOf(moves, organizationId)})`;

/** Removes up to `ENTRIES` of an organization's entries of the journal while a condition is true; returns a row for each. */
export const removeEntries = (organizationId: string, condition: SQL): SQL =>
	sql`DELETE FROM ${moveChanges} WHERE ${condition} AND "seq" IN
		(SELECT "seq" FROM ${rowsOf(moveChanges, organizationId)} LIMIT CAST(${ENTRIES} AS INTEGER)) RETURNING 1`;

/** A text that is too long for one statement is put together in pieces: adds one. Without a piece it begins again. */
export const addPiece = (exportLock: ExportLock, piece?: string): SQL =>
	sql`UPDATE ${moves} SET "after" = ${piece === undefined ? sql`''` : sql`"after" || ${piece}`} WHERE ${isOurs(exportLock)}`;

/** The text that was put together. */
export const pieces = (exportLock: ExportLock): SQL =>
	sql`(SELECT "after" FROM ${moves} WHERE ${isOurs(exportLock)})`;
