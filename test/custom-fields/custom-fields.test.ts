// Custom fields: keys and values.
import { describe, expect, it } from "vitest";
import { keyOf } from "../../src/custom-fields/definitions.ts";
import { fieldTypeNames } from "../../src/custom-fields/types.ts";
import { createCaller } from "../support/callers.ts";
import { OF_ORGANIZATION } from "../support/events.ts";
import { run } from "../support/shards.ts";
import { createField, namesOfLeads } from "./fields.ts";

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
		const api = await createCaller();
		const field = await createField(api, "Company Size", "text");
		expect(field.key).toBe("cf_company_size");
		expect(
			await api.post("/custom-fields", { entity: "leads", label: "company_size", type: "text" }),
		).toMatchObject({
			status: 409,
			body: {
				message: "Another custom field has this key.",
				errors: [{ path: "label", message: "Already taken." }],
			},
		});
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

	it("are tried for each type, good and bad ones", () => {
		for (const tried of [good, bad])
			expect(new Set(tried.map(([type]) => type))).toEqual(new Set(fieldTypeNames));
	});

	it.each(good)("of type %s round-trip, and null clears them", async (type, value, more) => {
		const api = await createCaller();
		await createField(api, "Field", type, more);
		const lead = await api.post("/leads", { name: "Jane", cf_field: value });
		expect(lead.body.cf_field).toEqual(value);
		expect((await api.get(`/leads/${lead.body.id}`)).body).toEqual(lead.body);
		const touched = await api.patch(`/leads/${lead.body.id}`, { score: 1 });
		expect(touched.body.cf_field).toEqual(value);
		expect((await api.patch(`/leads/${lead.body.id}`, { cf_field: null })).body.cf_field).toBeNull();
	});

	it.each(bad)("of type %s that don't fit are 400 and nothing is written", async (type, value, more) => {
		const api = await createCaller();
		await createField(api, "Field", type, more);
		const reply = await api.post("/leads", { name: "Jane", cf_field: value });
		expect(reply.status).toBe(400);
		expect(reply.body.errors[0].path).toMatch(/^cf_field/);
		expect((await api.get("/leads")).body.items).toEqual([]);
	});

	it("need a definition: of this organization, this entity, and not deleted", async () => {
		const api = await createCaller();
		const other = await createCaller();
		await createField(other, "Foreign", "text");
		await createField(api, "Only clients", "text", { entity: "clients" });
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
		const api = await createCaller();
		await api.post("/leads", { name: "Before" });
		await createField(api, "New", "text");
		expect((await api.post("/leads", { name: "After", cf_new: "x" })).body.cf_new).toBe("x");
		expect(await namesOfLeads(api, "cf_new=x")).toEqual(["After"]);
	});

	it("required ones must come with a create and can't be cleared; older rows may go on without", async () => {
		const api = await createCaller();
		const old = await api.post("/leads", { name: "Old" });
		await createField(api, "Must", "text", { required: true });
		expect((await api.post("/leads", { name: "New" })).body.errors[0]).toMatchObject({
			path: "cf_must",
			message: "Required.",
		});
		expect((await api.patch(`/leads/${old.body.id}`, { score: 1 })).status).toBe(200);
		const lead = await api.post("/leads", { name: "New", cf_must: "x" });
		expect((await api.patch(`/leads/${lead.body.id}`, { cf_must: null })).status).toBe(400);
	});

	it("of a deleted definition are hidden, and come back with it", async () => {
		const api = await createCaller();
		const field = await createField(api, "Secret", "text");
		const lead = await api.post("/leads", { name: "Jane", cf_secret: "x" });
		await api.delete(`/custom-fields/${field.id}`);
		expect((await api.get(`/leads/${lead.body.id}`)).body).not.toHaveProperty("cf_secret");
		expect((await api.get("/leads?cf_secret=x")).status).toBe(400);
		await api.patch(`/leads/${lead.body.id}`, { score: 1 });
		const again = await createField(api, "Secret", "number");
		expect((await api.get(`/leads/${lead.body.id}`)).body.cf_secret).toBeNull();
		await api.delete(`/custom-fields/${again.id}`);
		await api.post(`/custom-fields/${field.id}/restore`);
		expect((await api.get(`/leads/${lead.body.id}`)).body.cf_secret).toBe("x");
	});

	it("are in events, with their changes", async () => {
		const api = await createCaller();
		await createField(api, "Tier", "text");
		const lead = await api.post("/leads", { name: "Jane", cf_tier: "gold" });
		await api.patch(`/leads/${lead.body.id}`, { cf_tier: "silver" });
		const results = await run<{ type: string; payload: string }>(
			`SELECT type, payload FROM event_log WHERE ${OF_ORGANIZATION} AND type LIKE 'lead.%' ORDER BY key`,
			api.organizationId,
		);
		const [created, updated] = results.map(({ payload }) => JSON.parse(payload));
		expect(created.data.cf_tier).toBe("gold");
		expect(updated.data.cf_tier).toBe("silver");
		expect(updated.changes).toEqual({ cf_tier: { from: "gold", to: "silver" } });
		expect(created.data).not.toHaveProperty("custom");
	});
});
