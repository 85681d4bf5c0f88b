// Following the event feed without gaps and without doubles: its pages are in the order of commits, and its last page says
// where to go on.
import type { LeadwireClient } from "../client.ts";
import type { components } from "../generated/schema.ts";

export type FeedEvent = components["schemas"]["Event"];

export interface Following {
	/** Names, `<noun>.*` or `*`. */
	readonly types: readonly string[];
	/** From when on; by default only what happens from now on. */
	readonly since?: string | undefined;
}

/**
 * A function that gives the events since it was last called, oldest first. All instants are the server's: the clock here
 * may be wrong. A look that broke off goes on after the last event it gave.
 */
export async function follow(
	client: LeadwireClient,
	{ types, since: wanted }: Following,
	signal?: AbortSignal,
): Promise<() => AsyncGenerator<FeedEvent>> {
	const type = [...types];
	const page = async (query: object) => {
		const { data } = await client.GET("/events", {
			params: { query: { limit: 100, type, ...query } },
			...(signal ? { signal } : {}),
		});
		return data;
	};
	const since = wanted ?? (await page({ limit: 1 })).items[0]?.createdAt;
	const begun = { orderDir: "asc", ...(since ? { since } : {}) };
	let cursor: string | null = null;
	let given = 0;

	async function* look(): AsyncGenerator<FeedEvent> {
		for (let more = true; more; ) {
			const found = await page({ ...begun, ...(cursor ? { cursor } : {}) });
			for (const event of found.items) {
				const sequence = Number(event.sequence);
				if (sequence <= given) continue;
				given = sequence;
				yield event;
			}
			cursor = found.nextCursor;
			more = found.hasMore;
		}
	}

	if (wanted === undefined) for await (const _ of look());
	return look;
}
