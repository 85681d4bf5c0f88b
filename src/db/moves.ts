// How far the move of an organization is, for those who must leave its rows alone meanwhile.

import { moves } from "./schema/moves.ts";
import type { organizations } from "./schema/organizations.ts";
import { type SQL, sql } from "./sql.ts";
import { type Operand, ownedBy } from "./tenant.ts";

/** The stages of a move, in their order. The database that the organization arrives in only has the first. */
export const STAGE = {
	arriving: -1,
	/** The operator has withdrawn it. */
	withdrawn: 0,
	/** The operator has requested it. */
	requested: 1,
	/** Rows of an earlier stay at the other end are removed. From here on changes are journaled. */
	clearing: 2,
	copying: 3,
	/** The limiters are told, so that nobody relies on what an isolate remembers. */
	telling: 4,
	/** Deliveries are no longer claimed; those that are being sent end. */
	draining: 5,
	/** Writes are refused. */
	frozen: 6,
	/** The organization is at the other end, which does not accept writes yet. */
	switched: 7,
	/** The rows that are left here are removed. */
	leaving: 8,
	/** The operator has requested that the organization be removed: it moves to `NOWHERE`. */
	removalRequested: 9,
	/** Its keys are refused; the limiters are told, so that nobody relies on what an isolate remembers. */
	expelling: 10,
	/** All its rows are removed. */
	removing: 11,
} as const;

/** The shard that an organization moves to which is removed. */
export const NOWHERE = -1;

/** `home` of an organization whose writes are refused because it is about to leave; reads continue. */
export const FROZEN_HOME = -1;

/** The condition that the sending of an organization's deliveries is suspended here: it is about to leave, has left, or has not arrived. */
export const isSendingSuspended = (organizationId: Operand): SQL =>
	sql`EXISTS (SELECT 1 FROM ${moves} WHERE ${ownedBy(moves, organizationId)}
		AND ${moves.stage} NOT BETWEEN ${sql.inline(sql`${STAGE.withdrawn}`)} AND ${sql.inline(sql`${STAGE.telling}`)})`;

/** The condition that a row of `organizations` is of one that can be read here: it is here, or about to leave. */
export const isReadable: SQL = sql`coalesce("home", ${FROZEN_HOME}) = ${FROZEN_HOME}`;

/** The condition that a row of `organizations`, or of its alias in the query, accepts writes: it is here, and neither about to leave nor being removed. */
export const acceptsWrites = (of: typeof organizations | string): SQL =>
	sql`${typeof of === "string" ? sql.identifier(of) : of}."home" IS NULL`;

/** The condition that a row of `moves` is a move out of a shard. One that names its own shard is an export or an import (moving/export-lock.ts). */
export const isMoveFrom = (shard: number): SQL => sql`${moves.shard} <> ${shard}`;

/** Whose row of `moves` it is, and who works on it. */
export interface Lease {
	readonly organizationId: string;
	readonly lease: string;
}

/** The condition that a row of `moves` is this one, while nobody else has taken it. */
export const isOurs = ({ organizationId, lease }: Lease): SQL =>
	sql`${ownedBy(moves, organizationId)} AND "lease" = ${lease}`;
