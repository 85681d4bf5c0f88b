import { describe, expect, it } from "vitest";
import { givenCaller } from "../support/given.ts";
import { bodyOf, made, operations, resources, without } from "./resources.ts";

describe("the table of resources", () => {
	it("has an entry for every resource with a mounted endpoint", () => {
		const mounted = new Set(operations.map(({ resource }) => resource));
		expect(resources.map(({ path }) => path).sort()).toEqual([...mounted].sort());
	});

	it.each(operations)("$operationId has a path below its resource", ({ path, resource, examples }) => {
		expect(path).toMatch(new RegExp(`^/${resource}(?:/|$)`));
		expect(path.match(/\{\w+\}/g)?.length ?? 0).toBe(Object.keys(examples).length);
	});

	it.each(resources)("$path: knows every field of its rows", async (resource) => {
		const api = await givenCaller();
		const row = await made(api, resource);
		const { fields, fixed = {}, readOnly = [], references = {} } = resource;
		const common = ["id", "version", "createdAt", "updatedAt", "deletedAt", "status"];
		const listed = [...Object.keys({ ...fields, ...fixed, ...references }), ...readOnly];
		expect(Object.keys(without(row, ...common)).filter((field) => !listed.includes(field))).toEqual([]);
		expect(row.id).toMatch(new RegExp(`^${resource.prefix}_[0-9a-hjkmnp-tv-z]{26}$`));
	});

	it.each(resources)("$path: a create says which required field is missing", async (resource) => {
		const api = await givenCaller();
		for (const field of resource.required) {
			const { firstName: _, lastName: __, ...body } = without(bodyOf(resource), field);
			const reply = await api.post(`/${resource.path}`, body);
			expect(reply, field).toMatchObject({ status: 400, body: { code: "BAD_REQUEST" } });
			expect(reply.body.message).toMatch(new RegExp(`^${field}: Required`));
		}
	});
});
