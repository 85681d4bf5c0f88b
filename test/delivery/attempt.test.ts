// One attempt against a real server: the bytes on the wire, and the result of each status and of no answer.
import { Webhook } from "standardwebhooks";
import { describe, expect, it, vi } from "vitest";
import { attempt, deliveryHeaders, outcomeWithoutAnswer } from "../../src/delivery/attempt.ts";
import { newSecret } from "../../src/delivery/secret.ts";
import { signatureHeaders } from "../../src/delivery/sign.ts";
import type { Received } from "../support/receiver.mjs";
import { received, receiver, to } from "./attempting.ts";

/** The names and values of one header as they were sent. */
function onTheWire(request: Received | undefined, name: string): string[] {
	const raw = request?.rawHeaders ?? [];
	return raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name);
}

describe("what is sent", () => {
	it("is the body byte for byte, with each of our headers exactly once", async () => {
		const secret = newSecret();
		const body = '{"b":1, "a":"é😀\\u0000\u2028","z":1e2}';
		const timestamp = Math.floor(Date.now() / 1_000);
		const signature = await signatureHeaders({
			secrets: { current: secret },
			deliveryId: "whd_1",
			timestamp,
			body,
		});
		const headers = deliveryHeaders({
			custom: {
				Authorization: "Bearer abc",
				"X-Team": "blue",
				"x-webhook-id": "forged",
				"USER-AGENT": "forged",
			},
			event: "lead.created",
			deliveryId: "whd_1",
			timestamp,
			attempt: 3,
			signature,
			bookmark: "v1.k1.x",
		});
		expect(await to("/echo/wire?x=1", { headers, body })).toMatchObject({ ok: true, responseBody: body });

		const [request, ...more] = await received("wire");
		expect(more).toEqual([]);
		expect(request).toMatchObject({ method: "POST", path: "/echo/wire?x=1", body });
		const bytes = new TextEncoder().encode(body);
		expect(Uint8Array.from(atob(request?.bodyBase64 ?? ""), (byte) => byte.charCodeAt(0))).toEqual(bytes);
		for (const [name, value] of Object.entries({
			authorization: "Bearer abc",
			"x-team": "blue",
			"content-type": "application/json",
			"content-length": String(bytes.length),
			"user-agent": "Leadwire-Webhooks/1.0",
			"x-webhook-event": "lead.created",
			"x-webhook-id": "whd_1",
			"x-webhook-timestamp": String(timestamp),
			"x-webhook-attempt": "3",
			"x-webhook-bookmark": "v1.k1.x",
			"webhook-id": "whd_1",
			"webhook-timestamp": String(timestamp),
			"webhook-signature": signature["webhook-signature"],
			"x-webhook-signature-256": signature["X-Webhook-Signature-256"],
		})) {
			expect(onTheWire(request, name), name).toEqual([value]);
		}
		expect(() => new Webhook(secret).verify(request?.body ?? "", request?.headers ?? {})).not.toThrow();
	});

	it.each(["POST", "PUT", "PATCH"])("uses the webhook's method %s", async (method) => {
		await to(`/status/200/method-${method}`, { method });
		expect(await received(`method-${method}`)).toMatchObject([{ method, body: "{}" }]);
	});
});

describe("the status decides", () => {
	it.each([200, 201, 202, 204, 299])("%i is success", async (status) => {
		expect(await to(`/status/${status}`)).toMatchObject({ ok: true, statusCode: status, error: null });
	});

	it.each([101, 300, 304, 400, 401, 404, 410, 418, 429, 500, 503, 599])("%i is a failure", async (status) => {
		const outcome = await to(`/status/${status}`);
		expect(outcome).toMatchObject({ ok: false, statusCode: status, error: "http_status" });
	});

	it.each([301, 302, 303, 307, 308])("%i is a failure and is not followed", async (status) => {
		const target = `${receiver}/status/200/followed-${status}`;
		const outcome = await to(`/redirect/from-${status}?status=${status}&to=${encodeURIComponent(target)}`);
		expect(outcome).toMatchObject({ ok: false, statusCode: status, error: "http_status" });
		expect(outcome.responseHeaders).toMatchObject({ location: target });
		expect(await received(`from-${status}`)).toHaveLength(1);
		expect(await received(`followed-${status}`)).toEqual([]);
	});

	it("hands on Retry-After as it was sent", async () => {
		expect((await to("/429?retry-after=120")).retryAfter).toBe("120");
		expect((await to("/429?retry-after=Wed,%2021%20Oct%202015%2007:28:00%20GMT")).retryAfter).toBe(
			"Wed, 21 Oct 2015 07:28:00 GMT",
		);
		expect((await to("/429")).retryAfter).toBeNull();
	});
});

describe("no answer", () => {
	const nothing = { ok: false, statusCode: null, responseHeaders: null, responseBody: null };

	it.each(["/reset", "/not-http"])("%s is connection_failed", async (path) => {
		expect(await to(path)).toMatchObject({ ...nothing, error: "connection_failed" });
	});

	it.each([
		[530, "1016", "dns_failed"],
		[526, "526", "tls_failed"],
		[521, "521", "connection_refused"],
		[522, "522", "timeout"],
	])("is told by Cloudflare as %i with error code %s: %s", async (status, code, error) => {
		const words = encodeURIComponent(`error code: ${code}`);
		const outcome = await to(`/status/${status}?server=cloudflare&body=${words}`);
		expect(outcome).toMatchObject({
			ok: false,
			statusCode: status,
			error,
			responseBody: `error code: ${code}`,
		});
		expect(await to(`/status/${status}?body=${words}`)).toMatchObject({ error: "http_status" });
	});

	// The local runtime tells refused from reset and DNS from TLS in its own log only; test/unit/failure-code.test.ts has the words.
	it("is connection_failed where nobody listens and where the name does not exist", async () => {
		for (const url of ["http://127.0.0.1:1/", "https://no-such-host.invalid/"]) {
			expect(await to("", { url })).toMatchObject({ ...nothing, error: "connection_failed" });
		}
	});

	it.each(["/hang", "/drip"])("%s is a timeout, cut when it is due", async (path) => {
		const outcome = await to(`${path}${path}-cut`, { timeoutMs: 400 });
		expect(outcome).toMatchObject({ ...nothing, error: "timeout" });
		expect(outcome.durationMs).toBeGreaterThanOrEqual(380);
		expect(outcome.durationMs).toBeLessThan(1_500);
		expect(await received(`${path.slice(1)}-cut`, "?closed=true")).toMatchObject([{ closed: true }]);
	});

	it("takes no less than no time where the clock is set back meanwhile", async () => {
		vi.useFakeTimers({ toFake: ["Date"] });
		const request = { url: receiver, method: "POST", headers: {}, body: "", timeoutMs: 1_000 };
		for (const end of [() => new Response(null), () => Promise.reject(new Error("reset"))]) {
			const outcome = await attempt(request, async () => {
				vi.setSystemTime(Date.now() - 60_000);
				return end();
			});
			expect(outcome).toMatchObject({ durationMs: 0, tookMs: 0 });
		}
		vi.useRealTimers();
	});

	it("has the given error and no status when the request was never sent", () => {
		expect(outcomeWithoutAnswer("blocked_target")).toMatchObject({
			...nothing,
			error: "blocked_target",
			durationMs: 0,
		});
	});
});

it("fails a few times and then succeeds where the receiver does", async () => {
	const statuses = [];
	for (let count = 0; count < 4; count += 1) statuses.push((await to("/fail-then-ok/2/flaky")).statusCode);
	expect(statuses).toEqual([503, 503, 200, 200]);
});
