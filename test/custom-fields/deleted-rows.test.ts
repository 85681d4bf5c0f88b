// A deleted row has no links: it is found by its values only where deleted rows are asked for, and again once it is restored.
import { describe, expect, it } from "vitest";
import { pages, rowsOf } from "../contract/pages.ts";
import type { Api } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { dbOf, run } from "../support/shards.ts";
import { createField, namesOfLeads } from "./fields.ts";

it("deleted leads are found by tags and custom fields where they are asked for, as live ones are", async () => {
	const api = await createCaller({ keys: 3 });
	await createField(api, "Size", "number");
	await createField(api, "Vip", "boolean");
	await createField(api, "Mail", "email");
	await createField(api, "Kinds", "multiSelect", { options: ["a", "b"] });
	const tag = await create(api, "/tags", { name: "Hot" });
	const values = {
		cf_size: 5,
		cf_vip: true,
		cf_mail: "Jane@Example.com",
		cf_kinds: ["a", "b"],
		tagIds: [tag.id],
	};
	const { id } = await create(api, "/leads", { name: "Gone", ...values });
	await create(api, "/leads", { name: "Live", ...values, cf_size: 7 });
	await create(api, "/leads", { name: "Other", cf_size: 6, cf_vip: false });
	await api.delete(`/leads/${id}`);
	const queries = [
		`tagId=${tag.id}`,
		"cf_vip=true",
		"cf_mail=jane@example.com",
		"cf_kinds=b",
		"cf_size=5&cf_size=7",
	];
	for (const query of queries) {
		expect(await namesOfLeads(api, query), query).toEqual(["Live"]);
		expect(await namesOfLeads(api, `${query}&includeDeleted=true`), query).toEqual(["Live", "Gone"]);
	}
	const sorted = "orderBy=cf_size&orderDir=asc&includeDeleted=true";
	expect(await namesOfLeads(api, sorted)).toEqual(["Other", "Live", "Gone"]);
	const first = (await api.get(`/leads?${sorted}&limit=2`)).body;
	expect(await namesOfLeads(api, `${sorted}&limit=2&cursor=${first.nextCursor}`)).toEqual(["Gone"]);
	expect((await api.post(`/leads/${id}/restore`)).status).toBe(200);
	for (const query of queries) expect(await namesOfLeads(api, query), query).toEqual(["Live", "Gone"]);
});

it("a lead that is restored while its field is deleted is found by it once that is back", async () => {
	const api = await createCaller();
	const field = await createField(api, "Size", "number", { unique: true });
	const { id } = await create(api, "/leads", { name: "Jane", cf_size: 5 });
	await api.delete(`/leads/${id}`);
	await api.delete(`/custom-fields/${field.id}`);
	expect((await api.post(`/leads/${id}/restore`)).status).toBe(200);
	expect((await api.post(`/custom-fields/${field.id}/restore`)).status).toBe(200);
	expect(await namesOfLeads(api, "cf_size=5")).toEqual(["Jane"]);
	expect((await api.post("/leads", { name: "Twin", cf_size: 5 })).status).toBe(409);
});

/** The links of custom values that a lead has. */
const valueLinks = (id: string) =>
	run("SELECT field, toId FROM links WHERE fromId = ? AND field LIKE 'leads.custom.%'", id);

describe("a lead that is deleted while its fields are", () => {
	const OTHER_TYPES: readonly (readonly [string, unknown, object?])[] = [
		["text", "Zürich"],
		["email", "JÖRG@Bücher.example"],
		["phone", "+1 415 555 0123"],
		["url", "https://Example.com"],
		["date", "2026-01-31"],
		["boolean", true],
		["currency", -1.5],
		["singleSelect", "A", { options: ["A"] }],
		["multiSelect", ["A", "B"], { options: ["A", "B"] }],
	];
	const removals: [string, (api: Api, id: string) => Promise<unknown>][] = [
		["by itself", (api, id) => api.delete(`/leads/${id}`)],
		["in a batch", (api, id) => api.post("/leads/batch", { mode: "delete", items: [{ id }] })],
	];

	it.each(removals)("%s has no links, and is listed once when they are back", async (_, remove) => {
		const api = await createCaller({ keys: 5 });
		const fields = [await createField(api, "Size", "number")];
		const values: Record<string, unknown> = { cf_size: 6 };
		for (const [type, value, more] of OTHER_TYPES) {
			const field = await createField(api, type, type, more);
			fields.push(field);
			values[field.key] = value;
		}
		await create(api, "/leads", { name: "Small", cf_size: 5 });
		const { id } = await create(api, "/leads", { name: "Gone", ...values });
		await create(api, "/leads", { name: "Large", cf_size: 7 });
		expect(await valueLinks(id)).toHaveLength(11);
		for (const field of fields) await api.delete(`/custom-fields/${field.id}`);
		await remove(api, id);
		expect(await valueLinks(id)).toEqual([]);
		for (const field of fields) await api.post(`/custom-fields/${field.id}/restore`);
		const sorted = "orderBy=cf_size&includeDeleted=true";
		expect(await namesOfLeads(api, sorted)).toEqual(["Large", "Small", "Gone"]);
		expect((await api.post(`/leads/${id}/restore`)).status).toBe(200);
		expect(await valueLinks(id)).toHaveLength(11);
		expect(await namesOfLeads(api, sorted)).toEqual(["Large", "Gone", "Small"]);
	});
});

it.each(["asc", "desc"])("a deleted lead with a link from before is listed once: %s", async (orderDir) => {
	const api = await createCaller({ keys: 2 });
	const { id: field } = await createField(api, "Size", "number");
	for (const size of [5, 7]) await create(api, "/leads", { name: `${size}`, cf_size: size });
	const { id } = await create(api, "/leads", { name: "6", cf_size: 6 });
	const links = await valueLinks(id);
	await api.delete(`/leads/${id}`);
	for (const { field, toId } of links)
		await dbOf(api.organizationId)
			.prepare("INSERT INTO links VALUES (?, ?, ?, ?)")
			.bind(api.organizationId, field, toId, id)
			.run();
	expect(await valueLinks(id)).toEqual([{ field: `leads.custom.${field}`, toId: links[0]?.toId }]);
	const query = { orderBy: "cf_size", orderDir, includeDeleted: "true" };
	const names = rowsOf(await pages(api, "leads", { ...query, limit: 1 })).map(({ name }) => name);
	expect(names).toEqual([...(orderDir === "asc" ? ["5", "7"] : ["7", "5"]), "6"]);
});

describe("a filter by a value in another spelling", () => {
	/** Types, values, other spellings of them, and other values. */
	const SPELLINGS: readonly (readonly [string, string, readonly string[], string])[] = [
		["text", "Berlin", ["berlin", "BERLIN", "Bérlin"], "Berlin Mitte"],
		["text", "Zürich", ["zurich", "ZÜRICH", "Zu\u0308rich"], "Zürichsee"],
		["text", "Ελλάς", ["ελλάς", "ΕΛΛΑΣ"], "Ελλάδα"],
		["email", "JÖRG@Bücher.example", ["jörg@bücher.example", "Jörg@xn--bcher-kva.example"], "jörg@b.example"],
		["email", "Jane@xn--bcher-kva.example", ["jane@BÜCHER.example"], "Jane@example.com"],
		["phone", "+1 415 555 0123", ["+14155550123", "001 (415) 555-0123"], "+1 415 555 0124"],
		["phone", "0049 (0)30 123456-78", ["+493012345678"], "+49 30 12345687"],
		["phone", "030 / 1234", ["030 / 1234"], "030 1234"],
		["url", "https://example.com/a", ["https://example.com/a"], "https://example.com/A"],
	];

	it.each(SPELLINGS)("of type %s: %s", async (type, value, spellings, other) => {
		const api = await createCaller({ keys: 3 });
		const { key } = await createField(api, "Value", type);
		const rows = [
			["Gone", value],
			["Another", other],
			["Live", value],
			["Else", other],
		];
		for (const [name, sent] of rows) {
			const { id } = await create(api, "/leads", { name, [key]: sent });
			if (["Gone", "Another"].includes(String(name))) await api.delete(`/leads/${id}`);
		}
		for (const spelling of [value, ...spellings]) {
			const asked = String(new URLSearchParams({ [key]: spelling }));
			expect(await namesOfLeads(api, asked), spelling).toEqual(["Live"]);
			expect(await namesOfLeads(api, `${asked}&includeDeleted=true`), spelling).toEqual(["Live", "Gone"]);
		}
	});

	it("finds each deleted row once among others whose values only look alike, whatever the limit", async () => {
		const api = await createCaller({ keys: 10 });
		await createField(api, "City", "text");
		await createField(api, "Town", "text");
		await createField(api, "Size", "number");
		const cities = Array.from({ length: 18 }, (_, index) => (index % 3 === 0 ? "Zürich" : "Genève"));
		const items = cities.map((cf_city, index) => ({
			...{ name: `${index}`, cf_city, cf_town: index % 2 === 0 ? "São Paulo" : "Köln" },
			...(index % 4 === 0 ? {} : { cf_size: index }),
		}));
		const { results } = (await api.post("/leads/batch", { items })).body;
		const ids = results.map(({ id }: { id: string }) => ({ id }));
		expect((await api.post("/leads/batch", { mode: "delete", items: ids.slice(0, 14) })).body.deleted).toBe(
			14,
		);
		const wanted = items.filter(({ cf_city, cf_town }) => cf_city === "Zürich" && cf_town === "Köln");
		for (const orderBy of ["createdAt", "cf_size", "name"])
			for (const limit of [1, 2, 5, 100]) {
				const query = { cf_city: "zurich", cf_town: "KOLN", includeDeleted: "true", orderBy, limit };
				const replies = await pages(api, "leads", query);
				for (const { body } of replies) expect(body.items.length).toBeLessThanOrEqual(limit);
				const names = rowsOf(replies).map(({ name }) => name);
				expect(names.sort(), `${orderBy} ${limit}`).toEqual(wanted.map(({ name }) => name).sort());
			}
	});
});
