// Following the feed of the Worker: every event once, whatever clocks say.
import { expect, it, vi } from "vitest";
import { endOfFeed, type FeedEvent, type FeedPlace, readFeed } from "../../sdk/src/feed.ts";
import { newId } from "../../src/ids.ts";
import { createCaller } from "../support/callers.ts";
import { run } from "../support/shards.ts";
import { clientOf, sendToWorker } from "./clients.ts";

const TYPES = { types: ["lead.created"] };

type Client = ReturnType<typeof clientOf>["client"];

/** A function that gives the events since it was last called. */
async function follow(client: Client, { types, since }: { types: readonly string[]; since?: string }) {
	let place: FeedPlace =
		since === undefined ? await endOfFeed(client, types) : { types, since, cursor: null };
	return async function* look(): AsyncGenerator<FeedEvent> {
		for (let more = true; more; ) {
			const page = await readFeed(client, place);
			yield* page.events;
			place = page.place;
			more = page.hasMore;
		}
	};
}

async function namesIn(look: () => AsyncGenerator<FeedEvent>): Promise<string[]> {
	const names: string[] = [];
	for await (const { payload } of look()) names.push((payload as { data: { name: string } }).data.name);
	return names;
}

/** An event as another writer would have written it, with a clock some ms from ours. */
async function writeEvent(organizationId: string, name: string, msFromNow: number): Promise<void> {
	const at = Date.now() + msFromNow;
	await run(
		`INSERT INTO event_log (key, id, type, entityId, createdAt, test, ownId, payload)
		SELECT coalesce((SELECT max(key) FROM event_log WHERE key >> 40 = ordinal), (ordinal << 40) + 500000000000) + 1,
			?, 'lead.created', 'ld_1', ?, 0, 1, ? FROM organizations WHERE id = ?`,
		newId("evt", at),
		at,
		JSON.stringify({ event: "lead.created", data: { name } }),
		organizationId,
	);
}

async function given() {
	const api = await createCaller();
	const { client, sent } = clientOf(api.key);
	return { api, client, sent, create: (name: string) => api.post("/leads", { name }) };
}

it("gives events from now on, each once", async () => {
	const { client, create } = await given();
	await create("Before");
	const look = await follow(client, TYPES);
	expect(await namesIn(look)).toEqual([]);
	await create("One");
	await create("Two");
	expect(await namesIn(look)).toEqual(["One", "Two"]);
	expect(await namesIn(look)).toEqual([]);
	await create("Three");
	expect(await namesIn(look)).toEqual(["Three"]);
});

it("begins in an organization where nothing ever happened", async () => {
	const { client, create } = await given();
	const look = await follow(client, TYPES);
	expect(await namesIn(look)).toEqual([]);
	await create("First");
	expect(await namesIn(look)).toEqual(["First"]);
	expect(await namesIn(look)).toEqual([]);
});

it("gives events whose time is an hour ahead or behind", async () => {
	const { api, client, create } = await given();
	await create("Before");
	const look = await follow(client, TYPES);
	await writeEvent(api.organizationId, "Ahead", 3_600_000);
	await create("Ours");
	expect(await namesIn(look)).toEqual(["Ahead", "Ours"]);
	vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
	await create("Behind");
	vi.useRealTimers();
	expect(await namesIn(look)).toEqual(["Behind"]);
});

it("gives more than a page, and asks for no more of what is old", async () => {
	const { api, client, sent } = await given();
	const look = await follow(client, TYPES);
	const items = Array.from({ length: 100 }, (_, index) => ({ name: `Lead ${index}` }));
	await api.post("/leads/batch", { items });
	await api.post("/leads/batch", { items });
	const names = await namesIn(look);
	expect(names).toHaveLength(200);
	expect(new Set(names).size).toBe(100);
	expect(await namesIn(look)).toEqual([]);
	expect(sent.filter(({ url }) => !url.includes("cursor=") && url.includes("orderDir=asc"))).toHaveLength(1);
});

it("begins where it is told", async () => {
	const { api, client } = await given();
	await writeEvent(api.organizationId, "Long ago", -7_200_000);
	await writeEvent(api.organizationId, "An hour ago", -3_600_000);
	const look = await follow(client, { ...TYPES, since: new Date(Date.now() - 4_000_000).toISOString() });
	expect(await namesIn(look)).toEqual(["An hour ago"]);
	expect(await namesIn(look)).toEqual([]);
});

it("continues where a failed call has ended", async () => {
	const { api } = await given();
	let broken = false;
	const { client } = clientOf(api.key, {
		retries: 0,
		send: async (request) => {
			if (broken && request.url.includes("cursor=")) throw new TypeError("The connection was lost.");
			return sendToWorker(request);
		},
	});
	const look = await follow(client, TYPES);
	await api.post("/leads/batch", { items: Array.from({ length: 100 }, () => ({ name: "A" })) });
	await api.post("/leads", { name: "B" });
	broken = true;
	const seen: FeedEvent[] = [];
	await expect(
		(async () => {
			for await (const event of look()) seen.push(event);
		})(),
	).rejects.toThrow("The connection was lost.");
	broken = false;
	for await (const event of look()) seen.push(event);
	expect(seen).toHaveLength(101);
	expect(new Set(seen.map(({ id }) => id)).size).toBe(101);
});
