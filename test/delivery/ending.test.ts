// What waits for a webhook when it is disabled or deleted ends, however much it is, and whatever happens next.
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { createBacklog } from "../support/backlog.ts";
import { withBatch } from "../support/bindings.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { total, wrapDatabases } from "../support/shards.ts";

const MINUTE = 60_000;

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
	vi.useRealTimers();
});

async function ask(sender: Sender, status: number, method: string, path: string, body?: object) {
	const reply = await sender.api(method, path, body);
	expect(reply.status, reply.text).toBe(status);
	return reply.body;
}

const lead = (sender: Sender) => ask(sender, 201, "POST", "/leads", { name: "Jane" });

type Ask = (sender: Sender, id: string) => Promise<unknown>;

const turnOff: Record<"disabled" | "deleted" | "gone", Ask> = {
	disabled: (sender, id) => ask(sender, 200, "PATCH", `/webhooks/${id}`, { status: "disabled" }),
	deleted: (sender, id) => ask(sender, 204, "DELETE", `/webhooks/${id}`),
	async gone(sender) {
		await lead(sender);
		await sender.drain();
	},
};

/** Turns it on again, at a receiver that works. */
const turnOn = (sender: Sender, id: string, how: keyof typeof turnOff, bucket: string, status = 200) =>
	how === "deleted"
		? ask(sender, status, "POST", `/webhooks/${id}/restore`)
		: ask(sender, status, "PATCH", `/webhooks/${id}`, {
				status: "active",
				url: `${inject("receiver")}/status/200/${bucket}`,
			});

const count = (id: string, status: string) =>
	total("SELECT count(*) FROM deliveries WHERE webhookId = ? AND status = ?", id, status);

describe("what waits for a webhook", () => {
	it.each([
		["disabled", "skipped", false],
		["disabled", "skipped", true],
		["deleted", "cancelled", false],
		["deleted", "cancelled", true],
		["gone", "cancelled", false],
	] as const)(
		"when it is %s is %s, and not sent though it is on again at once (ordered: %s)",
		async (how, becomes, ordered) => {
			const sender = await Sender.start();
			const bucket = `${how}-${ordered}`;
			const { id } = await sender.webhook(how === "gone" ? "/410/ending-gone" : `/status/200/${bucket}`, {
				ordered,
			});
			await createBacklog(sender, id, 2_500, { inLine: true });
			await turnOff[how](sender, id);
			await turnOn(sender, id, how, bucket);
			expect([await count(id, "pending"), await count(id, becomes)]).toEqual([0, 2_500]);
			await lead(sender);
			for (let sweeps = 0; sweeps < 2; sweeps += 1) {
				await sender.drain();
				vi.setSystemTime(Date.now() + MINUTE);
				await sender.sweep();
			}
			expect(await receivedRequests(bucket)).toHaveLength(1);
		},
	);

	it.each(["disabled", "deleted"] as const)(
		"when it is %s and too much for one change ends before it is on again",
		async (how) => {
			const sender = await Sender.start();
			const { id } = await sender.webhook(`/status/200/much-${how}`);
			await createBacklog(sender, id, 22_000, { inLine: true });
			await turnOff[how](sender, id);
			expect((await turnOn(sender, id, how, `much-${how}`, 409)).message).toMatch(/try again/);
			expect(await count(id, "pending")).toBe(21_000);
			for (const left of [11_000, 1_000]) {
				await sender.sweep();
				expect(await count(id, "pending")).toBe(left);
			}
			await turnOn(sender, id, how, `much-${how}`);
			expect(await count(id, "pending")).toBe(0);
		},
	);

	it("is not what was made since it is on again, though a sweep began before", async () => {
		let beforeEnding: (() => Promise<void>) | null = null;
		const databases = wrapDatabases((db) =>
			withBatch(db, async (statements, sent) => {
				const isEnding = sent.length === 1 && sent[0]?.text.startsWith('UPDATE "deliveries" SET "status" =');
				const meanwhile = isEnding ? beforeEnding : null;
				if (meanwhile) beforeEnding = null;
				await meanwhile?.();
				return db.batch(statements);
			}),
		);
		const sender = await Sender.start(databases);
		const { id } = await sender.webhook("/status/200/since");
		await turnOff.disabled(sender, id);
		await createBacklog(sender, id, 1, { inLine: true });
		beforeEnding = async () => {
			await turnOn(sender, id, "disabled", "since");
			await lead(sender);
		};
		await sender.sweep();
		expect(beforeEnding).toBe(null);
		expect([await count(id, "pending"), await count(id, "skipped")]).toEqual([1, 1]);
		await sender.drain();
		expect(await receivedRequests("since")).toHaveLength(1);
	});
});
