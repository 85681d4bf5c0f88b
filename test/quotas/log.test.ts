// The quota on the delivery log: no delivery is lost to it, and what attempts weigh stays within it.
import { afterEach, describe, expect, it, vi } from "vitest";
import { purgeAll } from "../support/purge.ts";
import { setQuotas } from "../support/quotas.ts";
import { Sender } from "../support/sender.ts";
import { run, total } from "../support/shards.ts";

const DAY_MS = 86_400_000;
const UNIT = 65_536;

afterEach(() => {
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

/** A sender whose receiver answers at length, and a webhook with a long header of its own. */
async function talkative(status = 500) {
	vi.stubGlobal(
		"fetch",
		async () => new Response("x".repeat(16_384), { status, headers: { "x-long": "y".repeat(1_000) } }),
	);
	const sender = await Sender.start();
	const { id } = await sender.webhook("/receiver", { headers: { "x-mine": "z".repeat(4_000) } });
	const used = async () => {
		const { body } = await sender.api("GET", "/organization/usage");
		return body.items.find(({ quota }: { quota: string }) => quota === "logBytes").used;
	};
	/** Makes a lead, delivers its event once, and gives the attempt. */
	const attempt = async () => {
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.consume(sender.queued.splice(0).map(({ body }) => body));
		const { attempts, ...delivery } = await sender.delivery(id);
		return { delivery, attempt: attempts.at(-1) };
	};
	return { sender, id, used, attempt };
}

describe("the quota on the delivery log", () => {
	it("is counted by samples, each for 64 KiB, and uncounted as the log is purged", async () => {
		const { used, attempt } = await talkative();
		const random = vi.spyOn(Math, "random").mockReturnValue(0.9);
		await attempt();
		expect(await used()).toBe(0);
		// Some 22 KB of 64.
		random.mockReturnValue(0.25);
		await attempt();
		await attempt();
		expect(await used()).toBe(2 * UNIT);
		await run("UPDATE deliveries SET dueAt = NULL, status = 'failed'");
		await purgeAll(Date.now() + 31 * DAY_MS);
		expect(await used()).toBe(0);
	});

	it("says how much there is, near enough", async () => {
		const { sender, used } = await talkative(200);
		for (let round = 0; round < 4; round += 1) {
			await sender.api("POST", "/leads/batch", { items: Array(20).fill({ name: "Jane" }) });
			while (sender.queued.length > 0)
				await sender.consume(sender.queued.splice(0, 10).map(({ body }) => body));
		}
		const n = await total("SELECT count(*) FROM attempts");
		const bytes = await total(
			"SELECT sum(octet_length(requestHeaders) + octet_length(responseHeaders) + octet_length(responseBody)) FROM attempts",
		);
		expect(n).toBe(80);
		// Five standard deviations of a sum of so many samples.
		const spread = 5 * Math.sqrt(n * (bytes / n) * UNIT);
		expect(Math.abs((await used()) - bytes - 500 * n)).toBeLessThan(spread);
	});

	it("leaves out headers and answers when it is full, and nothing else; then counts as what is stored", async () => {
		const { sender, used, attempt } = await talkative();
		const random = vi.spyOn(Math, "random").mockReturnValue(0.25);
		const whole = await attempt();
		expect(whole.attempt).toMatchObject({
			statusCode: 500,
			responseBody: "x".repeat(16_384),
			responseTruncated: false,
		});
		expect(whole.attempt.requestHeaders).toHaveProperty("x-mine");
		expect(await used()).toBe(UNIT);

		await setQuotas(sender.organizationId, { logBytes: UNIT });
		const bare = await attempt();
		expect(bare.delivery).toMatchObject({ status: "pending", lastStatusCode: 500, attemptCount: 1 });
		expect(bare.attempt).toMatchObject({
			number: 1,
			trigger: "scheduled",
			url: whole.attempt.url,
			requestHeaders: {},
			statusCode: 500,
			error: "http_status",
			responseHeaders: null,
			responseBody: null,
			responseTruncated: true,
		});
		expect(await used()).toBe(UNIT);
		random.mockReturnValue(0.001);
		await attempt();
		expect(await used()).toBe(2 * UNIT);

		await setQuotas(sender.organizationId, {});
		expect((await attempt()).attempt.responseBody).toHaveLength(16_384);
	});

	it("is one organization's own, also in a batch with others", async () => {
		const one = await talkative();
		const other = await talkative();
		await setQuotas(one.sender.organizationId, { logBytes: 0 });
		for (const { sender } of [one, other]) await sender.api("POST", "/leads", { name: "Jane" });
		await one.sender.consume([...one.sender.queued, ...other.sender.queued].map(({ body }) => body));
		expect((await one.sender.delivery(one.id)).attempts[0].responseBody).toBeNull();
		expect((await other.sender.delivery(other.id)).attempts[0].responseBody).toHaveLength(16_384);
	});
});
