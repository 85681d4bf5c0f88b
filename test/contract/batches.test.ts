// A batch does what its items as single requests would do one after another: the same results, rows, versions and events.
import fc from "fast-check";
import { expect, inject, it } from "vitest";
import { batches, carryOut, isSame } from "../support/batch-history.ts";
import { createCaller } from "../support/callers.ts";
import { withoutLimits } from "../support/paused-request.ts";

const RUNS = 50;

const caller = async () => withoutLimits(await createCaller());

it(`${RUNS} histories of batches leave what single requests leave`, { timeout: 600_000 }, async () => {
	await fc.assert(
		fc.asyncProperty(batches, async (one) => {
			const { results, states } = await carryOut(await caller(), await caller(), one);
			for (const [together, oneByOne] of results)
				for (const [index, result] of together.entries())
					if (!isSame(result, oneByOne[index])) expect(together).toEqual(oneByOne);
			expect(states[0]).toEqual(states[1]);
		}),
		{ seed: inject("historySeed"), numRuns: RUNS, endOnFailure: true },
	);
});
