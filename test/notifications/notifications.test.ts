// Telling people: each state once, to every target that wants to know, until it has arrived or is given up.
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import type { Bindings } from "../../src/env.ts";
import type { Json } from "../support/api.ts";
import { purgeAll } from "../support/purge.ts";
import { receivedRequests, Sender } from "../support/sender.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
	vi.useRealTimers();
});

const advance = (ms: number) => vi.setSystemTime(Date.now() + ms);

/** A target at the receiver; `path` selects the behaviour and ends with the bucket. */
async function target(sender: Sender, path: string, more: object = {}): Promise<Json> {
	const url = inject("receiver") + path;
	const { status, body, text } = await sender.api("POST", "/notification-targets", {
		name: "Operations",
		type: "webhook",
		url,
		...more,
	});
	expect(status, text).toBe(201);
	return body;
}

const told = async (bucket: string) =>
	(await receivedRequests(bucket)).map(({ body }) => JSON.parse(body) as Json);

/** A webhook whose last ten attempts have failed. */
async function failingWebhook(sender: Sender, bucket: string): Promise<string> {
	const { id } = await sender.webhook(`/status/500/${bucket}`, {
		events: ["task.created"],
		name: "Warehouse",
	});
	await sender.api("POST", "/tasks/batch", { items: Array.from({ length: 10 }, () => ({ title: "Call" })) });
	await sender.drain();
	return id;
}

/** Sets columns of a row past the API. */
const set = (sender: Sender, table: string, id: string, columns: Record<string, number | null>) =>
	sender.db
		.prepare(
			`UPDATE ${table} SET ${Object.keys(columns)
				.map((column) => `"${column}" = ?`)
				.join(", ")} WHERE organizationId = ? AND id = ?`,
		)
		.bind(...Object.values(columns), sender.organizationId, id)
		.run();

describe("a webhook that fails", () => {
	it("is told once to each target that wants to know, and again when it fails anew", async () => {
		const sender = await Sender.start();
		await target(sender, "/status/200/told-of-failing");
		await target(sender, "/status/200/told-in-slack", { type: "slack", events: ["webhook.failing"] });
		await target(sender, "/status/200/told-of-keys", { events: ["key.expiring"] });
		const id = await failingWebhook(sender, "fails-told");
		await sender.sweep();
		await sender.sweep();
		const [first, ...more] = await told("told-of-failing");
		expect(more).toEqual([]);
		expect(first).toMatchObject({
			event: "webhook.failing",
			organizationId: sender.organizationId,
			subject: { id, name: "Warehouse" },
		});
		expect(first.text).toContain(`The webhook "Warehouse" (${id}) is failing since `);
		expect(await told("told-in-slack")).toEqual([{ text: first.text }]);
		expect(await told("told-of-keys")).toEqual([]);
		advance(7 * HOUR);
		await set(sender, "webhooks", id, { failingSince: Date.now() });
		await sender.sweep();
		expect(await told("told-of-failing")).toHaveLength(2);
	});

	it("is told, too, when a delivery has used up its attempts", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0" });
		await target(sender, "/status/200/told-of-exhausted");
		await sender.webhook("/status/500/exhausts-told", { events: ["task.created"] });
		await sender.api("POST", "/tasks", { title: "Call" });
		await sender.drain();
		await sender.sweep();
		expect(await told("told-of-exhausted")).toHaveLength(1);
	});

	it("is told when this server has disabled it, not when its owner has", async () => {
		const sender = await Sender.start();
		await target(sender, "/status/200/told-of-disabled", { events: ["webhook.disabled"] });
		const gone = await sender.webhook("/status/410/gone-told", { events: ["task.created"] });
		const own = await sender.webhook("/status/200/own-told");
		await sender.api("PATCH", `/webhooks/${own.id}`, { status: "disabled" });
		await sender.api("POST", "/tasks", { title: "Call" });
		await sender.drain();
		await sender.sweep();
		expect((await told("told-of-disabled")).map(({ subject }) => [subject.id, subject.reason])).toEqual([
			[gone.id, "The receiver answered 410 Gone."],
		]);
	});
});

describe("a target", () => {
	it("that fails is tried five times, with longer pauses, and then given up", async () => {
		const sender = await Sender.start();
		await target(sender, "/status/500/target-fails");
		await failingWebhook(sender, "fails-for-failing");
		const count = async () => (await told("target-fails")).length;
		const seen: number[] = [];
		for (const pause of [0, 1, 4, 1, 29, 1, 119, 1, 600]) {
			advance(pause * MINUTE);
			await sender.sweep();
			seen.push(await count());
		}
		expect(seen).toEqual([1, 2, 2, 3, 3, 4, 4, 5, 5]);
	});

	it("is judged again before it is sent to, and one that is deleted is told nothing", async () => {
		const sender = await Sender.start();
		await target(sender, "/status/200/target-judged");
		const deleted = await target(sender, "/status/200/target-deleted");
		await failingWebhook(sender, "fails-for-judged");
		await sender.api("DELETE", `/notification-targets/${deleted.id}`);
		Object.assign(sender.env, { ALLOW_INSECURE_TARGETS: "false" });
		await sender.sweep();
		expect(await told("target-judged")).toEqual([]);
		Object.assign(sender.env, { ALLOW_INSECURE_TARGETS: "true" });
		advance(MINUTE);
		await sender.sweep();
		expect(await told("target-judged")).toHaveLength(1);
		expect(await told("target-deleted")).toEqual([]);
	});

	it("is told nothing by a database while its organization moves, or after that", async () => {
		const sender = await Sender.start();
		const { id } = await target(sender, "/status/200/target-moves");
		const insert = `INSERT INTO notifications (organizationId, key, targetId, event, subject, at, dueAt) VALUES (?, 'key.expiring 1', ?, 'key.expiring', '{"id":"key_1"}', ?, 1)`;
		await sender.db.prepare(insert).bind(sender.organizationId, id, Date.now()).run();
		const setHome = (home: number | null) =>
			sender.db
				.prepare("UPDATE organizations SET home = ? WHERE id = ?")
				.bind(home, sender.organizationId)
				.run();
		for (const home of [-1, 7]) {
			await setHome(home);
			await sender.sweep();
			expect(await told("target-moves"), String(home)).toEqual([]);
		}
		await setHome(null);
		await sender.sweep();
		expect(await told("target-moves")).toHaveLength(1);
	});

	it("does not wait for the many notifications of another organization", async () => {
		const crowd = await Sender.start();
		const sender = await Sender.start();
		await sender.db
			.prepare(
				`INSERT INTO notifications (organizationId, key, targetId, event, subject, at, dueAt)
				WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1500)
				SELECT ?, 'key.expiring ' || n, 'ntt_none', 'key.expiring', '{}', ?, 1 FROM numbers`,
			)
			.bind(crowd.organizationId, Date.now())
			.run();
		await target(sender, "/status/200/target-beside-many");
		await failingWebhook(sender, "fails-beside-many");
		await sender.sweep();
		expect(await told("target-beside-many")).toHaveLength(1);
	});

	it("is told at most three things in a minute", async () => {
		const sender = await Sender.start();
		await target(sender, "/status/200/target-spared");
		for (let index = 0; index < 4; index += 1) {
			const { id } = await sender.webhook("/status/200/spares");
			await set(sender, "webhooks", id, { failingSince: Date.now(), exhausted: 1 });
		}
		await sender.sweep();
		expect(await told("target-spared")).toHaveLength(3);
		advance(MINUTE);
		await sender.sweep();
		expect(await told("target-spared")).toHaveLength(4);
	});
});

describe("an API key", () => {
	it("is told when it expires within a week, unless its end was set as late", async () => {
		const sender = await Sender.start();
		await target(sender, "/status/200/told-of-key", { events: ["key.expiring"] });
		const create = async (name: string, days: number) =>
			(
				await sender.api("POST", "/api-keys", {
					name,
					expiresAt: new Date(Date.now() + days * DAY).toISOString(),
				})
			).body.id;
		await create("Later", 30);
		await create("Just made", 3);
		const soon = await create("Website", 8);
		await sender.sweep();
		expect(await told("told-of-key")).toEqual([]);
		advance(DAY + MINUTE);
		await sender.sweep();
		const [notice, ...more] = await told("told-of-key");
		expect(more).toEqual([]);
		expect(notice.subject).toMatchObject({ id: soon, name: "Website" });
		expect(notice.text).toContain(`The API key "Website" (${soon}) expires on `);
	});
});

describe("a quota", () => {
	it("is told at 80 %, within the hour, and again after there was room", async () => {
		const sender = await Sender.start();
		await target(sender, "/status/200/told-of-quota", { events: ["quota.nearing"] });
		const limit = (webhooks: number) =>
			sender.db
				.prepare("UPDATE organizations SET quotas = json_object('webhooks', ?) WHERE id = ?")
				.bind(webhooks, sender.organizationId)
				.run();
		for (let index = 0; index < 4; index += 1) await sender.webhook("/status/200/quota-told");
		// Each organization has its minute of the hour.
		const [tens = 0, ones = 0] = [...sender.organizationId.slice(-2)].map((digit) => digit.charCodeAt(0));
		const ofHour = (32 * tens + ones) % 60;
		const hour = async () => {
			const next = Math.ceil(Date.now() / HOUR) * HOUR;
			for (const minute of [ofHour, ofHour + 1]) {
				vi.setSystemTime(next + minute * MINUTE);
				await sender.sweep();
			}
			return (await told("told-of-quota")).length;
		};
		await limit(6);
		expect(await hour()).toBe(0);
		await limit(5);
		expect(await hour()).toBe(1);
		const [notice] = await told("told-of-quota");
		expect(notice.subject).toEqual({ id: "webhooks", used: 4, limit: 5 });
		expect(notice.text).toContain("4 of 5 of the quota webhooks are used.");
		expect(await hour()).toBe(1);
		await limit(10);
		await hour();
		await limit(5);
		expect(await hour()).toBe(2);
	});
});

describe("a notification", () => {
	it("is forgotten after a week, and told again if it still holds", async () => {
		const sender = await Sender.start();
		await target(sender, "/status/200/told-weekly");
		const { id } = await sender.webhook("/status/200/weekly");
		await set(sender, "webhooks", id, { failingSince: Date.now(), exhausted: 1 });
		await sender.sweep();
		advance(6 * DAY);
		await purgeAll(Date.now());
		await sender.sweep();
		expect(await told("told-weekly")).toHaveLength(1);
		advance(DAY + MINUTE);
		await purgeAll(Date.now());
		await sender.sweep();
		expect(await told("told-weekly")).toHaveLength(2);
	});

	it("is an e-mail where the server can send them, and else no such target is made", async () => {
		const body = { name: "A", type: "email", address: "ops@example.com" };
		const without = await Sender.start();
		expect(await without.api("POST", "/notification-targets", body)).toMatchObject({
			status: 400,
			body: { errors: [{ path: "type" }] },
		});
		const sent: Json[] = [];
		const EMAIL = { send: async (mail: Json) => sent.push(mail) } as unknown as NonNullable<
			Bindings["EMAIL"]
		>;
		const sender = await Sender.start({ EMAIL, NOTIFICATION_SENDER: "alerts@example.com" });
		expect((await sender.api("POST", "/notification-targets", { ...body, address: "ops" })).status).toBe(400);
		expect((await sender.api("POST", "/notification-targets", body)).status).toBe(201);
		await failingWebhook(sender, "fails-for-email");
		await sender.sweep();
		expect(sent).toEqual([
			{
				from: "alerts@example.com",
				to: "ops@example.com",
				subject: "Leadwire: webhook.failing",
				text: expect.stringContaining('The webhook "Warehouse"'),
			},
		]);
	});
});
