// A field that is deleted or restored changes what its records show: caches and copies must hear of it.
import { describe, expect, it } from "vitest";
import { restampChore } from "../../src/custom-fields/restamp.ts";
import { bodyOf, createRow, resourceAt } from "../contract/rows.ts";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { withoutLimits } from "../support/paused-request.ts";
import { purgeAll } from "../support/purge.ts";
import { envFor, run } from "../support/shards.ts";
import { createField } from "./fields.ts";

const sweep = () => purgeAll(Date.now());

const tagOf = async (api: Api, path: string) => (await api.get(path)).headers.get("etag");

describe.each(["leads", "clients", "deals", "tasks", "quotations", "invoices"])("a field of %s", (entity) => {
	const both = async () => {
		const api = withoutLimits(await createCaller());
		const resource = resourceAt(entity);
		const field = await createField(api, "Size", "longText", { entity });
		const holder = await createRow(api, resource, { ...(await bodyOf(api, resource)), cf_size: "XL" });
		const other = await createRow(api, resource);
		return { api, field: `/custom-fields/${field.id}`, holder, other, path: `/${entity}/${holder.id}` };
	};

	it("changes the ETags of those that hold a value when it is deleted, and gives them back when restored", async () => {
		const { api, field, path, other } = await both();
		const first = (await tagOf(api, path)) ?? "";
		const plain = await tagOf(api, `/${entity}/${other.id}`);
		expect((await api.get(path, { "if-none-match": first })).status).toBe(304);

		await api.delete(field);
		const hidden = await api.get(path, { "if-none-match": first });
		expect(hidden.status).toBe(200);
		expect(hidden.body).not.toHaveProperty("cf_size");
		const second = hidden.headers.get("etag") ?? "";
		expect(second).not.toBe(first);
		expect((await api.get(path, { "if-none-match": second })).status).toBe(304);
		expect(await tagOf(api, `/${entity}/${other.id}`)).toBe(plain);
		const patched = await api.patch(path, {}, { "if-match": second });
		expect(patched).toMatchObject({ status: 200, body: { version: 1 } });
		expect(patched.headers.get("etag")).toBe(second);
		expect((await api.patch(path, {}, { "if-match": first })).status).toBe(200);

		await api.post(`${field}/restore`);
		expect(await tagOf(api, path)).toBe(first);
		expect((await api.get(path)).body.cf_size).toBe("XL");
	});

	it("moves their updatedAt with the next sweep, and no other's", async () => {
		const { api, field, path, holder, other } = await both();
		const changed = async () => {
			const since = (await api.get(`/${entity}?orderBy=updatedAt&limit=1`)).body.items[0].updatedAt;
			return async () => {
				const { body } = await api.get(`/${entity}?orderBy=updatedAt&orderDir=asc&updatedSince=${since}`);
				return body.items.filter((row: Json) => row.updatedAt !== since);
			};
		};
		const deleted = await changed();
		await api.delete(field);
		await sweep();
		expect((await deleted()).map(({ id }: Json) => id)).toEqual([holder.id]);
		expect((await deleted())[0]).toMatchObject({ version: 1 });
		expect((await api.get(`/${entity}/${other.id}`)).body.updatedAt).toBe(other.updatedAt);

		const restored = await changed();
		await api.post(`${field}/restore`);
		await sweep();
		expect((await restored()).map(({ id, cf_size }: Json) => [id, cf_size])).toEqual([[holder.id, "XL"]]);

		const { updatedAt } = (await api.get(path)).body;
		await sweep();
		expect((await api.get(path)).body.updatedAt).toBe(updatedAt);
	});
});

describe("many records", () => {
	it("are stamped slice by slice, each once, wherever the sweep was stopped", async () => {
		const api = withoutLimits(await createCaller());
		const { id } = await createField(api, "Size", "text");
		const items = Array.from({ length: 100 }, () => ({ name: "Jane", cf_size: "XL" }));
		for (let batch = 0; batch < 11; batch += 1) await api.post("/leads/batch", { items });
		const stamps = async () => {
			const results = await run<{ updatedAt: number }>(
				"SELECT updatedAt FROM leads WHERE organizationId = ? ORDER BY id",
				api.organizationId,
			);
			return results.map(({ updatedAt }) => updatedAt);
		};
		const before = await stamps();
		const moved = async () => (await stamps()).filter((stamp, index) => stamp > (before[index] ?? 0)).length;
		await api.delete(`/custom-fields/${id}`);
		const chore = restampChore(Date.now());
		expect(await chore.run(envFor(api.organizationId))).toBe(true);
		expect(await moved()).toBe(1_000);
		const [first] = await stamps();
		expect(await chore.run(envFor(api.organizationId))).toBe(true);
		expect(await moved()).toBe(1_100);
		expect((await stamps())[0]).toBe(first);
		await chore.run(envFor(api.organizationId));
		expect(await chore.run(envFor(api.organizationId)), "there is nothing left to do").toBe(false);
		expect((await stamps())[0]).toBe(first);
	});

	it("are all stamped again when the field comes back in the middle", async () => {
		const api = withoutLimits(await createCaller());
		const { id } = await createField(api, "Size", "text");
		const { body } = await api.post("/leads", { name: "Jane", cf_size: "XL" });
		await api.delete(`/custom-fields/${id}`);
		await restampChore(Date.now()).run(envFor(api.organizationId));
		const { updatedAt: hidden } = (await api.get(`/leads/${body.id}`)).body;
		expect(hidden > body.updatedAt).toBe(true);
		await api.post(`/custom-fields/${id}/restore`);
		await sweep();
		expect((await api.get(`/leads/${body.id}`)).body.updatedAt > hidden).toBe(true);
	});

	it("of a field that two were deleted with have a tag for each", async () => {
		const api = withoutLimits(await createCaller());
		const [size, colour] = [await createField(api, "Size", "text"), await createField(api, "Colour", "text")];
		const { body } = await api.post("/leads", { name: "Jane", cf_size: "XL", cf_colour: "red" });
		const tags = new Set<string | null>();
		for (const [method, field] of [
			["GET", size],
			["DELETE", size],
			["DELETE", colour],
			["RESTORE", size],
		] as const) {
			if (method === "DELETE") await api.delete(`/custom-fields/${field.id}`);
			if (method === "RESTORE") await api.post(`/custom-fields/${field.id}/restore`);
			tags.add(await tagOf(api, `/leads/${body.id}`));
		}
		expect(tags.size).toBe(4);
	});
});
