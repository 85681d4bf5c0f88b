// The order of events is that of the commits, whatever clocks say and however long a request is under way.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { watchBindings, withMembers, withoutSending, workerWith } from "../support/bindings.ts";
import { createCaller, createOrganization } from "../support/callers.ts";
import { OF_ORGANIZATION } from "../support/events.ts";
import { dbOf, firstShard, run, wrapDatabases } from "../support/shards.ts";

afterEach(() => void vi.useRealTimers());

const FIRST = 500_000_000_001;

/** One page, oldest first, after a cursor. */
const page = async (api: Api, cursor: string | null, query = "") => {
	const { status, body } = await api.get(`/events?orderDir=asc${query}${cursor ? `&cursor=${cursor}` : ""}`);
	expect(status, JSON.stringify(body)).toBe(200);
	return body;
};

const namesIn = ({ items }: Json) =>
	items.filter(({ type }: Json) => type === "lead.created").map(({ payload }: Json) => payload.data.name);

const recorded = async (organizationId: string) =>
	await run<Json>(
		`SELECT *, key & 1099511627775 AS n FROM event_log WHERE ${OF_ORGANIZATION} ORDER BY key`,
		organizationId,
	);

describe("an event", () => {
	it("gets a number, an instant and an id from its commit, without gaps in an organization of its own", async () => {
		const apis = [withoutSending(await createCaller()), withoutSending(await createCaller())];
		const items = Array.from({ length: 40 }, (_, index) => ({ name: `Lead ${index}` }));
		await Promise.all(
			apis.flatMap((api) => [
				api.post("/leads/batch", { items }),
				...items.slice(0, 5).map((item) => api.post("/leads", item)),
			]),
		);
		for (const { organizationId } of apis) {
			const rows = await recorded(organizationId);
			expect(rows).toHaveLength(90);
			expect(rows.map(({ n }) => n)).toEqual(rows.map((_, index) => FIRST + index));
			const ids = rows.map(({ id }) => id);
			expect(ids).toEqual(ids.toSorted());
			for (const { id, n } of rows) {
				expect(id).toMatch(/^evt_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
				expect(Number(id.slice(18))).toBe(n);
			}
		}
	});

	it("never is older than the one before it, and its body says so, when a clock is set back", async () => {
		const api = withoutSending(await createCaller());
		const ahead = Date.now() + 3_600_000;
		vi.useFakeTimers({ toFake: ["Date"], now: ahead });
		await api.post("/leads", { name: "Ahead" });
		vi.setSystemTime(ahead - 1_800_000);
		await api.post("/leads", { name: "Back" });
		await api.post("/tasks", { title: "Back" });
		const rows = await recorded(api.organizationId);
		expect(rows.map(({ createdAt }) => createdAt)).toEqual(Array(5).fill(ahead));
		for (const { type, payload } of rows)
			if (type !== "save_lead") expect(Date.parse(JSON.parse(payload).timestamp)).toBe(ahead);
		const since = new Date(ahead).toISOString();
		expect((await page(api, null, `&since=${since}`)).items).toHaveLength(5);
		expect((await page(api, null, `&since=${new Date(ahead + 1).toISOString()}`)).items).toEqual([]);
	});

	it("says each millisecond of its instant as JavaScript does", async () => {
		const instants = Array.from({ length: 1_000 }, (_, ms) => Date.UTC(2026, 10, 28, 23, 59, 59, ms));
		const { results } = await firstShard.DB.prepare(
			"SELECT strftime('%Y-%m-%dT%H:%M:%fZ', CAST(value AS INTEGER) / 1000.0, 'unixepoch') AS said FROM json_each(?)",
		)
			.bind(JSON.stringify(instants))
			.all<Json>();
		expect(results.map(({ said }) => said)).toEqual(instants.map((at) => new Date(at).toISOString()));
	});

	it("is found by its id, with its deliveries, and by no other organization", async () => {
		const api = withoutSending(await createCaller({ keys: 2 }));
		const hooks: string[] = [];
		for (const path of ["a", "b", "c"])
			hooks.push(
				(
					await api.post("/webhooks", {
						url: `https://hooks.example.com/${path}`,
						// The second is of the same write, and so of the same time.
						events: ["lead.created", "save_lead"],
					})
				).body.id,
			);
		await api.post("/leads", { name: "Before" });
		await api.post("/leads", { name: "Jane" });
		const [event] = (await api.get("/events?type=lead.created&limit=1")).body.items;
		expect((await api.get(`/events/${event.id}`)).body).toEqual(event);
		expect(event.payload.data.name).toBe("Jane");
		const first = await api.get(`/events/${event.id}/deliveries?limit=2`);
		expect(first).toMatchObject({ status: 200, body: { hasMore: true } });
		const second = (await api.get(`/events/${event.id}/deliveries?limit=2&cursor=${first.body.nextCursor}`))
			.body;
		expect(second).toMatchObject({ nextCursor: null, hasMore: false });
		const deliveries = [...first.body.items, ...second.items];
		expect(deliveries.map(({ webhookId }) => webhookId)).toEqual(hooks.toSorted().reverse());
		for (const delivery of deliveries) {
			expect(delivery).toMatchObject({
				eventId: event.id,
				event: "lead.created",
				createdAt: event.createdAt,
			});
			const whole = await api.get(`/webhooks/${delivery.webhookId}/deliveries/${delivery.id}`);
			expect(whole.body.payload).toEqual({ ...event.payload, webhookId: delivery.id });
		}
		const stranger = await createCaller();
		for (const path of [`/events/${event.id}`, `/events/${event.id}/deliveries`])
			expect((await stranger.get(path)).status).toBe(404);
		const tasks = await createCaller({
			organizationId: api.organizationId,
			scopes: ["events:read", "webhooks:read"],
		});
		for (const path of [`/events/${event.id}`, `/events/${event.id}/deliveries`])
			expect((await tasks.get(path)).status).toBe(403);
		const test = await api.post(`/webhooks/${hooks[0]}/test`, { event: "lead.created" });
		expect(test.body.payload.webhookId).toBe(test.body.id);
		expect((await api.get(`/events/${test.body.eventId}`)).status).toBe(404);
	});
});

describe("who follows the feed by its cursors", () => {
	it("misses nothing that was committed while they read, and gets nothing twice", async () => {
		const api = withoutSending(await createCaller());
		let release = () => {};
		const held = new Promise<void>((resolve) => {
			release = resolve;
		});
		const slow = api.via(
			workerWith({
				...env,
				...wrapDatabases((db) =>
					withMembers(db, {
						async batch(statements: D1PreparedStatement[]) {
							await held;
							return db.batch(statements);
						},
					}),
				),
			}),
		);
		const start = await page(api, null);
		expect(start).toMatchObject({ items: [], hasMore: false });
		const late = slow.post("/leads", { name: "Late" });
		await new Promise((resolve) => setTimeout(resolve, 50));
		await api.post("/leads", { name: "Quick" });
		const then = await page(api, start.nextCursor);
		expect(namesIn(then)).toEqual(["Quick"]);
		expect(then).toMatchObject({ hasMore: false, nextCursor: expect.any(String) });
		release();
		expect((await late).status).toBe(201);
		const last = await page(api, then.nextCursor);
		expect(namesIn(last)).toEqual(["Late"]);
		expect(last.items[0].createdAt >= then.items.at(-1).createdAt).toBe(true);
		expect((await page(api, last.nextCursor)).items).toEqual([]);
	});

	it("reads nothing twice where nothing fits their filter, and gets no Link to continue", async () => {
		const watch = watchBindings();
		const api = withoutSending(await createCaller());
		const items = Array.from({ length: 100 }, (_, index) => ({ name: `Lead ${index}` }));
		await api.post("/leads/batch", { items });
		const query = "&type=deal.*&limit=5";
		const first = await api.get(`/events?orderDir=asc${query}`);
		expect(first.body).toMatchObject({ items: [], hasMore: false, nextCursor: expect.any(String) });
		expect(first.headers.get("link")).toBeNull();
		await api.via(watch.target).get("/events");
		watch.reset();
		await page(api.via(watch.target), first.body.nextCursor, query);
		const [[scan] = []] = watch.roundTrips;
		const { meta } = await dbOf(api.organizationId)
			.prepare(scan?.text ?? "")
			.bind(...(scan?.params ?? []))
			.run();
		expect(meta.rows_read).toBeLessThan(20);
	});

	it("reads as little in the middle of many as at their beginning, from an instant or a cursor", async () => {
		const watch = watchBindings();
		const api = withoutSending(await createCaller());
		await api.post("/leads", { name: "A" });
		await run(
			`INSERT INTO event_log WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
				SELECT o.key + n.i, 'evt_7' || printf('%025d', n.i), o.type, o.entityId, o.createdAt + n.i / 2, 0, 1, o.payload, NULL
				FROM n CROSS JOIN (SELECT * FROM event_log WHERE ${OF_ORGANIZATION} ORDER BY key DESC LIMIT 1) AS o`,
			api.organizationId,
		);
		const [{ createdAt }] = await recorded(api.organizationId);
		const since = new Date(createdAt + 4_000).toISOString();
		const target = api.via(watch.target);
		const cost = async (query: string) => {
			watch.reset();
			const { body } = await target.get(`/events?limit=10&${query}`);
			const [scan] = watch.roundTrips.find(([one]) => one?.text.includes("event_log")) ?? [];
			const { meta } = await dbOf(api.organizationId)
				.prepare(scan?.text ?? "")
				.bind(...(scan?.params ?? []))
				.run();
			expect(meta.rows_read, query).toBeLessThan(250);
			return body;
		};
		const first = await cost(`orderDir=asc&since=${since}`);
		expect(first.items[0].createdAt).toBe(since);
		expect(first.items[0].sequence).toBe(FIRST + 1 + 8_000);
		const second = await cost(`orderDir=asc&since=${since}&cursor=${first.nextCursor}`);
		expect(second.items[0].sequence).toBe(first.items.at(-1).sequence + 1);
		const down = await cost("orderDir=desc");
		const further = await cost(`orderDir=desc&cursor=${down.nextCursor}`);
		expect(further.items[0].sequence).toBe(down.items.at(-1).sequence - 1);
	});

	it("gets 400 when the database was restored to before their cursor", async () => {
		const api = withoutSending(await createCaller());
		await api.post("/leads", { name: "A" });
		const { nextCursor } = await page(api, null);
		await run(`DELETE FROM event_log WHERE ${OF_ORGANIZATION} AND type = 'save_lead'`, api.organizationId);
		expect(await api.get(`/events?orderDir=asc&cursor=${nextCursor}`)).toMatchObject({
			status: 400,
			body: { errors: [{ path: "cursor", message: expect.stringContaining("start again") }] },
		});
	});
});

it("organizations created at the same time get different ordinals", async () => {
	const ids = await Promise.all(Array.from({ length: 10 }, () => createOrganization(0)));
	const results = await run<Json>(
		"SELECT ordinal FROM organizations WHERE id IN (SELECT value FROM json_each(?))",
		JSON.stringify(ids),
	);
	expect(new Set(results.map(({ ordinal }) => ordinal)).size).toBe(10);
	expect(Math.min(...results.map(({ ordinal }) => ordinal))).toBeGreaterThan(0);
});
