// The history of a record: what happened to it, newest first, with who did it and what became of what.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { catalogue } from "../../src/events/catalogue.ts";
import { bodyOf, has, made } from "../contract/harness.ts";
import { resources } from "../contract/resources.ts";
import type { Api, Json } from "../support/api.ts";
import { unsent, watched } from "../support/bindings.ts";
import { givenCaller } from "../support/given.ts";
import { given } from "../support/selling.ts";

const types = (items: Json[]) => items.map(({ type }) => type);

/** A lead that was changed three times, and its events newest first. */
async function changed(api: Api) {
	const lead = await given(api, "/leads", { name: "Jane" });
	await given(api, "/leads", { name: "Another" });
	for (const score of [1, 2, 3]) await api.patch(`/leads/${lead.id}`, { score });
	return lead.id as string;
}

describe("the history of a record", () => {
	it("says what happened to it, by whom and from what to what, and nothing of others", async () => {
		const api = unsent(await givenCaller());
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
		const watch = watched();
		const api = (await givenCaller()).via(watch.target);
		const id = await changed(api);
		watch.reset();
		const seen: Json[] = [];
		for (let cursor = ""; ; ) {
			const { body } = await api.get(`/leads/${id}/events?limit=2${cursor}`);
			seen.push(...body.items);
			if (body.nextCursor === null) break;
			cursor = `&cursor=${body.nextCursor}`;
			const elsewhere = await given(api, "/leads", { name: "Elsewhere" });
			expect((await api.get(`/leads/${elsewhere.id}/events?limit=2${cursor}`)).status).toBe(400);
		}
		expect(types(seen)).toEqual(["lead.updated", "lead.updated", "lead.updated", "lead.created"]);
		const [query] = watch.roundTrips.flat().filter(({ text }) => /"event_log"\."entityId" = /.test(text));
		const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${query?.text}`)
			.bind(...(query?.params ?? []))
			.all<{ detail: string }>();
		const plan = results.map(({ detail }) => detail).join("\n");
		expect(plan).toContain(
			"SEARCH event_log USING INDEX event_log_entity (entityId=? AND rowid>? AND rowid<?)",
		);
		expect(plan).not.toMatch(/TEMP B-TREE|SCAN event_log/);
	});

	it("is there as long as the record can be read, and for who may read both", async () => {
		const api = unsent(await givenCaller());
		const id = await changed(api);
		expect((await api.delete(`/leads/${id}`)).status).toBe(204);
		expect((await api.get(`/leads/${id}/events`)).status).toBe(404);
		const { body } = await api.get(`/leads/${id}/events?includeDeleted=true&limit=1`);
		expect(types(body.items)).toEqual(["lead.deleted"]);
		const other = unsent(await givenCaller());
		expect((await other.get(`/leads/${id}/events?includeDeleted=true`)).status).toBe(404);
		const { organizationId } = api;
		for (const [scopes, lacking] of [
			[["leads:read"], "events:read"],
			[["events:read"], "leads:read"],
		] as const) {
			const some = unsent(await givenCaller({ organizationId, scopes }));
			const reply = await some.get(`/leads/${id}/events?includeDeleted=true`);
			expect(reply).toMatchObject({ status: 403, body: { message: expect.stringContaining(lacking) } });
		}
		expect((await api.get(`/leads/${id}/events?orderDir=asc`)).status).toBe(400);
	});

	it.each(resources.filter(has("history")))("of $path begins with how it came to be", async (resource) => {
		const api = unsent(await givenCaller());
		const ended = resource.path === "conversations" ? { conversationType: "phone", status: "completed" } : {};
		const { id } = await made(api, resource, { ...(await bodyOf(api, resource)), ...ended });
		const { status, body } = await api.get(`/${resource.path}/${id}/events`);
		expect(status).toBe(200);
		const expected = resource.path === "webhooks" ? [] : [expect.objectContaining({ entityId: id })];
		expect(body.items).toEqual(expected);
	});

	it("exists of every resource that an event speaks of", async () => {
		const spoken = [...new Set(Object.values(catalogue).map(({ entity }) => entity))].sort();
		expect(
			resources
				.filter(has("history"))
				.map(({ path }) => path)
				.sort(),
		).toEqual(spoken);
	});
});
