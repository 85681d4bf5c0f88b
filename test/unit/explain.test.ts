// Explanations of deliveries, case by case.
import { describe, expect, it } from "vitest";
import { explain } from "../../src/mcp/explain.ts";
import { Delivery } from "../../src/webhooks/log-schema.ts";
import { Webhook, webhookExample } from "../../src/webhooks/schema.ts";

const webhook = Webhook.parse({ ...webhookExample, consecutiveFailures: 3, pausedUntil: null });

const attempt = (more: object = {}) => ({
	number: 1,
	at: "2026-01-31T12:00:01.000Z",
	trigger: "scheduled" as const,
	url: webhook.url,
	requestHeaders: {},
	statusCode: 500,
	durationMs: 120,
	error: "http_status",
	responseHeaders: {},
	responseBody: "",
	responseTruncated: false,
	...more,
});

const delivery = (status: string, attempts: object[] = [], more: object = {}) =>
	Delivery.parse({
		id: "whd_01kaj2m5m8f7jt2n3v4w5x6y7z",
		webhookId: webhook.id,
		event: "lead.created",
		eventId: "evt_01kaj2m5m8f7jt2n3v4w5x6y7z",
		status,
		test: false,
		createdAt: "2026-01-31T12:00:00.000Z",
		nextAttemptAt: status === "pending" ? "2026-01-31T12:05:00.000Z" : null,
		lastStatusCode: null,
		attemptCount: attempts.length,
		payload: {},
		attempts,
		...more,
	});

const ok = attempt({ statusCode: 200, error: null });
const told = (given: ReturnType<typeof delivery>, more: object = {}) => {
	const { explanation, advice } = explain(given, { ...webhook, ...more });
	return `${explanation} | ${advice.join(" | ")}`;
};

describe("what happened", () => {
	it.each([
		["success", [ok], /was delivered on attempt 1: at 2026.* answered 200 after 120 ms\. \| $/],
		[
			"success",
			[ok, attempt({ number: 2, trigger: "manual" })],
			/was delivered; a later attempt was made by hand: .* 500/,
		],
		["pending", [], /hasn't been sent yet; the first attempt is due at 2026-01-31T12:05:00\.000Z\./],
		[
			"pending",
			[attempt(), attempt({ number: 2 })],
			/After 2 attempts, .* tried again at 2026-01-31T12:05:00\.000Z\..*Nothing is lost/,
		],
		["failed", [attempt()], /failed after 1 attempt; .*won't be tried again.*recoverDeliveries .* failed\./],
		["skipped", [], /was never sent, because the webhook was disabled.*send fields\.status "skipped"/],
		["skipped", [attempt()], /was skipped, .* since then it was tried by hand: .*500/],
		["cancelled", [attempt()], /was cancelled after 1 attempt.*redeliver sends this one now/],
	])("%s after %o", (status, attempts, words) => {
		expect(told(delivery(status, attempts))).toMatch(words);
	});

	it("names a test, a pause, a disabled and a deleted webhook", () => {
		const pending = delivery("pending", [attempt()], { test: true });
		expect(told(pending)).toMatch(/^This test of lead\.created/);
		expect(told(pending, { pausedUntil: "2026-01-31T13:00:00.000Z" })).toMatch(
			/paused after 3 failures in a row: nothing is sent until 2026-01-31T13:00:00\.000Z/,
		);
		const failed = delivery("failed", [attempt()]);
		expect(told(failed, { status: "disabled", disabledReason: "Disabled by its owner." })).toMatch(
			/The webhook is disabled: Disabled by its owner\. .*"status": "active"/,
		);
		expect(told(failed, { deletedAt: "2026-01-31T13:00:00.000Z" })).toMatch(
			/was deleted at .*restore it first\.$/,
		);
	});
});

describe("what to do", () => {
	it.each([
		[
			{ error: "timeout", statusCode: null, durationMs: 30_004 },
			/no answer came within 30 s.*answer 2xx at once/,
		],
		[{ error: "connection_failed", statusCode: null }, /no connection could be made.*certificate is valid/],
		[{ error: "dns_failed", statusCode: null }, /could not be resolved.*name resolves/],
		[{ error: "dns_failed", statusCode: 530 }, /could not be resolved.*The 530 comes from Cloudflare/],
		[{ error: "tls_failed", statusCode: null }, /\(TLS\).*certificate is valid for this name/],
		[{ error: "connection_refused", statusCode: null }, /refused the connection.*listens on its port/],
		[{ error: "connection_reset", statusCode: null }, /was reset.*before it closes/],
		[{ error: "blocked_target", statusCode: null }, /nothing was sent.*a public https URL/],
		[
			{ statusCode: 302, responseHeaders: { location: "https://new.example" } },
			/never followed.*points to https:\/\/new\.example/,
		],
		[
			{ statusCode: 304, responseHeaders: null },
			/never followed: set the webhook's URL to the final address\./,
		],
		[{ statusCode: 400 }, /refuses the body/],
		[{ statusCode: 401 }, /refuses our credentials.*rotation/],
		[{ statusCode: 403 }, /refuses our credentials/],
		[{ statusCode: 404 }, /has no such path/],
		[{ statusCode: 405 }, /doesn't take POST/],
		[{ statusCode: 410 }, /gone for good/],
		[{ statusCode: 413 }, /limit on bodies/],
		[{ statusCode: 429 }, /Retry-After is honoured/],
		[{ statusCode: 503 }, /on the receiver's side/],
	])("about %o", (more, words) => {
		expect(told(delivery("failed", [attempt(more)]))).toMatch(words);
	});
});
