// What receivers answer can't keep an attempt, or its neighbour's, from being recorded.
import { afterEach, expect, it, vi } from "vitest";
import { overrideLimits } from "../../scripts/platform/limits.ts";
import { World } from "../support/world.ts";

afterEach(() => {
	overrideLimits({});
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
	vi.useRealTimers();
});

const hostile = () =>
	new Response("\u0001".repeat(20_000), {
		status: 500,
		headers: Array.from({ length: 60 }, (_, index) => [`x-${index}`, '"'.repeat(1_024)] as [string, string]),
	});

it("nine answers that JSON inflates are recorded with the tenth, each whole within its 16 KiB", async () => {
	const world = await World.open();
	const good = await world.webhook("good", ["lead.created"]);
	const bad: string[] = [];
	for (let receiver = 0; receiver < 9; receiver += 1) {
		world.receivers.set(`bad-${receiver}`, hostile);
		bad.push(await world.webhook(`bad-${receiver}`, ["lead.created"]));
	}
	await world.sender.api("POST", "/leads", { name: "Jane" });
	// Half of what D1 takes: what is bound must stay far below.
	overrideLimits({ valueBytes: 1_000_000 });
	const batches = vi.spyOn(world.auditor, "batch");
	await world.consumeDue();
	overrideLimits({});
	// A group that can't be recorded together is recorded one by one: that would be ten of them.
	expect(batches.mock.calls.length).toBeLessThan(10);
	expect(world.requests).toHaveLength(10);
	expect((await world.sender.delivery(good)).status).toBe("success");
	for (const id of bad) {
		const { attempts } = await world.sender.delivery(id);
		expect(attempts).toMatchObject([
			{ statusCode: 500, responseBody: "\u0001".repeat(16_384), responseTruncated: true },
		]);
		expect(Object.keys(attempts[0].responseHeaders).length).toBeGreaterThanOrEqual(7);
	}
	await world.settle();
	expect(await world.finalProblems({ unrecorded: 0 })).toEqual([]);
});
