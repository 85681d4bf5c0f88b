// Webhooks that send a text to Slack: what the template makes of an event, that it is signed, and that it stays the same.

import { afterEach, describe, expect, it, vi } from "vitest";
import { chance } from "../../src/chance.ts";
import { renderTemplate } from "../../src/delivery/template.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { run, total } from "../support/shards.ts";
import { signatureProblems } from "../support/verify.ts";

afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

const slack = (template: string) => ({ format: "slack", template, events: ["lead.created"] });

describe("a text for Slack", () => {
	it("is made of the payload, signed, and the same on each attempt, whatever becomes of the template", async () => {
		vi.useFakeTimers({ toFake: ["Date"] });
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0,60" });
		const { id, secret } = await sender.webhook(
			"/fail-then-ok/1/slack",
			slack("New: *{{ data.name }}* {{data.score}} ({{data.tagIds}}{{data.none.name}}) {{webhookId}}"),
		);
		await sender.api("POST", "/leads", { name: "Jane <!channel> & Co", score: 7 });
		await sender.drain();
		const changed = await sender.api("PATCH", `/webhooks/${id}`, { template: "Other" });
		expect(changed.body.template).toBe("Other");
		vi.setSystemTime(Date.now() + 70_000);
		await sender.drain();
		await sender.sweep();
		await sender.drain();
		const requests = await receivedRequests("slack");
		expect(requests).toHaveLength(2);
		const delivery = await sender.delivery(id);
		expect(delivery).toMatchObject({
			status: "success",
			payload: { text: `New: *Jane &lt;!channel&gt; &amp; Co* 7 () ${delivery.id}` },
		});
		for (const { body, headers, method } of requests) {
			expect(JSON.parse(body)).toEqual(delivery.payload);
			const arrived = { url: "", method, headers, body, deliveryId: delivery.id, number: 1, status: null };
			expect(await signatureProblems(arrived, [secret], Date.now() - 80_000)).toEqual([]);
		}
		const { body } = await sender.api("POST", `/webhooks/${id}/test`, { event: "lead.created" });
		expect(body.payload).toEqual({ text: "Other" });
		await sender.drain();
		expect((await receivedRequests("slack")).at(-1)?.body).toBe(JSON.stringify(body.payload));
		// Back to JSON, for events from now on.
		await sender.api("PATCH", `/webhooks/${id}`, { format: "json", template: null });
		vi.setSystemTime(Date.now() + 1_000);
		await sender.api("POST", "/leads", { name: "Jim" });
		expect((await sender.delivery(id)).payload).toMatchObject({ data: { name: "Jim" } });
	});

	it("says nothing of a person who was erased", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/slack-erased", slack("{{data.name}}"));
		const { body: lead } = await sender.api("POST", "/leads", { name: "Jane Roe" });
		await sender.drain();
		await sender.api("POST", `/leads/${lead.id}/erase`);
		await sender.sweep();
		expect((await sender.delivery(id)).payload).toEqual({ text: "(erased)" });
	});

	it("is counted for the quota on the log", async () => {
		vi.spyOn(chance, "random").mockReturnValue(0.999);
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/slack-counted", slack("ä".repeat(2_000)));
		await sender.api("POST", "/leads/batch", { items: Array(60).fill({ name: "Jane" }) });
		const counted = await total(`SELECT sum(counted) AS n FROM deliveries WHERE webhookId = ?`, id);
		// Samples are 256 KiB apart: of 60 × (4,000 + 950) bytes one or two, of 60 × 950 with this beginning one.
		expect(counted).toBe(2 * 262_144);
		await run("DELETE FROM deliveries WHERE webhookId = ?", id);
	});
});

it("values in a template are escaped, and what is no text or number is empty or a list", () => {
	const payload = {
		data: { a: [1, null, "<b>", { c: 1 }], on: false, o: {}, "cf_x-1": 0, long: "😀".repeat(30_000) },
	};
	expect(
		renderTemplate("{{data.a}}|{{data.on}}|{{data.o}}|{{data.cf_x-1}}|{{data.toString}}|{{a.b}}", payload),
	).toBe("1, &lt;b&gt;|false||0||");
	expect(renderTemplate(" {{data.o}} ", payload), "Slack refuses an empty text").toBe("(empty)");
	const cut = renderTemplate("x{{data.long}}", payload);
	expect(cut).toHaveLength(40_000);
	expect(cut.isWellFormed()).toBe(true);
});

describe("a format is refused", () => {
	const refused: readonly [own: object, message: RegExp][] = [
		[{ format: "slack" }, /Required for the format slack/],
		[{ template: "Hello" }, /Only for the format slack/],
		[{ format: "json", template: "Hello" }, /Only for the format slack/],
		...["{{}}", "{{data..name}}", "{{data.name}", "data.name}}", "{{data name}}"].map(
			(template): [object, RegExp] => [{ format: "slack", template }, /a path between each pair of braces/],
		),
		[{ format: "slack", template: "" }, /at least 1 character/],
		[{ format: "slack", template: "a".repeat(2_001) }, /at most 2000 characters/],
	];

	it.each(refused)("%j", async (own, message) => {
		const sender = await Sender.start();
		const reply = await sender.api("POST", "/webhooks", {
			url: "https://hooks.slack.com/a",
			events: ["*"],
			...own,
		});
		expect(reply.status, reply.text).toBe(400);
		expect(reply.body.errors[0]).toMatchObject({ path: "template", message: expect.stringMatching(message) });
	});
});
