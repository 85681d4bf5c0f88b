// What an operator requests: that an organization is moved, that it is not moved after all, or that it is removed. The sweeper does the rest.

import { acceptsWrites, isMoveFrom, NOWHERE, STAGE } from "../db/moves.ts";
import { moves } from "../db/schema/moves.ts";
import { organizations } from "../db/schema/organizations.ts";
import { type SQL, sql } from "../db/sql.ts";
import { organizationRow, ownedBy, rowsOf } from "../db/tenant.ts";

/** The statement that requests a move to a shard; returns a row unless the organization isn't here, or is moving already. */
export const requestMove = (organizationId: string, shard: number, now: number): SQL =>
	sql`INSERT INTO ${moves} ("organizationId", "shard", "stage", "since")
		SELECT "id", ${shard}, ${STAGE.requested}, ${now} FROM ${organizationRow(organizationId)} AND ${acceptsWrites(organizations)}
		ON CONFLICT DO NOTHING RETURNING "organizationId"`;

/**
 * The statement that withdraws a move out of a shard; returns a row unless there is none, or it is about to be completed. Whoever works on it loses
 * its lease.
 */
export const withdrawMove = (organizationId: string, shard: number, now: number): SQL =>
	sql`UPDATE ${moves} SET "stage" = ${STAGE.withdrawn}, "since" = ${now}, "lease" = NULL, "leaseUntil" = 0
		WHERE ${ownedBy(moves, organizationId)} AND ${isMoveFrom(shard)} AND "stage" BETWEEN ${STAGE.withdrawn} AND ${STAGE.telling} RETURNING "organizationId"`;

/**
 * The statement that requests the removal of all that a shard has of an organization, also after an export or import that was
 * interrupted; returns a row unless it has nothing, or a move, an export, an import or a removal has begun.
 */
export const requestRemoval = (organizationId: string, shard: number, now: number): SQL =>
	sql`INSERT INTO ${moves} ("organizationId", "shard", "stage", "since")
		SELECT "id", ${NOWHERE}, ${STAGE.removalRequested}, ${now} FROM ${organizationRow(organizationId)}
		ON CONFLICT DO UPDATE SET "shard" = excluded."shard", "stage" = excluded."stage", "since" = excluded."since", "table" = '', "after" = '', "lease" = NULL, "leaseUntil" = 0
			WHERE ${moves.shard} = ${shard} AND "leaseUntil" <= ${now} RETURNING "organizationId"`;

/** The condition that what a database has of an organization is being removed. */
export const isBeingRemoved = (organizationId: string): SQL =>
	sql`EXISTS (SELECT 1 FROM ${rowsOf(moves, organizationId)} AND ${moves.shard} = ${NOWHERE})`;
