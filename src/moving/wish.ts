// What an operator writes for an organization to be moved; the sweeper does the rest.
import { type SQL, sql } from "drizzle-orm";
import { STAGE } from "../db/moves.ts";
import { moves } from "../db/schema/moves.ts";
import { organizationRow } from "../db/tenant.ts";

/** The statement that wishes for an organization to move to a shard; returns a row unless it isn't here, or is moving already. */
export const wishMove = (organizationId: string, shard: number, now: number): SQL =>
	sql`INSERT INTO ${moves} ("organizationId", "shard", "stage", "since")
		SELECT "id", ${shard}, ${STAGE.wished}, ${now} FROM ${organizationRow(organizationId)} AND "home" IS NULL
		ON CONFLICT DO NOTHING RETURNING "organizationId"`;
