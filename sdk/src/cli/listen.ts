// `leadwire webhooks listen`: the events of the feed, sent to a receiver on this machine as a webhook would be.
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "../client.ts";
import { LeadwireError } from "../errors.ts";
import { parse } from "./arguments.ts";
import { type FeedEvent, follow } from "./feed.ts";
import { forward, newSecret, type Result } from "./forward.ts";
import type { Session } from "./session.ts";
import { UsageError } from "./usage.ts";

interface Flags {
	readonly forward?: string;
	readonly events?: readonly string[];
	readonly secret?: string;
	readonly since?: string;
	readonly interval?: string;
}

/** Follows the feed until it is interrupted. */
export async function listen(given: readonly string[], session: Session): Promise<void> {
	const { values, positionals } = parse("webhooks listen", given, {
		forward: { type: "string" },
		events: { type: "string", multiple: true },
		secret: { type: "string" },
		since: { type: "string" },
		interval: { type: "string" },
	});
	const { forward: target, events = ["*"], secret = newSecret(), since, interval = "2" } = values as Flags;
	if (!target || !URL.canParse(target)) {
		throw new UsageError("Say where to send the events: --forward http://localhost:3000/hook");
	}
	if (positionals.length > 0) throw new UsageError(`What is "${positionals[0]}" for?`);
	if (!(Number(interval) >= 1)) throw new UsageError("--interval is a number of seconds, 1 or more.");
	const types = events.flatMap((names) => names.split(","));
	const client = createClient(session.options(values));
	const look = await follow(client, { types, since });
	session.print(
		values.json
			? JSON.stringify({ listening: types, forward: target, secret })
			: `Secret: ${secret}\nSending ${types.join(", ")} to ${target}. Ctrl+C ends it.`,
	);
	for (;;) {
		try {
			for await (const event of look()) {
				const result = await forward(event, target, secret);
				session.print(values.json ? JSON.stringify(result) : line(event, result));
			}
		} catch (error) {
			if (!(error instanceof LeadwireError && mayPass(error))) throw error;
			session.complain(error.message);
		}
		await sleep(Number(interval) * 1_000);
	}
}

/** Who develops restarts servers: then it goes on where it was. */
function mayPass({ status }: LeadwireError): boolean {
	return status === 0 || status === 429 || status >= 500;
}

function line(event: FeedEvent, { status, answer, durationMs }: Result): string {
	const time = new Date().toTimeString().slice(0, 8);
	const said = answer.replaceAll(/\p{Cc}+/gu, " ").slice(0, 100);
	return `${time}  ${event.type}  ${event.entityId}  →  ${status ?? "no answer"} in ${durationMs} ms${said ? `: ${said}` : ""}`;
}
