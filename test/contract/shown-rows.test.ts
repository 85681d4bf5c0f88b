// Lists are made by the database, single rows by the Worker: they show the same, to the byte.
import { describe, expect, it } from "vitest";
import { customEntities } from "../../src/custom-fields/schema.ts";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { hasOperations } from "./operations.ts";
import { resources } from "./resources.ts";
import { bodyOf, createRow, resourceAt } from "./rows.ts";

/** What JSON has several spellings for, and what SQLite might take for something else. */
const TEXT = '"quoted" \\ / \n\t\u0007\u007f\u2028 é 😀 </script> \'it\'s\' %s ?1 {"a":1} null 007';

/** Expects that a list shows a row as a read of it does. */
async function expectSame(api: Api, path: string, id: string): Promise<void> {
	const [one, list] = await Promise.all([
		api.get(`/${path}/${id}?includeDeleted=true`),
		api.get(`/${path}?includeDeleted=true&limit=1`),
	]);
	expect(one.body.id).toBe(id);
	expect(list.text).toContain(`{"items":[${one.text}],"nextCursor":`);
}

const listed = resources
	.filter(hasOperations("list", "create", "get"))
	.filter(({ list }) => list === "sorted");

describe.each(listed)("a list of $path", (resource) => {
	it("shows its rows as they are read one by one, with and without values", async () => {
		const api = await createCaller();
		const full = await createRow(api, resource);
		await expectSame(api, resource.path, full.id);
		const body: Json = await bodyOf(api, resource);
		const least = Object.fromEntries(
			Object.entries(body).filter(
				([name]) => resource.required.includes(name) || name in (resource.createOnly ?? {}),
			),
		);
		const { body: bare } = await api.post(`/${resource.path}`, least);
		if (bare.id) await expectSame(api, resource.path, bare.id);
	});
});

describe("rows in lists", () => {
	it.each(customEntities.options)("of %s show custom fields, also unset and removed ones", async (entity) => {
		const api = await createCaller({ keys: 2 });
		const define = async (type: string, more: object = {}) =>
			(await api.post("/custom-fields", { entity, label: `A ${type}`, type, ...more })).body;
		const options = ["é", 'b"c'];
		const values: Json = {
			[(await define("text")).key]: TEXT.slice(0, 60),
			[(await define("number")).key]: -0.1,
			[(await define("currency")).key]: 1250.5,
			[(await define("boolean")).key]: false,
			[(await define("multiSelect", { options })).key]: options,
			[(await define("date")).key]: "2026-12-31",
		};
		const removed = await define("phone");
		await define("email");
		const row = await createRow(api, resourceAt(entity), {
			...(await bodyOf(api, resourceAt(entity))),
			...values,
			[removed.key]: "+4930123456",
		});
		await api.delete(`/custom-fields/${removed.id}`);
		await expectSame(api, entity, row.id);
		expect(row[Object.keys(values)[1] ?? ""]).toBe(-0.1);
	});

	it("have texts and amounts unchanged", async () => {
		const api = await createCaller();
		for (const value of [0, 0.0001, 1250.5, 99_999_999_999.9999, 20_000]) {
			const { body } = await api.post("/leads", { name: TEXT, notes: TEXT, value, score: 7 });
			expect(body.value).toBe(value);
			await expectSame(api, "leads", body.id);
		}
	});

	it("have any number and text of a custom field unchanged", async () => {
		const api = await createCaller({ keys: 2 });
		const define = async (type: string) =>
			(await api.post("/custom-fields", { entity: "leads", label: `Any ${type}`, type })).body.key;
		const [number, text] = [await define("number"), await define("longText")];
		for (const [a, b] of [
			[Number.MAX_SAFE_INTEGER, " "],
			[-Number.MAX_SAFE_INTEGER, "null"],
			[1e-7, '"'],
			[0.1 + 0.2, "\\"],
			[0, "😀".repeat(200)],
		] as const) {
			const reply = await api.post("/leads", { name: "Jane", [number]: a, [text]: b });
			expect(reply.status, reply.text).toBe(201);
			expect(reply.body).toMatchObject({ [number]: a, [text]: b });
			await expectSame(api, "leads", reply.body.id);
		}
	});

	it("have the present probability of a deal's stage", async () => {
		const api = await createCaller();
		const deal = await createRow(api, resourceAt("deals"));
		const { body: pipeline } = await api.get(`/pipelines/${deal.pipelineId}`);
		const stages = pipeline.stages.map((stage: Json) =>
			stage.id === deal.stageId ? { ...stage, probability: 37 } : stage,
		);
		const changed = await api.patch(`/pipelines/${pipeline.id}`, { stages });
		expect(changed.status, changed.text).toBe(200);
		expect((await api.get(`/deals/${deal.id}`)).body.probability).toBe(37);
		await expectSame(api, "deals", deal.id);
	});
});
