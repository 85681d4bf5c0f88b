// Finding things by name, by id and by the page; and results that would be too long to read.
import { describe, expect, it } from "vitest";
import type { Json } from "../support/api.ts";
import { givenCaller } from "../support/given.ts";
import { given, givenPipeline } from "../support/selling.ts";
import { agentOf, wordsOf } from "./client.ts";

describe("search_records", () => {
	it("looks everywhere a key may, says where, and goes on in one kind", async () => {
		const own = await givenCaller();
		for (const name of ["Zeppelin One", "Zeppelin Two", "Zeppelin Three"])
			await given(own, "/leads", { name });
		const client = await given(own, "/clients", { name: "Zeppelin Works" });
		await given(own, "/tasks", { title: "Call Zeppelin", entity: "clients", entityId: client.id });
		const agent = await agentOf(own);
		const all = await agent.call("search_records", { query: "zepp", limit: 2 });
		expect(wordsOf(all)).toBe(
			"Found more than 2 leads, 1 clients, 1 tasks (looked among leads, clients, deals, tasks).",
		);
		expect(all.clients.items[0].id).toBe(client.id);
		expect(all.deals).toEqual({ items: [], hasMore: false });
		const rest = await agent.call("search_records", {
			query: "zepp",
			kind: "leads",
			limit: 2,
			cursor: all.leads.nextCursor,
		});
		expect(Object.keys(rest)).toEqual(["leads"]);
		expect(rest.leads.items).toHaveLength(1);
		expect(wordsOf(await agent.call("search_records", { query: "nothing" }))).toBe(
			"Nothing found among leads, clients, deals, tasks.",
		);

		const narrow = await agentOf(
			await givenCaller({ organizationId: own.organizationId, scopes: ["clients:read"] }),
		);
		const seen = await narrow.call("search_records", { query: "zepp" });
		expect(Object.keys(seen)).toEqual(["clients"]);
		expect(wordsOf(seen)).toBe("Found 1 clients (looked among clients).");
		expect((await narrow.fail("search_records", { query: "zepp", kind: "tasks" })).message).toContain(
			"tasks:read",
		);
	});

	it("lists whole what other tools take the ids of, and finds each by its id", async () => {
		const own = await givenCaller();
		const { pipeline } = await givenPipeline(own);
		const made: Record<string, Json> = {
			users: await given(own, "/users", { name: "Maria", email: "maria@example.com" }),
			tags: await given(own, "/tags", { name: "VIP" }),
			pipelines: pipeline,
			"lead-stages": await given(own, "/lead-stages", { name: "Contacted", type: "CONTACTED" }),
			"lead-sources": await given(own, "/lead-sources", { name: "Fair" }),
		};
		const agent = await agentOf(own);
		for (const [kind, record] of Object.entries(made)) {
			const shown = await agent.call("search_records", { kind });
			expect(shown[kind], kind).toMatchObject({
				items: [{ id: record.id, name: record.name }],
				hasMore: false,
			});
			expect(await agent.call("search_records", { query: record.id })).toEqual(shown);
		}
		const [{ stages }] = (await agent.call("search_records", { kind: "pipelines" })).pipelines.items;
		expect(stages).toEqual(pipeline.stages);

		const scoped = await agentOf(
			await givenCaller({ organizationId: own.organizationId, scopes: ["tags:read"] }),
		);
		expect((await scoped.client.listTools()).tools.map(({ name }) => name)).toEqual(["search_records"]);
		expect((await scoped.call("search_records", { kind: "tags" })).tags.items).toHaveLength(1);
		expect((await scoped.fail("search_records", { kind: "users" })).message).toContain("users:read");
		expect((await scoped.fail("search_records", { query: "x" })).message).toContain("leads:read");
	});
});

describe("what is too long", () => {
	it("is cut, says so, and loses no record and no cursor", async () => {
		const own = await givenCaller();
		const notes = "long ".repeat(1_900);
		const items = Array.from({ length: 30 }, (_, index) => ({ name: `Lead ${index}`, notes }));
		await own.post("/leads/batch", { items });
		const agent = await agentOf(own);
		const page = await agent.call("find_leads", { limit: 25 });
		expect(page.items).toHaveLength(25);
		expect(page.hasMore).toBe(true);
		expect(JSON.stringify(page).length).toBeLessThanOrEqual(32_768);
		expect(page.items[0].notes).toMatch(/^(?:long )+.* … \[\d+ more characters\]$/);
		const next = await agent.call("find_leads", { limit: 25, cursor: page.nextCursor });
		expect(next.items).toHaveLength(5);
		const whole = await agent.call("search_records", { query: page.items[0].id });
		expect(whole.leads.items[0].notes).toBe(notes);
	});
});
