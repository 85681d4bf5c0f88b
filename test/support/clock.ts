// A date that tests move on themselves; timers run as ever.
import { afterEach, beforeEach, vi } from "vitest";

export const advance = (ms: number) => vi.setSystemTime(Date.now() + ms);

/** Fakes the date in each test of a file. */
export function fakeDate(): void {
	beforeEach(() => {
		vi.useFakeTimers({ toFake: ["Date"] });
	});
	afterEach(() => {
		vi.useRealTimers();
	});
}
