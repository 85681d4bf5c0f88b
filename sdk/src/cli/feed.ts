// Following the event feed without gaps and without doubles. Events of the same instant may become visible in another
// order than they are listed in, so each look begins a minute before the last one seen and leaves out what is known.
import type { LeadwireClient } from "../client.ts";
import type { components } from "../generated/schema.ts";
import { paginate } from "../paginate.ts";

export type FeedEvent = components["schemas"]["Event"];

export interface Following {
	/** Names, `<noun>.*` or `*`. */
	readonly types: readonly string[];
	/** From when on; by default only what happens from now on. */
	readonly since?: string | undefined;
}

const OVERLAP_MS = 60_000;

/**
 * A function that gives the events since it was last called, oldest first. All instants are the server's: the clock here
 * may be wrong.
 */
export async function follow(
	client: LeadwireClient,
	{ types, since: wanted }: Following,
	signal?: AbortSignal,
): Promise<() => AsyncGenerator<FeedEvent>> {
	const known = new Map<string, number>();
	let since = wanted;
	const type = [...types];

	async function* look(): AsyncGenerator<FeedEvent> {
		const query = { orderDir: "asc", limit: 100, type, ...(since ? { since } : {}) } as const;
		let last = since ? Date.parse(since) + OVERLAP_MS : 0;
		for await (const event of paginate(client, "/events", { query, ...(signal ? { signal } : {}) })) {
			const at = Date.parse(event.createdAt);
			last = Math.max(last, at);
			if (known.has(event.id)) continue;
			known.set(event.id, at);
			yield event;
		}
		// Only now: a look that broke off is to begin again where it began.
		const from = last - OVERLAP_MS;
		if (known.size > 0 && (since === undefined || from > Date.parse(since)))
			since = new Date(from).toISOString();
		for (const [id, at] of known) if (at < from) known.delete(id);
	}

	if (wanted === undefined) {
		const { data } = await client.GET("/events", { params: { query: { limit: 1, type } } });
		const newest = data.items[0];
		if (newest) {
			since = new Date(Date.parse(newest.createdAt) - OVERLAP_MS).toISOString();
			for await (const _ of look());
		}
	}
	return look;
}
