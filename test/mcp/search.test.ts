// Finding things by name and by the page; and results that would be too long to read.
import { describe, expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { agentOf, messageOf } from "./client.ts";

describe("search_records", () => {
	it("looks everywhere a key may, says where, and goes on in one kind", async () => {
		const own = await createCaller();
		for (const name of ["Zeppelin One", "Zeppelin Two", "Zeppelin Three"])
			await create(own, "/leads", { name });
		const client = await create(own, "/clients", { name: "Zeppelin Works" });
		await create(own, "/tasks", { title: "Call Zeppelin", entity: "clients", entityId: client.id });
		const agent = await agentOf(own);
		const all = await agent.call("search_records", { search: "zepp", limit: 2 });
		expect(messageOf(all)).toBe(
			"Found more than 2 leads, 1 clients, 1 tasks (searched in leads, clients, deals, tasks).",
		);
		expect(all.clients.items[0].id).toBe(client.id);
		expect(all.deals).toEqual({ items: [], hasMore: false });
		const rest = await agent.call("find_records", {
			resource: "leads",
			search: "zepp",
			limit: 2,
			cursor: all.leads.nextCursor,
		});
		expect(rest.items).toHaveLength(1);
		expect(messageOf(await agent.call("search_records", { search: "nothing" }))).toBe(
			"Nothing found in leads, clients, deals, tasks.",
		);

		const narrow = await agentOf(
			await createCaller({ organizationId: own.organizationId, scopes: ["clients:read"] }),
		);
		const seen = await narrow.call("search_records", { search: "zepp" });
		expect(Object.keys(seen)).toEqual(["clients"]);
		expect(messageOf(seen)).toBe("Found 1 clients (searched in clients).");
		const neither = await agentOf(
			await createCaller({ organizationId: own.organizationId, scopes: ["tags:read"] }),
		);
		expect((await neither.fail("search_records", { search: "x" })).message).toContain("leads:read");
	});

	it("speaks of its own arguments where it is refused", async () => {
		const agent = await agentOf(await createCaller());
		const words = Array.from({ length: 40 }, (_, index) => `w${index}`).join(" ");
		const error = await agent.fail("search_records", { search: words });
		expect(error.errors[0].path).toBe("search");
	});
});

describe("what is too long", () => {
	it("is cut, says so, and loses no record and no cursor", async () => {
		const own = await createCaller();
		const notes = "long ".repeat(1_900);
		const items = Array.from({ length: 30 }, (_, index) => ({ name: `Lead ${index}`, notes }));
		await own.post("/leads/batch", { items });
		const agent = await agentOf(own);
		const page = await agent.call("find_records", { resource: "leads", limit: 25 });
		expect(page.items).toHaveLength(25);
		expect(page.hasMore).toBe(true);
		expect(JSON.stringify(page).length).toBeLessThanOrEqual(32_768);
		expect(page.items[0].notes).toMatch(/^(?:long )+.* … \[\d+ more characters\]$/);
		const next = await agent.call("find_records", { resource: "leads", limit: 25, cursor: page.nextCursor });
		expect(next.items).toHaveLength(5);
		expect((await agent.call("get_record", { id: page.items[0].id })).notes).toBe(notes);
	});
});
