// Custom fields: unique values, lists, batches, and the organization's own document.
import { describe, expect, it } from "vitest";
import { linkValue } from "../../src/custom-fields/values.ts";
import { watchBindings } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { createField, namesOfLeads } from "./fields.ts";

describe("unique values", () => {
	it("hold under concurrent writes; rows without a value don't clash; deleted rows don't count", async () => {
		const api = await createCaller();
		await createField(api, "Ext id", "text", { unique: true });
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
		const api = await createCaller();
		await createField(api, "Ext id", "text", { unique: true });
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
		const api = await createCaller();
		await createField(api, "Ext id", "number", { unique: true });
		const first = await api.post("/leads/upsert", { matchBy: "cf_ext_id", name: "Jane", cf_ext_id: 12 });
		const second = await api.post("/leads/upsert", { matchBy: "cf_ext_id", score: 5, cf_ext_id: 12 });
		expect([first.status, second.status]).toEqual([201, 200]);
		expect(second.body).toMatchObject({ id: first.body.id, name: "Jane", score: 5 });
	});

	it("are told apart to the last character, however long their foldings are", async () => {
		const api = await createCaller({ keys: 2 });
		await createField(api, "Ext id", "text", { unique: true });
		const [one, other] = ["a", "b"].map((end) => "\u{20BB7}".repeat(210) + end);
		const ids: string[] = [];
		for (const value of [one, other]) {
			const reply = await api.post("/leads/upsert", {
				matchBy: "cf_ext_id",
				name: value?.at(-1),
				cf_ext_id: value,
			});
			expect(reply.status, reply.text).toBe(201);
			ids.push(reply.body.id);
		}
		for (const [index, value] of [one, other].entries()) {
			expect((await api.post("/leads", { name: "x", cf_ext_id: value })).status).toBe(409);
			const query = `cf_ext_id=${encodeURIComponent(value ?? "")}`;
			expect(await namesOfLeads(api, query)).toEqual(["a", "b"].slice(index, index + 1));
		}
		for (const [index, taxNumber] of [one, other].entries())
			await api.post("/clients", { name: `${index}`, taxNumber });
		const { body } = await api.get(`/clients?taxNumber=${encodeURIComponent(one ?? "")}`);
		expect(body.items.map(({ name }: { name: string }) => name)).toEqual(["0"]);
		expect(new Set(ids).size).toBe(2);
	});

	it("of a field with the longest label are matched by, mapped to, listed and filtered by", async () => {
		const api = await createCaller();
		const { key } = await createField(api, "x".repeat(255), "number");
		expect(key).toHaveLength(258);
		const one = await api.post("/leads/upsert", { matchBy: key, name: "Jane", [key]: 1 });
		expect(one, one.text).toMatchObject({ status: 201, body: { [key]: 1 } });
		const items = [{ name: "Jane", [key]: 1 }];
		const batch = await api.post("/leads/batch", { mode: "upsert", matchBy: key, items });
		expect(batch, batch.text).toMatchObject({ status: 200, body: { updated: 1 } });
		const fields = [
			{ label: "Name", mapTo: "name" },
			{ label: "Number", type: "number", mapTo: key },
		];
		const form = await api.post("/forms", { title: "Contact us", fields });
		expect(form, form.text).toMatchObject({ status: 201, body: { fields: [{}, { mapTo: key }] } });
		expect(await namesOfLeads(api, `${key}=1&orderBy=${key}`)).toEqual(["Jane"]);
		const hook = { url: "https://example.com/hook", events: ["lead.updated"] };
		for (const path of [`data.${key}`, `changes.${key}.from`]) {
			const made = await api.post("/webhooks", { ...hook, filter: { [path]: [1] } });
			expect(made.status, made.text).toBe(201);
		}
		const longer = await api.post("/leads/upsert", { matchBy: `${key}x`, name: "Jane", [key]: 1 });
		expect(longer).toMatchObject({ status: 400, body: { errors: [{ path: "matchBy" }] } });
	});

	it("of long texts and lists are not matched by, and the error says so", async () => {
		const api = await createCaller();
		await createField(api, "Langs", "multiSelect", { options: ["de", "en"] });
		await createField(api, "Story", "longText");
		await createField(api, "Ext id", "text");
		const refused = async (matchBy: string, value: unknown, path: string, message: string) => {
			const item = { name: "Jane", [matchBy]: value };
			const alone = await api.post("/leads/upsert", { matchBy, ...item });
			const errors = [{ path, message }];
			expect(alone, alone.text).toMatchObject({ status: 400, body: { errors } });
			const { body } = await api.post("/leads/batch", { mode: "upsert", matchBy, items: [item] });
			expect(body.results[0].error).toMatchObject({ code: "BAD_REQUEST", errors });
		};
		const words = (type: string) => `Records can't be matched by a ${type} field.`;
		await refused("cf_langs", ["de"], "matchBy", words("multiSelect"));
		await refused("cf_langs", [], "matchBy", words("multiSelect"));
		await refused("cf_story", "Once upon a time", "matchBy", words("longText"));
		await refused("cf_ext_id", ["7"], "cf_ext_id", "Expected a string.");
		await refused("cf_ext_id", null, "cf_ext_id", "Required, because `matchBy` names it.");
	});

	it("may be any number of JSON where upserts match and lists filter by them", async () => {
		const api = await createCaller({ keys: 2 });
		await createField(api, "Num", "number");
		await createField(api, "Sum", "currency");
		for (const number of [1e-7, -2.5e-9, 5e-324, Number.MAX_SAFE_INTEGER, -0.5, 0]) {
			const one = { matchBy: "cf_num", name: `A${number}`, cf_num: number };
			const first = await api.post("/leads/upsert", one);
			expect(first, first.text).toMatchObject({ status: 201, body: { cf_num: number } });
			const items = [{ name: `B${number}`, cf_num: number }];
			const again = await api.post("/leads/batch", { mode: "upsert", matchBy: "cf_num", items });
			expect(again.body, again.text).toMatchObject({ updated: 1, results: [{ id: first.body.id }] });
			expect(await namesOfLeads(api, `cf_num=${number}`)).toEqual([`B${number}`]);
		}
		await api.post("/leads", { name: "Sum", cf_sum: 1200 });
		for (const text of ["1.2e3", "12E+2", "120000e-2"])
			expect(await namesOfLeads(api, `cf_sum=${encodeURIComponent(text)}`), text).toEqual(["Sum"]);
		for (const query of ["cf_num=1e999", "cf_num=e7", "cf_num=1e", "cf_num=0x1", "cf_sum=1e-7"])
			expect((await api.get(`/leads?${query}`)).status, query).toBe(400);
		const text = await api.post("/leads/upsert", { matchBy: "cf_num", name: "C", cf_num: "1" });
		expect(text).toMatchObject({
			status: 400,
			body: { errors: [{ path: "cf_num", message: "Expected a number." }] },
		});
	});
});

describe("lists", () => {
	it("filter by them, alone and together", async () => {
		const api = await createCaller();
		await createField(api, "Tier", "singleSelect", { options: ["gold", "silver"] });
		await createField(api, "Langs", "multiSelect", { options: ["de", "en", "fr"] });
		await createField(api, "Seats", "number");
		await api.post("/leads", { name: "A", score: 1, cf_tier: "gold", cf_langs: ["de", "en"], cf_seats: 10 });
		await api.post("/leads", { name: "B", score: 2, cf_tier: "silver", cf_langs: ["en"], cf_seats: 2.5 });
		await api.post("/leads", { name: "C", score: 3, cf_tier: "gold" });
		expect(await namesOfLeads(api, "cf_tier=gold")).toEqual(["C", "A"]);
		expect(await namesOfLeads(api, "cf_tier=gold&cf_tier=silver")).toEqual(["C", "B", "A"]);
		expect(await namesOfLeads(api, "cf_langs=en")).toEqual(["B", "A"]);
		expect(await namesOfLeads(api, "cf_langs=de&cf_tier=gold")).toEqual(["A"]);
		expect(await namesOfLeads(api, "cf_seats=2.50")).toEqual(["B"]);
		expect(await namesOfLeads(api, "cf_tier=gold&orderBy=score&orderDir=asc")).toEqual(["A", "C"]);
		for (const query of ["cf_seats=many", "cf_nope=1", "orderBy=cf_tier", "orderBy=cf_nope"]) {
			expect((await api.get(`/leads?${query}`)).status, query).toBe(400);
		}
	});

	it("sort by number and date, page by page, rows without a value last", async () => {
		const api = await createCaller();
		await createField(api, "Seats", "number");
		await createField(api, "Due", "date");
		const rows: [string, number | null, string | null][] = [
			["A", 10, "2026-03-01"],
			["B", -3, null],
			["C", 2.5, "2025-12-31"],
			["D", null, "2026-03-01"],
			["E", 1_000_000, null],
			["F", null, null],
		];
		for (const [name, seats, due] of rows) await api.post("/leads", { name, cf_seats: seats, cf_due: due });
		expect(await namesOfLeads(api, "orderBy=cf_seats&orderDir=asc")).toEqual(["B", "C", "A", "E", "D", "F"]);
		expect(await namesOfLeads(api, "orderBy=cf_seats&orderDir=desc")).toEqual(["E", "A", "C", "B", "F", "D"]);
		expect(await namesOfLeads(api, "orderBy=cf_due&orderDir=asc")).toEqual(["C", "A", "D", "B", "E", "F"]);
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
	const api = await createCaller();
	for (let index = 0; index < 40; index += 1)
		await createField(api, `Field ${index}`, index % 2 ? "number" : "text");
	const custom = Object.fromEntries(
		Array.from({ length: 40 }, (_, index) => [`cf_field_${index}`, index % 2 ? index : `value ${index}`]),
	);
	const watch = watchBindings();
	const { body } = await api.via(watch.target).post("/leads/batch", {
		items: Array.from({ length: 100 }, (_, index) => ({ name: `Lead ${index}`, ...custom })),
	});
	expect([body.created, body.failed]).toEqual([100, 0]);
	// Who calls is asked on the side; then one read and one write.
	const [read, write, ...more] = watch.roundTrips.filter(([first]) => !first?.text.includes("api_keys"));
	expect(more).toEqual([]);
	expect(write?.length).toBeGreaterThan(read?.length ?? 0);
	for (const { params, text } of watch.roundTrips.flat())
		expect(params.length, text).toBeLessThanOrEqual(100);
	expect(await namesOfLeads(api, "cf_field_3=3&limit=100")).toHaveLength(100);
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
