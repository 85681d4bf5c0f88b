// Making a field unique: refused while values are shared, and nobody is judged by what they don't change.
import { describe, expect, it } from "vitest";
import { Api } from "../support/api.ts";
import { createCaller, createKey } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { run } from "../support/shards.ts";
import { createField } from "./fields.ts";

describe("a field that is made unique", () => {
	it("is refused while two live rows share a value, and names them", async () => {
		const api = await createCaller();
		const field = await createField(api, "Code", "text");
		const one = await create(api, "/leads", { name: "One", cf_code: "A" });
		const other = await create(api, "/leads", { name: "Other", cf_code: "A" });
		const refused = await api.patch(`/custom-fields/${field.id}`, { unique: true });
		expect([refused.status, refused.body.errors[0].path]).toEqual([409, "unique"]);
		for (const { id } of [one, other]) expect(refused.body.message).toContain(id);
		expect((await api.get(`/custom-fields/${field.id}`)).body).toMatchObject({ unique: false, version: 1 });
		await api.delete(`/leads/${other.id}`);
		expect((await api.patch(`/custom-fields/${field.id}`, { unique: true })).status).toBe(200);
		expect((await api.post(`/leads/${other.id}/restore`)).status).toBe(409);
		expect((await api.post("/leads", { name: "Third", cf_code: "A" })).status).toBe(409);
	});

	it("doesn't name rows to a key that can't read them", async () => {
		const api = await createCaller();
		const field = await createField(api, "Code", "text");
		const { id } = await create(api, "/leads", { name: "One", cf_code: "A" });
		await create(api, "/leads", { name: "Other", cf_code: "A" });
		const { key } = await createKey(api.organizationId, { scopes: ["custom-fields:write"] });
		const narrow = new Api(key, api.organizationId, "");
		const refused = await narrow.patch(`/custom-fields/${field.id}`, { unique: true });
		expect(refused.status).toBe(409);
		expect(refused.text).not.toContain(id);
	});

	it("can be restored only while its values are unique", async () => {
		const api = await createCaller();
		const field = await createField(api, "Code", "text", { unique: true });
		const one = await create(api, "/leads", { name: "One", cf_code: "A" });
		await api.delete(`/leads/${one.id}`);
		await create(api, "/leads", { name: "Other", cf_code: "A" });
		await api.delete(`/custom-fields/${field.id}`);
		expect((await api.post(`/leads/${one.id}/restore`)).status).toBe(200);
		expect((await api.post(`/custom-fields/${field.id}/restore`)).status).toBe(409);
		await api.delete(`/leads/${one.id}`);
		expect((await api.post(`/custom-fields/${field.id}/restore`)).status).toBe(200);
	});
});

it("a write is judged by what it changes: rows that share a value from before can be edited, converted and won", async () => {
	const api = await createCaller();
	const field = await createField(api, "Code", "text");
	const one = await create(api, "/leads", { name: "One", cf_code: "A" });
	await create(api, "/leads", { name: "Other", cf_code: "A" });
	// As version 1.0 let it be switched.
	await run('UPDATE custom_fields SET "unique" = 1 WHERE id = ?', field.id);
	expect((await api.patch(`/leads/${one.id}`, { notes: "x" })).status).toBe(200);
	expect((await api.patch(`/leads/${one.id}`, { cf_code: "A" })).status).toBe(200);
	expect((await api.post(`/leads/${one.id}/convert`, {})).status).toBe(200);
	const fresh = await create(api, "/leads", { name: "Fresh", cf_code: "B" });
	expect((await api.patch(`/leads/${fresh.id}`, { cf_code: "A" })).status).toBe(409);
});
