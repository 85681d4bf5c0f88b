// What a sweep does for the moves out of a shard.

import { countStatements, type StatementCounter } from "../db/meter.ts";
import { NOWHERE, STAGE } from "../db/moves.ts";
import { moves } from "../db/schema/moves.ts";
import { sql } from "../db/sql.ts";
import type { Bindings, Env } from "../env.ts";
import { logFault } from "../log.ts";
import { envOf, hasShard } from "../shards.ts";
import { layoutDigest } from "./journal.ts";
import {
	announceArrival,
	goBack,
	LostLease,
	type Move,
	releaseMove,
	type TakenMove,
	takeMove,
} from "./move.ts";
import { removalSteps } from "./removing.ts";
import { endMove, isUpToDate, moveSteps } from "./stages.ts";

/** Shorter than a lease. */
const MAX_RUN_MS = 30_000;
/** The maximum number of statements of a step: of the one that refuses writes, and of which nothing may be left undone. */
const MAX_STEP_QUERIES = 400;
/** Enough statements to let writes in again after a process has died while they were refused. Each sweep has them left. */
export const REOPENING_QUERIES = 20;

/** A query that returns a row while there is a move out of this shard. */
export const dueMoves = sql`SELECT 1 FROM ${moves} WHERE "stage" >= ${STAGE.withdrawn}`;

/**
 * Carries out the moves out of a shard, each until it is done or has to wait, as far as time and statements allow.
 * @param queries how many statements it may send, to both databases
 * @returns how many it has sent, also when it could not go on
 */
export async function carryOutMoves(bindings: Bindings, shard: number, queries: number): Promise<number> {
	const begun = Date.now();
	const counters: StatementCounter[] = [];
	const counted = (env: Env): Env => {
		const counter = countStatements(env.DB);
		counters.push(counter);
		return { ...env, DB: counter.db };
	};
	const used = () => counters.reduce((sum, { statementCount }) => sum + statementCount, 0);
	const hasLeft = (needed: number) => used() + needed <= queries && Date.now() < begun + MAX_RUN_MS;
	const hasBudget = () => hasLeft(MAX_STEP_QUERIES);
	const from = counted(envOf(bindings, shard));
	const carryOutOne = async (taken: TakenMove, isLow: boolean) => {
		const { organizationId, shard: to } = taken;
		try {
			const isRemoval = to === NOWHERE;
			const move = { ...taken, from, to: isRemoval ? from : counted(envOf(bindings, to)) };
			if (isLow) await reopen(move);
			else if (isRemoval || (await hasArrived(move))) await carryOut(move, hasBudget);
		} catch (error) {
			logFault("move_failed", { organizationId, from: shard, to }, error);
			if (!(error instanceof LostLease)) await recover(bindings, { ...taken, from });
		}
	};
	try {
		while (hasLeft(REOPENING_QUERIES)) {
			const isLow = !hasBudget();
			const taken = await takeMove(from, begun, isLow ? "closed" : "any");
			if (!taken) break;
			await carryOutOne(taken, isLow);
			await releaseMove(from, taken, begun);
		}
	} catch (error) {
		logFault("moves_failed", { shard }, error);
	}
	return used();
}

const steps = { ...moveSteps, ...removalSteps };

async function carryOut(taken: Move, hasBudget: () => boolean): Promise<void> {
	let move: Move | null = taken;
	while (move && hasBudget()) move = (await steps[move.stage]?.(move)) ?? null;
}

/** Whether the other end is ready for the next step. */
async function hasArrived(move: Move): Promise<boolean> {
	const hasToWait = move.stage >= STAGE.requested && move.stage <= STAGE.frozen;
	// Not announced before: it would stop the chores there that bring rows up to date.
	if (hasToWait && !(await isUpToDate(move))) return beginAnew(move);
	const arrival = await announceArrival(move, Date.now());
	if (arrival === "occupied") return false;
	const began = move.stage > STAGE.requested && move.stage <= STAGE.frozen;
	if (arrival === "lapsed" || (began && move.layout !== (await layoutDigest()))) return beginAnew(move);
	return true;
}

async function beginAnew(move: Move): Promise<false> {
	await goBack(move, STAGE.requested);
	return false;
}

/** Lets writes in again, with few statements: where the organization is, or at the other end after the switch. */
async function reopen(move: Move): Promise<void> {
	if (move.stage === STAGE.frozen) {
		await goBack(move, STAGE.telling);
		return;
	}
	await announceArrival(move, Date.now());
	await steps[STAGE.switched]?.(move);
}

/** After a failure writes and deliveries go on where the organization is, until the next try. */
async function recover(bindings: Bindings, move: TakenMove & Pick<Move, "from">): Promise<void> {
	if (move.stage <= STAGE.requested && !hasShard(bindings, move.shard)) await endMove(move);
	else await goBack(move, STAGE.telling);
}
