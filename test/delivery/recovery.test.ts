// Rotation of secrets without refused deliveries, recovery of failed deliveries, and hourly figures.
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DAY_MS, HOUR_MS, SECOND_MS } from "../../src/time.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { run } from "../support/shards.ts";

const advance = (ms: number) => vi.setSystemTime(Date.now() + ms);
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["Date"] });
});

afterEach(() => {
	vi.useRealTimers();
});

async function lead(sender: Sender) {
	advance(1);
	const reply = await sender.api("POST", "/leads", { name: "Jane" });
	expect(reply.status, reply.text).toBe(201);
}

async function latest(sender: Sender, bucket: string) {
	await lead(sender);
	await sender.drain();
	const request = (await receivedRequests(bucket)).at(-1);
	if (!request) throw new Error("nothing arrived");
	return request;
}

const accepts = (secret: string, { body, headers }: { body: string; headers: Record<string, string> }) => {
	try {
		new Webhook(secret).verify(body, headers);
		return true;
	} catch {
		return false;
	}
};

describe("rotating a secret", () => {
	it("signs with both while the grace runs, then with the new one alone", async () => {
		const sender = await Sender.start();
		const { id, secret } = await sender.webhook("/status/200/rotated");
		const before = (await latest(sender, "rotated")).headers["x-webhook-signature-256"];
		expect(before).toMatch(/^sha256=[0-9a-f]{64}$/);

		const rotated = await sender.api("POST", `/webhooks/${id}/rotate-secret`, {});
		expect(rotated).toMatchObject({ status: 200, body: { secret: expect.stringMatching(/^whsec_/) } });
		expect(Object.keys(rotated.body)).toEqual(["secret", "secretPrefix", "previousSecretExpiresAt"]);
		expect(Date.parse(rotated.body.previousSecretExpiresAt) - Date.now()).toBe(DAY_MS);
		expect(rotated.body.secretPrefix).toBe(rotated.body.secret.slice(0, 9));
		const shown = (await sender.api("GET", `/webhooks/${id}`)).body;
		expect(shown).toMatchObject({
			secretPrefix: rotated.body.secretPrefix,
			previousSecretExpiresAt: rotated.body.previousSecretExpiresAt,
		});
		expect(JSON.stringify(shown)).not.toContain(rotated.body.secret);

		const during = await latest(sender, "rotated");
		expect(during.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
		expect(during.headers["x-webhook-signature-256"]).toMatch(/^sha256=[0-9a-f]{64}$/);
		expect([accepts(secret, during), accepts(rotated.body.secret, during)]).toEqual([true, true]);

		advance(DAY_MS + SECOND_MS);
		const after = await latest(sender, "rotated");
		expect([accepts(secret, after), accepts(rotated.body.secret, after)]).toEqual([false, true]);
	});

	it("again within a grace is 409, until it is activated; without grace the old secret ends at once", async () => {
		const sender = await Sender.start();
		const { id, secret } = await sender.webhook("/status/200/activated");
		const first = await sender.api("POST", `/webhooks/${id}/rotate-secret`, { graceSeconds: 604_800 });
		const again = await sender.api("POST", `/webhooks/${id}/rotate-secret`, {});
		expect(again).toMatchObject({ status: 409, body: { code: "CONFLICT" } });
		const activated = await sender.api("POST", `/webhooks/${id}/activate-secret`);
		expect(activated).toMatchObject({ status: 200, body: { id, previousSecretExpiresAt: null } });
		const request = await latest(sender, "activated");
		expect([accepts(secret, request), accepts(first.body.secret, request)]).toEqual([false, true]);

		const own = "a-secret-of-my-own";
		const second = await sender.api("POST", `/webhooks/${id}/rotate-secret`, {
			secret: own,
			graceSeconds: 0,
		});
		expect(second.body).toEqual({ secret: own, secretPrefix: "a-se", previousSecretExpiresAt: null });
		const last = await latest(sender, "activated");
		expect(accepts(first.body.secret, last)).toBe(false);
		expect(new Webhook(own, { format: "raw" }).verify(last.body, last.headers)).toBeTruthy();
		expect((await sender.api("POST", `/webhooks/${id}/activate-secret`)).status).toBe(200);
	});

	it("refuses invalid secrets and grace periods, and gives an unsigned webhook its first secret", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/first", { secret: null });
		for (const [body, path] of [
			[{ graceSeconds: 604_801 }, "graceSeconds"],
			[{ graceSeconds: -1 }, "graceSeconds"],
			[{ secret: "short" }, "secret"],
			[{ secret: null }, "secret"],
		] as const) {
			const refused = await sender.api("POST", `/webhooks/${id}/rotate-secret`, body);
			expect(refused).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		}
		const { body } = await sender.api("POST", `/webhooks/${id}/rotate-secret`, {});
		expect(body.previousSecretExpiresAt).toBeNull();
		expect(accepts(body.secret, await latest(sender, "first"))).toBe(true);
	});
});

describe("recovering a window", () => {
	it("starts the schedule again for deliveries that failed in it, except those that have succeeded since", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0,60" });
		const { id } = await sender.webhook("/fail-then-ok/6/recover");
		await lead(sender);
		await sender.drain();
		advance(70 * SECOND_MS);
		await sender.drain();
		const since = new Date(Date.now() + 1).toISOString();
		for (let index = 0; index < 2; index += 1) await lead(sender);
		await sender.drain();
		advance(70 * SECOND_MS);
		await sender.drain();
		const failed = (await sender.api("GET", `/webhooks/${id}/deliveries?status=failed`)).body.items;
		expect(failed).toHaveLength(3);
		// One of them is saved by hand before.
		await sender.api("POST", `/webhooks/${id}/deliveries/${failed[0].id}/redeliver`);
		await sender.drain();

		const reply = await sender.api("POST", `/webhooks/${id}/recover`, { since });
		expect(reply).toMatchObject({ status: 202, body: { recovered: 1 } });
		expect((await sender.delivery(id)).id).toBe(failed[0].id);
		await sender.drain();
		const all = (await sender.api("GET", `/webhooks/${id}/deliveries`)).body.items;
		expect(all.map((one: { status: string }) => one.status)).toEqual(["success", "success", "failed"]);
		expect(all.map((one: { attemptCount: number }) => one.attemptCount)).toEqual([3, 3, 2]);
	});

	it("sends what was skipped while the webhook was disabled", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/skipped", { status: "disabled" });
		for (let index = 0; index < 3; index += 1) await lead(sender);
		const refused = await sender.api("POST", `/webhooks/${id}/recover`, { since: ago(HOUR_MS) });
		expect(refused.status).toBe(409);
		await sender.api("PATCH", `/webhooks/${id}`, { status: "active" });
		expect((await sender.api("POST", `/webhooks/${id}/recover`, { since: ago(HOUR_MS) })).body).toEqual({
			recovered: 0,
		});
		const window = { since: ago(HOUR_MS), status: "skipped" };
		expect((await sender.api("POST", `/webhooks/${id}/recover`, window)).body).toEqual({ recovered: 3 });
		await sender.drain();
		expect(await receivedRequests("skipped")).toHaveLength(3);
	});

	it("takes deliveries that waited when the webhook was disabled, and leaves out test sends", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0,60" });
		const { id } = await sender.webhook("/fail-then-ok/13/waited");
		for (let index = 0; index < 12; index += 1) await lead(sender);
		await sender.drain();
		await sender.api("POST", `/webhooks/${id}/test`, { event: "lead.created" });
		await sender.drain();
		await sender.api("PATCH", `/webhooks/${id}`, { status: "disabled" });
		const statuses = async () => {
			const { items } = (await sender.api("GET", `/webhooks/${id}/deliveries`)).body;
			return Object.entries(Object.groupBy(items, (one: { status: string }) => one.status))
				.map(([status, some]) => [status, some?.length])
				.toSorted();
		};
		expect(await statuses()).toEqual([
			["cancelled", 1],
			["skipped", 12],
		]);
		await sender.api("PATCH", `/webhooks/${id}`, { status: "active" });
		const window = { since: ago(HOUR_MS), status: "skipped" };
		expect((await sender.api("POST", `/webhooks/${id}/recover`, window)).body).toEqual({ recovered: 12 });
		for (let round = 0; round < 3; round += 1) {
			await sender.drain();
			advance(70 * SECOND_MS);
		}
		expect(await statuses()).toEqual([
			["cancelled", 1],
			["success", 12],
		]);
	});

	it("leaves failed test sends", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0" });
		const { id } = await sender.webhook("/status/503/failed-test");
		await sender.api("POST", `/webhooks/${id}/test`, { event: "lead.created" });
		await sender.drain();
		expect((await sender.delivery(id)).status).toBe("failed");
		expect((await sender.api("POST", `/webhooks/${id}/recover`, { since: ago(HOUR_MS) })).body).toEqual({
			recovered: 0,
		});
	});

	it("refuses a window too long or empty, and a webhook there isn't", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/windows");
		const tooLong = await sender.api("POST", `/webhooks/${id}/recover`, {
			since: ago(14 * DAY_MS + SECOND_MS),
		});
		expect(tooLong).toMatchObject({ status: 400, body: { errors: [{ path: "since" }] } });
		const empty = await sender.api("POST", `/webhooks/${id}/recover`, { since: ago(0), until: ago(HOUR_MS) });
		expect(empty).toMatchObject({ status: 400, body: { errors: [{ path: "until" }] } });
		const edge = { since: ago(20 * DAY_MS), until: ago(6 * DAY_MS) };
		expect((await sender.api("POST", `/webhooks/${id}/recover`, edge)).body).toEqual({ recovered: 0 });
		await sender.api("DELETE", `/webhooks/${id}`);
		expect((await sender.api("POST", `/webhooks/${id}/recover`, edge)).status).toBe(404);
	});

	it("takes at most ten thousand at once, of which all but the first twenty go into the backlog", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/many", { events: ["task.created"] });
		await sender.db
			.prepare(
				`INSERT INTO deliveries (webhookId, id, organizationId, eventId, event, status, test, createdAt, updatedAt, attemptsMade, lastAttempt, manualWaiting)
			SELECT ?1, 'whd_' || substr(?2, 5, 12) || printf('%014d', value), ?3, 'evt_x', 'task.created', 'failed', 0, 0, 0, 5, 5, 0
			FROM (WITH RECURSIVE counted(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM counted LIMIT 10020) SELECT value FROM counted)`,
			)
			.bind(
				id,
				(await sender.webhook("/status/200/other")).id.replace("webhook_", "whd_"),
				sender.organizationId,
			)
			.run();
		const window = { since: ago(HOUR_MS) };
		expect((await sender.api("POST", `/webhooks/${id}/recover`, window)).body).toEqual({ recovered: 10_000 });
		expect(sender.queued.map(({ body }) => body.webhookId)).toEqual(Array(20).fill(id));
		expect((await sender.api("POST", `/webhooks/${id}/recover`, window)).body).toEqual({ recovered: 20 });
	});
});

describe("the hours", () => {
	it("count successes and failures and show how long attempts took", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/fail-then-ok/2/hours");
		vi.setSystemTime(Math.ceil(Date.now() / HOUR_MS) * HOUR_MS + 1);
		const hour = new Date(Date.now() - 1).toISOString();
		for (let index = 0; index < 4; index += 1) await latest(sender, "hours");
		const first = await sender.api("GET", `/webhooks/${id}/stats`);
		expect(first).toMatchObject({
			status: 200,
			body: {
				items: [{ hour, successes: 2, failures: 2, p50Ms: expect.any(Number), p95Ms: expect.any(Number) }],
				nextCursor: null,
				hasMore: false,
			},
		});
		advance(HOUR_MS);
		await latest(sender, "hours");
		const { items } = (await sender.api("GET", `/webhooks/${id}/stats?since=${hour}`)).body;
		expect(items.map((one: { successes: number }) => one.successes)).toEqual([2, 3]);
		const since = new Date(Date.now()).toISOString();
		expect((await sender.api("GET", `/webhooks/${id}/stats?since=${since}`)).body.items).toHaveLength(1);
	});

	it("are thrown away with the log", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/old-hours");
		await latest(sender, "old-hours");
		advance(31 * DAY_MS);
		await sender.sweep();
		const results = await run("SELECT * FROM delivery_hours WHERE webhookId = ?", id);
		expect(results).toEqual([]);
	});
});
