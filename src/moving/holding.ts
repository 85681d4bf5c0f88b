// What an export or an import has of `moves`: a row that names its own shard, so that nobody takes it for a move, and the lease
// of the process that works on it. While there is one for an export, the journal notes what changes; while there is one for an
// import, deliveries rest. One that is not renewed belongs to a process that has ended.

import { isOurs, type Lease, STAGE } from "../db/moves.ts";
import { moveChanges, moves } from "../db/schema/moves.ts";
import { type SQL, sql } from "../db/sql.ts";
import { rowsOf } from "../db/tenant.ts";

export const LEASE_MS = 120_000;
/** Entries of the journal that are removed at once. */
export const ENTRIES = 1_000;

export interface Holding extends Lease {
	readonly shard: number;
	readonly kind: "export" | "import";
}

const STAGE_OF = { export: STAGE.copying, import: STAGE.arriving } as const;

/** Takes an organization in hand; returns a row unless it is moving, or another export or import works on it. */
export const hold = ({ organizationId, shard, kind, lease }: Holding, now: number): SQL =>
	sql`INSERT INTO ${moves} ("organizationId", "shard", "stage", "since", "lease", "leaseUntil")
		VALUES (${organizationId}, ${shard}, ${STAGE_OF[kind]}, ${now}, ${lease}, ${now + LEASE_MS})
		ON CONFLICT DO UPDATE SET "stage" = excluded."stage", "since" = excluded."since", "lease" = excluded."lease", "leaseUntil" = excluded."leaseUntil", "after" = ''
			WHERE "shard" = excluded."shard" AND "leaseUntil" <= ${now} RETURNING 1`;

/** The condition that it is still in this process's hand. */
export const isHeld = (holding: Holding): SQL =>
	sql`EXISTS (SELECT 1 FROM ${moves} WHERE ${isOurs(holding)})`;

/** Keeps it for longer; returns a row unless another process has taken it. */
export const renew = (holding: Holding, now: number): SQL =>
	sql`UPDATE ${moves} SET "since" = ${now}, "leaseUntil" = ${now + LEASE_MS} WHERE ${isOurs(holding)} RETURNING 1`;

/** Lets another process take it at once, and go on. */
export const abandon = (holding: Holding): SQL =>
	sql`UPDATE ${moves} SET "leaseUntil" = 0 WHERE ${isOurs(holding)}`;

/** Lets it go; returns a row unless another process has taken it. */
export const release = (holding: Holding): SQL =>
	sql`DELETE FROM ${moves} WHERE ${isOurs(holding)} RETURNING 1`;

/** The condition that nobody moves an organization or has it in hand. */
export const isFree = (organizationId: string): SQL =>
	sql`NOT EXISTS (SELECT 1 FROM ${rowsOf(moves, organizationId)})`;

/** Removes up to `ENTRIES` of an organization's entries of the journal while a condition is true; returns a row for each. */
export const removeEntries = (organizationId: string, condition: SQL): SQL =>
	sql`DELETE FROM ${moveChanges} WHERE ${condition} AND "seq" IN
		(SELECT "seq" FROM ${rowsOf(moveChanges, organizationId)} LIMIT CAST(${ENTRIES} AS INTEGER)) RETURNING 1`;

/** A text that is too long for one statement is put together in pieces: adds one. Without a piece it begins again. */
export const addPiece = (holding: Holding, piece?: string): SQL =>
	sql`UPDATE ${moves} SET "after" = ${piece === undefined ? sql`''` : sql`"after" || ${piece}`} WHERE ${isOurs(holding)}`;

/** The text that was put together. */
export const pieces = (holding: Holding): SQL => sql`(SELECT "after" FROM ${moves} WHERE ${isOurs(holding)})`;
