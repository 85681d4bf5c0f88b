// Follows the feed of events in the order of commits: an event that becomes visible later comes after the cursor, so each
// event is read once and none is missed.
import type { LeadwireClient } from "./client.ts";
import type { components } from "./generated/schema.ts";

export type FeedEvent = components["schemas"]["Event"];

/** A position in the feed. A cursor is only valid with the filters it was made with, so they are kept with it. */
export interface FeedPlace {
	/** Names, `<noun>.*` or `*`. */
	readonly types: readonly string[];
	/** Only events since this instant. */
	readonly since?: string | undefined;
	/** Null at the beginning. */
	readonly cursor: string | null;
}

export interface FeedPage {
	readonly events: readonly FeedEvent[];
	/** The position to continue from. */
	readonly place: FeedPlace;
	/** Whether there are more events already. */
	readonly hasMore: boolean;
}

type Reader = Pick<LeadwireClient, "GET">;

/** Reads the next page after a position, with one request. */
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

/** The position after the newest event; takes two or a few requests. */
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
