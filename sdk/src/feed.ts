// The feed of events in commit order, as something to follow: whatever becomes visible later stands after the cursor, so
// each event is read once and none is missed.
import type { LeadwireClient } from "./client.ts";
import type { components } from "./generated/schema.ts";

export type FeedEvent = components["schemas"]["Event"];

/** Where a reader of the feed stands. A cursor fits the filters it was made with, so they go along. */
export interface FeedPlace {
	/** Names, `<noun>.*` or `*`. */
	readonly types: readonly string[];
	/** Only events since then. */
	readonly since?: string | undefined;
	/** Null at the beginning. */
	readonly cursor: string | null;
}

export interface FeedPage {
	readonly events: readonly FeedEvent[];
	/** Where to go on, now or whenever there is more. */
	readonly place: FeedPlace;
	/** Whether there is more already. */
	readonly hasMore: boolean;
}

type Reader = Pick<LeadwireClient, "GET">;

/** One page of what comes after a place, in one request. */
export async function readFeed(client: Reader, place: FeedPlace, signal?: AbortSignal): Promise<FeedPage> {
	const { types, since, cursor } = place;
	const query = {
		orderDir: "asc" as const,
		limit: 100,
		type: [...types],
		...(since === undefined ? {} : { since }),
		...(cursor === null ? {} : { cursor }),
	};
	const { data } = await client.GET("/events", { params: { query }, ...(signal ? { signal } : {}) });
	return { events: data.items, place: { ...place, cursor: data.nextCursor }, hasMore: data.hasMore };
}

/** The place behind everything that has happened so far; takes two requests or a few. */
export async function endOfFeed(
	client: Reader,
	types: readonly string[],
	signal?: AbortSignal,
): Promise<FeedPlace> {
	const { data } = await client.GET("/events", {
		params: { query: { limit: 1 } },
		...(signal ? { signal } : {}),
	});
	let page = await readFeed(client, { types, since: data.items[0]?.createdAt, cursor: null }, signal);
	while (page.hasMore) page = await readFeed(client, page.place, signal);
	return page.place;
}
