// The organization's own document: its custom fields as bodies, answers and filters really have them.
import { describe, expect, it } from "vitest";
import { fieldType, fieldTypeNames } from "../../src/custom-fields/types.ts";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { problemsOf } from "../support/json-schema.ts";
import { createField } from "./fields.ts";

const TYPES = fieldTypeNames.filter((name) => !fieldType(name).hasOptions);
const OPTIONS = { options: ["Gold", "Silver"] };

/** One valid value of each type, at the limit of what is taken. */
const VALUES: Readonly<Record<string, unknown>> = {
	cf_text: "x".repeat(255),
	cf_longtext: "x".repeat(10_000),
	cf_number: -12.75,
	cf_date: "2024-02-29",
	cf_boolean: false,
	cf_email: "jürgen@müller.de",
	cf_phone: "+1 (415) 555-0123",
	cf_url: `https://example.com/${"x".repeat(2_000)}`,
	cf_currency: -0.0001,
	cf_one: "Gold",
	cf_some: ["Gold", "Silver"],
};

async function withFields(more: object = {}): Promise<Api> {
	const api = await createCaller();
	for (const type of TYPES) await createField(api, type, type, more);
	await createField(api, "One", "singleSelect", { ...OPTIONS, ...more });
	await createField(api, "Some", "multiSelect", { ...OPTIONS, ...more });
	return api;
}

const documentOf = async (api: Api): Promise<Json> => (await api.get("/openapi.json")).body;
const problemsIn = (document: Json, name: string, value: unknown) =>
	problemsOf(document, { $ref: `#/components/schemas/${name}` }, value);

describe("the organization's own document", () => {
	it("takes every value that bodies take, and refuses what they refuse", async () => {
		const api = await withFields();
		const document = await documentOf(api);
		const lead = await create(api, "/leads", { name: "Jane", ...VALUES });
		expect(problemsIn(document, "Lead", lead)).toEqual([]);
		expect(problemsIn(document, "LeadCreate", { name: "Jane", ...VALUES })).toEqual([]);
		for (const [key, wrong] of Object.entries({
			cf_text: "x".repeat(256),
			cf_number: "1",
			cf_date: 20240229,
			cf_email: "nobody",
			cf_phone: "call me",
			cf_url: "x".repeat(2_049),
			cf_currency: 1e12,
			cf_one: "Bronze",
			cf_some: ["Bronze"],
		})) {
			expect((await api.post("/leads", { name: "Jane", [key]: wrong })).status, key).toBe(400);
			expect(problemsIn(document, "LeadCreate", { name: "Jane", [key]: wrong }), key).not.toEqual([]);
		}
	});

	it("names each field once, so that strict validators compile it", async () => {
		const { components } = await documentOf(await withFields());
		for (const form of ["Lead", "LeadCreate", "LeadUpdate", "LeadUpsert"]) {
			expect(components.schemas[form].properties, form).toHaveProperty("cf_text");
			expect(components.schemas[form], form).not.toHaveProperty("patternProperties");
		}
	});

	it("says of required fields that they can't be cleared, and its examples can be sent", async () => {
		const api = await withFields({ required: true });
		const document = await documentOf(api);
		const { LeadCreate, LeadUpdate } = document.components.schemas;
		expect(LeadCreate.required).toEqual(expect.arrayContaining(Object.keys(VALUES)));
		for (const key of Object.keys(VALUES)) {
			expect([LeadUpdate.properties[key].type].flat(), key).not.toContain("null");
			expect([LeadCreate.properties[key].type].flat(), key).not.toContain("null");
		}
		const { example } = document.paths["/leads"].post.requestBody.content["application/json"];
		const { stageId: _, sourceId: __, ownerId: ___, assigneeIds: ____, tagIds: _____, ...body } = example;
		expect((await api.post("/leads", body)).status).toBe(201);
		expect(document.paths["/leads"].post["x-codeSamples"][0].source).toContain("cf_date");
	});

	it("holds for answers with an option that was removed while in use", async () => {
		const api = await createCaller();
		const one = await createField(api, "One", "singleSelect", OPTIONS);
		const some = await createField(api, "Some", "multiSelect", OPTIONS);
		const lead = await create(api, "/leads", { name: "Jane", cf_one: "Gold", cf_some: ["Gold"] });
		for (const { id } of [one, some]) await api.patch(`/custom-fields/${id}`, { options: ["Silver"] });
		const stored = (await api.get(`/leads/${lead.id}`)).body;
		expect([stored.cf_one, stored.cf_some]).toEqual(["Gold", ["Gold"]]);
		const document = await documentOf(api);
		expect(problemsIn(document, "Lead", stored)).toEqual([]);
		expect(problemsIn(document, "LeadCreate", { name: "x", cf_one: "Gold" })).not.toEqual([]);
	});

	it("types filters as their fields are, and names what can be sorted by", async () => {
		const document = await documentOf(await withFields());
		const parameters = new Map<string, Json>(
			document.paths["/leads"].get.parameters.map((one: Json) => [one.name, one]),
		);
		expect(parameters.get("cf_number").schema.items.type).toBe("number");
		expect(parameters.get("cf_date").schema.items.format).toBe("date");
		expect(parameters.get("cf_url").schema.items.maxLength).toBe(2_048);
		expect(parameters.has("cf_longtext")).toBe(false);
		expect(parameters.get("orderBy").schema.enum).toEqual(
			expect.arrayContaining(["createdAt", "cf_number", "cf_date", "cf_currency"]),
		);
		expect(parameters.get("orderBy").schema.enum).not.toContain("cf_text");
	});
});

describe("a filter by a custom field", () => {
	const wrong: [string, string][] = [
		["cf_phone", "call me"],
		["cf_date", "2024-02-30"],
		["cf_date", ""],
		["cf_email", "nonsense"],
		["cf_url", "no address"],
		["cf_number", ""],
		["cf_number", "1e"],
		["cf_number", "99999999999999999999"],
		["cf_currency", "0.00001"],
		["cf_boolean", "yes"],
		["cf_text", ""],
		["cf_one", ""],
		["cf_some", ""],
	];

	it("refuses what can't be a value, as built-in fields do", async () => {
		const api = await withFields();
		for (const [key, text] of wrong) {
			const { status, body } = await api.get(`/leads?${key}=${encodeURIComponent(text)}`);
			expect([key, text, status, body.errors?.[0]?.path]).toEqual([key, text, 400, key]);
		}
	});

	it("finds each value as it was given", async () => {
		const api = await withFields();
		await create(api, "/leads", { name: "Jane", ...VALUES });
		for (const [key, value] of Object.entries(VALUES)) {
			if (key === "cf_longtext") continue;
			const text = encodeURIComponent(String([value].flat()[0]));
			expect((await api.get(`/leads?${key}=${text}`)).body.items, key).toHaveLength(1);
		}
	});
});

it("an empty list clears a multiSelect only, and is no value of any other field", async () => {
	const api = await withFields();
	const { id } = await create(api, "/leads", { name: "Jane", ...VALUES });
	for (const key of Object.keys(VALUES)) {
		const { status, body } = await api.patch(`/leads/${id}`, { [key]: [] });
		if (key === "cf_some") expect([status, body.cf_some]).toEqual([200, null]);
		else expect([key, status, body.errors?.[0]?.path]).toEqual([key, 400, key]);
	}
});

it("the organization's own document names its fields, nobody else's does", async () => {
	const api = await createCaller();
	await createField(api, "Tier", "singleSelect", { options: ["gold"], required: true });
	const own = (await api.get("/openapi.json")).body;
	expect(own.components.schemas.LeadCreate.properties.cf_tier).toMatchObject({
		enum: ["gold"],
		description: "Tier",
	});
	expect(own.components.schemas.LeadCreate.required).toContain("cf_tier");
	expect(own.components.schemas.Lead.properties.cf_tier).toBeDefined();
	expect(own.paths["/leads"].get.parameters.map(({ name }: { name: string }) => name)).toContain("cf_tier");
	const other = await createCaller();
	expect((await other.get("/openapi.json")).text).not.toContain("cf_tier");
	expect((await other.get("/openapi.json")).body.components.schemas.LeadCreate.properties).not.toHaveProperty(
		"cf_",
	);
});
