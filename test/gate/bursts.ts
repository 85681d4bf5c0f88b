// Many requests at once, and the headers of a rate limit that their answers have.
import { expect, vi } from "vitest";
import type { Api, Reply } from "../support/api.ts";

const START = Date.parse("2026-03-01T12:00:00Z");
/** A path that is found nowhere. */
export const NOTHING = "/leads/ld_01kaj2m5m8f7jt2n3v4w5x6y7z";
export const at = (seconds: number) => vi.setSystemTime(START + seconds * 1_000);
export const clock = () => vi.useFakeTimers({ toFake: ["Date"], now: START });

/** Requests at once, none of which costs more than the limiter. */
export const burst = (api: Api, count: number): Promise<Reply[]> =>
	Promise.all(Array.from({ length: count }, () => api.get(NOTHING)));
export const admitted = (replies: readonly Reply[]) => replies.filter(({ status }) => status !== 429);
export const numberIn = (reply: Reply, header: string) => Number(reply.headers.get(header));

/** Both families of headers say the same. */
export function expectConsistent(reply: Reply): void {
	const [remaining, reset] = [numberIn(reply, "ratelimit-remaining"), numberIn(reply, "ratelimit-reset")];
	expect(numberIn(reply, "ratelimit-limit")).toBe(60);
	expect(remaining).toBeGreaterThanOrEqual(0);
	expect(remaining).toBeLessThan(60);
	expect(Number.isInteger(reset) && reset >= 1 && reset <= 60).toBe(true);
	expect(reply.headers.get("ratelimit-policy")).toBe('"default";q=60;w=60');
	expect(reply.headers.get("ratelimit")).toBe(`"default";r=${remaining};t=${reset}`);
	expect(reply.headers.get("retry-after")).toBe(reply.status === 429 ? String(reset) : null);
}
