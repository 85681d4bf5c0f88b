// `leadwire webhooks listen`: the events of the feed, sent to a receiver on this machine as a webhook would be.
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "../client.ts";
import { LeadwireError } from "../errors.ts";
import { endOfFeed, type FeedEvent, type FeedPlace, readFeed } from "../feed.ts";
import { httpUrl } from "../http-url.ts";
import { parse } from "./arguments.ts";
import { forward, newSecret, type Result } from "./forward.ts";
import { RequestPace } from "./pace.ts";
import type { Session } from "./session.ts";
import { UsageError } from "./usage.ts";

interface Flags {
	readonly forward?: string;
	readonly events?: readonly string[];
	readonly secret?: string;
	readonly since?: string;
	readonly interval?: string;
}

const SECRET = /^[\x21-\x7e]{16,256}$/;
const MAX_INTERVAL_SECONDS = 3_600;
/** Time between two requests while there are no events: 15 requests a minute. */
const IDLE_SECONDS = "4";
/** Time between two requests while events arrive, as far as the pace allows. */
const BUSY_SECONDS = 1;

/**
 * Follows the feed until it is interrupted.
 * @throws UsageError before the first request, for flags that could only fail later
 */
export async function listen(given: readonly string[], session: Session): Promise<void> {
	const { values, positionals } = parse("webhooks listen", given, {
		forward: { type: "string" },
		events: { type: "string", multiple: true },
		secret: { type: "string" },
		since: { type: "string" },
		interval: { type: "string" },
	});
	const {
		forward: target,
		events = ["*"],
		secret = newSecret(),
		since,
		interval = IDLE_SECONDS,
	} = values as Flags;
	if (!target) throw new UsageError("Say where to send the events: --forward http://localhost:3000/hook");
	if (!httpUrl(target)) {
		throw new UsageError(
			`--forward is "${target}", which is not a URL. Write it as http://localhost:3000/hook.`,
		);
	}
	if (!SECRET.test(secret)) {
		throw new UsageError(
			"--secret is 16 to 256 visible characters, as a webhook's secret is. Left out, one is made.",
		);
	}
	if (positionals.length > 0) throw new UsageError(`Unexpected argument "${positionals[0]}".`);
	const seconds = Number(interval);
	if (!(seconds >= 1 && seconds <= MAX_INTERVAL_SECONDS)) {
		throw new UsageError(`--interval is a number of seconds from 1 to ${MAX_INTERVAL_SECONDS}.`);
	}
	if (since !== undefined && Number.isNaN(Date.parse(since))) {
		throw new UsageError(`--since is "${since}", which is not a time. Write it as 2026-01-31T12:00:00Z.`);
	}
	const types = events.flatMap((names) => names.split(",").map((name) => name.trim())).filter(Boolean);
	if (types.length === 0) throw new UsageError('--events names no event. Write it as --events "lead.*".');
	const pace = new RequestPace();
	const client = createClient({ ...session.options(values), retries: 0, fetch: paced(pace) });
	let place: FeedPlace =
		since === undefined ? await endOfFeed(client, types) : { types, since, cursor: null };
	session.print(
		values.json
			? JSON.stringify({ listening: types, forward: target, secret })
			: `Secret: ${secret}\nSending ${types.join(", ")} to ${target}. Ctrl+C ends it.`,
	);
	for (;;) {
		let wait = seconds;
		try {
			const page = await readFeed(client, place);
			for (const event of page.events) {
				const result = await forward(event, target, secret);
				session.print(values.json ? JSON.stringify(result) : line(event, result));
			}
			place = page.place;
			if (page.hasMore) wait = 0;
			else if (page.events.length > 0) wait = Math.min(seconds, BUSY_SECONDS);
		} catch (error) {
			if (!(error instanceof LeadwireError && isRetryable(error))) throw error;
			session.printError(error.message);
			wait = Math.max(seconds, error.retryAfter ?? 0);
		}
		await sleep(wait * 1_000);
	}
}

/** Sends requests no faster than the pace allows, retries included. */
function paced(pace: RequestPace) {
	return async (request: Request): Promise<Response> => {
		await sleep(pace.take());
		return fetch(request);
	};
}

/** Waits for a server that is restarted during development, then continues from the same place. */
function isRetryable({ status }: LeadwireError): boolean {
	return status === 0 || status === 429 || status >= 500;
}

function line(event: FeedEvent, { status, answer, durationMs }: Result): string {
	const time = new Date().toTimeString().slice(0, 8);
	const said = answer.replaceAll(/\p{Cc}+/gu, " ").slice(0, 100);
	return `${time}  ${event.type}  ${event.entityId}  →  ${status ?? "no answer"} in ${durationMs} ms${said ? `: ${said}` : ""}`;
}
