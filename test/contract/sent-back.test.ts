// Values that were read can be sent back: line items with their amounts, stages with their ids, objects with nulls.
import { describe, expect, it } from "vitest";
import { startingLists } from "../../scripts/admin/starting-lists.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { run } from "../support/shards.ts";
import { hasOperations } from "./operations.ts";
import { resources } from "./resources.ts";
import { createRow, rowPath } from "./rows.ts";

describe.each(resources.filter(hasOperations("update")))("a PATCH of $path", (resource) => {
	it("accepts every field as it was read, and changes nothing", async () => {
		const api = await createCaller();
		const before = await createRow(api, resource);
		const asRead = Object.fromEntries(Object.keys(resource.fields).map((name) => [name, before[name]]));
		const reply = await api.patch(rowPath(resource, before.id), asRead);
		expect(reply.status, reply.text).toBe(200);
		expect(reply.body).toEqual(before);
	});
});

it("accepts values of custom fields as they were read, whatever has become of the definitions", async () => {
	const api = await createCaller();
	const field = (label: string, type: string, options: string[] = []) =>
		create(api, "/custom-fields", { entity: "leads", label, type, options });
	const [one, many, must] = [
		await field("One", "singleSelect", ["a", "b"]),
		await field("Many", "multiSelect", ["a", "b"]),
		await field("Must", "text"),
	];
	const lead = await create(api, "/leads", { name: "Jane", cf_one: "a", cf_many: ["a", "b"] });
	for (const { id } of [one, many]) await api.patch(`/custom-fields/${id}`, { options: ["b"] });
	await api.patch(`/custom-fields/${must.id}`, { required: true });
	const { cf_one, cf_many, cf_must } = (await api.get(`/leads/${lead.id}`)).body;
	expect([cf_one, cf_many, cf_must]).toEqual(["a", ["a", "b"], null]);
	const patch = (body: object) => api.patch(`/leads/${lead.id}`, body);
	expect(await patch({ cf_one, cf_many, cf_must })).toMatchObject({ status: 200, body: { version: 1 } });
	expect((await patch({ cf_many: ["a"] })).status, "another value with a removed option").toBe(400);
	expect((await patch({ cf_must: "x", cf_one: "b" })).status).toBe(200);
	for (const gone of [{ cf_one: "a" }, { cf_must: null }]) expect((await patch(gone)).status).toBe(400);
	expect((await api.post("/leads", { name: "New", cf_must })).status, "on create").toBe(400);
});

describe("the order of an object's members", () => {
	it("is none, so the stages of a new organization's pipeline change nothing as they are read", async () => {
		const api = await createCaller();
		const stages = ["ACTIVE", "WON", "LOST"].map((type) => ({ name: type, type }));
		const { id } = await create(api, "/pipelines", { name: "Sales", stages });
		const { pipeline } = startingLists(api.organizationId, 0);
		await run("UPDATE pipelines SET stages = ? WHERE id = ?", JSON.stringify(pipeline.stages), id);
		const { body } = await api.get(`/pipelines/${id}`);
		const reply = await api.patch(`/pipelines/${id}`, { stages: body.stages });
		expect(reply, reply.text).toMatchObject({ status: 200, body: { version: 1, stages: pipeline.stages } });
	});

	it.each([
		[
			"/conversations",
			{ conversationType: "phone" },
			"metadata",
			{ a: 1, b: { c: [{ d: 1, e: 2 }], f: null } },
		],
		["/webhooks", { url: "https://example.com/hook", events: ["*"] }, "headers", { "x-a": "1", "x-b": "2" }],
		[
			"/webhooks",
			{ url: "https://example.com/hook", events: ["*"] },
			"filter",
			{ "data.a": [1], "data.b": [2] },
		],
	])("is none in what callers name: %s %j %s", async (path, more, field, value) => {
		const api = await createCaller();
		const { id } = await create(api, path, { ...more, [field]: value });
		const other = Object.fromEntries(Object.entries(value).toReversed());
		const reply = await api.patch(`${path}/${id}`, { [field]: other });
		expect(reply, reply.text).toMatchObject({ status: 200, body: { version: 1, [field]: value } });
		const changed = await api.patch(`${path}/${id}`, {
			[field]: Object.fromEntries(Object.entries(value).slice(1)),
		});
		expect(changed, changed.text).toMatchObject({ status: 200, body: { version: 2 } });
	});
});
