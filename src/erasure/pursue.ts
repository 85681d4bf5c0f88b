// Works through the list of erasures: directly after the request's answer, as far as time allows, and then by the cron trigger.

import { sql } from "drizzle-orm";
import type { Chore } from "../chore.ts";
import { batch } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { erasures } from "../db/schema/erasures.ts";
import type { Env } from "../env.ts";
import { fault } from "../log.ts";
import { type Item, itemOf, moveOn, nextDue, type Progress, SEARCH, strike } from "./queue.ts";
import { stepsOf } from "./steps.ts";

/** How long, and with how many chunks, an invocation works after its answer: the platform allows 30 s and 1,000 statements. */
const PATIENCE_MS = 20_000;
const MOST_CHUNKS = 100;

/** The chore for entries that requests have not finished. */
export const erasureChores = (now: number): Chore[] => [
	{
		name: "erasures",
		due: sql`SELECT 1 FROM ${erasures} WHERE "dueAt" <= ${now}`,
		run: (env) => advance(env),
	},
];

/** Works through an organization's entries. What fails or takes longer is left to the cron trigger. */
export async function pursue(env: Env, organizationId: string): Promise<void> {
	const until = Date.now() + PATIENCE_MS;
	try {
		for (let chunks = 0; chunks < MOST_CHUNKS && Date.now() < until; chunks += 1)
			if (!(await advance(env, organizationId))) return;
	} catch (error) {
		fault("erasing_failed", { organizationId }, error);
	}
}

/**
 * Does one chunk, of one organization if its id is given.
 * @returns whether there may be more
 */
async function advance(env: Env, organizationId: string | null = null): Promise<boolean> {
	const now = Date.now();
	const [[due] = []] = await batch(env.DB, [nextDue(now, organizationId)]);
	if (!due) return false;
	const item = itemOf(due);
	const steps = stepsOf(item);
	const progress = await (steps[item.step]?.(env, item, now) ?? "done");
	await write(env.DB, [noted(item, progress, steps.length, now)]);
	return true;
}

function noted(item: Item, progress: Progress, steps: number, now: number) {
	const { step, after, again } = item;
	if (progress === "done") {
		if (step + 1 < steps) return moveOn(item, { step: step + 1, after: "", again: false }, now);
		const isWhole = item.rule === SEARCH || item.entityId === item.root;
		return isWhole ? strike(item) : moveOn(item, { step: steps, after: "", again: false }, null);
	}
	if ("startAgainAt" in progress)
		return moveOn(item, { step, after: "", again: false }, progress.startAgainAt);
	if ("waitUntil" in progress) return moveOn(item, { step, after, again }, progress.waitUntil);
	return moveOn(item, { step, after: progress.after, again: progress.again ?? false }, now);
}
