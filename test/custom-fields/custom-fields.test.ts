import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { keyOf } from "../../src/custom-fields/definitions.ts";
import { linkValue } from "../../src/custom-fields/values.ts";
import type { Api } from "../support/api.ts";
import { givenCaller } from "../support/given.ts";

const define = async (api: Api, label: string, type: string, more: object = {}) => {
	const reply = await api.post("/custom-fields", { entity: "leads", label, type, ...more });
	if (reply.status !== 201) throw new Error(reply.text);
	return reply.body;
};

const names = async (api: Api, query: string): Promise<string[]> => {
	const { body } = await api.get(`/leads?${query}`);
	return body.items.map((lead: { name: string }) => lead.name);
};

describe("keys", () => {
	it.each([
		["Company Size", "cf_company_size"],
		["  Company \t Size  ", "cf_company_size"],
		["Größe (m²)", "cf_groe_m"],
		["Crème brûlée", "cf_creme_brulee"],
		["50-100 %", "cf_50100_"],
		["日本", "cf_"],
		["🎉", "cf_"],
	])("of %s is %s", (label, key) => {
		expect(keyOf(label)).toBe(key);
	});

	it("are fixed at creation, clash with 409, and can't be empty", async () => {
		const api = await givenCaller();
		const field = await define(api, "Company Size", "text");
		expect(field.key).toBe("cf_company_size");
		expect(
			(await api.post("/custom-fields", { entity: "leads", label: "company_size", type: "text" })).status,
		).toBe(409);
		expect(
			(await api.post("/custom-fields", { entity: "clients", label: "Company Size", type: "text" })).status,
		).toBe(201);
		const empty = await api.post("/custom-fields", { entity: "leads", label: "日本", type: "text" });
		expect([empty.status, empty.body.errors[0].path]).toEqual([400, "label"]);
		const renamed = await api.patch(`/custom-fields/${field.id}`, { label: "Head count" });
		expect(renamed.body).toMatchObject({ key: "cf_company_size", label: "Head count" });
		expect((await api.patch(`/custom-fields/${field.id}`, { type: "number" })).status).toBe(400);
	});
});

describe("values", () => {
	const good: [string, unknown, object?][] = [
		["text", "Zoë 🦊"],
		["longText", "x".repeat(10_000)],
		["number", -0.5],
		["date", "2026-02-28"],
		["boolean", false],
		["singleSelect", "b", { options: ["a", "b"] }],
		["multiSelect", ["b", "a"], { options: ["a", "b"] }],
		["email", "jane@example.com"],
		["phone", "+49 30 1234"],
		["url", "https://example.com/a?b=c"],
		["currency", 1234.5678],
	];
	const bad: [string, unknown, object?][] = [
		["text", 5],
		["text", "x".repeat(256)],
		["longText", "x".repeat(10_001)],
		["number", "5"],
		["date", "2026-02-30"],
		["boolean", "yes"],
		["singleSelect", "c", { options: ["a", "b"] }],
		["multiSelect", ["a", "a"], { options: ["a", "b"] }],
		["multiSelect", "a", { options: ["a", "b"] }],
		["email", "jane"],
		["phone", "call me"],
		["url", "javascript:alert(1)"],
		["currency", 0.00001],
	];

	it.each(good)("of type %s round-trip, and null clears them", async (type, value, more) => {
		const api = await givenCaller();
		await define(api, "Field", type, more);
		const lead = await api.post("/leads", { name: "Jane", cf_field: value });
		expect(lead.body.cf_field).toEqual(value);
		expect((await api.get(`/leads/${lead.body.id}`)).body).toEqual(lead.body);
		const touched = await api.patch(`/leads/${lead.body.id}`, { score: 1 });
		expect(touched.body.cf_field).toEqual(value);
		expect((await api.patch(`/leads/${lead.body.id}`, { cf_field: null })).body.cf_field).toBeNull();
	});

	it.each(bad)("of type %s that don't fit are 400 and nothing is written", async (type, value, more) => {
		const api = await givenCaller();
		await define(api, "Field", type, more);
		const reply = await api.post("/leads", { name: "Jane", cf_field: value });
		expect(reply.status).toBe(400);
		expect(reply.body.errors[0].path).toMatch(/^cf_field/);
		expect((await api.get("/leads")).body.items).toEqual([]);
	});

	it("need a definition: of this organization, this entity, and not deleted", async () => {
		const api = await givenCaller();
		const other = await givenCaller();
		await define(other, "Foreign", "text");
		await define(api, "Only clients", "text", { entity: "clients" });
		for (const key of [
			"cf_foreign",
			"cf_only_clients",
			"cf_",
			"cf_toString",
			"cf___proto__",
			`cf_${"x".repeat(300)}`,
			'cf_a"b',
			"cf_a.b",
		]) {
			const reply = await api.post("/leads", { name: "Jane", [key]: "x" });
			expect([reply.status, reply.body.errors[0].path], key).toEqual([400, key]);
		}
	});

	it("are there at once for a field that another call has just defined", async () => {
		const api = await givenCaller();
		await api.post("/leads", { name: "Before" });
		await define(api, "New", "text");
		expect((await api.post("/leads", { name: "After", cf_new: "x" })).body.cf_new).toBe("x");
		expect(await names(api, "cf_new=x")).toEqual(["After"]);
	});

	it("required ones must come with a create and can't be cleared; older rows may go on without", async () => {
		const api = await givenCaller();
		const old = await api.post("/leads", { name: "Old" });
		await define(api, "Must", "text", { required: true });
		expect((await api.post("/leads", { name: "New" })).body.errors[0]).toMatchObject({
			path: "cf_must",
			message: "Required.",
		});
		expect((await api.patch(`/leads/${old.body.id}`, { score: 1 })).status).toBe(200);
		const lead = await api.post("/leads", { name: "New", cf_must: "x" });
		expect((await api.patch(`/leads/${lead.body.id}`, { cf_must: null })).status).toBe(400);
	});

	it("of a deleted definition are hidden, and come back with it", async () => {
		const api = await givenCaller();
		const field = await define(api, "Secret", "text");
		const lead = await api.post("/leads", { name: "Jane", cf_secret: "x" });
		await api.delete(`/custom-fields/${field.id}`);
		expect((await api.get(`/leads/${lead.body.id}`)).body).not.toHaveProperty("cf_secret");
		expect((await api.get("/leads?cf_secret=x")).status).toBe(400);
		await api.patch(`/leads/${lead.body.id}`, { score: 1 });
		const again = await define(api, "Secret", "number");
		expect((await api.get(`/leads/${lead.body.id}`)).body.cf_secret).toBeNull();
		await api.delete(`/custom-fields/${again.id}`);
		await api.post(`/custom-fields/${field.id}/restore`);
		expect((await api.get(`/leads/${lead.body.id}`)).body.cf_secret).toBe("x");
	});

	it("are in events, with their changes", async () => {
		const api = await givenCaller();
		await define(api, "Tier", "text");
		const lead = await api.post("/leads", { name: "Jane", cf_tier: "gold" });
		await api.patch(`/leads/${lead.body.id}`, { cf_tier: "silver" });
		const { results } = await env.DB.prepare(
			"SELECT type, payload FROM events WHERE organizationId = ? AND type LIKE 'lead.%' ORDER BY id",
		)
			.bind(api.organizationId)
			.all<{ type: string; payload: string }>();
		const [created, updated] = results.map(({ payload }) => JSON.parse(payload));
		expect(created.data.cf_tier).toBe("gold");
		expect(updated.data.cf_tier).toBe("silver");
		expect(updated.changes).toEqual({ cf_tier: { from: "gold", to: "silver" } });
		expect(created.data).not.toHaveProperty("custom");
	});
});

describe("unique values", () => {
	it("hold under concurrent writes; rows without a value don't clash; deleted rows don't count", async () => {
		const api = await givenCaller();
		await define(api, "Ext id", "text", { unique: true });
		const racing = await Promise.all(
			Array.from({ length: 10 }, () => api.post("/leads", { name: "Jane", cf_ext_id: "7" })),
		);
		expect(racing.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
		expect(racing.find(({ status }) => status === 409)?.body.errors[0].path).toBe("cf_ext_id");
		expect((await api.post("/leads", { name: "None" })).status).toBe(201);
		expect((await api.post("/leads", { name: "None" })).status).toBe(201);
		const winner = racing.find(({ status }) => status === 201);
		await api.delete(`/leads/${winner?.body.id}`);
		expect((await api.post("/leads", { name: "Next", cf_ext_id: "7" })).status).toBe(201);
		expect((await api.post(`/leads/${winner?.body.id}/restore`)).status).toBe(409);
	});

	it("in a batch refuse only the items at fault", async () => {
		const api = await givenCaller();
		await define(api, "Ext id", "text", { unique: true });
		await api.post("/leads", { name: "Taken", cf_ext_id: "1" });
		const { body } = await api.post("/leads/batch", {
			items: [
				{ name: "A", cf_ext_id: "2" },
				{ name: "B", cf_ext_id: "2" },
				{ name: "C", cf_ext_id: "1" },
				{ name: "D" },
			],
		});
		expect([body.created, body.failed]).toEqual([2, 2]);
		expect(body.results.map((one: { error?: { code: string } }) => one.error?.code)).toEqual([
			undefined,
			"CONFLICT",
			"CONFLICT",
			undefined,
		]);
	});

	it("are what upserts match by", async () => {
		const api = await givenCaller();
		await define(api, "Ext id", "number", { unique: true });
		const first = await api.post("/leads/upsert", { matchBy: "cf_ext_id", name: "Jane", cf_ext_id: 12 });
		const second = await api.post("/leads/upsert", { matchBy: "cf_ext_id", score: 5, cf_ext_id: 12 });
		expect([first.status, second.status]).toEqual([201, 200]);
		expect(second.body).toMatchObject({ id: first.body.id, name: "Jane", score: 5 });
	});
});

describe("lists", () => {
	it("filter by them, alone and together", async () => {
		const api = await givenCaller();
		await define(api, "Tier", "singleSelect", { options: ["gold", "silver"] });
		await define(api, "Langs", "multiSelect", { options: ["de", "en", "fr"] });
		await define(api, "Seats", "number");
		await api.post("/leads", { name: "A", score: 1, cf_tier: "gold", cf_langs: ["de", "en"], cf_seats: 10 });
		await api.post("/leads", { name: "B", score: 2, cf_tier: "silver", cf_langs: ["en"], cf_seats: 2.5 });
		await api.post("/leads", { name: "C", score: 3, cf_tier: "gold" });
		expect(await names(api, "cf_tier=gold")).toEqual(["C", "A"]);
		expect(await names(api, "cf_tier=gold&cf_tier=silver")).toEqual(["C", "B", "A"]);
		expect(await names(api, "cf_langs=en")).toEqual(["B", "A"]);
		expect(await names(api, "cf_langs=de&cf_tier=gold")).toEqual(["A"]);
		expect(await names(api, "cf_seats=2.50")).toEqual(["B"]);
		expect(await names(api, "cf_tier=gold&orderBy=score&orderDir=asc")).toEqual(["A", "C"]);
		for (const query of ["cf_seats=many", "cf_nope=1", "orderBy=cf_tier", "orderBy=cf_nope"]) {
			expect((await api.get(`/leads?${query}`)).status, query).toBe(400);
		}
	});

	it("sort by number and date, page by page, rows without a value last", async () => {
		const api = await givenCaller();
		await define(api, "Seats", "number");
		await define(api, "Due", "date");
		const rows: [string, number | null, string | null][] = [
			["A", 10, "2026-03-01"],
			["B", -3, null],
			["C", 2.5, "2025-12-31"],
			["D", null, "2026-03-01"],
			["E", 1_000_000, null],
			["F", null, null],
		];
		for (const [name, seats, due] of rows) await api.post("/leads", { name, cf_seats: seats, cf_due: due });
		expect(await names(api, "orderBy=cf_seats&orderDir=asc")).toEqual(["B", "C", "A", "E", "D", "F"]);
		expect(await names(api, "orderBy=cf_seats&orderDir=desc")).toEqual(["E", "A", "C", "B", "F", "D"]);
		expect(await names(api, "orderBy=cf_due&orderDir=asc")).toEqual(["C", "A", "D", "B", "E", "F"]);
		const walked: string[] = [];
		for (let cursor = ""; ; ) {
			const { body } = await api.get(`/leads?orderBy=cf_seats&limit=1${cursor}`);
			walked.push(body.items[0].name);
			if (!body.hasMore) break;
			cursor = `&cursor=${body.nextCursor}`;
		}
		expect(walked).toEqual(["E", "A", "C", "B", "F", "D"]);
	});

	it("a number's text sorts as the number does", () => {
		const numbers = [
			Number.MIN_SAFE_INTEGER,
			-1e9,
			-1.5,
			-1,
			-0.1,
			0,
			0.1,
			1,
			1.5,
			2,
			10,
			1e9,
			Number.MAX_SAFE_INTEGER,
		];
		const texts = numbers.map((value) => linkValue("number", value));
		expect([...texts].sort()).toEqual(texts);
		expect(linkValue("number", -0)).toBe(linkValue("number", 0));
	});
});

it("forty fields and a hundred items go in one batch", async () => {
	const api = await givenCaller();
	for (let index = 0; index < 40; index += 1)
		await define(api, `Field ${index}`, index % 2 ? "number" : "text");
	const custom = Object.fromEntries(
		Array.from({ length: 40 }, (_, index) => [`cf_field_${index}`, index % 2 ? index : `value ${index}`]),
	);
	const { body } = await api.post("/leads/batch", {
		items: Array.from({ length: 100 }, (_, index) => ({ name: `Lead ${index}`, ...custom })),
	});
	expect([body.created, body.failed]).toEqual([100, 0]);
	expect(await names(api, "cf_field_3=3&limit=100")).toHaveLength(100);
});

it("the organization's own document names its fields, nobody else's does", async () => {
	const api = await givenCaller();
	await define(api, "Tier", "singleSelect", { options: ["gold"], required: true });
	const own = (await api.get("/openapi.json")).body;
	expect(own.components.schemas.LeadCreate.properties.cf_tier).toMatchObject({
		enum: ["gold", null],
		description: "Tier",
	});
	expect(own.components.schemas.LeadCreate.required).toContain("cf_tier");
	expect(own.components.schemas.Lead.properties.cf_tier).toBeDefined();
	expect(own.paths["/leads"].get.parameters.map(({ name }: { name: string }) => name)).toContain("cf_tier");
	const other = await givenCaller();
	expect((await other.get("/openapi.json")).text).not.toContain("cf_tier");
	expect((await other.get("/openapi.json")).body.components.schemas.LeadCreate.properties).not.toHaveProperty(
		"cf_",
	);
});
