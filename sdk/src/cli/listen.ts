// `leadwire webhooks listen`: the events of the feed, sent to a receiver on this machine as a webhook would be.
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "../client.ts";
import { signWebhook } from "../webhook.ts";
import { parse } from "./arguments.ts";
import { type FeedEvent, follow } from "./feed.ts";
import type { Session } from "./session.ts";
import { UsageError } from "./usage.ts";

const ANSWER_WITHIN_MS = 30_000;

/** Follows the feed until it is interrupted. */
export async function listen(given: readonly string[], session: Session): Promise<void> {
	const { values, positionals } = parse("webhooks listen", given, {
		forward: { type: "string" },
		events: { type: "string", multiple: true },
		secret: { type: "string" },
		since: { type: "string" },
		interval: { type: "string" },
	});
	const {
		forward,
		events,
		since,
		interval = "2",
	} = values as Partial<Record<string, string>> & { events?: string[] };
	if (!forward || !URL.canParse(forward)) {
		throw new UsageError("Say where to send the events: --forward http://localhost:3000/hook");
	}
	if (positionals.length > 0) throw new UsageError(`What is "${positionals[0]}" for?`);
	if (!(Number(interval) >= 1)) throw new UsageError("--interval is a number of seconds, 1 or more.");
	const secret = typeof values.secret === "string" ? values.secret : newSecret();
	const types = (events ?? ["*"]).flatMap((names) => names.split(","));

	const client = createClient(session.options(values));
	const look = await follow(client, { types, since });
	const { json = false } = values;
	session.print(
		json
			? JSON.stringify({ listening: types, forward, secret })
			: `Secret: ${secret}\nSending ${types.join(", ")} to ${forward}. Ctrl+C ends it.`,
	);
	for (;;) {
		for await (const event of look()) {
			const result = await send(event, forward, secret);
			session.print(
				json ? JSON.stringify({ ...result, event: event.type, eventId: event.id }) : line(event, result),
			);
		}
		await sleep(Number(interval) * 1_000);
	}
}

interface Result {
	readonly deliveryId: string;
	/** Null when there was no answer. */
	readonly status: number | null;
	readonly answer: string;
	readonly durationMs: number;
}

/** Sends one event with every header that a webhook has. */
async function send(event: FeedEvent, url: string, secret: string): Promise<Result> {
	// One event always has one id, so that a receiver knows it again after a restart.
	const id = `whd_${event.id.slice("evt_".length)}`;
	const timestamp = Math.floor(Date.now() / 1_000);
	const body = JSON.stringify(bodyOf(event, id));
	const begun = performance.now();
	const result = (status: number | null, answer: string): Result => ({
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

/** The body as webhooks have it: the feed leaves out the delivery's id, which stands behind the timestamp. */
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

function newSecret(): string {
	return `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64")}`;
}

function line(event: FeedEvent, { status, answer, durationMs }: Result): string {
	const time = new Date().toTimeString().slice(0, 8);
	const said = answer.replaceAll(/\p{Cc}+/gu, " ").slice(0, 100);
	return `${time}  ${event.type}  ${event.entityId}  →  ${status ?? "no answer"} in ${durationMs} ms${said ? `: ${said}` : ""}`;
}

function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const { cause } = error;
	return cause instanceof Error && "code" in cause ? String(cause.code) : error.message;
}
