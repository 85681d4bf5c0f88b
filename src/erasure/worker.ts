// Works through the list of erasures: directly after the request's answer, as far as time allows, and then by the cron trigger.

import type { Chore } from "../chore.ts";
import { batch, isTransient } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { erasures } from "../db/schema/erasures.ts";
import { sql } from "../db/sql.ts";
import type { Env } from "../env.ts";
import { logFault } from "../log.ts";
import { MINUTE_MS } from "../time.ts";
import {
	decodeItem,
	nextDueItem,
	type Progress,
	type QueueItem,
	removeItem,
	SEARCH_RULE,
	storeProgress,
} from "./queue.ts";
import { type Step, stepsOf } from "./steps.ts";

/** How long, and with how many chunks, an invocation works after its answer: the platform allows 30 s and 1,000 statements. */
const MAX_RUN_MS = 20_000;
const MAX_CHUNKS = 100;

/** The chore for entries that requests have not finished. */
export const erasureChores = (now: number): Chore[] => [
	{
		name: "erasures",
		due: sql`SELECT 1 FROM ${erasures} WHERE "dueAt" <= ${now}`,
		run: (env) => runNextChunk(env),
	},
];

/** Works through an organization's entries. What fails or takes longer is left to the cron trigger. */
export async function runErasures(env: Env, organizationId: string): Promise<void> {
	const until = Date.now() + MAX_RUN_MS;
	try {
		for (let chunks = 0; chunks < MAX_CHUNKS && Date.now() < until; chunks += 1)
			if (!(await runNextChunk(env, organizationId))) return;
	} catch (error) {
		logFault("erasing_failed", { organizationId }, error);
	}
}

/**
 * Does one chunk, of one organization if its id is given.
 * @returns whether there may be more
 * @throws AppError 503 when D1 is overloaded or was interrupted
 */
async function runNextChunk(env: Env, organizationId: string | null = null): Promise<boolean> {
	const now = Date.now();
	const [[due] = []] = await batch(env.DB, [nextDueItem(now, organizationId)]);
	if (!due) return false;
	const item = decodeItem(due);
	const steps = stepsOf(item);
	const progress = await progressWith(env, item, steps[item.step], now);
	await write(env.DB, [progressStatement(item, progress, steps.length, now)]);
	return true;
}

/** Does a chunk of a step. If that fails, the entry waits for a minute, so that it doesn't hold up others. */
async function progressWith(
	env: Env,
	item: QueueItem,
	step: Step | undefined,
	now: number,
): Promise<Progress> {
	try {
		return (await step?.(env, item, now)) ?? "done";
	} catch (error) {
		if (isTransient(error)) throw error;
		const { organizationId, entityId } = item;
		logFault("erasing_failed", { organizationId, entityId }, error);
		return { waitUntil: now + MINUTE_MS };
	}
}

function progressStatement(item: QueueItem, progress: Progress, steps: number, now: number) {
	const { step, after, again } = item;
	if (progress === "done") {
		if (step + 1 < steps) return storeProgress(item, { step: step + 1, after: "", again: false }, now);
		const isLastEntry = item.rule === SEARCH_RULE || item.entityId === item.root;
		return isLastEntry
			? removeItem(item)
			: storeProgress(item, { step: steps, after: "", again: false }, null);
	}
	if ("startAgainAt" in progress)
		return storeProgress(item, { step, after: "", again: false }, progress.startAgainAt);
	if ("waitUntil" in progress) return storeProgress(item, { step, after, again }, progress.waitUntil);
	return storeProgress(item, { step, after: progress.after, again: progress.again ?? false }, now);
}
