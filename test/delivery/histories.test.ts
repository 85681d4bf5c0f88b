// Random histories of faults and requests, checked by the same rules as single faults.
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, inject, it, vi } from "vitest";
import { history, runHistory } from "../support/delivery-history.ts";
import { shards } from "../support/shards.ts";
import { World } from "../support/world.ts";

/** What several databases add is which of them a sweep and a wake-up are for; fifty show that, in a quarter of the minutes. */
const RUNS = shards.length === 1 ? 200 : 50;
const VARS = { WEBHOOK_RETRY_DELAYS: "0,60" };

afterEach(() => {
	vi.restoreAllMocks();
	vi.useRealTimers();
});
afterAll(() => vi.unstubAllGlobals());

describe(`${RUNS} histories`, () => {
	it("lose nothing, repeat nothing, and report nothing false", { timeout: 600_000 }, async () => {
		await fc.assert(
			fc.asyncProperty(history, async (one) => {
				expect(await runHistory(await World.open(VARS), one)).toEqual([]);
			}),
			{
				seed: inject("historySeed"),
				numRuns: RUNS,
				// Limits the time of shrinking, so that a failure is reported.
				interruptAfterTimeLimit: 500_000,
				markInterruptAsFailure: true,
			},
		);
	});
});
