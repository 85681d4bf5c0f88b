// One delivery: what arrives, and what keeps it from being sent.
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { catalogue } from "../../src/events/catalogue.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { run } from "../support/shards.ts";

const hmacHex = async (secret: string, body: string) => {
	const key = await crypto.subtle.importKey(
		"raw",
		new TextEncoder().encode(secret),
		{ name: "HMAC", hash: "SHA-256" },
		false,
		["sign"],
	);
	const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(body)));
	return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

describe("one delivery", () => {
	it("arrives signed in both schemes, with the lead as GET returns it", async () => {
		const sender = await Sender.start();
		const { id, secret } = await sender.webhook("/status/200/signed", { headers: { "X-Team": "sales" } });
		const lead = await sender.api("POST", "/leads", { name: 'Zoë 🦊 "quoted"', value: 0.1 });
		expect(sender.queued).toHaveLength(1);
		await sender.drain();

		const [request, ...more] = await receivedRequests("signed");
		expect(more).toEqual([]);
		if (!request) throw new Error("nothing arrived");
		const { headers, body } = request;
		expect(new Webhook(secret).verify(body, headers)).toMatchObject({ event: "lead.created" });
		expect(headers["x-webhook-signature-256"]).toBe(`sha256=${await hmacHex(secret, body)}`);
		expect(headers).toMatchObject({
			"content-type": "application/json",
			"user-agent": "Leadwire-Webhooks/1.0",
			"x-webhook-event": "lead.created",
			"x-webhook-attempt": "1",
			"x-team": "sales",
		});
		const payload = JSON.parse(body);
		expect(payload.webhookId).toBe(headers["x-webhook-id"]);
		expect(payload.webhookId).toBe(headers["webhook-id"]);
		expect(payload).toEqual({
			event: "lead.created",
			timestamp: lead.body.createdAt,
			webhookId: headers["x-webhook-id"],
			organizationId: sender.organizationId,
			data: (await sender.api("GET", `/leads/${lead.body.id}`)).body,
			actor: { type: "key", id: expect.stringMatching(/^key_/), name: "test" },
		});
		expect(catalogue["lead.created"].payload.safeParse(payload).error).toBeUndefined();

		const delivery = await sender.delivery(id);
		expect(delivery).toMatchObject({
			status: "success",
			nextAttemptAt: null,
			lastStatusCode: 200,
			attemptCount: 1,
			payload,
		});
		expect(delivery.attempts[0]).toMatchObject({
			number: 1,
			trigger: "scheduled",
			statusCode: 200,
			error: null,
			requestHeaders: { "X-Team": "***" },
		});
		expect((await sender.api("GET", `/webhooks/${id}`)).body).toMatchObject({
			consecutiveFailures: 0,
			lastDeliveredAt: expect.any(String),
		});
	});

	it("goes unsigned where the webhook has no secret", async () => {
		const sender = await Sender.start();
		const webhook = await sender.webhook("/status/200/unsigned", { secret: null });
		expect(webhook).not.toHaveProperty("secret");
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.drain();
		const [request] = await receivedRequests("unsigned");
		expect(request?.headers["webhook-id"]).toMatch(/^whd_/);
		expect(Object.keys(request?.headers ?? {}).filter((name) => name.includes("signature"))).toEqual([]);
	});

	it("uses the webhook's method and any secret of the caller's own", async () => {
		const sender = await Sender.start();
		const secret = "my very own secret".replaceAll(" ", "-");
		await sender.webhook("/status/200/own", { method: "PUT", secret });
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.drain();
		const [request] = await receivedRequests("own");
		expect(request?.method).toBe("PUT");
		expect(
			new Webhook(secret, { format: "raw" }).verify(request?.body ?? "", request?.headers ?? {}),
		).toBeTruthy();
	});

	it("sends save_lead exactly as it is documented", async () => {
		const sender = await Sender.start();
		await sender.webhook("/status/200/save-lead", { events: ["save_lead"] });
		await sender.api("POST", "/leads", { name: "Jane van Smith", mobile: "+14155550123", score: 7 });
		await sender.drain();
		const [request] = await receivedRequests("save-lead");
		expect(request?.body).toBe(
			'{"data":{"email":"","company":null,"first_name":"Jane","last_name":"van Smith","phone":"+14155550123","website":"","position":null,"twitter":null,"linkedin":null,"notes":null,"score":7}}',
		);
	});
});

describe("guards", () => {
	it("410 fails the delivery, disables the webhook, cancels pending deliveries and is reported to the others", async () => {
		const sender = await Sender.start();
		await sender.webhook("/status/200/told", { events: ["webhook.*"] });
		const { id } = await sender.webhook("/410/gone");
		await sender.api("POST", "/leads", { name: "First" });
		const [first] = sender.queued.splice(0);
		await sender.api("POST", "/leads", { name: "Second" });
		await sender.consume([first?.body]);
		const { body } = await sender.api("GET", `/webhooks/${id}/deliveries`);
		expect(body.items.map((one: { status: string }) => one.status)).toEqual(["cancelled", "failed"]);
		expect((await sender.api("GET", `/webhooks/${id}`)).body).toMatchObject({
			status: "disabled",
			disabledReason: expect.stringContaining("410"),
		});
		await sender.drain();
		expect(await receivedRequests("gone")).toHaveLength(1);
		const [notice, ...more] = await receivedRequests("told");
		expect(more, "410 uses up no schedule").toEqual([]);
		expect(JSON.parse(notice?.body ?? "{}")).toMatchObject({
			event: "webhook.disabled",
			data: { id, status: "disabled" },
		});
	});

	it("a disabled webhook's events are skipped, and so is what was waiting", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/disabled");
		await sender.api("POST", "/leads", { name: "Before" });
		await sender.api("PATCH", `/webhooks/${id}`, { status: "disabled" });
		await sender.api("POST", "/leads", { name: "While" });
		await sender.drain();
		const { body } = await sender.api("GET", `/webhooks/${id}/deliveries`);
		expect(body.items.map((one: { status: string }) => one.status)).toEqual(["skipped", "skipped"]);
		expect(await receivedRequests("disabled")).toEqual([]);
	});

	it("a deleted webhook gets nothing more, and its log stays readable", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/deleted");
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.api("DELETE", `/webhooks/${id}`);
		await sender.drain();
		expect(await receivedRequests("deleted")).toEqual([]);
		expect((await sender.api("GET", `/webhooks/${id}/deliveries`)).body.items[0].status).toBe("cancelled");
	});

	it("the target is judged at every attempt", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/judged");
		await sender.api("POST", "/leads", { name: "Jane" });
		const strict = await Sender.start({ ALLOW_INSECURE_TARGETS: "false" });
		await strict.consume(sender.queued.splice(0).map(({ body }) => body));
		expect(await receivedRequests("judged")).toEqual([]);
		expect((await sender.delivery(id)).attempts[0]).toMatchObject({
			error: "blocked_target",
			statusCode: null,
		});
	});

	it("never sends unsigned what should be signed: an unreadable secret defers the delivery", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/unreadable");
		await sender.api("POST", "/leads", { name: "Jane" });
		await run("UPDATE webhooks SET secret = 'v1.k9.AAAAAAAAAAAAAAAA.AAAA' WHERE id = ?", id);
		await sender.drain();
		expect(await receivedRequests("unreadable")).toEqual([]);
		expect(await sender.delivery(id)).toMatchObject({ status: "pending", attemptCount: 0 });
		expect(sender.queued[0]?.delaySeconds).toBeGreaterThan(50);
	});
});
