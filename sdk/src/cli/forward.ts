// Sends one event of the feed as a webhook would.
import type { FeedEvent } from "../feed.ts";
import { signWebhook } from "../webhook.ts";

const ANSWER_WITHIN_MS = 30_000;

export interface Result {
	readonly event: string;
	readonly eventId: string;
	readonly deliveryId: string;
	/** Null when there was no answer. */
	readonly status: number | null;
	readonly answer: string;
	readonly durationMs: number;
}

/** Sends one event with every header that a webhook has. */
export async function forward(event: FeedEvent, url: string, secret: string): Promise<Result> {
	// An event always gets the same delivery id, so that a receiver recognises it after a restart.
	const id = `whd_${event.id.slice("evt_".length)}`;
	const timestamp = Math.floor(Date.now() / 1_000);
	const body = JSON.stringify(bodyOf(event, id));
	const begun = performance.now();
	const result = (status: number | null, answer: string): Result => ({
		event: event.type,
		eventId: event.id,
		deliveryId: id,
		status,
		answer,
		durationMs: Math.round(performance.now() - begun),
	});
	try {
		const response = await fetch(url, {
			method: "POST",
			redirect: "manual",
			signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
			headers: {
				"content-type": "application/json",
				"user-agent": "Leadwire-Webhooks/1.0",
				"x-webhook-event": event.type,
				"x-webhook-id": id,
				"x-webhook-timestamp": String(timestamp),
				"x-webhook-attempt": "1",
				"x-webhook-signature-256": await olderSignature(body, secret),
				...(await signWebhook(body, secret, { id, timestamp })),
			},
			body,
		});
		return result(response.status, await response.text());
	} catch (error) {
		return result(null, reasonOf(error));
	}
}

/** The body as webhooks have it: the feed leaves out the delivery's id, which comes after the timestamp. */
function bodyOf({ payload }: FeedEvent, webhookId: string): object {
	if (!("event" in payload)) return payload;
	const { event, timestamp, ...rest } = payload;
	return { event, timestamp, webhookId, ...rest };
}

async function olderSignature(body: string, secret: string): Promise<string> {
	const utf8 = new TextEncoder();
	const algorithm = { name: "HMAC", hash: "SHA-256" };
	const key = await crypto.subtle.importKey("raw", utf8.encode(secret), algorithm, false, ["sign"]);
	const signature = await crypto.subtle.sign("HMAC", key, utf8.encode(body));
	return `sha256=${Buffer.from(signature).toString("hex")}`;
}

/** Makes a secret in the form of a webhook's. */
export function newSecret(): string {
	return `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64")}`;
}

function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const { cause } = error;
	return cause instanceof Error && "code" in cause ? String(cause.code) : error.message;
}
