// The history of a record: what happened to it, newest first, with who did it and what became of what.
import { describe, expect, it } from "vitest";
import { entityOf, eventTypes } from "../../src/outbox/event-types.ts";
import { hasOperations } from "../contract/operations.ts";
import { resources } from "../contract/resources.ts";
import { bodyOf, createRow } from "../contract/rows.ts";
import type { Api, Json } from "../support/api.ts";
import { watchBindings, withoutSending } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { countReads, pageCost } from "../support/many-rows.ts";
import { planOf, run } from "../support/shards.ts";

const types = (items: Json[]) => items.map(({ type }) => type);

/** A lead that was changed three times, and its events newest first. */
async function changed(api: Api) {
	const lead = await create(api, "/leads", { name: "Jane" });
	await create(api, "/leads", { name: "Another" });
	for (const score of [1, 2, 3]) await api.patch(`/leads/${lead.id}`, { score });
	return lead.id as string;
}

describe("the history of a record", () => {
	it("shows what happened to it, by whom, and both values of each change, and nothing of other records", async () => {
		const api = withoutSending(await createCaller());
		const id = await changed(api);
		const { status, body } = await api.get(`/leads/${id}/events`);
		expect(status).toBe(200);
		expect(types(body.items)).toEqual(["lead.updated", "lead.updated", "lead.updated", "lead.created"]);
		expect(body.items[0]).toMatchObject({
			entityId: id,
			actor: { type: "key", id: api.keyId, name: "test" },
			payload: { changes: { score: { from: 2, to: 3 } }, data: { score: 3 } },
		});
		const feed = (await api.get("/events?limit=100")).body.items;
		const its = feed.filter(({ entityId, type }: Json) => entityId === id && type !== "save_lead");
		expect(body.items).toEqual(its);
		expect(body).toMatchObject({ nextCursor: null, hasMore: false });
	});

	it("is read in pages, along its index, however much else there is", async () => {
		const watch = watchBindings();
		const api = (await createCaller()).via(watch.target);
		const id = await changed(api);
		watch.reset();
		const seen: Json[] = [];
		for (let cursor = ""; ; ) {
			const { body } = await api.get(`/leads/${id}/events?limit=2${cursor}`);
			seen.push(...body.items);
			if (body.nextCursor === null) break;
			cursor = `&cursor=${body.nextCursor}`;
			const elsewhere = await create(api, "/leads", { name: "Elsewhere" });
			expect((await api.get(`/leads/${elsewhere.id}/events?limit=2${cursor}`)).status).toBe(400);
		}
		expect(types(seen)).toEqual(["lead.updated", "lead.updated", "lead.updated", "lead.created"]);
		const [query] = watch.roundTrips.flat().filter(({ text }) => /"event_log"\."entityId" = /.test(text));
		if (!query) throw new Error("Nothing was read.");
		const plan = (await planOf(query)).join("\n");
		expect(plan).toContain(
			"SEARCH event_log USING INDEX event_log_entity (entityId=? AND rowid>? AND rowid<?)",
		);
		expect(plan).not.toMatch(/TEMP B-TREE|SCAN event_log/);
	});

	it("costs the same among tens of thousands of events, on its first page and on a late one", async () => {
		const api = withoutSending((await createCaller()).via(countReads));
		const id = await changed(api);
		const path = `/leads/${id}/events?limit=2`;
		const few = await pageCost(api, path);
		expect(few.body.hasMore).toBe(true);
		// Older ones, every other of this record.
		await run(
			`INSERT INTO event_log ("key", "id", "type", "entityId", "createdAt", "test", "ownId", "actor", "payload")
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000),
				oldest AS (SELECT * FROM event_log WHERE "entityId" = ?1 ORDER BY "key" LIMIT 1)
			SELECT "key" - 10 - n.i, 'evt_7' || printf('%025d', n.i), "type", iif(n.i % 2, "entityId", 'ld_other'), "createdAt", 0, 0, "actor", "payload"
			FROM n CROSS JOIN oldest`,
			id,
		);
		expect((await pageCost(api, path)).rows).toBe(few.rows);
		let late = await pageCost(api, `/leads/${id}/events?limit=100`);
		for (let page = 0; page < 5; page += 1)
			late = await pageCost(api, `/leads/${id}/events?limit=100&cursor=${late.body.nextCursor}`);
		expect(late.body.items).toHaveLength(100);
		const after = await pageCost(api, `${path}&cursor=${few.body.nextCursor}`);
		const last = await pageCost(api, `/leads/${id}/events?limit=2&cursor=${after.body.nextCursor}`);
		expect(last.rows).toBe(after.rows);
		expect(late.rows).toBeLessThan(few.rows + 100 * 4);
	});

	it("is there as long as the record can be read, and for who may read both", async () => {
		const api = withoutSending(await createCaller());
		const id = await changed(api);
		expect((await api.delete(`/leads/${id}`)).status).toBe(204);
		expect((await api.get(`/leads/${id}/events`)).status).toBe(404);
		const { body } = await api.get(`/leads/${id}/events?includeDeleted=true&limit=1`);
		expect(types(body.items)).toEqual(["lead.deleted"]);
		const other = withoutSending(await createCaller());
		expect((await other.get(`/leads/${id}/events?includeDeleted=true`)).status).toBe(404);
		const { organizationId } = api;
		for (const [scopes, lacking] of [
			[["leads:read"], "events:read"],
			[["events:read"], "leads:read"],
		] as const) {
			const some = withoutSending(await createCaller({ organizationId, scopes }));
			const reply = await some.get(`/leads/${id}/events?includeDeleted=true`);
			expect(reply).toMatchObject({ status: 403, body: { message: expect.stringContaining(lacking) } });
		}
		expect((await api.get(`/leads/${id}/events?orderDir=asc`)).status).toBe(400);
	});

	it.each(resources.filter(hasOperations("history")))(
		"of $path begins with how it came to be",
		async (resource) => {
			const api = withoutSending(await createCaller());
			const ended =
				resource.path === "conversations" ? { conversationType: "phone", status: "completed" } : {};
			const { id } = await createRow(api, resource, { ...(await bodyOf(api, resource)), ...ended });
			const { status, body } = await api.get(`/${resource.path}/${id}/events`);
			expect(status).toBe(200);
			const expected = resource.path === "webhooks" ? [] : [expect.objectContaining({ entityId: id })];
			expect(body.items).toEqual(expected);
		},
	);

	it("exists of every resource that an event speaks of", async () => {
		const spoken = [...new Set(eventTypes.map(entityOf))].sort();
		expect(
			resources
				.filter(hasOperations("history"))
				.map(({ path }) => path)
				.sort(),
		).toEqual(spoken);
	});
});
