// What a limiter stores in bursts, against a log that is stored at every request: the same verdicts as long as the object
// doesn't crash, never a 61st when it does, and few rows.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AdmissionLog, MAX_RESERVED, PAUSE_MS } from "../../src/limiter/admission-log.ts";
import { decide, KEY_LIMIT, WINDOW_MS } from "../../src/limiter/window.ts";

const START = Date.parse("2026-03-01T12:00:00Z");
const SESSION_LIMIT = 300;
/** How long an object stays in memory without requests and timers. */
const IDLE_MS = 10_000;

/** A limiter whose storage outlives it, in a world whose time goes on when its clock is set back. */
class World {
	stored: readonly number[] = [];
	rows = 0;
	/** Admitted requests that were answered, in the time of the world. */
	readonly admitted: number[] = [];
	passed = START;
	#clock = START;
	#log = this.#load();
	#settlesIn = Infinity;

	constructor(readonly limit = KEY_LIMIT) {}

	get now(): number {
		return this.#clock;
	}

	/** One request. When the object `crashes` before what it stores is durable, nobody gets an answer. */
	request(crashes = false) {
		const before = this.stored;
		const verdict = this.#log.admit(this.#clock, this.limit);
		if (crashes && this.stored !== before) {
			this.stored = before;
			this.crash();
			return null;
		}
		if (verdict.outcome === "admitted") {
			this.admitted.push(this.passed);
			this.#settlesIn = this.#log.settled ? Infinity : PAUSE_MS;
		}
		return verdict;
	}

	/** Time passes: the timer fires, and an object that is idle for long loses its memory. */
	wait(ms: number): void {
		if (ms >= this.#settlesIn) {
			this.#log.settle();
			this.#settlesIn = Infinity;
		} else this.#settlesIn -= ms;
		if (ms >= IDLE_MS) this.#log = this.#load();
		this.passed += ms;
		this.#clock += ms;
	}

	setClock(difference: number): void {
		this.passed += Math.max(0, difference);
		this.#clock += difference;
	}

	crash(): void {
		this.#log = this.#load();
		this.#settlesIn = Infinity;
	}

	#load(): AdmissionLog {
		return new AdmissionLog(this.stored, (instants) => {
			this.stored = instants;
			this.rows += 1;
		});
	}

	expectNoneTooMany(): void {
		for (const [index, instant] of this.admitted.entries())
			expect((this.admitted[index + this.limit] ?? Infinity) - instant).toBeGreaterThanOrEqual(WINDOW_MS);
	}
}

type Step =
	| { readonly does: "request" | "crash" | "requestLost" }
	| { readonly does: "wait" | "clock"; readonly ms: number };

const waits = fc.oneof(
	{ weight: 4, arbitrary: fc.integer({ min: 1, max: PAUSE_MS }) },
	{ weight: 2, arbitrary: fc.integer({ min: PAUSE_MS, max: 5_000 }) },
	{
		weight: 1,
		arbitrary: fc.constantFrom(
			PAUSE_MS - 1,
			PAUSE_MS,
			PAUSE_MS + 1,
			IDLE_MS,
			WINDOW_MS - 1,
			WINDOW_MS,
			WINDOW_MS + 1,
		),
	},
);
const request: Step = { does: "request" };
const calm = [
	{ weight: 12, arbitrary: fc.constant<Step>(request) },
	{ weight: 5, arbitrary: waits.map((ms): Step => ({ does: "wait", ms })) },
];
const jump = {
	weight: 1,
	arbitrary: fc
		.constantFrom(-90_000, -WINDOW_MS, -3_000, -1, 90_000)
		.map((ms): Step => ({ does: "clock", ms })),
};
const crash = { weight: 1, arbitrary: fc.constantFrom<Step>({ does: "crash" }, { does: "requestLost" }) };
const schedule = (...kinds: { weight: number; arbitrary: fc.Arbitrary<Step> }[]) =>
	fc.array(fc.oneof(...calm, ...kinds), { minLength: 1, maxLength: 300 });

function perform(world: World, step: Step) {
	if (step.does === "wait") world.wait(step.ms);
	else if (step.does === "clock") world.setClock(step.ms);
	else if (step.does === "crash") world.crash();
	else return world.request(step.does === "requestLost");
	return null;
}

/** A crash at each step, one after the other: none of them may let a 61st in. */
function expectNoneTooManyWhereverItCrashes(steps: readonly Step[]): void {
	for (let at = 0; at <= steps.length; at += 1) {
		const world = new World();
		for (const step of [...steps.slice(0, at), { does: "crash" } as const, ...steps.slice(at)])
			perform(world, step);
		world.expectNoneTooMany();
	}
}

describe("the log of a limiter", () => {
	it("decides like one that is stored at every request, whatever the clock does and whenever the object is idle", () => {
		fc.assert(
			fc.property(schedule(jump), (steps) => {
				const world = new World();
				let log: number[] = [];
				for (const step of steps) {
					const verdict = perform(world, step);
					if (!verdict) continue;
					const expected = decide(log, world.now);
					log = expected.log;
					expect(verdict).toEqual(expected.verdict);
				}
				world.expectNoneTooMany();
			}),
			{ numRuns: 2_000 },
		);
	});

	it("never lets a 61st into any window, with crashes among the requests and while it writes", () => {
		fc.assert(
			fc.property(schedule(jump, crash), (steps) => {
				const world = new World();
				// Whatever was forgotten, the requests at the end would use.
				for (const step of [...steps, ...Array<Step>(KEY_LIMIT).fill(request)]) perform(world, step);
				world.expectNoneTooMany();
			}),
			{ numRuns: 3_000 },
		);
	});

	it("never lets a 61st into any window, wherever it crashes in a burst that is as slow as one can be", () => {
		const slow = [request, { does: "wait", ms: PAUSE_MS - 1 }] as const;
		const full = Array<Step>(KEY_LIMIT).fill(request);
		for (const waited of [WINDOW_MS - 1, WINDOW_MS - 2 * PAUSE_MS, WINDOW_MS - MAX_RESERVED * PAUSE_MS])
			expectNoneTooManyWhereverItCrashes([
				...Array<typeof slow>(20).fill(slow).flat(),
				{ does: "wait", ms: waited },
				...full,
				{ does: "wait", ms: PAUSE_MS },
				...full,
			]);
	});

	it("loses at most seven requests to a crash, for one window", () => {
		fc.assert(
			fc.property(schedule(), fc.nat(), (steps, at) => {
				const world = new World();
				for (const step of steps.slice(0, at % steps.length)) perform(world, step);
				world.crash();
				const inside = world.admitted.filter((instant) => instant > world.passed - WINDOW_MS).length;
				const verdict = world.request();
				const [left, most] = [verdict?.remaining ?? 0, Math.max(0, KEY_LIMIT - inside - 1)];
				expect(left).toBeLessThanOrEqual(most);
				expect(left).toBeGreaterThanOrEqual(most - (MAX_RESERVED - 1));
				expect(verdict?.resetMs).toBeLessThanOrEqual(WINDOW_MS);
				world.wait(WINDOW_MS);
				expect(world.request()).toMatchObject({ outcome: "admitted", remaining: KEY_LIMIT - 1 });
			}),
			{ numRuns: 1_000 },
		);
	});

	it("reads what earlier versions stored, and stores what they read: instants, oldest first", () => {
		const world = new World();
		world.stored = Array.from({ length: 59 }, (_, index) => START - 59_000 + index);
		world.crash();
		expect(world.request()).toMatchObject({ outcome: "admitted", remaining: 0 });
		expect(world.request()).toMatchObject({ outcome: "limited", resetMs: 1_000 });
		expect(world.stored).toHaveLength(60);
		expect([...world.stored].sort((a, b) => a - b)).toEqual(world.stored);
	});
});

describe("rows written", () => {
	/** Rows of requests that wait so long between them, and of the pause after the last. */
	const rows = (gaps: readonly number[], limit?: number) => {
		const world = new World(limit);
		for (const gap of gaps) {
			world.wait(gap);
			world.request();
		}
		world.wait(PAUSE_MS);
		expect(world.stored, "the true log at the end").toEqual(world.admitted);
		return world.rows;
	};

	it("are at most a quarter of a row a request in a burst, as long as no pause is in it", () => {
		const gaps = (count: number) =>
			fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: PAUSE_MS - 1 })), {
				minLength: count,
				maxLength: count,
			});
		for (const limit of [KEY_LIMIT, SESSION_LIMIT])
			fc.assert(
				fc.property(gaps(limit), (burst) => {
					expect(rows(burst, limit)).toBeLessThanOrEqual(limit / 4);
				}),
			);
		expect(rows(Array(KEY_LIMIT).fill(0))).toBe(11);
	});

	it("are one for each request that comes alone", () => {
		for (const gap of [PAUSE_MS + 1, 1_000, 5_000]) expect(rows(Array(11).fill(gap))).toBe(11);
	});

	it("are never more than one for each request and one for each pause", () => {
		for (let burst = 1; burst <= KEY_LIMIT; burst += 1)
			expect(rows(Array(burst).fill(100))).toBeLessThanOrEqual(burst + 1);
	});

	it("are none for requests that are refused", () => {
		expect(rows(Array(60).fill(0))).toBe(rows([...Array(60).fill(0), ...Array(100).fill(0)]));
	});
});
