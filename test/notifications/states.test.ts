// The states that are told: failing webhooks, expiring keys and quotas, each once, and again when it begins anew.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/time.ts";
import { advance } from "../support/clock.ts";
import { Sender } from "../support/sender.ts";
import { failingWebhook, set, target, told } from "./telling.ts";

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
	vi.useRealTimers();
});

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
		expect(first.text).toContain(`The webhook "Warehouse" (${id}) has been failing since `);
		expect(await told("told-in-slack")).toEqual([{ text: first.text }]);
		expect(await told("told-of-keys")).toEqual([]);
		advance(7 * HOUR_MS);
		await set(sender, "webhooks", id, { failingSince: Date.now() });
		await sender.sweep();
		expect(await told("told-of-failing")).toHaveLength(2);
	});

	it("is not told twice when it fails again within six hours, whatever the hour, but each six hours", async () => {
		const sender = await Sender.start();
		await target(sender, "/status/200/told-within");
		const id = await failingWebhook(sender, "fails-within");
		const six = Math.ceil(Date.now() / (6 * HOUR_MS)) * 6 * HOUR_MS;
		const failsAt = async (time: number) => {
			vi.setSystemTime(time);
			await set(sender, "webhooks", id, { failingSince: time });
			await sender.sweep();
			return (await told("told-within")).length;
		};
		expect(await failsAt(six - 5 * MINUTE_MS)).toBe(1);
		expect(await failsAt(six + 5 * MINUTE_MS)).toBe(1);
		expect(await failsAt(six + 6 * HOUR_MS - 6 * MINUTE_MS)).toBe(1);
		expect(await failsAt(six + 6 * HOUR_MS - 5 * MINUTE_MS)).toBe(2);
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

	it("is told each time it is disabled, and again each week while it stays so", async () => {
		const sender = await Sender.start();
		await target(sender, "/status/200/told-each-time", { events: ["webhook.disabled"] });
		const { id } = await sender.webhook("/status/410/gone-again", { events: ["task.created"] });
		vi.setSystemTime(Math.ceil(Date.now() / (6 * HOUR_MS)) * 6 * HOUR_MS + 5 * MINUTE_MS);
		const isDisabled = async () => {
			await sender.api("POST", "/tasks", { title: "Call" });
			await sender.drain();
			await sender.sweep();
			await sender.sweep();
			return (await told("told-each-time")).length;
		};
		expect(await isDisabled()).toBe(1);
		advance(5 * HOUR_MS);
		await sender.api("PATCH", `/webhooks/${id}`, { status: "active" });
		expect(await isDisabled()).toBe(2);
		for (const [days, count] of [
			[6, 2],
			[2, 3],
			[1, 3],
			[7, 4],
		] as const) {
			advance(days * DAY_MS);
			// What is removed is stored again by the next sweep.
			for (let sweeps = 0; sweeps < 2; sweeps += 1) await sender.sweep();
			expect(await told("told-each-time"), `${days} days later`).toHaveLength(count);
		}
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
					expiresAt: new Date(Date.now() + days * DAY_MS).toISOString(),
				})
			).body.id;
		await create("Later", 30);
		await create("Just made", 3);
		const soon = await create("Website", 8);
		await sender.sweep();
		expect(await told("told-of-key")).toEqual([]);
		advance(DAY_MS + MINUTE_MS);
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
		const ofHour =
			(await sender.db
				.prepare("SELECT ordinal FROM organizations WHERE id = ?")
				.bind(sender.organizationId)
				.first<number>("ordinal")) ?? 0;
		const hour = async () => {
			const next = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
			for (const minute of [ofHour, ofHour + 1]) {
				vi.setSystemTime(next + minute * MINUTE_MS);
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
