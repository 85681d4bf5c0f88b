// Values that were read can be sent back: line items with their amounts, stages with their ids, objects with nulls.
import { describe, expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
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
