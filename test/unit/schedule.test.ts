import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextAttemptAt, retryAfterSeconds } from "../../src/delivery/schedule.ts";
import { parseDelays } from "../../src/settings.ts";

describe("WEBHOOK_RETRY_DELAYS", () => {
	it("is read as seconds, blanks around them allowed", () => {
		expect(parseDelays("0,60,300,900,3600")).toEqual([0, 60, 300, 900, 3600]);
		expect(parseDelays(" 0, 1 ,86400")).toEqual([0, 1, 86_400]);
		expect(parseDelays("0")).toEqual([0]);
		expect(parseDelays(Array(20).fill("5").join())).toHaveLength(20);
	});

	it.each([
		"",
		" ",
		",",
		"0,",
		",0",
		"0,,1",
		"-1",
		"1.5",
		"1e2",
		"0x10",
		"+5",
		"five",
		"86401",
		"100000",
		"0;1",
		Array(21).fill("5").join(),
	])("%j is refused by name", (text) => {
		expect(() => parseDelays(text)).toThrow(/^WEBHOOK_RETRY_DELAYS must/);
	});
});

describe("Retry-After", () => {
	const now = Date.UTC(2026, 0, 31, 12, 0, 0);

	it.each([
		["120", 120],
		["0", 0],
		["120.1", 121],
		["120.0", 120],
		[" 7 ", 7],
		["0.001", 1],
		["1000000000", 1_000_000_000],
		["9".repeat(400), Number.MAX_SAFE_INTEGER],
		// RFC 9110 §5.6.7: the three forms of a date
		["Sat, 31 Jan 2026 12:01:30 GMT", 90],
		["Saturday, 31-Jan-26 12:01:30 GMT", 90],
		["Sat Jan 31 12:01:30 2026", 90],
		["Sun Feb  1 12:00:00 2026", 86_400],
		["Sat, 31 Jan 2026 11:59:00 GMT", 0],
	])("%j is %d s", (header, seconds) => {
		expect(retryAfterSeconds(header, now)).toBe(seconds);
	});

	it("rounds a date up to the whole second", () => {
		expect(retryAfterSeconds("Sat, 31 Jan 2026 12:01:30 GMT", now + 1)).toBe(90);
		expect(retryAfterSeconds("Sat, 31 Jan 2026 12:01:30 GMT", now + 1_000)).toBe(89);
	});

	it.each([
		null,
		"",
		" ",
		"abc",
		"-5",
		"+5",
		"1e3",
		"0x10",
		".5",
		"5.",
		"1.2.3",
		"5, 10",
		"5s",
		"٣",
		"Infinity",
		"NaN",
		"2026-01-31T12:01:30Z",
		"Sat, 31 Jan 2026 12:01:30",
		"Sat, 31 Jan 2026 12:01:30 CET",
		"Sat, 99 Jan 2026 12:01:30 GMT",
		"Sat, 31 Foo 2026 12:01:30 GMT",
		"12:01:30 GMT",
	])("%j is ignored", (header) => {
		expect(retryAfterSeconds(header, now)).toBeNull();
	});

	it("never throws, and is null or whole and not negative", () => {
		const dates = fc.date({ noInvalidDate: true }).map((date) => date.toUTCString());
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: "binary" }), dates, fc.double().map(String)), (header) => {
				const seconds = retryAfterSeconds(header, now);
				if (seconds !== null) expect(Number.isSafeInteger(seconds) && seconds >= 0).toBe(true);
			}),
			{ numRuns: 2_000 },
		);
	});
});

describe("the next attempt", () => {
	const delays = [0, 60, 300, 900, 3600];
	const endedAt = 1_700_000_000_000;
	const after = (attempt: number, retryAfter: number | null = null, random = 0) =>
		nextAttemptAt({ delays, attempt, endedAt, retryAfter, random });

	it("follows the schedule from the end of the last one", () => {
		expect([1, 2, 3, 4].map((attempt) => Number(after(attempt)) - endedAt)).toEqual([
			60_000, 300_000, 900_000, 3_600_000,
		]);
	});

	it("is none after the last", () => {
		expect(after(5)).toBeNull();
		expect(after(6)).toBeNull();
		expect(nextAttemptAt({ delays: [0], attempt: 1, endedAt, retryAfter: 60, random: 0 })).toBeNull();
	});

	it.each([
		[5, 60],
		[60, 60],
		[120, 120],
		[3_600, 3_600],
		[3_601, 3_600],
		[1_000_000_000, 3_600],
		[Number.MAX_SAFE_INTEGER, 3_600],
	])("with Retry-After %d waits %d s", (retryAfter, seconds) => {
		expect(Number(after(1, retryAfter)) - endedAt).toBe(seconds * 1_000);
	});

	it("is not brought forward by Retry-After where the step is longer than its cap", () => {
		const at = nextAttemptAt({ delays: [0, 7_200], attempt: 1, endedAt, retryAfter: 9_000, random: 0 });
		expect(Number(at) - endedAt).toBe(7_200_000);
	});

	it("is spread over 0 to 10 %, never early and always a whole millisecond", () => {
		expect(Number(after(1, null, 0.5)) - endedAt).toBe(63_000);
		expect(Number(after(1, 120, 0.5)) - endedAt).toBe(126_000);
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 4 }),
				fc.option(fc.nat(10_000)),
				fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
				(attempt, retryAfter, random) => {
					const waited = Number(after(attempt, retryAfter, random)) - endedAt;
					const least = Number(after(attempt, retryAfter, 0)) - endedAt;
					expect(waited).toBeGreaterThanOrEqual(least);
					expect(waited).toBeLessThanOrEqual(Math.ceil(least * 1.1));
					expect(Number.isInteger(waited)).toBe(true);
				},
			),
		);
	});
});
