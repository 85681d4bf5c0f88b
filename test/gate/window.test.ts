// The arithmetic of "60 in any 60 seconds", against a model that counts by brute force.
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { decide, KEY_LIMIT, WINDOW_MS } from "../../src/limiter/window.ts";

const START = Date.parse("2026-03-01T12:00:00Z");

/** Pauses between requests: bursts, trickles and waits around the edges of a window. */
const pauses = fc.array(
	fc.oneof(
		{ weight: 6, arbitrary: fc.constant(0) },
		{ weight: 3, arbitrary: fc.integer({ min: 1, max: 2_000 }) },
		{ weight: 1, arbitrary: fc.constantFrom(1, WINDOW_MS - 1, WINDOW_MS, WINDOW_MS + 1) },
	),
	{ minLength: 1, maxLength: 300 },
);

describe("decide", () => {
	it("admits exactly when fewer than 60 were admitted in the 60 seconds before", () => {
		fc.assert(
			fc.property(pauses, (steps) => {
				let now = START;
				let log: number[] = [];
				const admitted: number[] = [];
				for (const step of steps) {
					now += step;
					const within = admitted.filter((instant) => instant > now - WINDOW_MS);
					const { verdict, log: kept } = decide(log, now);
					expect(verdict.outcome).toBe(within.length < KEY_LIMIT ? "admitted" : "limited");
					if (verdict.outcome === "admitted") {
						admitted.push(now);
						log = kept;
					}
					const inside = admitted.filter((instant) => instant > now - WINDOW_MS);
					expect(verdict.remaining).toBe(KEY_LIMIT - inside.length);
					expect(verdict.resetMs).toBe((inside[0] ?? now) + WINDOW_MS - now);
				}
			}),
			{ numRuns: 1_000 },
		);
	});

	it("admits no more than 60 in any window", () => {
		fc.assert(
			fc.property(pauses, (steps) => {
				let now = START;
				let log: number[] = [];
				const admitted: number[] = [];
				for (const step of steps) {
					now += step;
					const { verdict, log: kept } = decide(log, now);
					if (verdict.outcome === "admitted") {
						admitted.push(now);
						log = kept;
					}
				}
				for (const [index, instant] of admitted.entries())
					expect((admitted[index + KEY_LIMIT] ?? Infinity) - instant).toBeGreaterThanOrEqual(WINDOW_MS);
				expect(log.length).toBeLessThanOrEqual(KEY_LIMIT);
			}),
			{ numRuns: 1_000 },
		);
	});

	it("names the wait that is just long enough", () => {
		fc.assert(
			fc.property(pauses, (steps) => {
				let now = START;
				let log: number[] = [];
				for (const step of steps) {
					now += step;
					const decision = decide(log, now);
					log = decision.log;
					if (decision.verdict.outcome !== "limited") continue;
					const { resetMs } = decision.verdict;
					expect(decide(log, now + resetMs).verdict.outcome).toBe("admitted");
					expect(decide(log, now + resetMs - 1).verdict.outcome).toBe("limited");
				}
			}),
			{ numRuns: 1_000 },
		);
	});
});

describe("the object that keeps the log", () => {
	afterEach(() => vi.useRealTimers());

	it("keeps its limits whatever the clock does", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		let object = 0;
		const jump = fc.oneof(
			{ weight: 20, arbitrary: fc.constant(0) },
			{ weight: 5, arbitrary: fc.integer({ min: 1, max: 30_000 }) },
			{ weight: 1, arbitrary: fc.constantFrom(-90_000, -60_000, -1, 90_000) },
		);
		await fc.assert(
			fc.asyncProperty(fc.array(jump, { minLength: 80, maxLength: 160 }), async (jumps) => {
				vi.setSystemTime(START);
				object += 1;
				const limiter = env.KEY_LIMITER.getByName(`model-${object}`);
				// What passes in the world, which a clock that is set back hides.
				let passed = 0;
				const admitted: number[] = [];
				for (const step of jumps) {
					passed += Math.max(0, step);
					vi.setSystemTime(Date.now() + step);
					const verdict = await limiter.check();
					if (verdict.outcome === "admitted") admitted.push(passed);
					else {
						expect(verdict.resetMs).toBeLessThanOrEqual(WINDOW_MS);
						passed += verdict.resetMs;
						vi.setSystemTime(Date.now() + verdict.resetMs);
						expect((await limiter.check()).outcome).toBe("admitted");
						admitted.push(passed);
					}
				}
				for (const [index, instant] of admitted.entries())
					expect((admitted[index + KEY_LIMIT] ?? Infinity) - instant).toBeGreaterThanOrEqual(WINDOW_MS);
			}),
			{ numRuns: 15 },
		);
	}, 30_000);
});
