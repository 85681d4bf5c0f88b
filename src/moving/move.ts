// Moving an organization to another shard while it is in use. Everything is copied while writes go on, and a journal notes what
// they change. Then deliveries rest until those under way have ended, writes are refused for a moment, and what is left of the
// journal is copied. The switch asserts in its own batch that nothing is left, so whoever wrote what, it is not lost.
//
// Each step can be repeated, so a later sweep continues where a process died. Who works on a move has its lease at both ends, and
// each of its batches asserts it, so a process that was thought to be dead changes nothing later.

import type { RawRow } from "../db/client.ts";
import { commit, expect, type Statement, write } from "../db/commit.ts";
import { FROZEN_HOME, isMoveFrom, isOurs, type Lease, STAGE } from "../db/moves.ts";
import { moves } from "../db/schema/moves.ts";
import { organizations } from "../db/schema/organizations.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isOrganization, ownedBy } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { log } from "../log.ts";

/** A move as this process has taken it. */
export interface Move extends Lease {
	/** The database that the organization leaves, and the one that it arrives in; the same one when it is removed. */
	readonly from: Env;
	readonly to: Env;
	readonly stage: number;
	/** When the stage began (ms). */
	readonly since: number;
	readonly table: string;
	readonly after: string;
	/** The digest of tables and columns with which it began. */
	readonly layout: string | null;
}

/** A move that was taken, and the shard that it goes to. */
export type TakenMove = Omit<Move, "from" | "to"> & { readonly shard: number };

/** Longer than a sweep works on a move (moving/worker.ts), and shorter than the pause between two sweeps. */
const LEASE_MS = 50_000;
/** After this time without the mover the database of arrival works on all its rows again, so the move has to begin anew. */
const ARRIVAL_MS = 600_000;

/** The condition that writes of the organization are refused until somebody goes on with its move. */
const isClosed = sql`"stage" BETWEEN ${STAGE.frozen} AND ${STAGE.switched}`;

/**
 * Takes the move out of a shard that has waited longest, those that refuse writes first; null when there is none that nobody
 * works on.
 * @param which whether to take any move, or only one that refuses writes
 */
export async function takeMove(
	{ DB, SHARD }: Env,
	now: number,
	which: "any" | "closed",
): Promise<TakenMove | null> {
	const lease = crypto.randomUUID();
	const wanted = which === "closed" ? isClosed : sql`"stage" >= ${STAGE.withdrawn}`;
	const next = sql`(SELECT "organizationId" FROM ${moves} WHERE ${isMoveFrom(SHARD)} AND ${wanted} AND "leaseUntil" <= ${now}
		ORDER BY ${isClosed} DESC, "leaseUntil" LIMIT 1)`;
	const [[row] = []] = await write(DB, [
		sql`UPDATE ${moves} SET "lease" = ${lease}, "leaseUntil" = ${now + LEASE_MS} WHERE ${ownedBy(moves, next)} RETURNING *`,
	]);
	return row ? decodeMove(row, lease) : null;
}

const decodeMove = (row: RawRow, lease: string): TakenMove => ({
	organizationId: String(row.organizationId),
	lease,
	shard: Number(row.shard),
	stage: Number(row.stage),
	since: Number(row.since),
	table: String(row.table),
	after: String(row.after),
	layout: row.layout === null ? null : String(row.layout),
});

/** Gives a move back, for the next sweep at the earliest. */
export const releaseMove = ({ DB }: Env, move: TakenMove, now: number): Promise<unknown> =>
	write(DB, [sql`UPDATE ${moves} SET "leaseUntil" = ${now + 1} WHERE ${isOurs(move)}`]);

/** The state of the database of arrival: ready, held by another move of the organization, or left alone for too long. */
type Arrival = "ready" | "occupied" | "lapsed";

/** Takes the lease at the other end, where the organization's rows are left alone from then on. */
export async function announceArrival(
	{ from, to, organizationId, lease, stage }: Move,
	now: number,
): Promise<Arrival> {
	const arriving = sql`${ownedBy(moves, organizationId)} AND "stage" = ${STAGE.arriving}`;
	if (stage >= STAGE.switched) {
		await write(to.DB, [sql`UPDATE ${moves} SET "lease" = ${lease} WHERE ${arriving}`]);
		return "ready";
	}
	const [[before] = [], held = []] = await write(to.DB, [
		sql`SELECT "since" FROM ${moves} WHERE ${arriving}`,
		sql`INSERT INTO ${moves} ("organizationId", "shard", "stage", "since", "lease") VALUES (${organizationId}, ${from.SHARD}, ${STAGE.arriving}, ${now}, ${lease})
			ON CONFLICT DO UPDATE SET "lease" = excluded."lease", "since" = excluded."since" WHERE "stage" = ${STAGE.arriving} RETURNING 1`,
	]);
	if (held.length === 0) return "occupied";
	const isLapsed = stage > STAGE.requested && Number(before?.since ?? 0) <= now - ARRIVAL_MS;
	return isLapsed ? "lapsed" : "ready";
}

/** The condition that some organization is arriving, whose rows the chores must leave as they come. */
export const isArriving = (now: number): SQL =>
	sql`EXISTS (SELECT 1 FROM ${moves} WHERE "stage" = ${STAGE.arriving} AND "since" > ${now - ARRIVAL_MS})`;

/** Another process works on the move, or it is over. */
export class LostLease extends Error {}

/** Commits at one end while the lease is ours there. @throws LostLease, and what `commit` throws */
export const commitAt = (env: Env, lease: Lease, statements: readonly Statement[]): Promise<void> =>
	commit({ env }, [
		expect(
			sql`EXISTS (SELECT 1 FROM ${moves} WHERE ${isOurs(lease)})`,
			() => new LostLease("Another process works on this move."),
		),
		...statements,
	]);

/** Sets where the organization is, as one end sees it; null is here. */
export const setHome = ({ organizationId }: Lease, home: number | null): SQL =>
	sql`UPDATE ${organizations} SET "home" = ${home} WHERE ${isOrganization(organizations, organizationId)}`;

/** Begins a stage, together with these statements; returns the move in that stage. */
export async function advance(move: Move, stage: number, ...statements: Statement[]): Promise<Move> {
	const since = Date.now();
	await commitAt(move.from, move, [
		...statements,
		sql`UPDATE ${moves} SET "stage" = ${stage}, "since" = ${since}, "table" = '', "after" = '' WHERE ${isOurs(move)}`,
	]);
	logStage(move, stage);
	return { ...move, stage, since, table: "", after: "" };
}

/** Logs that a move, or a removal, has reached a stage. */
export function logStage({ organizationId, from, to }: Move, stage: number | "done" | "withdrawn"): void {
	if (from === to) log("removal", { organizationId, shard: from.SHARD, stage });
	else log("move", { organizationId, to: to.SHARD, stage });
}

/** Stores how far the current stage is. */
export async function storePosition(move: Move, table: string, after: string): Promise<Move> {
	await commitAt(move.from, move, [
		sql`UPDATE ${moves} SET "table" = ${table}, "after" = ${after} WHERE ${isOurs(move)}`,
	]);
	return { ...move, table, after };
}

/** Goes back to a stage, unless it is not reached yet or the organization is switched. Writes and deliveries go on where it is. */
export async function goBack(move: Lease & Pick<Move, "from">, stage: number): Promise<null> {
	await commitAt(move.from, move, [
		sql`${setHome(move, null)} AND "home" = ${FROZEN_HOME}`,
		sql`UPDATE ${moves} SET "stage" = ${stage}, "since" = ${Date.now()}, "table" = '', "after" = ''
			WHERE ${isOurs(move)} AND "stage" > ${stage} AND "stage" <= ${STAGE.frozen}`,
	]);
	return null;
}
