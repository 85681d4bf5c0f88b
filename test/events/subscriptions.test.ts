// Who gets an event, when several want it, and what one of them may turn off for all.
import { describe, expect, inject, it } from "vitest";
import type { Json } from "../support/api.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { run, total } from "../support/shards.ts";

const busy = { conversationType: "phone", status: "busy" };

describe("several webhooks on one topic", () => {
	it("each get the event once, even at the same URL, with their own id and signature", async () => {
		const sender = await Sender.start();
		const ways = [["lead.created"], ["lead.*"], ["*"], ["lead.created", "lead.*", "*"]];
		const made = [];
		for (const events of ways) made.push(await sender.webhook("/status/200/several", { events }));
		await sender.webhook("/status/200/several", { events: ["lead.updated", "deal.*"] });
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.drain();
		const arrived = (await receivedRequests("several")).filter(
			({ headers }) => headers["x-webhook-event"] === "lead.created",
		);
		expect(arrived).toHaveLength(ways.length);
		for (const header of ["webhook-id", "webhook-signature"])
			expect(new Set(arrived.map(({ headers }) => headers[header])).size).toBe(ways.length);
		const eventIds = new Set<string>();
		for (const { id } of made) {
			const { body } = await sender.api("GET", `/webhooks/${id}/deliveries?event=lead.created`);
			expect(body.items).toHaveLength(1);
			eventIds.add(body.items[0].eventId);
		}
		expect(eventIds.size).toBe(1);
	});

	it("fail each for itself", async () => {
		const sender = await Sender.start();
		const good = await sender.webhook("/status/200/good-one");
		const bad = await sender.webhook("/status/503/bad-one");
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.drain();
		expect((await sender.delivery(good.id)).status).toBe("success");
		expect((await sender.delivery(bad.id)).status).toBe("pending");
	});
});

it("webhooks get no events of another organization, whatever they subscribe to", async () => {
	const [sender, other] = [await Sender.start(), await Sender.start()];
	const own = await sender.webhook("/status/200/own-subscriber", { events: ["*"] });
	const foreign = await other.webhook("/status/200/foreign-subscriber", { events: ["*", "lead.created"] });
	await sender.api("POST", "/leads", { name: "Jane" });
	// Its log would not show what came from others.
	const sentTo = (id: string) => total(`SELECT count(*) AS n FROM deliveries WHERE "webhookId" = ?`, id);
	expect(await sentTo(own.id)).toBeGreaterThan(0);
	expect(await sentTo(foreign.id)).toBe(0);
	expect(other.queued).toEqual([]);
});

describe("what the operator does not allow", () => {
	it("is not sent to existing subscriptions, by event or by wildcard, until it is allowed again", async () => {
		const sender = await Sender.start();
		const ways = [["lead.created"], ["lead.*"], ["*"], ["lead.updated"]];
		const ids: string[] = [];
		for (const events of ways) ids.push((await sender.webhook("/status/200/narrowed", { events })).id);
		const allow = (topics: string[] | null) =>
			run(
				"UPDATE organizations SET topics = ? WHERE id = ?",
				topics && JSON.stringify(topics),
				sender.organizationId,
			);
		const sent = async () => {
			await sender.api("POST", "/leads", { name: "Jane" });
			const logs = await Promise.all(ids.map((id) => sender.api("GET", `/webhooks/${id}/deliveries`)));
			return logs.map(({ body }) => body.items.map(({ event }: Json) => event).sort());
		};
		await allow(["lead.updated", "task.created"]);
		expect(await sent()).toEqual([[], [], [], []]);
		const change = (events: string[]) =>
			sender.api("PATCH", `/webhooks/${ids[0]}`, { events, description: "Resting" });
		expect((await change(["lead.created"])).body).toMatchObject({ description: "Resting" });
		expect((await change(["lead.created", "lead.deleted"])).body.errors).toMatchObject([
			{ path: "events.1", message: "There is no such event to subscribe to." },
		]);
		await allow(["lead.created"]);
		const created = ["lead.created"];
		expect(await sent()).toEqual([created, created, created, []]);
		await allow(null);
		const twice = ["lead.created", "lead.created"];
		expect(await sent()).toEqual([twice, twice, [...twice, "save_lead"], []]);
	});
});

describe("skipSystem", () => {
	const tasks = async (sender: Sender) => (await sender.api("GET", "/tasks")).body.items.length;

	it("of one webhook stops the process, and all webhooks get the event; without it the process runs again", async () => {
		const sender = await Sender.start();
		const events = ["call.busy"];
		const plain = await sender.webhook("/status/200/skip-plain", { events });
		const skips = await sender.webhook("/status/200/skip-one", { events, skipSystem: true });
		await sender.api("POST", "/conversations", busy);
		await sender.drain();
		expect(await tasks(sender)).toBe(0);
		for (const { id } of [plain, skips]) expect((await sender.delivery(id)).status).toBe("success");

		await sender.api("PATCH", `/webhooks/${skips.id}`, { skipSystem: false });
		await sender.api("POST", "/conversations", busy);
		expect(await tasks(sender)).toBe(1);
		await sender.api("PATCH", `/webhooks/${plain.id}`, { skipSystem: true });
		await sender.api("POST", "/conversations", busy);
		expect(await tasks(sender)).toBe(1);
		await sender.api("DELETE", `/webhooks/${plain.id}`);
		await sender.api("POST", "/conversations", busy);
		expect(await tasks(sender)).toBe(2);
	});

	it("is false unless asked for, and of one organization means nothing to another", async () => {
		const one = await Sender.start();
		const other = await Sender.start();
		const url = `${inject("receiver")}/status/200/skip-mine`;
		const made = await one.api("POST", "/webhooks", { url, events: ["*"], skipSystem: true });
		const plain: Json = await other.webhook("/status/200/skip-theirs", { events: ["*"] });
		expect([made.body.skipSystem, plain.skipSystem]).toEqual([true, false]);
		for (const sender of [one, other]) await sender.api("POST", "/conversations", busy);
		expect([await tasks(one), await tasks(other)]).toEqual([0, 1]);
	});
});
