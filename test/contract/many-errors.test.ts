// An error names a bounded number of fields, wherever they come from, and says how many there are.
import { describe, expect, it } from "vitest";
import { agentOf } from "../mcp/client.ts";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { createForm } from "../support/forms.ts";
import { send } from "../support/visitors.ts";
import { createRow, resourceAt } from "./rows.ts";

/** Names that nothing has, each of which begins with `start`. */
const wrongNames = (count: number, start: string) =>
	Object.fromEntries(Array.from({ length: count }, (_, index) => [`${start}${index}`, "1"]));

/** The error that each kind of request gets for wrong names. */
const refusals: Readonly<Record<string, (api: Api, names: Record<string, string>) => Promise<Json>>> = {
	"a body": async (api, names) => (await api.post("/leads", { name: "Jane", ...names })).body,
	"a query string": async (api, names) => (await api.get(`/leads?${new URLSearchParams(names)}`)).body,
	"a batch's item": async (api, names) => {
		const { id } = await createRow(api, resourceAt("leads"));
		const items = [{ id, ...names }];
		return (await api.post("/leads/batch", { mode: "update", items })).body.results[0].error;
	},
	"a conversion": async (api, names) => {
		const { id } = await createRow(api, resourceAt("leads"));
		return (await api.post(`/leads/${id}/convert`, { deal: { title: "Deal", ...names } })).body;
	},
	"answers to a form": async (api, answers) =>
		(await api.post("/form-responses", { formId: (await createForm(api)).id, answers })).body,
	"a visitor's answers": async (api, answers) =>
		(await send(await createForm(api, undefined, { isPublic: true }), answers)).body,
	"a tool call": async (api, fields) =>
		(await agentOf(api)).fail("create_record", { resource: "leads", fields: { name: "Jane", ...fields } }),
};

describe("the error for many wrong fields", () => {
	it.each(Object.entries(refusals))("of %s names the first, and counts all", async (where, refuse) => {
		const api = await createCaller();
		const listed = where === "a batch's item" ? 10 : 50;
		// A list says how many custom fields it is filtered by at most.
		for (const start of where === "a query string" ? ["x"] : ["x", "cf_x"]) {
			const { message, errors } = await refuse(api, wrongNames(500, start));
			expect(errors, message).toHaveLength(listed);
			expect(message).toMatch(/^[\w.]*x\d+: \S.* In all 50\d fields are not valid\.$/);
			expect(message.startsWith(`${errors[0].path}: ${errors[0].message}`)).toBe(true);
		}
		const long = await refuse(api, wrongNames(11, "x".repeat(1_200)));
		expect(long.errors.length).toBeGreaterThanOrEqual(Math.min(listed, 11));
		const lengths = long.errors.map(({ path }: { path: string }) => path.length);
		expect(Math.max(...lengths)).toBeGreaterThan(990);
		expect(Math.max(...lengths)).toBeLessThanOrEqual(1_000);
		expect(long.message.length).toBeLessThan(1_100);
	});

	it("is no fault of ours, however many fit into a body", async () => {
		const api = await createCaller();
		await api.post("/custom-fields", { entity: "leads", label: "Many", type: "multiSelect", options: ["A"] });
		const wrong = Array(80_000).fill(1);
		const items = [wrongNames(50_000, ""), { tagIds: wrong }, { name: "Jane", cf_many: wrong }];
		const { status, body } = await api.post("/leads/batch", { items });
		expect(status).toBe(200);
		expect(body.results[0].error.message).toContain("In all 5000");
		for (const { error } of body.results) expect(error.code).toBe("BAD_REQUEST");
	});
});
