// Receivers that fail for days: their webhooks are disabled.
import { describe, expect, it } from "vitest";
import { HOUR_MS } from "../../src/time.ts";
import { advance, fakeDate } from "../support/clock.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { run, total } from "../support/shards.ts";
import { leads, shown } from "./arriving.ts";

fakeDate();

describe("five days without a success", () => {
	const exhaust = async (sender: Sender, id: string, count: number) => {
		for (let index = 0; index < count; index += 1) {
			await run("UPDATE webhooks SET pausedUntil = NULL, pauseSeconds = NULL WHERE id = ?", id);
			await leads(sender, 1);
			await sender.drain();
		}
	};

	it("and ten exhausted deliveries disable a webhook, once, and skip what waits", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0" });
		await sender.webhook("/status/200/mourner", { events: ["webhook.disabled"] });
		const { id } = await sender.webhook("/status/503/worn-out");
		await exhaust(sender, id, 9);
		advance(121 * HOUR_MS);
		expect(await shown(sender, id)).toMatchObject({ status: "active" });
		await leads(sender, 1);
		await exhaust(sender, id, 1);
		expect(await shown(sender, id)).toMatchObject({
			status: "disabled",
			disabledReason: "No delivery has succeeded for 120 hours.",
			pausedUntil: null,
		});
		await sender.drain();
		const told = (await receivedRequests("mourner")).map(({ body }) => JSON.parse(body));
		const { updatedAt, version } = await shown(sender, id);
		const data = { id, status: "disabled", updatedAt, version };
		expect(told).toMatchObject([{ event: "webhook.disabled", data }]);
		const waiting = "SELECT count(*) FROM deliveries WHERE webhookId = ? AND status = 'pending'";
		expect(await total(waiting, id)).toBe(0);

		expect((await sender.api("PATCH", `/webhooks/${id}`, { status: "active" })).body).toMatchObject({
			consecutiveFailures: 0,
			failingSince: null,
			disabledReason: null,
		});
		await exhaust(sender, id, 2);
		expect(await shown(sender, id)).toMatchObject({ status: "active", consecutiveFailures: 2 });
	});

	it("do not, where a success lies between or the deliveries are few", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0" });
		const { id } = await sender.webhook("/fail-then-ok/12/lucky");
		await exhaust(sender, id, 9);
		advance(121 * HOUR_MS);
		await run("UPDATE webhooks SET exhausted = 0 WHERE id = ?", id);
		await exhaust(sender, id, 3);
		expect(await shown(sender, id)).toMatchObject({ status: "active", consecutiveFailures: 12 });
		await exhaust(sender, id, 1);
		expect(await shown(sender, id)).toMatchObject({ status: "active", consecutiveFailures: 0 });
		const results = await run("SELECT exhausted FROM webhooks WHERE id = ?", id);
		expect(results).toEqual([{ exhausted: 0 }]);
	});
});
