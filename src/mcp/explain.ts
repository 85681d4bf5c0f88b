// Explains the state of a delivery in plain words, from the delivery and its webhook as the API shows them.
import type { z } from "@hono/zod-openapi";
import type { Attempt, Delivery } from "../webhooks/log-schema.ts";
import type { Webhook } from "../webhooks/schema.ts";

type ShownDelivery = z.output<typeof Delivery>;
type ShownAttempt = z.output<typeof Attempt>;
type ShownWebhook = z.output<typeof Webhook>;

/** What happened and will happen, and what to do, the most likely remedy first. */
export function explain(delivery: ShownDelivery, webhook: ShownWebhook) {
	const last = delivery.attempts.at(-1);
	const advice = [
		...(last && delivery.status !== "success" ? causes(last, webhook) : []),
		...remedies(delivery, webhook),
	];
	return { explanation: [outcomeOf(delivery, last), ...webhookStateOf(webhook)].join(" "), advice };
}

/** Why an attempt failed. */
const FAILURES: Readonly<Record<NonNullable<ShownAttempt["error"]>, (attempt: ShownAttempt) => string>> = {
	http_status: ({ statusCode }) => `the receiver answered ${statusCode}, and only 2xx is a success`,
	timeout: ({ durationMs }) => `no answer came within ${Math.round(durationMs / 1_000)} s`,
	dns_failed: () => "the name of the receiver's host could not be resolved (DNS)",
	tls_failed: () => "no secure connection could be made (TLS)",
	connection_refused: () => "the receiver's host refused the connection",
	connection_reset: () => "the connection was reset before an answer came",
	connection_failed: () =>
		"no connection could be made, or it broke before an answer (DNS, a refused or reset connection, TLS)",
	blocked_target: () => "nothing was sent, because the webhook's URL is not an allowed target",
};

const cause = (attempt: ShownAttempt): string =>
	attempt.error === null
		? `the receiver answered ${attempt.statusCode} after ${attempt.durationMs} ms`
		: FAILURES[attempt.error](attempt);

function outcomeOf(delivery: ShownDelivery, last: ShownAttempt | undefined): string {
	const { status, event, createdAt, nextAttemptAt, attemptCount, test } = delivery;
	const what = `${test ? "This test of" : "This"} ${event}, made at ${createdAt},`;
	const attempts = attemptCount === 1 ? "1 attempt" : `${attemptCount} attempts`;
	const latest = last ? `at ${last.at} ${cause(last)}` : "";
	switch (status) {
		case "success":
			return last?.error === null
				? `${what} was delivered on attempt ${last.number}: ${latest}.`
				: `${what} was delivered; a later attempt was made by hand: ${latest}.`;
		case "pending":
			return last
				? `${what} isn't delivered yet. After ${attempts}, the last of which failed (${latest}), it is tried again at ${nextAttemptAt}.`
				: `${what} hasn't been sent yet; the first attempt is due at ${nextAttemptAt}.`;
		case "failed":
			return `${what} failed after ${attempts}${last ? `; the last one failed: ${latest}` : ""}. It won't be tried again by itself.`;
		case "skipped":
			return last
				? `${what} was skipped, because the webhook was disabled; since then it was tried by hand: ${latest}.`
				: `${what} was never sent, because the webhook was disabled.`;
		case "cancelled":
			return `${what} was cancelled after ${attempts}, because the webhook was deleted or answered 410, or the person that it is about was erased. It won't be tried again by itself.`;
	}
}

/** Why the webhook holds deliveries back, if it does. */
function webhookStateOf({
	status,
	disabledReason,
	deletedAt,
	pausedUntil,
	consecutiveFailures,
}: ShownWebhook): string[] {
	if (deletedAt !== null) return [`The webhook was deleted at ${deletedAt}.`];
	if (status === "disabled")
		return [`The webhook is disabled${disabledReason ? `: ${disabledReason}` : "."}`];
	if (pausedUntil !== null) {
		return [
			`The webhook is paused after ${consecutiveFailures} failures in a row: nothing is sent until ${pausedUntil}; then one delivery is sent as a probe, and if it succeeds, the others follow.`,
		];
	}
	return [];
}

function causes({ error, statusCode, responseHeaders }: ShownAttempt, webhook: ShownWebhook): string[] {
	if (error === "timeout") return ["Let the receiver answer 2xx at once and do its work afterwards."];
	const check = error === null ? undefined : CHECKS[error];
	if (check)
		return [
			`Check that ${webhook.url} can be reached from the internet: ${check}.`,
			...(statusCode === null
				? []
				: [
						`The ${statusCode} comes from Cloudflare and is about the webhook's host or, if that is behind Cloudflare, the server behind it.`,
					]),
		];
	if (error === "blocked_target")
		return ["Give the webhook a public https URL on port 443 or 8443: private and local hosts are refused."];
	if (error !== "http_status" || statusCode === null) return [];
	if (statusCode < 400) {
		const to = responseHeaders?.location;
		return [
			`Redirects are never followed: set the webhook's URL to the final address${to ? ` (it points to ${to})` : ""}.`,
		];
	}
	const known: Record<number, string> = {
		401: UNAUTHORIZED,
		403: UNAUTHORIZED,
		404: "The receiver has no such path: compare the webhook's URL with the receiver's route.",
		405: `The receiver's path doesn't take ${webhook.method}: change the webhook's method, or the route.`,
		410: "410 means gone for good, so the webhook was disabled: give it a URL that works, and enable it.",
		413: "The receiver's limit on bodies is too low for this event.",
		429: "The receiver asks for fewer requests; its Retry-After is honoured.",
	};
	if (known[statusCode]) return [known[statusCode]];
	return statusCode < 500
		? [
				"The receiver refuses the body: its answer (`responseBody`) should say why. Compare what it expects with `body`.",
			]
		: [
				"The error is on the receiver's side: look in its logs for the time of the attempt and the header X-Webhook-ID, which is the delivery's id.",
			];
}

const DNS_CHECK = "its name resolves in the public DNS";
const TLS_CHECK = "its certificate is valid for this name, not expired, and sent with its chain";
const PORT_CHECK = "a server listens on its port, and no firewall is in the way";

/** What to check if the receiver could not be reached. */
const CHECKS: Readonly<Partial<Record<NonNullable<ShownAttempt["error"]>, string>>> = {
	dns_failed: DNS_CHECK,
	tls_failed: TLS_CHECK,
	connection_refused: PORT_CHECK,
	connection_reset:
		"the server, and any proxy before it, takes the request and answers before it closes the connection",
	connection_failed: `${DNS_CHECK}, ${PORT_CHECK}, and ${TLS_CHECK}`,
};

const UNAUTHORIZED =
	"The receiver refuses our credentials: check that it verifies with this webhook's own secret, and that the webhook's headers carry what it expects. After a rotation it may still hold the old secret.";

function remedies({ status }: ShownDelivery, webhook: ShownWebhook): string[] {
	if (status === "success") return [];
	if (webhook.deletedAt !== null) return ["A deleted webhook sends nothing; restore it first."];
	const enable = `Enable it: update_record ${webhook.id} with fields { "status": "active" }.`;
	const redeliver =
		"When the cause is fixed, webhook_action redeliver sends this one now, also while the webhook is disabled or paused.";
	const recover =
		"webhook_action recoverDeliveries starts the schedule again for every delivery of a period that";
	if (status === "pending")
		return ["Nothing is lost: it is tried again by itself. webhook_action redeliver tries it at once."];
	const disabled = webhook.status === "disabled" ? [enable] : [];
	if (status === "cancelled") return [redeliver, ...disabled];
	return [
		redeliver,
		...disabled,
		status === "failed" ? `${recover} failed.` : `${recover} was skipped: send fields.status "skipped".`,
	];
}
