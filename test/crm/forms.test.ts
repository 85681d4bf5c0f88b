// Forms: their fields.
import { describe, expect, it } from "vitest";
import type { Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { eventsOf } from "../support/events.ts";
import { createForm } from "../support/forms.ts";

describe("a form", () => {
	it("has defaults, and keys made of its labels", async () => {
		const api = await createCaller();
		const form = await createForm(api, [
			{ label: "Größe der Firma?" },
			{ label: "Size", key: "grosse_der_firma" },
			{ label: "Size" },
			{ label: " SIZE " },
			{ label: "会社名" },
			{ label: "__proto__" },
			{ label: "Constructor", mapTo: null },
		]);
		expect(form).toMatchObject({
			title: "Contact us",
			description: null,
			isActive: true,
			submissionCount: 0,
		});
		expect(form.fields.map(({ key }: Json) => key)).toEqual([
			"groe_der_firma",
			"grosse_der_firma",
			"size",
			"size_2",
			"field_5",
			"proto__",
			"constructor",
		]);
		expect(form.fields[0]).toEqual({
			key: "groe_der_firma",
			label: "Größe der Firma?",
			type: "text",
			required: false,
			options: [],
			mapTo: null,
		});
		expect((await api.post("/forms", { title: "Empty" })).body.fields).toEqual([]);
		const renamed = await api.patch(`/forms/${form.id}`, { title: "Other" });
		expect(renamed.body).toEqual({ ...form, title: "Other", version: 2, updatedAt: renamed.body.updatedAt });
		expect(await eventsOf(api.organizationId)).toEqual([]);
	});

	it("refuses fields that contradict themselves or one another, naming them", async () => {
		const api = await createCaller();
		const form = await createForm(api);
		for (const [fields, path] of [
			[[{ type: "text" }], "fields.0.label"],
			[[{ label: "A", type: "currency" }], "fields.0.type"],
			[[{ label: "A", type: "singleSelect" }], "fields.0.options"],
			[[{ label: "A", options: ["x"] }], "fields.0.options"],
			[[{ label: "A", type: "multiSelect", options: ["x", "x"] }], "fields.0.options"],
			[[{ label: "A", mapTo: "ownerId" }], "fields.0.mapTo"],
			[[{ label: "A", mapTo: "convertedAt" }], "fields.0.mapTo"],
			[[{ label: "A", mapTo: "cf_" }], "fields.0.mapTo"],
			[[{ label: "A", key: "__proto__" }], "fields.0.key"],
			[[{ label: "A", key: "a b" }], "fields.0.key"],
			[[{ label: "A", key: "cf-turnstile-response" }], "fields.0.key"],
			[[{ label: "A", key: "k" }, { label: "B" }, { label: "C", key: "k" }], "fields.2.key"],
			[
				[
					{ label: "A", mapTo: "email" },
					{ label: "B", mapTo: "email" },
				],
				"fields.1.mapTo",
			],
			[[{ label: "A", id: "x" }], "fields.0.id"],
		] as const) {
			const wrong = { status: 400, body: { errors: [{ path }] } };
			expect(await api.post("/forms", { title: "x", fields }), path).toMatchObject(wrong);
			expect(await api.patch(`/forms/${form.id}`, { fields }), path).toMatchObject(wrong);
		}
		expect((await api.post("/forms", { title: "x", submissionCount: 5 })).status).toBe(400);
		expect((await api.get("/forms")).body.items).toEqual([form]);
	});
});
