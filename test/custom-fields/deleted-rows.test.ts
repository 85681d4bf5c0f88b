// A deleted row has no links: it is found by its values only where deleted rows are asked for, and again once it is restored.
import { expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
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
