// Telling the limiters of an organization's keys that it moves, so that nobody relies on what an isolate remembers.

import { batch } from "../db/client.ts";
import { apiKeys } from "../db/schema/api-keys.ts";
import { sql } from "../db/sql.ts";
import { liveRowsOf } from "../db/tenant.ts";
import { announceMove } from "../limiter/rate-limit.ts";
import { HOUR_MS } from "../time.ts";
import { type Move, storePosition } from "./move.ts";

/** Limiters that are told per step, and for how long they then have callers look where the organization is. */
const KEYS_PER_STEP = 100;
const TOLD_MS = HOUR_MS;

/** Tells the limiters of the next keys; returns the move as it is then, null when all have been told. */
export async function tellNext(move: Move): Promise<Move | null> {
	const ids = await keysAfter(move, move.after);
	await announce(move, ids);
	const last = ids.at(-1);
	return last === undefined ? null : storePosition(move, "", last);
}

/** Tells the limiters of keys that were created while the others were told. */
export const tellNewKeys = async (move: Move): Promise<void> =>
	announce(move, await keysAfter(move, "", move.since - TOLD_MS));

/** Whether a stage has taken so long that limiters may soon forget what they were told. */
export const isOutdated = ({ since }: Move) => Date.now() > since + TOLD_MS / 4;

/** The next keys after one, by id, that were created at an instant (ms) or later. */
async function keysAfter({ from, organizationId }: Move, id: string, createdSince = 0): Promise<string[]> {
	const [rows = []] = await batch(from.DB, [
		sql`SELECT "id" FROM ${liveRowsOf(apiKeys, organizationId)} AND "id" > ${id} AND "createdAt" >= ${createdSince}
			ORDER BY "id" LIMIT CAST(${KEYS_PER_STEP} AS INTEGER)`,
	]);
	return rows.map((row) => String(row.id));
}

/** The two ends may be in different jurisdictions, which have limiters of their own. */
async function announce({ from, to }: Move, keyIds: readonly string[]): Promise<void> {
	const until = Date.now() + TOLD_MS;
	for (const limiters of new Set([from.KEY_LIMITER, to.KEY_LIMITER]))
		await announceMove({ KEY_LIMITER: limiters }, keyIds, until);
}
