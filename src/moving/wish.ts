// What an operator writes for an organization to be moved, not to be moved after all, or removed; the sweeper does the rest.

import { acceptsWrites, isMoveFrom, NOWHERE, STAGE } from "../db/moves.ts";
import { moves } from "../db/schema/moves.ts";
import { organizations } from "../db/schema/organizations.ts";
import { type SQL, sql } from "../db/sql.ts";
import { organizationRow, ownedBy, rowsOf } from "../db/tenant.ts";

/** The statement that wishes for an organization to move to a shard; returns a row unless it isn't here, or is moving already. */
export const wishMove = (organizationId: string, shard: number, now: number): SQL =>
	sql`INSERT INTO ${moves} ("organizationId", "shard", "stage", "since")
		SELECT "id", ${shard}, ${STAGE.wished}, ${now} FROM ${organizationRow(organizationId)} AND ${acceptsWrites(organizations)}
		ON CONFLICT DO NOTHING RETURNING "organizationId"`;

/**
 * The statement that withdraws a move out of a shard; returns a row unless there is none, or it is about to be completed. Whoever works on it loses
 * its lease.
 */
export const withdrawMove = (organizationId: string, shard: number, now: number): SQL =>
	sql`UPDATE ${moves} SET "stage" = ${STAGE.withdrawn}, "since" = ${now}, "lease" = NULL, "leaseUntil" = 0
		WHERE ${ownedBy(moves, organizationId)} AND ${isMoveFrom(shard)} AND "stage" BETWEEN ${STAGE.withdrawn} AND ${STAGE.telling} RETURNING "organizationId"`;

/**
 * The statement that wishes for all that a shard has of an organization to be removed, after an export or import that was interrupted
 * too; returns a row unless it has nothing, or a move, an export, an import or a removal has begun.
 */
export const wishRemoval = (organizationId: string, shard: number, now: number): SQL =>
	sql`INSERT INTO ${moves} ("organizationId", "shard", "stage", "since")
		SELECT "id", ${NOWHERE}, ${STAGE.unwanted}, ${now} FROM ${organizationRow(organizationId)}
		ON CONFLICT DO UPDATE SET "shard" = excluded."shard", "stage" = excluded."stage", "since" = excluded."since", "table" = '', "after" = '', "lease" = NULL, "leaseUntil" = 0
			WHERE ${moves.shard} = ${shard} AND "leaseUntil" <= ${now} RETURNING "organizationId"`;

/** The condition that what a database has of an organization is being removed. */
export const isUnwanted = (organizationId: string): SQL =>
	sql`EXISTS (SELECT 1 FROM ${rowsOf(moves, organizationId)} AND ${moves.shard} = ${NOWHERE})`;
