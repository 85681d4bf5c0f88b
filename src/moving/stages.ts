// What each stage of a move does: db/moves.ts lists them. A step returns the move as it is then, or null while there is something
// to wait for.

import { CHUNK_ROWS } from "../chore.ts";
import { batch } from "../db/client.ts";
import { expect, LostRace, type Statement } from "../db/commit.ts";
import { FROZEN_HOME, isOurs, type Lease, STAGE } from "../db/moves.ts";
import { apiKeys } from "../db/schema/api-keys.ts";
import { idempotencyKeys } from "../db/schema/bookkeeping.ts";
import { formerEvents } from "../db/schema/events.ts";
import { moveChanges, moves } from "../db/schema/moves.ts";
import { organizations } from "../db/schema/organizations.ts";
import { refolds } from "../db/schema/refolds.ts";
import { resealings } from "../db/schema/resealings.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { weighings } from "../db/schema/weighings.ts";
import { type SQL, sql } from "../db/sql.ts";
import { ownedBy, rowsOf } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { mergeSearchIndexes } from "../erasure/search-indexes.ts";
import { logFault } from "../log.ts";
import { uncountAnswers } from "../quotas/answers.ts";
import { sleep } from "../time.ts";
import { copyChanges, copyLastTables, copyNextSlice, differences, MAX_CHANGES } from "./copy.ts";
import { layoutDigest, startJournal } from "./journal.ts";
import { advance, commitAt, goBack, logStage, type Move, setHome } from "./move.ts";
import { removalOfSome, sliceAfter, upserts } from "./rows.ts";
import { type Movable, movables } from "./tables.ts";
import { isOutdated, tellNewKeys, tellNext } from "./telling.ts";

/** Longer than a purge that began before the move was known at the other end. */
const QUIET_MS = 45_000;
/** Longer than a request that began before the switch. */
export const SETTLING_MS = 70_000;
/** A consumer that has not ended so long after its lease never will. */
const DEAD_MS = 60_000;
/** How often, and with what pauses, a step looks whether deliveries have ended. */
const DRAINING_TRIES = 5;
const DRAINING_PAUSE_MS = 300;
/** How often a freeze copies what the system has written meanwhile, before writes are accepted again. */
const MAX_FREEZE_ROUNDS = 6;

export type Step = (move: Move) => Promise<Move | null>;

/** Whether all rows are as the newest migration and the newest secret want them. A walk that isn't done may miss rows that move. */
export async function isUpToDate({ from, to }: Move): Promise<boolean> {
	const walks = sql.join(
		[weighings, refolds, formerEvents, resealings].map((table) => sql`SELECT 1 FROM ${table}`),
		sql` UNION ALL `,
	);
	const results = await Promise.all(
		[from, to].map(({ DB }) => batch(DB, [sql`SELECT 1 FROM (${walks}) LIMIT 1`])),
	);
	return results.flat(2).length === 0;
}

const begin: Step = async (move) => {
	const layout = await layoutDigest();
	const store = sql`UPDATE ${moves} SET "layout" = ${layout} WHERE ${isOurs(move)}`;
	return { ...(await advance(move, STAGE.clearing, ...startJournal(), store)), layout };
};

/** All rows of tables but those that lead to where an organization is. */
const allButForwarding = ({ table }: Movable) =>
	table === organizations || table === apiKeys ? null : sql`true`;

/** Removes what an earlier stay has left at the other end, and makes the organization known there; its keys still lead here. */
const clear: Step = async (move) => {
	if (Date.now() < move.since + QUIET_MS) return null;
	if (await removeSome(move, move.to, allButForwarding)) return move;
	const itself = movables.filter(({ table }) => table === organizations);
	const statements: SQL[] = [];
	for (const movable of itself) {
		const query = sliceAfter(movable, move.organizationId, movable.start);
		const [rows = []] = await batch(move.from.DB, [query]);
		statements.push(...upserts(movable, move.organizationId, rows));
	}
	await commitAt(move.to, move, [...statements, setHome(move, move.from.SHARD)]);
	return advance(move, STAGE.copying);
};

/** Removes some rows at one end; returns whether there may be more. `condition` says which of a table's, null for none. */
export async function removeSome(
	move: Move,
	env: Env,
	condition: (movable: Movable) => SQL | null,
): Promise<boolean> {
	for (const movable of movables) {
		const which = condition(movable);
		if (which === null) continue;
		let removed = 0;
		const onCommitted = (rows: readonly unknown[]) => {
			removed = rows.length;
		};
		const query = removalOfSome(movable, move.organizationId, CHUNK_ROWS, which);
		await commitAt(env, move, [{ query, onCommitted }]);
		if (removed > 0) return true;
	}
	return false;
}

/** What has changed is copied in between, so that the journal stays short. */
const copy: Step = async (move) => {
	if ((await copyChanges(move)) >= MAX_CHANGES) return move;
	return (await copyNextSlice(move)) ?? advance(move, STAGE.telling);
};

/** Tells the limiters of all keys to have callers look where the organization is, whatever they remember. */
const tell: Step = async (move) => {
	if (isOutdated(move)) return advance(move, STAGE.telling);
	if ((await copyChanges(move)) >= MAX_CHANGES) return move;
	return (await tellNext(move)) ?? advance(move, STAGE.draining);
};

/** Waits until no delivery is being sent and little of the journal is left; then everything else happens at once. */
const drain: Step = async (move) => {
	if ((await copyChanges(move)) >= MAX_CHANGES) return move;
	if (isOutdated(move) || !(await isUpToDate(move))) return goBack(move, STAGE.telling);
	const sending = sql`SELECT 1 FROM ${webhooks} AS webhook CROSS JOIN ${deliveries} AS delivery INDEXED BY "deliveries_due" ON delivery."webhookId" = webhook."id"
		AND delivery."dueAt" IS NOT NULL WHERE ${ownedBy("webhook", move.organizationId)} AND delivery."lease" IS NOT NULL
		AND delivery."leaseUntil" > ${Date.now() - DEAD_MS} LIMIT 1`;
	for (let tries = 0; tries < DRAINING_TRIES; tries += 1) {
		const [found = []] = await batch(move.from.DB, [sending]);
		if (found.length === 0) return settle(await advance(move, STAGE.frozen, setHome(move, FROZEN_HOME)));
		await sleep(DRAINING_PAUSE_MS);
	}
	return null;
};

/** Copies what is left, compares, and switches. If that takes too many rounds it is put off, so that writes are refused for seconds. */
const settle: Step = async (move) => {
	if (isOutdated(move)) return goBack(move, STAGE.telling);
	await tellNewKeys(move);
	for (let round = 0; round < MAX_FREEZE_ROUNDS; round += 1) {
		if ((await copyChanges(move)) > 0) continue;
		await copyLastTables(move);
		const differing = await differences(move);
		if (differing.length > 0) {
			logFault("move_differs", { organizationId: move.organizationId }, new Error(differing.join(", ")));
			return goBack(move, STAGE.clearing);
		}
		const switched = await switchOver(move);
		if (switched) return open(switched);
	}
	return goBack(move, STAGE.telling);
};

/** From here on the organization is at the other end. Null when something was written since the journal was read. */
async function switchOver(move: Move): Promise<Move | null> {
	try {
		return await advance(move, STAGE.switched, nothingLeft(move), setHome(move, move.to.SHARD));
	} catch (error) {
		if (error instanceof LostRace) return null;
		throw error;
	}
}

/** Nothing is in the journal. */
const nothingLeft = ({ organizationId }: Move): Statement =>
	expect(sql`NOT EXISTS (SELECT 1 FROM ${rowsOf(moveChanges, organizationId)})`);

/** The row that says at the other end that the organization is arriving: the SQL after FROM. */
const arrivalOf = ({ organizationId }: Move) =>
	sql`${rowsOf(moves, organizationId)} AND "stage" = ${STAGE.arriving}`;

/** Accepts writes at the other end. Requests that had not ended when writes were refused may use their Idempotency-Keys again. */
const open: Step = async (move) => {
	const { organizationId } = move;
	const unanswered = sql`${rowsOf(idempotencyKeys, organizationId)} AND "answer" IS NULL`;
	try {
		await commitAt(move.to, move, [
			uncountAnswers(sql`SELECT "organizationId", "key" FROM ${unanswered}`),
			sql`DELETE FROM ${unanswered}`,
			setHome(move, null),
			sql`DELETE FROM ${arrivalOf(move)}`,
		]);
	} catch (error) {
		// It was done before, by a process that did not get the answer.
		const [rows = []] = await batch(move.to.DB, [sql`SELECT 1 FROM ${arrivalOf(move)}`]);
		if (rows.length > 0) throw error;
	}
	return advance(move, STAGE.leaving);
};

/** Removes what is left here. The organization's row and its keys stay: keys and sessions from before lead to here first. */
const leave: Step = async (move) => {
	if (Date.now() < move.since + SETTLING_MS) return null;
	const which = (movable: Movable) =>
		movable.table === apiKeys
			? sql`"row"."deletedAt" IS NOT NULL`
			: movable.table === organizations
				? null
				: sql`true`;
	if (await removeSome(move, move.from, which)) return move;
	await endMove(move);
	logStage(move, "done");
	return null;
};

/** Removes what has been copied, and ends the move. */
const withdraw: Step = async (move) => {
	if (await removeSome(move, move.to, allButForwarding)) return move;
	await commitAt(move.to, move, [...mergeSearchIndexes(Date.now()), sql`DELETE FROM ${arrivalOf(move)}`]);
	await endMove(move);
	logStage(move, "withdrawn");
	return null;
};

/**
 * Removes the move, together with these statements. Words of what was removed are merged out of the full-text indexes; the journal is
 * ended by the sweeper (leftovers.ts).
 */
export const endMove = (move: Lease & Pick<Move, "from">, ...statements: readonly SQL[]): Promise<void> =>
	commitAt(move.from, move, [
		...statements,
		...mergeSearchIndexes(Date.now()),
		sql`DELETE FROM ${rowsOf(moveChanges, move.organizationId)}`,
		sql`DELETE FROM ${moves} WHERE ${isOurs(move)}`,
	]);

export const moveSteps: Readonly<Record<number, Step>> = {
	[STAGE.withdrawn]: withdraw,
	[STAGE.requested]: begin,
	[STAGE.clearing]: clear,
	[STAGE.copying]: copy,
	[STAGE.telling]: tell,
	[STAGE.draining]: drain,
	[STAGE.frozen]: settle,
	[STAGE.switched]: open,
	[STAGE.leaving]: leave,
};
