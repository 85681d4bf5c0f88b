// How targets are told: each notification until it has arrived, is given up, or is forgotten.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Bindings } from "../../src/env.ts";
import { DAY_MS, MINUTE_MS } from "../../src/time.ts";
import type { Json } from "../support/api.ts";
import { advance } from "../support/clock.ts";
import { purgeAll } from "../support/purge.ts";
import { Sender } from "../support/sender.ts";
import { failingWebhook, set, target, told } from "./telling.ts";

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
	vi.useRealTimers();
});

describe("a target", () => {
	it("that fails is tried five times, with longer pauses, and then given up", async () => {
		const sender = await Sender.start();
		await target(sender, "/status/500/target-fails");
		await failingWebhook(sender, "fails-for-failing");
		const count = async () => (await told("target-fails")).length;
		const seen: number[] = [];
		for (const pause of [0, 1, 4, 1, 29, 1, 119, 1, 600]) {
			advance(pause * MINUTE_MS);
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
		advance(MINUTE_MS);
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
		advance(MINUTE_MS);
		await sender.sweep();
		expect(await told("target-spared")).toHaveLength(4);
	});
});

describe("a notification", () => {
	it("is forgotten after a week, and told again if it still holds", async () => {
		const sender = await Sender.start();
		await target(sender, "/status/200/told-weekly");
		const { id } = await sender.webhook("/status/200/weekly");
		await set(sender, "webhooks", id, { failingSince: Date.now(), exhausted: 1 });
		await sender.sweep();
		advance(6 * DAY_MS);
		await purgeAll(Date.now());
		await sender.sweep();
		expect(await told("told-weekly")).toHaveLength(1);
		advance(DAY_MS + MINUTE_MS);
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
