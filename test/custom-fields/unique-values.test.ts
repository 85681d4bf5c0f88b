// Values of custom fields that are unique, or that records are matched by.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { type SentStatement, withBatch, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { wrapDatabases } from "../support/shards.ts";
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

	it.each(["upsert", "batch"])(
		"are matched by the field that has the key when it is written: %s",
		async (path) => {
			const api = await createCaller({ keys: 2 });
			const { id } = await createField(api, "Code", "number");
			const another = async () => {
				await api.delete(`/custom-fields/${id}`);
				await createField(api, "Code", "number");
				await api.post("/leads", { name: "Meanwhile", cf_code: 7 });
			};
			const isRead = ({ text }: SentStatement) => text.includes('AS "fact"');
			let reads = 0;
			const databases = wrapDatabases((db) =>
				withBatch(db, async (statements, sent) => {
					const found = await db.batch<never>(statements);
					if (sent.some(isRead)) {
						reads += 1;
						if (reads === 1) await another();
					}
					return found;
				}),
			);
			const fields = { name: "Late", cf_code: 7 };
			await api
				.via(workerWith({ ...env, ...databases }))
				.post(
					`/leads/${path}`,
					path === "batch"
						? { mode: "upsert", matchBy: "cf_code", items: [fields] }
						: { matchBy: "cf_code", ...fields },
				);
			expect(reads).toBeGreaterThan(1);
			expect(await namesOfLeads(api, "cf_code=7")).toEqual(["Late"]);
		},
	);

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
