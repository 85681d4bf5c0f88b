// Responses to forms, and the leads they make.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { catalogue } from "../../src/events/catalogue.ts";
import type { Api, Json } from "../support/api.ts";
import { watchBindings, withMembers, withoutSending, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { eventsOf, eventTypesOf } from "../support/events.ts";
import { contactField, createForm } from "../support/forms.ts";
import { wrapDatabases } from "../support/shards.ts";

const answer = (api: Api, form: Json, answers: object, more: object = {}) =>
	api.post("/form-responses", { formId: form.id, answers, ...more });

const leadsOf = async (api: Api) => (await api.get("/leads")).body.items;

describe("a response", () => {
	it("counts on its form and makes a lead, all in one batch", async () => {
		const api = await createCaller();
		const stage = (await api.post("/lead-stages", { name: "New", type: "NEW" })).body;
		const form = await createForm(api);
		const source = { pageUrl: "http://localhost:3000/contact?a=b", userAgent: "Mozilla/5.0" };
		const answers = { email: "jane@example.com", your_name: "Jane Smith", size: "1-10" };
		const { status, body, headers } = await answer(api, form, answers, { source });
		expect(status).toBe(201);
		expect(headers.get("location")).toBe(`/api/v1/form-responses/${body.id}`);
		expect(body).toMatchObject({
			formId: form.id,
			answers,
			source: { ...source, referrer: null },
			leadId: expect.stringMatching(/^ld_/),
			submittedAt: body.createdAt,
		});
		expect((await api.get(`/form-responses/${body.id}`)).body).toEqual(body);
		const lead = (await api.get(`/leads/${body.leadId}`)).body;
		expect(lead).toMatchObject({ number: 1, name: "Jane Smith", email: "jane@example.com", notes: null });
		expect(lead.stageId).toBe(stage.id);
		const counted = await api.get(`/forms/${form.id}`, { "if-none-match": '"1"' });
		expect(counted).toMatchObject({ status: 200, body: { submissionCount: 1, version: 2 } });
		const events = await eventsOf(api.organizationId);
		expect(events.map(({ type }) => type)).toEqual(["form.response.created", "lead.created", "save_lead"]);
		expect(events[0]).toMatchObject({ entityId: body.id, payload: { data: body } });
		expect(events[1]?.payload.data).toEqual(lead);
		expect(catalogue["form.response.created"].payload.safeParse(events[0]?.payload).error).toBeUndefined();
		const other = await createForm(api, []);
		expect((await api.get(`/form-responses?formId=${form.id}`)).body.items).toEqual([body]);
		expect((await api.get(`/form-responses?formId=${other.id}`)).body.items).toEqual([]);
		for (const method of ["PATCH", "DELETE"])
			expect((await api.send(method, `/form-responses/${body.id}`, {})).status).toBe(405);
	});

	it("must fit what the form asks, and nothing is written of one that doesn't", async () => {
		const api = await createCaller({ keys: 2 });
		const form = await createForm(api, [
			...contactField,
			{ label: "n", type: "number" },
			{ label: "d", type: "date" },
			{ label: "b", type: "boolean", required: true },
			{ label: "m", type: "multiSelect", options: ["x", "y"], required: true },
			{ label: "p", type: "phone" },
			{ label: "u", type: "url" },
			{ label: "l", type: "longText" },
			{ label: "constructor" },
		]);
		const good = { your_name: "Jane", b: false, m: ["x"] };
		for (const [answers, path] of [
			[{ your_name: undefined }, "answers.your_name"],
			[{ your_name: "  " }, "answers.your_name"],
			[{ your_name: null }, "answers.your_name"],
			[{ your_name: 5 }, "answers.your_name"],
			[{ your_name: "x".repeat(256) }, "answers.your_name"],
			[{ email: "jane" }, "answers.email"],
			[{ size: "51+" }, "answers.size"],
			[{ size: ["1-10"] }, "answers.size"],
			[{ n: "5" }, "answers.n"],
			[{ d: "2026-02-30" }, "answers.d"],
			[{ b: "yes" }, "answers.b"],
			[{ b: null }, "answers.b"],
			[{ m: [] }, "answers.m"],
			[{ m: ["x", "z"] }, "answers.m.1"],
			[{ m: ["x", "x"] }, "answers.m"],
			[{ p: "call me" }, "answers.p"],
			[{ u: "javascript:alert(1)" }, "answers.u"],
			[{ l: "x".repeat(10_001) }, "answers.l"],
			[{ other: 1 }, "answers.other"],
			[{ toString: "x" }, "answers.toString"],
		] as const) {
			const reply = await answer(api, form, { ...good, ...answers });
			expect(reply, path).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		}
		const wrong = await answer(api, form, { b: 1, other: 2 });
		expect(wrong.body.errors.map(({ path }: Json) => path)).toEqual([
			"answers.other",
			"answers.your_name",
			"answers.b",
			"answers.m",
		]);
		expect((await answer(api, { id: "frm_01kaj2m5m8f7jt2n3v4w5x6y7z" }, {})).body.errors[0].path).toBe(
			"formId",
		);
		expect((await answer(await createCaller(), form, good)).body.errors[0].path).toBe("formId");
		expect((await answer(api, form, good, { source: { ip: "1.2.3.4" } })).body.errors[0].path).toBe(
			"source.ip",
		);
		expect((await answer(api, form, good, { leadId: null })).body.errors[0].path).toBe("leadId");
		expect((await api.get("/form-responses")).body.items).toEqual([]);
		expect((await api.get(`/forms/${form.id}`)).body.submissionCount).toBe(0);
		expect(await eventsOf(api.organizationId)).toEqual([]);

		const kept = await answer(api, form, { ...good, email: "", size: null, u: " ", n: 0 });
		expect(kept.body.answers).toEqual({ your_name: "Jane", n: 0, b: false, m: ["x"] });
	});

	it("is refused by a form that is not active, deleted, or changed meanwhile", async () => {
		const api = await createCaller();
		const form = await createForm(api, contactField, { isActive: false });
		const path = `/forms/${form.id}`;
		const good = { your_name: "Jane" };
		expect(await answer(api, form, good)).toMatchObject({ status: 409, body: { code: "CONFLICT" } });
		await api.patch(`/forms/${form.id}`, { isActive: true });
		expect((await answer(api, form, good)).status).toBe(201);
		// The form changes after it was read and before the response is written.
		let trips = 0;
		const databases = wrapDatabases((db) =>
			withMembers(db, {
				batch: async (statements: D1PreparedStatement[]) => {
					trips += 1;
					if (trips === 2) await api.patch(path, { fields: [{ label: "Company", required: true }] });
					return db.batch(statements);
				},
			}),
		);
		const late = await answer(api.via(workerWith({ ...env, ...databases })), form, good);
		expect(late).toMatchObject({ status: 400, body: { errors: [{ path: "answers.your_name" }, {}] } });
		expect((await api.get(path)).body.submissionCount).toBe(1);
		expect((await answer(api, form, good)).body.errors[0].path).toBe("answers.your_name");
		expect((await api.delete(`/forms/${form.id}`)).status, "responses don't hold their form").toBe(204);
		expect((await answer(api, form, good)).body.errors[0].path).toBe("formId");
	});

	it("counts every one of many at once", async () => {
		const api = await createCaller();
		const form = await createForm(api);
		const replies = await Promise.all(
			Array.from({ length: 8 }, (_, index) => answer(api, form, { your_name: `Jane ${index}` })),
		);
		expect(replies.map(({ status }) => status)).toEqual(Array(8).fill(201));
		expect((await api.get(`/forms/${form.id}`)).body.submissionCount).toBe(8);
		expect(new Set((await leadsOf(api)).map(({ number }: Json) => number)).size).toBe(8);
	});

	it("takes one read and one write", async () => {
		const watch = watchBindings();
		const api = await createCaller();
		const form = await createForm(api);
		await answer(api.via(watch.target), form, { your_name: "Jane" });
		watch.reset();
		await answer(api.via(watch.target), form, { your_name: "Jane" });
		expect(watch.roundTrips).toHaveLength(2);
	});
});

describe("the lead of a response", () => {
	it.each(["form.response.created", "form.response.*", "form.*", "*"])(
		"is left to a webhook on %s that skips the system",
		async (event) => {
			const api = withoutSending(await createCaller());
			const form = await createForm(api);
			await answer(api, form, { your_name: "Jane" });
			const webhook = await api.post("/webhooks", {
				url: "https://hooks.example.com/a",
				events: [event],
				skipSystem: true,
			});
			const skip = (await eventsOf(api.organizationId)).length;
			expect((await answer(api, form, { your_name: "Jane" })).body.leadId).toBeNull();
			expect(await leadsOf(api)).toHaveLength(1);
			expect(await eventTypesOf(api.organizationId, skip)).toEqual(["form.response.created"]);
			const deliveries = await api.get(`/webhooks/${webhook.body.id}/deliveries`);
			expect(deliveries.body.items.map(({ event }: Json) => event)).toEqual(["form.response.created"]);
			await api.patch(`/webhooks/${webhook.body.id}`, { status: "disabled" });
			expect((await answer(api, form, { your_name: "Jane" })).body.leadId).not.toBeNull();
		},
	);

	it("is not made of a form that maps nothing", async () => {
		const api = await createCaller();
		const form = await createForm(api, [{ label: "How was it?" }]);
		expect((await answer(api, form, { how_was_it: "Fine" })).body.leadId).toBeNull();
	});

	it.each([
		["its e-mail address, without a name", { mail: "jane@example.com" }, { name: "jane@example.com" }],
		["a form response, without either", { size: 40 }, { name: "Form response", value: 40 }],
		["its first and last name", { first: "Jane", last: "Smith" }, { name: "Jane Smith", lastName: "Smith" }],
		["what a text can be read as", { points: "80", first: "J" }, { score: 80, notes: null }],
		[
			"notes, where its field can't take the answer",
			{ points: "many", first: "J" },
			{ score: null, notes: "points: many" },
		],
		[
			"notes, for a phone number that is none",
			{ tel: "ask Bob", first: "J" },
			{ mobile: null, notes: "tel: ask Bob" },
		],
		["choices in words", { many: ["x", "y"], agree: true, first: "J" }, { company: "x, y", position: "Yes" }],
		["notes, for what nobody defined", { custom: "v", first: "J" }, { notes: "custom: v" }],
		["nothing that wasn't answered", { custom: "v" }, { name: "Form response", linkedin: null }],
		["all its notes", { story: "Long.", custom: "v", first: "J" }, { notes: "Long.\ncustom: v" }],
	])("is called or has %s", async (_, answers, expected) => {
		const api = await createCaller();
		const form = await createForm(api, [
			{ label: "mail", type: "email", mapTo: "email" },
			{ label: "first", mapTo: "firstName" },
			{ label: "last", mapTo: "lastName" },
			{ label: "size", type: "number", mapTo: "value" },
			{ label: "points", mapTo: "score" },
			{ label: "tel", mapTo: "mobile" },
			{ label: "many", type: "multiSelect", options: ["x", "y"], mapTo: "company" },
			{ label: "agree", type: "boolean", mapTo: "position" },
			{ label: "custom", mapTo: "cf_nope" },
			{ label: "story", type: "longText", mapTo: "notes" },
			{ label: "Constructor", mapTo: "linkedin" },
		]);
		const reply = await answer(api, form, answers);
		expect(reply.status, reply.text).toBe(201);
		expect((await api.get(`/leads/${reply.body.leadId}`)).body).toMatchObject(expected);
	});

	it("has custom fields, none of which can cost us the response", async () => {
		const api = await createCaller();
		const define = (body: object) => api.post("/custom-fields", { entity: "leads", type: "text", ...body });
		await define({ label: "Code", unique: true });
		await define({ label: "Budget", type: "number" });
		await define({ label: "Region", required: true });
		const form = await createForm(api, [
			{ label: "Name", mapTo: "name" },
			{ label: "Code", mapTo: "cf_code" },
			{ label: "Budget", mapTo: "cf_budget" },
		]);
		const one = await answer(api, form, { name: "A", code: "X1", budget: "much" });
		const two = await answer(api, form, { name: "B", code: "X1" });
		expect([one.status, two.status]).toEqual([201, 201]);
		const [second, first] = await leadsOf(api);
		expect(first).toMatchObject({
			name: "A",
			cf_code: "X1",
			cf_budget: null,
			cf_region: null,
			notes: "Budget: much",
		});
		expect(second).toMatchObject({ name: "B", cf_code: null, notes: "Code: X1" });
		expect(two.body.leadId).toBe(second.id);
		expect((await api.get(`/forms/${form.id}`)).body.submissionCount).toBe(2);
	});
});
