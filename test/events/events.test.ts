import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { catalogue } from "../../src/events/catalogue.ts";
import { eventTypes } from "../../src/outbox/event-types.ts";
import type { Api, Json, Reply } from "../support/api.ts";
import { ORIGIN, read } from "../support/api.ts";
import { watchBindings, withoutSending, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { eventsOf } from "../support/events.ts";
import { problemsOf } from "../support/json-schema.ts";
import { planOf, run } from "../support/shards.ts";

const typesIn = ({ body }: Reply) => body.items.map(({ type }: Json) => type);

/** Three leads, one of them changed, a task, and a test send; the events they made. */
async function busy(api: Api) {
	const [lead] = [await api.post("/leads", { name: "A" }), await api.post("/leads", { name: "B" })];
	await api.patch(`/leads/${lead.body.id}`, { score: 1 });
	await api.post("/tasks", { title: "T" });
	const webhook = await api.post("/webhooks", { url: "https://hooks.example.com/a", events: ["*"] });
	await api.post(`/webhooks/${webhook.body.id}/test`, { event: "lead.created" });
	const all = await eventsOf(api.organizationId);
	return all.slice(0, -1);
}

describe("the events feed", () => {
	it("has what happened, with what webhooks get of it, and no test sends", async () => {
		const api = withoutSending(await createCaller());
		const recorded = await busy(api);
		const reply = await api.get("/events");
		expect(reply.status).toBe(200);
		expect(reply.body).toMatchObject({ nextCursor: null, hasMore: false });
		expect(reply.body.items.map(({ id }: Json) => id)).toEqual(recorded.map(({ id }) => id).reverse());
		const last = recorded.at(-1);
		const { webhookId, ...payload } = last?.payload ?? {};
		expect(webhookId).toBe("");
		expect(reply.body.items[0]).toEqual({
			id: last?.id,
			sequence: Number(last?.id.slice(-12)),
			type: "task.created",
			entityId: payload.data.id,
			createdAt: payload.timestamp,
			actor: { type: "key", id: api.keyId, name: "test" },
			payload,
		});
		expect(typesIn(await (await createCaller()).get("/events"))).toEqual([]);
	});

	it("is read by name, by noun and since an instant", async () => {
		const api = withoutSending(await createCaller());
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
		await api.post("/leads", { name: "Before" });
		vi.setSystemTime(Date.now() + 60_000);
		const since = new Date().toISOString();
		await busy(api);
		vi.useRealTimers();
		const read = async (query: string) => typesIn(await api.get(`/events?orderDir=asc&${query}`));
		expect(await read("type=task.created")).toEqual(["task.created"]);
		expect(await read("type=lead.updated&type=task.*")).toEqual(["lead.updated", "task.created"]);
		expect(await read("type=lead.*")).toEqual([
			"lead.created",
			"lead.created",
			"lead.created",
			"lead.updated",
		]);
		expect(await read("type=save_lead")).toHaveLength(4);
		expect(await read("type=*")).toHaveLength(9);
		expect(await read("type=deal.*")).toEqual([]);
		expect(await read(`type=lead.created&since=${since}`)).toEqual(["lead.created", "lead.created"]);
		expect(await read("since=2999-01-01T00:00:00Z")).toEqual([]);
		for (const [query, path] of [
			["type=lead", "type"],
			["type=nope.*", "type"],
			["type=", "type"],
			["since=yesterday", "since"],
			["orderBy=createdAt", "orderBy"],
			["orderDir=up", "orderDir"],
		]) {
			const reply = await api.get(`/events?${query}`);
			expect(reply, query).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		}
	});

	it.each(["asc", "desc"])("is read to its end in pages, %s", async (orderDir) => {
		const api = withoutSending(await createCaller({ keys: 2 }));
		const ids = (await busy(api)).map(({ id }) => id);
		const seen: string[] = [];
		for (let cursor = ""; ; ) {
			const { body } = await api.get(`/events?orderDir=${orderDir}&limit=2${cursor}`);
			seen.push(...body.items.map(({ id }: Json) => id));
			expect(body.nextCursor === null).toBe(orderDir === "desc" && !body.hasMore);
			if (!body.hasMore) break;
			cursor = `&cursor=${body.nextCursor}`;
			const other = orderDir === "asc" ? "desc" : "asc";
			expect((await api.get(`/events?orderDir=${other}${cursor}`)).status).toBe(400);
		}
		expect(seen).toEqual(orderDir === "asc" ? ids : ids.toReversed());
	});

	it("walks the primary key, whatever it is asked for", async () => {
		const watch = watchBindings();
		const api = (await createCaller()).via(watch.target);
		await api.get("/events");
		watch.reset();
		await api.get("/events?orderDir=asc&type=lead.*&since=2026-01-01T00:00:00Z");
		const [[query] = []] = watch.roundTrips;
		if (!query) throw new Error("Nothing was read.");
		const plan = (await planOf(query)).join("\n");
		expect(plan).toContain("SEARCH event_log USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)");
		expect(plan).not.toContain("TEMP B-TREE");
	});
});

describe("topics", () => {
	it("are all events, or those the operator allows, and skipSystem counts for those alone", async () => {
		const api = withoutSending(await createCaller());
		const all = await api.get("/webhooks/topics");
		expect(all.body).toMatchObject({ nextCursor: null, hasMore: false });
		expect(all.body.items.map(({ event }: Json) => event)).toEqual(eventTypes);
		expect(all.body.items.find(({ event }: Json) => event === "call.busy")).toEqual({
			event: "call.busy",
			description: expect.any(String),
			entity: "conversations",
			process: expect.stringContaining("call"),
		});
		const everything = { url: "https://hooks.example.com/a", events: ["*"], skipSystem: true };
		expect((await api.post("/webhooks", everything)).status).toBe(201);
		await run(
			"UPDATE organizations SET topics = ? WHERE id = ?",
			JSON.stringify(["lead.created", "call.failed"]),
			api.organizationId,
		);
		const some = await api.get("/webhooks/topics");
		expect(some.body.items.map(({ event }: Json) => event)).toEqual(["lead.created", "call.failed"]);
		// The subscription to `call.busy` rests, so nobody else would see to it.
		await api.post("/conversations", { conversationType: "phone", status: "busy" });
		await api.post("/conversations", { conversationType: "phone", status: "failed" });
		const tasks = (await api.get("/tasks")).body.items;
		expect(tasks.map(({ title }: Json) => title)).toEqual(["Call the contact back: the line was busy"]);
		expect((await api.get("/webhooks/topics?limit=1")).status).toBe(400);
	});
});

describe("the public catalogue", () => {
	it("lists every event with a schema that stands by itself and an example that fits, without a key", async () => {
		const target = workerWith({ ...env });
		const { status, body } = await read(await target(new Request(`${ORIGIN}/api/v1/webhook-events`)));
		expect(status).toBe(200);
		expect(body).toMatchObject({ nextCursor: null, hasMore: false });
		expect(body.items.map(({ event }: Json) => event)).toEqual(eventTypes);
		for (const { event, schema, example, process } of body.items) {
			expect(process).toBe(catalogue[event as keyof typeof catalogue].process);
			expect(schema.$schema).toContain("2020-12");
			const { $schema: _, $defs: __, ...root } = schema;
			expect(problemsOf(schema, root, example), event).toEqual([]);
			// Fields may be added to events, and a receiver made of the schema is to take them.
			expect(problemsOf(schema, root, { ...example, more: 1 }), event).toEqual([]);
			expect(problemsOf(schema, root, [example]), event).not.toEqual([]);
		}
	});
});
