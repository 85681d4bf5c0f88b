// The data that the rules need besides the input is parsed once after a change, not once for each row.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Api } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { createField } from "./fields.ts";

afterEach(() => vi.restoreAllMocks());

/** How often definitions are parsed while something is asked, and what is answered. */
async function parses(ask: () => ReturnType<Api["get"]>) {
	const parse = vi.spyOn(JSON, "parse");
	const { status } = await ask();
	const count = parse.mock.calls.filter(([text]) => String(text).startsWith('{"definitions":')).length;
	parse.mockRestore();
	return [status, count];
}

const hundred = {
	items: Array.from({ length: 100 }, (_, index) => ({ name: `Lead ${index}`, cf_rank: index })),
};

describe("the fact of a resource is parsed once", () => {
	it.each([
		["a create", 201, (api: Api) => api.post("/leads", { name: "Jane", cf_rank: 1 })],
		["a batch of a hundred", 200, (api: Api) => api.post("/leads/batch", hundred)],
		[
			"an upsert",
			201,
			(api: Api) => api.post("/leads/upsert", { name: "Jane", matchBy: "cf_rank", cf_rank: 1 }),
		],
		["a list by a custom field", 200, (api: Api) => api.get("/leads?cf_rank=1&orderBy=cf_rank")],
	])("by %s after a definition was added", async (_, status, ask) => {
		const api = await createCaller();
		await api.post("/leads", { name: "Before" });
		await createField(api, "Rank", "number");
		expect(await parses(() => ask(api))).toEqual([status, 1]);
		expect((await parses(() => ask(api)))[1]).toBe(0);
	});

	it("by an update, a deletion, a restore and a read", async () => {
		const api = await createCaller();
		const { id } = await create(api, "/leads", { name: "Jane" });
		await createField(api, "Rank", "number");
		expect(await parses(() => api.patch(`/leads/${id}`, { cf_rank: 2 }))).toEqual([200, 1]);
		await createField(api, "Size", "number");
		expect(await parses(() => api.delete(`/leads/${id}`))).toEqual([204, 1]);
		await createField(api, "Age", "number");
		expect(await parses(() => api.post(`/leads/${id}/restore`))).toEqual([200, 1]);
		await createField(api, "Time", "number");
		expect(await parses(() => api.get(`/leads/${id}`))).toEqual([200, 1]);
		expect(await parses(() => api.patch(`/leads/${id}`, { cf_rank: 3 }))).toEqual([200, 0]);
	});
});
