// One attempt against a real server: the bytes on the wire, and the result of every kind of misbehaviour.
import { Webhook } from "standardwebhooks";
import { describe, expect, inject, it } from "vitest";
import {
	type AttemptRequest,
	attempt,
	deliveryHeaders,
	outcomeWithoutAnswer,
} from "../../src/delivery/attempt.ts";
import { newSecret } from "../../src/delivery/secret.ts";
import { signatureHeaders } from "../../src/delivery/sign.ts";
import type { Received } from "../support/receiver.mjs";

const receiver = inject("receiver");

function to(path: string, changes: Partial<AttemptRequest> = {}) {
	const request = {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: "{}",
		timeoutMs: 5_000,
	};
	return attempt({ url: receiver + path, ...request, ...changes });
}

async function received(bucket: string, query = ""): Promise<Received[]> {
	return (await fetch(`${receiver}/_received/${bucket}${query}`)).json();
}

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

	it("has the given error and no status when the request was never sent", () => {
		expect(outcomeWithoutAnswer("blocked_target")).toMatchObject({
			...nothing,
			error: "blocked_target",
			durationMs: 0,
		});
	});
});

describe("the answer's body", () => {
	it("is kept whole up to 16 KiB", async () => {
		const whole = await to("/body/16384");
		expect(whole).toMatchObject({ responseBody: "a".repeat(16_384), responseTruncated: false });
		const more = await to("/body/16385");
		expect(more).toMatchObject({ ok: true, responseBody: "a".repeat(16_384), responseTruncated: true });
		expect(await to("/status/204")).toMatchObject({ responseBody: "", responseTruncated: false });
	});

	it("is not cut within a character", async () => {
		const { responseBody } = await to(`/body/20001?fill=${encodeURIComponent("€")}`);
		expect(responseBody).toBe("€".repeat(5_461));
	});

	it("has 16 KiB as it is stored, when invalid bytes and U+0000 take three bytes each", async () => {
		for (const fill of ["ff", "00"]) {
			const short = await to(`/body/5461?hex=${fill.repeat(5_461)}`);
			expect(short).toMatchObject({ responseBody: "\uFFFD".repeat(5_461), responseTruncated: false });
			const long = await to(`/body/5462?hex=${fill.repeat(5_462)}`);
			expect(long).toMatchObject({ responseBody: "\uFFFD".repeat(5_461), responseTruncated: true });
		}
	});

	it("becomes text that a database can hold", async () => {
		const { responseBody } = await to("/body/4?hex=41ff0042");
		expect(responseBody).toBe("A\uFFFD\uFFFDB");
		expect((await to("/body/3?hex=efbbbf")).responseBody).toBe("\uFEFF");
	});

	it.each(["slow-body", "stall"])("may never end: %s is success within the time allowed", async (path) => {
		const before = Date.now();
		const outcome = await to(`/${path}/${path}-late`, { timeoutMs: 400 });
		expect(outcome).toMatchObject({ ok: true, statusCode: 200, error: null, responseTruncated: true });
		expect(outcome.responseBody).toMatch(path === "stall" ? /^half\.$/ : /^\.+$/);
		expect(outcome.durationMs).toBeLessThan(300);
		expect(Date.now() - before).toBeLessThan(1_500);
		expect(await received(`${path}-late`, "?closed=true")).toMatchObject([{ closed: true }]);
	});

	it("is kept as far as it came when the connection breaks", async () => {
		const outcome = await to("/cut");
		expect(outcome).toMatchObject({ ok: true, responseBody: "half.", responseTruncated: true });
	});

	it("is cancelled after 64 KiB when it is endless", async () => {
		const before = Date.now();
		const outcome = await to("/endless/flood");
		expect(outcome).toMatchObject({ ok: true, responseTruncated: true });
		expect(outcome.responseBody).toHaveLength(16_384);
		expect(Date.now() - before).toBeLessThan(2_000);
		expect(await received("flood", "?closed=true")).toMatchObject([{ closed: true }]);
	});

	it("is not unpacked beyond that when it is a gzip bomb", async () => {
		const before = Date.now();
		const outcome = await to("/gzip-bomb");
		expect(outcome).toMatchObject({ ok: true, responseBody: "a".repeat(16_384), responseTruncated: true });
		expect(Date.now() - before).toBeLessThan(2_000);
	});

	it("is read no further than 64 KiB", async () => {
		let pulled = 0;
		let cancelled = false;
		const body = new ReadableStream<Uint8Array>({
			pull(controller) {
				pulled += 4_096;
				controller.enqueue(new Uint8Array(4_096));
			},
			cancel() {
				cancelled = true;
			},
		});
		const request = { url: "https://example.com/", method: "POST", headers: {}, body: "", timeoutMs: 1_000 };
		expect(await attempt(request, async () => new Response(body))).toMatchObject({ responseTruncated: true });
		expect(pulled).toBeLessThanOrEqual(68 * 1_024);
		expect(pulled).toBeGreaterThanOrEqual(64 * 1_024);
		expect(cancelled).toBe(true);
	});
});

describe("the answer's headers", () => {
	const stored = (kept: object | null) => new TextEncoder().encode(JSON.stringify(kept)).length;

	it("are kept without cookies, 50 of them", async () => {
		const { responseHeaders, responseTruncated } = await to("/headers/60/200");
		expect(responseTruncated).toBe(true);
		expect(await to("/headers/10/200"), "cookies are no part that is missing").toMatchObject({
			responseTruncated: false,
		});
		expect(Object.keys(responseHeaders ?? {})).toHaveLength(50);
		expect(responseHeaders).not.toHaveProperty("set-cookie");
		expect(responseHeaders?.["x-filler-0"]).toBe("v".repeat(200));
	});

	it("are kept by 1,024 characters each and 16 KiB together as they are stored; what doesn't fit is left out", async () => {
		const { responseHeaders, responseTruncated } = await to("/headers/60/2000");
		expect(responseTruncated).toBe(true);
		expect((await to("/headers/20/1024")).responseTruncated, "more than 16 KiB").toBe(true);
		expect((await to("/headers/1/1025")).responseTruncated, "a value cut").toBe(true);
		expect((await to("/headers/1/1024")).responseTruncated).toBe(false);
		expect(responseHeaders?.["x-filler-0"]).toBe("v".repeat(1_024));
		expect(stored(responseHeaders)).toBeLessThanOrEqual(16_384);
		expect(stored(responseHeaders)).toBeGreaterThan(16_384 - 1_100);
		const quotes = Array.from({ length: 50 }, (_, index) => [`x-${index}`, '"'.repeat(1_024)] as const);
		const response = new Response(null, { headers: [...quotes, ["z-last", "small"]] });
		const request = { url: "https://example.com/", method: "POST", headers: {}, body: "", timeoutMs: 1_000 };
		const kept = (await attempt(request, async () => response)).responseHeaders;
		expect(stored(kept)).toBeLessThanOrEqual(16_384);
		expect(stored(kept)).toBeGreaterThan(16_384 - 2_100);
		expect(kept).toHaveProperty("z-last", "small");
	});

	it("are text that a database can hold, under names of a sane length", async () => {
		const cut = await to(`/headers/0/0?name=x-cut&value=${encodeURIComponent(`${"v".repeat(1_023)}😀`)}`);
		expect(cut.responseHeaders).toHaveProperty("x-cut", `${"v".repeat(1_023)}\uFFFD`);
		const [longest, longer] = ["n".repeat(256), "n".repeat(257)];
		expect((await to(`/headers/0/0?name=${longest}&value=v`)).responseHeaders).toHaveProperty(longest, "v");
		const without = await to(`/headers/0/0?name=${longer}&value=v`);
		expect(without.responseHeaders).not.toHaveProperty(longer);
		expect(without.responseTruncated).toBe(true);
	});
});

it("fails a few times and then succeeds where the receiver does", async () => {
	const statuses = [];
	for (let count = 0; count < 4; count += 1) statuses.push((await to("/fail-then-ok/2/flaky")).statusCode);
	expect(statuses).toEqual([503, 503, 200, 200]);
});
