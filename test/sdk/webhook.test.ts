// Verification against the reference library, against what we really send, and against everything that was tampered with.
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import {
	signWebhook,
	verifyWebhook,
	type WebhookEvent,
	type WebhookHeaders,
	type WebhookPayload,
	WebhookVerificationError,
} from "../../sdk/src/index.ts";
import { newSecret } from "../../src/delivery/secret.ts";
import { signatureHeaders } from "../../src/delivery/sign.ts";
import { catalogue } from "../../src/events/catalogue.ts";
import { eventTypes } from "../../src/outbox/event-types.ts";

const id = "whd_01h455vb4pex5vsknk084sn02q";
const now = () => Math.floor(Date.now() / 1_000);
const secret = newSecret();
const body = JSON.stringify(catalogue["lead.created"].example);

const sign = (current = secret, text = body, timestamp = now(), previous?: string) =>
	signatureHeaders({
		secrets: { current, ...(previous ? { previous } : {}) },
		deliveryId: id,
		timestamp,
		body: text,
	});

const reasonOf = (verification: Promise<WebhookEvent>) =>
	verification.then(
		() => "none",
		(error: unknown) => {
			expect(error).toBeInstanceOf(WebhookVerificationError);
			return (error as WebhookVerificationError).reason;
		},
	);

afterEach(() => void vi.useRealTimers());

describe("verifyWebhook", () => {
	it.each(eventTypes)("gives the event %s", async (type) => {
		const { example } = catalogue[type];
		const text = JSON.stringify(example);
		const timestamp = now();
		const headers = { ...(await sign(secret, text, timestamp)), "X-Webhook-Event": "chat.resolved" };
		expect(await verifyWebhook(text, headers, secret)).toEqual({
			type,
			id,
			sentAt: new Date(timestamp * 1_000),
			payload: example,
		});
	});

	it("takes what we sign, and what the reference library signs, for any body and secret", async () => {
		const secrets = fc.oneof(
			fc.stringMatching(/^[\x21-\x7e]{16,256}$/),
			fc
				.uint8Array({ minLength: 20, maxLength: 64 })
				.map((bytes) => `whsec_${btoa(String.fromCharCode(...bytes))}`),
			fc.stringMatching(/^whsec_[\x21-\x7e]{10,100}$/),
		);
		await fc.assert(
			fc.asyncProperty(secrets, fc.string({ unit: "binary" }), async (any, note) => {
				const text = JSON.stringify({ event: "lead.created", note });
				const timestamp = now();
				const signed = await sign(any, text, timestamp);
				const event = await verifyWebhook(text, signed, any);
				expect(event.payload).toEqual({ event: "lead.created", note });
				expect(await signWebhook(text, any, { id, timestamp })).toEqual({
					"webhook-id": id,
					"webhook-timestamp": String(timestamp),
					"webhook-signature": signed["webhook-signature"],
				});
			}),
		);
		const at = new Date();
		const headers = {
			"webhook-id": "msg_1",
			"webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
			"webhook-signature": new Webhook(secret).sign("msg_1", at, body),
		};
		expect((await verifyWebhook(body, headers, secret)).id).toBe("msg_1");
		const ours = await signWebhook(body, secret, { id, timestamp: now() });
		expect(new Webhook(secret).verify(body, ours)).toEqual(JSON.parse(body));
	});

	it("takes the Headers of another library", async () => {
		const signed = new Headers(await sign());
		const others = { get: (name: string) => signed.get(name) };
		expect((await verifyWebhook(body, others as never, secret)).id).toBe(id);
	});

	it("knows the published vector of Standard Webhooks", async () => {
		vi.useFakeTimers({ now: 1_614_265_330_000 });
		const headers = {
			"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
			"webhook-timestamp": "1614265330",
			"webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
		};
		const event = await verifyWebhook(
			'{"test": 2432232314}',
			headers,
			"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		);
		expect(event.payload).toEqual({ test: 2432232314 });
	});

	it("takes a body as bytes, and headers in any form and case", async () => {
		const headers = await sign();
		const bytes = Uint8Array.from(new TextEncoder().encode(body));
		const forms: WebhookHeaders[] = [
			headers,
			new Headers(headers),
			Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value])),
			Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
		];
		for (const form of forms) {
			for (const raw of [body, bytes, bytes.buffer])
				expect((await verifyWebhook(raw, form, secret)).id).toBe(id);
		}
	});

	it("takes either secret while one is being rotated, whichever side rotates first", async () => {
		const next = newSecret();
		const both = await sign(next, body, now(), secret);
		expect((await verifyWebhook(body, both, secret)).id).toBe(id);
		expect((await verifyWebhook(body, both, next)).id).toBe(id);
		expect((await verifyWebhook(body, await sign(next), [secret, next])).id).toBe(id);
		expect(await reasonOf(verifyWebhook(body, both, newSecret()))).toBe("no_match");
	});

	it("refuses whatever was changed", async () => {
		const headers = await sign();
		const changed: Record<string, string>[] = [
			{ ...headers, "webhook-id": "whd_another" },
			{ ...headers, "webhook-timestamp": String(now() + 1) },
			{ ...headers, "webhook-signature": String(headers["webhook-signature"]).replace("v1,", "v1a,") },
			{ ...headers, "webhook-signature": String(headers["webhook-signature"]).slice(0, -1) },
			{ ...headers, "webhook-signature": "v1," },
			{ ...headers, "webhook-signature": "v1,!!!!" },
		];
		for (const one of changed) expect(await reasonOf(verifyWebhook(body, one, secret))).toBe("no_match");
		expect(await reasonOf(verifyWebhook(`${body} `, headers, secret))).toBe("no_match");
		expect(await reasonOf(verifyWebhook(body, headers, newSecret()))).toBe("no_match");
	});

	it("refuses the older signature alone, which does not cover the time", async () => {
		const { "webhook-signature": _, ...older } = await sign();
		expect(older["X-Webhook-Signature-256"]).toMatch(/^sha256=/);
		expect(await reasonOf(verifyWebhook(body, older, secret))).toBe("missing_header");
	});

	it.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("needs %s", async (name) => {
		const headers = await sign();
		expect(await reasonOf(verifyWebhook(body, { ...headers, [name]: "" }, secret))).toBe("missing_header");
		expect(await reasonOf(verifyWebhook(body, { ...headers, [name]: undefined }, secret))).toBe(
			"missing_header",
		);
	});

	it("lets the clocks differ by five minutes either way, or as much as it is told", async () => {
		vi.useFakeTimers({ now: 1_800_000_000_000 });
		const at = (difference: number, toleranceSeconds?: number) =>
			sign(secret, body, 1_800_000_000 + difference).then((headers) =>
				reasonOf(
					verifyWebhook(body, headers, secret, toleranceSeconds === undefined ? {} : { toleranceSeconds }),
				),
			);
		expect(await Promise.all([-301, -300, 300, 301].map((one) => at(one)))).toEqual([
			...["too_old", "none", "none", "too_new"],
		]);
		expect(await Promise.all([at(-11, 10), at(-10, 10), at(-600, 600)])).toEqual(["too_old", "none", "none"]);
		const unset = await Promise.all([-600, 0, 600].map((one) => at(one, Number.NaN)));
		expect(unset).not.toContain("none");
	});

	it.each([undefined, [], [undefined], "", [""]])(
		"says of the secret %j that it needs one",
		async (unset) => {
			const verification = verifyWebhook(body, await sign(), unset as never);
			await expect(verification).rejects.toThrow(new TypeError("verifyWebhook needs a secret."));
		},
	);

	it.each([{ event: "lead.created" }, null, undefined])(
		"says of the body %j that it isn't raw",
		async (parsed) => {
			const verification = verifyWebhook(parsed as never, await sign(), secret);
			await expect(verification).rejects.toThrow(/^verifyWebhook needs the raw body/);
		},
	);

	it.each(["soon", "1.5e9", "-1", " 1", "0x6"])("refuses %j as a timestamp", async (timestamp) => {
		const headers = { ...(await sign()), "webhook-timestamp": timestamp };
		expect(await reasonOf(verifyWebhook(body, headers, secret))).toBe("invalid_timestamp");
	});

	it.each(["", "no JSON", "null", "7"])("refuses the signed body %j", async (text) => {
		expect(await reasonOf(verifyWebhook(text, await sign(secret, text), secret))).toBe("invalid_body");
	});

	it("never verifies without a secret", async () => {
		const headers = await sign();
		for (const none of ["", [], [secret, ""]]) {
			await expect(verifyWebhook(body, headers, none)).rejects.toThrow(TypeError);
		}
	});

	it("types the payload by the event's name", async () => {
		const event = await verifyWebhook(body, await sign(), secret);
		if (event.type !== "lead.created") return expect.unreachable();
		expectTypeOf(event.payload).toEqualTypeOf<WebhookPayload<"lead.created">>();
		expectTypeOf(event.payload.data.email).toEqualTypeOf<string | null>();
		expectTypeOf<WebhookPayload<"save_lead">["data"]["first_name"]>().toEqualTypeOf<string | null>();
	});
});
