// Events end, and those from before the order of commits are moved into it: nothing is lost that may still be sent or read.
import type { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Env } from "../../src/env.ts";
import { moveFormerEvents } from "../../src/retention/events.ts";
import { DAY_MS } from "../../src/time.ts";
import type { Api, Json } from "../support/api.ts";
import { withMembers, withoutSending } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { moveToFormerTable, OF_ORGANIZATION } from "../support/events.ts";
import { purgeAll } from "../support/purge.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { firstShard, run, total } from "../support/shards.ts";

const purgeIn = (days: number, settings: Partial<typeof env> = {}) =>
	purgeAll(Date.now() + days * DAY_MS, settings);

const kept = async ({ organizationId }: Pick<Api, "organizationId">): Promise<Json[]> =>
	await run<Json>(`SELECT id, type FROM event_log WHERE ${OF_ORGANIZATION} ORDER BY key`, organizationId);

const lead = (api: Api, name: string) => api.post("/leads", { name });

describe("events past their time", () => {
	it("go after 90 days but for the newest, which the next one is numbered by", async () => {
		const api = withoutSending(await createCaller());
		await lead(api, "A");
		await lead(api, "B");
		await purgeIn(89);
		expect(await kept(api)).toHaveLength(4);
		await purgeIn(91);
		expect(await kept(api)).toHaveLength(1);
		const [newest] = (await api.get("/events")).body.items;
		await lead(api, "C");
		const { items } = (await api.get("/events?orderDir=asc")).body;
		expect(items.map(({ sequence }: Json) => sequence)).toEqual(
			[0, 1, 2].map((more) => newest.sequence + more),
		);
	});

	it("are kept for good where the setting is 0, and shorter where it is shorter", async () => {
		const api = withoutSending(await createCaller());
		await lead(api, "A");
		await purgeIn(3_000, { EVENT_RETENTION_DAYS: "0" });
		expect(await kept(api)).toHaveLength(2);
		await purgeIn(2, { EVENT_RETENTION_DAYS: "1" });
		expect(await kept(api)).toHaveLength(1);
	});

	it("go in chunks, of every organization, until none is left", async () => {
		const apis = [withoutSending(await createCaller()), withoutSending(await createCaller())];
		const items = Array.from({ length: 100 }, (_, index) => ({ name: `Lead ${index}` }));
		for (const api of apis)
			for (let count = 0; count < 4; count += 1) await api.post("/leads/batch", { items });
		await purgeIn(91);
		for (const api of apis) expect(await kept(api)).toHaveLength(1);
	});

	it("stay while a delivery of theirs is in the log, and so do all that came after them", async () => {
		const api = withoutSending(await createCaller());
		await lead(api, "Before");
		await api.post("/webhooks", { url: "https://hooks.example.com/a", events: ["lead.created"] });
		await lead(api, "Waiting");
		await lead(api, "After");
		await purgeIn(91);
		expect((await kept(api)).map(({ type }) => type)).toEqual([
			"lead.created",
			"save_lead",
			"lead.created",
			"save_lead",
		]);
		await run(
			"UPDATE deliveries SET status = 'failed', dueAt = NULL WHERE organizationId = ?",
			api.organizationId,
		);
		await purgeIn(91, { DELIVERY_RETENTION_DAYS: "200" });
		expect(await kept(api)).toHaveLength(4);
		await purgeIn(91);
		expect(await kept(api)).toHaveLength(1);
	});

	it("leave a cursor good as long as all that came after it is kept, and say how to start over", async () => {
		const api = withoutSending(await createCaller());
		const read = (query: string) => api.get(`/events?orderDir=asc&${query}`);
		const start = (await read("limit=1")).body.nextCursor;
		await lead(api, "A");
		await lead(api, "B");
		const first = (await read("limit=1")).body;
		const third = (await read("limit=3")).body;
		await purgeIn(91);
		expect((await read(`cursor=${third.nextCursor}&limit=3`)).body.items).toHaveLength(1);
		for (const cursor of [start, first.nextCursor])
			expect(await read(`cursor=${cursor}&limit=1`)).toMatchObject({
				status: 400,
				body: { errors: [{ path: "cursor", message: expect.stringContaining("start again") }] },
			});
	});
});

const unmoved = async () => total("SELECT count(*) FROM events");

const everything = async (api: Api, orderDir: string) => {
	const items: Json[] = [];
	for (let cursor: string | null = ""; cursor !== null; ) {
		const { status, body }: Json = await api.get(
			`/events?orderDir=${orderDir}&limit=100${cursor && `&cursor=${cursor}`}`,
		);
		expect(status).toBe(200);
		items.push(...body.items);
		cursor = body.hasMore ? body.nextCursor : null;
	}
	return items;
};

describe("events from before the order of commits", () => {
	it("are moved by slices, some of which fail, while others are made: all in order, none lost", {
		timeout: 120_000,
	}, async () => {
		const apis = [
			withoutSending(await createCaller({ keys: 8, shard: 0 })),
			withoutSending(await createCaller({ keys: 8, shard: 0 })),
		];
		const before: string[][] = [];
		for (const api of apis) {
			const items = Array.from({ length: 100 }, (_, index) => ({ name: `Lead ${index}` }));
			for (let count = 0; count < 12; count += 1) await api.post("/leads/batch", { items });
			await moveToFormerTable(api.organizationId);
			const results = await run<Json>(
				"SELECT payload FROM events WHERE organizationId = ? ORDER BY id",
				api.organizationId,
			);
			before.push(results.map(({ payload }) => payload));
		}
		const [one, other] = apis as [Api, Api];
		// What reaches into what is not moved says so; what came since is served.
		expect(await one.get("/events?orderDir=asc")).toMatchObject({
			status: 503,
			body: { code: "SERVICE_UNAVAILABLE" },
		});
		expect((await one.get("/events")).headers.get("retry-after")).toBe("60");
		await lead(one, "Since");
		expect((await one.get("/events?limit=5")).body).toMatchObject({ items: [{}, {}], hasMore: true });
		const [{ createdAt }] = (await one.get("/events?limit=1")).body.items;
		expect((await one.get(`/events?orderDir=asc&type=save_lead&since=${createdAt}`)).status).toBe(200);

		// Of each slice, either nothing happens, or it is committed and nobody hears of it.
		let turn = 0;
		const failing = (bindings: Env): Env => ({
			...bindings,
			DB: withMembers(bindings.DB, {
				async batch(statements: D1PreparedStatement[]) {
					turn += 1;
					if (turn % 3 === 1) throw new Error("The Worker died before.");
					const results = await bindings.DB.batch(statements);
					if (turn % 3 === 2) throw new Error("The Worker died after.");
					return results;
				},
			}),
		});
		const sizes = [await unmoved()];
		for (let tries = 0; tries < 20 && (sizes.at(-1) ?? 0) > 0; tries += 1) {
			await moveFormerEvents(failing(firstShard), 500).catch(() => undefined);
			sizes.push(await unmoved());
			await lead(tries % 2 ? one : other, `Meanwhile ${tries}`);
		}
		expect(sizes.at(-1)).toBe(0);
		for (const [index, size] of sizes.entries())
			expect((sizes[index - 1] ?? size) - size).toBeLessThanOrEqual(500);
		for (const [index, api] of apis.entries()) {
			const rows = await run<Json>(
				`SELECT key & 1099511627775 AS n, createdAt, payload FROM event_log WHERE ${OF_ORGANIZATION} ORDER BY key`,
				api.organizationId,
			);
			const payloads = rows.map(({ payload }) => payload);
			expect(payloads.slice(0, 2_400)).toEqual(before[index]);
			expect(payloads.length).toBeGreaterThan(2_400);
			expect(rows.map(({ n }) => n)).toEqual(payloads.map((_, nth) => 500_000_000_001 - 2_400 + nth));
			const instants = rows.map(({ createdAt: at }) => at);
			expect(instants).toEqual(instants.toSorted((a, b) => a - b));
		}
		const up = await everything(one, "asc");
		expect(up.length).toBeGreaterThan(2_400);
		expect((await everything(one, "desc")).map(({ id }) => id)).toEqual(up.map(({ id }) => id).reverse());
	});

	it("are moved by the purge, and not purged before all of them are", async () => {
		const api = withoutSending(await createCaller());
		await lead(api, "A");
		await lead(api, "B");
		await moveToFormerTable(api.organizationId);
		await purgeIn(0);
		expect(await unmoved()).toBe(0);
		expect(await kept(api)).toHaveLength(4);
		await purgeIn(91);
		expect(await kept(api)).toHaveLength(1);
	});

	it("are found by id and sent again with the same bytes, moved or not", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/former", { events: ["lead.created"] });
		const api = await createCaller({ organizationId: sender.organizationId });
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.drain();
		await moveToFormerTable(sender.organizationId);
		const [delivery] = (await api.get(`/webhooks/${id}/deliveries`)).body.items;
		const look = async () => {
			const event = await api.get(`/events/${delivery.eventId}`);
			expect(event).toMatchObject({
				status: 200,
				body: { type: "lead.created", payload: { data: { name: "Jane" } } },
			});
			expect((await api.get(`/events/${delivery.eventId}/deliveries`)).body.items).toEqual([
				expect.objectContaining({ id: delivery.id }),
			]);
			expect((await sender.api("POST", `/webhooks/${id}/deliveries/${delivery.id}/redeliver`)).status).toBe(
				202,
			);
			await sender.drain();
			return event.body.sequence;
		};
		expect(await look()).toBe(null);
		await purgeIn(0);
		expect(await look()).toBe(500_000_000_000 - 1);
		const bodies = (await receivedRequests("former")).map(({ body }) => body);
		expect(bodies).toHaveLength(3);
		expect(new Set(bodies).size).toBe(1);
		expect(bodies[0]).toContain('"name":"Jane"');
	});
});
