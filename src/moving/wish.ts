// What an operator writes for an organization to be moved, or not to be moved after all; the sweeper does the rest.

import { isMoveFrom, STAGE } from "../db/moves.ts";
import { moves } from "../db/schema/moves.ts";
import { type SQL, sql } from "../db/sql.ts";
import { organizationRow, ownedBy } from "../db/tenant.ts";

/** The statement that wishes for an organization to move to a shard; returns a row unless it isn't here, or is moving already. */
export const wishMove = (organizationId: string, shard: number, now: number): SQL =>
	sql`INSERT INTO ${moves} ("organizationId", "shard", "stage", "since")
		SELECT "id", ${shard}, ${STAGE.wished}, ${now} FROM ${organizationRow(organizationId)} AND "home" IS NULL
		ON CONFLICT DO NOTHING RETURNING "organizationId"`;

/**
 * The statement that withdraws a move out of a shard; returns a row unless there is none, or it is about to be completed. Whoever works on it loses
 * its lease.
 */
export const withdrawMove = (organizationId: string, shard: number, now: number): SQL =>
	sql`UPDATE ${moves} SET "stage" = ${STAGE.withdrawn}, "since" = ${now}, "lease" = NULL, "leaseUntil" = 0
		WHERE ${ownedBy(moves, organizationId)} AND ${isMoveFrom(shard)} AND "stage" BETWEEN ${STAGE.withdrawn} AND ${STAGE.telling} RETURNING "organizationId"`;
