// Runs the chores: removes what is past its retention (logs, events, idempotency answers, deleted rows), works on erasures, and
// brings stamps, folded text, weights and sealed values up to date. Each chore runs in chunks, one transaction each, until it is done or time
// is up. They take turns, so that none waits for another's backlog.
import type { Chore } from "../chore.ts";
import { restampChore } from "../custom-fields/restamp.ts";
import { batch, isTransient } from "../db/client.ts";
import { countStatements } from "../db/meter.ts";
import { type SQL, sql } from "../db/sql.ts";
import type { Env } from "../env.ts";
import { erasureChores } from "../erasure/worker.ts";
import { log, logFault } from "../log.ts";
import { leftoversChore } from "../moving/leftovers.ts";
import { isArriving } from "../moving/move.ts";
import { dueMoves } from "../moving/worker.ts";
import { dueNotifications } from "../notifications/notify.ts";
import { heldChore } from "../outbox/catch-up.ts";
import { resealChores } from "../resealing/reseal.ts";
import { eventChores } from "../retention/events.ts";
import { logChores } from "../retention/logs.ts";
import { overflowChore } from "../retention/overflow.ts";
import { refoldChores } from "../retention/refold.ts";
import { requestLogChore } from "../retention/request-log.ts";
import { trashChores } from "../retention/trash.ts";
import { weighChore } from "../retention/weigh.ts";

/** What is asked for together with the chores, and the sweep does itself. */
export interface Due {
	/** Whether organizations are to be moved or removed. */
	readonly moves: boolean;
	readonly notifying: boolean;
}

/** Names that no chore has. */
const BESIDES = ["moves", "notifying"] as const satisfies readonly (keyof Due)[];
/** The share of the statements that chores may use while organizations are to be moved. */
const SHARE_BESIDE_MOVES = 0.5;
const MAX_PURGE_MS = 15_000;
const MAX_CHUNK_QUERIES = 20;

/**
 * A query for the names of those that are due; while an organization is arriving, of no chore. Names are text of the query,
 * because D1 takes a hundred parameters.
 */
function dueNames(chores: readonly Pick<Chore, "name" | "due">[], now: number): SQL {
	const cases = chores.map(({ name, due }) => sql`WHEN ${sql.inline(sql`${name}`)} THEN EXISTS (${due})`);
	return sql`SELECT asked.value AS "name" FROM ${sql.each(chores.map(({ name }) => name))} AS asked
		WHERE CASE asked.value ${sql.join(cases, sql` `)} END AND (asked.value IN (SELECT value FROM ${sql.each(BESIDES)}) OR NOT ${isArriving(now)})`;
}

/**
 * Runs all chores that are due, except while an organization is arriving, whose rows must stay as they come.
 * @param queries how many statements it may send to D1
 * @returns what else is due
 */
export async function purge({ DB, ...env }: Env, now: number, queries = 1_000): Promise<Due> {
	const until = Date.now() + MAX_PURGE_MS;
	const meter = countStatements(DB);
	const own = { ...env, DB: meter.db };
	const all = [
		...erasureChores(now),
		restampChore(now),
		...logChores(own, now),
		requestLogChore(own, now),
		overflowChore(now),
		heldChore(now),
		...eventChores(own, now),
		...trashChores(own, now),
		...refoldChores(),
		weighChore(),
		...resealChores(),
		leftoversChore(env, now),
	];
	const besides: Record<keyof Due, SQL> = { moves: dueMoves, notifying: dueNotifications(now) };
	const asked = [...BESIDES.map((name) => ({ name, due: besides[name] })), ...all];
	const [rows = []] = await batch(meter.db, [dueNames(asked, now)]);
	const due = new Set(rows.map(({ name }) => name));
	const found = { moves: due.has("moves"), notifying: due.has("notifying") };
	const most = found.moves ? queries * SHARE_BESIDE_MOVES : queries;
	let unfinished = all.filter(({ name }) => due.has(name));
	while (unfinished.length > 0) {
		const continued: Chore[] = [];
		for (const chore of unfinished) {
			if (meter.statementCount + MAX_CHUNK_QUERIES > most || Date.now() >= until) {
				log("purge", { unfinished: unfinished.map(({ name }) => name).join(", ") });
				return found;
			}
			if (await runChunk(own, chore)) continued.push(chore);
		}
		unfinished = continued;
	}
	return found;
}

/**
 * Does a chunk of a chore. One that fails is left to the next sweep, so that it doesn't hold up the others.
 * @returns whether there may be more
 * @throws AppError 503 when D1 is overloaded or was interrupted
 */
async function runChunk(env: Env, { name, run }: Chore): Promise<boolean> {
	try {
		return await run(env);
	} catch (error) {
		if (isTransient(error)) throw error;
		logFault("chore_failed", { shard: env.SHARD, chore: name }, error);
		return false;
	}
}
