// Custom fields of what a lead is converted to: those that the body gives the deal, and those that come along from the lead.
import { describe, expect, it } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { create, createClient, createPipeline } from "../support/deals.ts";
import { eventsOf } from "../support/events.ts";
import { problemsOf } from "../support/json-schema.ts";

const define = (api: Api, entity: string, label: string, more: object = {}) =>
	create(api, "/custom-fields", { entity, label, type: "text", ...more });

async function givenSeller(): Promise<Api> {
	const api = await createCaller({ keys: 2 });
	await createPipeline(api);
	return api;
}

const convert = (api: Api, { id }: Json, body: object = {}) => api.post(`/leads/${id}/convert`, body);

describe("the deal of a conversion", () => {
	it("takes its custom fields, judged as by POST /deals", async () => {
		const api = await givenSeller();
		await define(api, "deals", "Region", { required: true });
		await define(api, "deals", "Size", { type: "number" });
		const lead = await create(api, "/leads", { name: "Jane" });
		for (const [deal, path, message] of [
			[{}, "deal.cf_region", "Required."],
			[{ cf_region: null }, "deal.cf_region", "Required."],
			[{ cf_region: 7 }, "deal.cf_region", "Expected text."],
			[{ cf_region: "x", cf_size: "big" }, "deal.cf_size", "Expected a number."],
			[{ cf_region: "x", cf_other: 1 }, "deal.cf_other", "There is no such custom field."],
		] as const) {
			const reply = await convert(api, lead, { deal });
			expect(reply, path).toMatchObject({ status: 400, body: { errors: [{ path }] } });
			const direct = await api.post("/deals", {
				title: "x",
				clientId: (await createClient(api)).id,
				...deal,
			});
			expect(direct.body.errors[0].message).toBe(reply.body.errors[0].message);
			expect(reply.body.errors[0].message).toContain(message.slice(0, 8));
		}
		const { status, body } = await convert(api, lead, { deal: { cf_region: "North", cf_size: 5 } });
		expect(status).toBe(200);
		expect(body.deal).toMatchObject({ cf_region: "North", cf_size: 5 });
		expect((await api.get("/deals?cf_region=north")).body.items).toEqual([body.deal]);
	});

	it("and the client name a unique value that is taken by its place", async () => {
		const api = await givenSeller();
		for (const entity of ["clients", "deals"]) await define(api, entity, "Ref", { unique: true });
		await define(api, "leads", "Ref");
		const client = await createClient(api, { cf_ref: "A" });
		await create(api, "/deals", { title: "x", clientId: client.id, cf_ref: "B" });
		const lead = await create(api, "/leads", { name: "Jane", cf_ref: "a" });
		for (const [body, noun, path] of [
			[{}, "client", "client.cf_ref"],
			[{ clientId: client.id, deal: { cf_ref: "b" } }, "deal", "deal.cf_ref"],
		] as const)
			expect(await convert(api, lead, body)).toMatchObject({
				status: 409,
				body: {
					message: `Another ${noun} has this cf_ref.`,
					errors: [{ path, message: "Already taken." }],
				},
			});
	});

	it("is described with them in the organization's document, and the example there can be sent", async () => {
		const api = await givenSeller();
		await define(api, "deals", "Region", { required: true });
		await define(api, "deals", "Size", { type: "number" });
		const document = (await api.get("/openapi.json")).body;
		const { ConvertedDeal } = document.components.schemas;
		expect(ConvertedDeal.properties).toMatchObject({ cf_region: { type: "string" }, cf_size: {} });
		expect(ConvertedDeal.required).toEqual(["cf_region"]);
		expect(ConvertedDeal).not.toHaveProperty("patternProperties");
		const { schema, example } =
			document.paths["/leads/{id}/convert"].post.requestBody.content["application/json"];
		expect(problemsOf(document, schema, example)).toEqual([]);
		expect(problemsOf(document, schema, { deal: { title: "x" } })).not.toEqual([]);
		const lead = await create(api, "/leads", { name: "Jane" });
		expect((await convert(api, lead, example)).status).toBe(200);
	});
});

describe("custom values of a lead", () => {
	/** Fields of the lead, of which the client has some and the deal others. */
	async function withFields(api: Api): Promise<void> {
		for (const label of ["Region", "Source", "Note", "Only"]) await define(api, "leads", label);
		await define(api, "leads", "Kind", { type: "singleSelect", options: ["a", "b"] });
		await define(api, "clients", "Region");
		await define(api, "clients", "Source", { type: "number" });
		await define(api, "clients", "Kind", { type: "singleSelect", options: ["b", "c"] });
		for (const label of ["Region", "Source", "Note"]) await define(api, "deals", label);
	}
	const values = { cf_region: "North", cf_source: "Fair", cf_note: "n", cf_only: "o", cf_kind: "a" };

	it("are copied to the client's field of the same key and type, or else to the deal's", async () => {
		const api = await givenSeller();
		await withFields(api);
		const lead = await create(api, "/leads", { name: "Jane", ...values });
		const { body } = await convert(api, lead, { deal: { cf_note: "mine" } });
		// An option that the client's field doesn't have stays behind.
		expect(body.client).toMatchObject({ cf_region: "North", cf_source: null, cf_kind: null });
		expect(body.deal).toMatchObject({ cf_region: null, cf_source: "Fair", cf_note: "mine" });
		expect(body.lead).toMatchObject(values);
		expect((await api.get("/clients?cf_region=North")).body.items).toEqual([body.client]);
	});

	it("fill a required field of the client, and of the deal", async () => {
		const api = await givenSeller();
		for (const entity of ["leads", "clients"])
			await define(api, entity, "Region", { required: entity !== "leads" });
		for (const entity of ["leads", "deals"])
			await define(api, entity, "Note", { required: entity !== "leads" });
		const bare = await create(api, "/leads", { name: "Joe" });
		expect(await convert(api, bare)).toMatchObject({
			status: 400,
			body: { errors: [{ path: "client.cf_region" }] },
		});
		const lead = await create(api, "/leads", { name: "Jane", cf_region: "North", cf_note: "n" });
		const { status, body } = await convert(api, lead, { deal: {} });
		expect(status).toBe(200);
		expect([body.client.cf_region, body.deal.cf_note]).toEqual(["North", "n"]);
	});

	it("give a client that is there already only what it has not set, with an event", async () => {
		const api = await givenSeller();
		for (const entity of ["leads", "clients"])
			for (const label of ["Region", "Note"]) await define(api, entity, label);
		const client = await createClient(api, { cf_region: "South" });
		const lead = await create(api, "/leads", {
			name: "Jane",
			email: "j@example.com",
			cf_region: "North",
			cf_note: "n",
		});
		const seen = (await eventsOf(api.organizationId)).length;
		const { body } = await convert(api, lead, { clientId: client.id });
		expect(body.client).toEqual({ ...client, version: 2, updatedAt: body.client.updatedAt, cf_note: "n" });
		expect((await api.get(`/clients/${client.id}`)).body).toEqual(body.client);
		const events = (await eventsOf(api.organizationId)).slice(seen);
		expect(events.map(({ type }) => type)).toEqual(["client.updated", "lead.updated", "save_lead"]);
		expect(events[0]?.payload.changes).toEqual({ cf_note: { from: null, to: "n" } });
	});

	it("are left out where the key may only read clients, or go to the deal", async () => {
		const api = await givenSeller();
		for (const entity of ["leads", "clients", "deals"]) await define(api, entity, "Note");
		const client = await createClient(api);
		const { organizationId } = api;
		const scopes = ["leads:write", "clients:read", "deals:write"];
		const reader = await createCaller({ organizationId, scopes });
		const lead = await create(api, "/leads", { name: "Jane", cf_note: "n" });
		const { body } = await convert(reader, lead, { clientId: client.id, deal: {} });
		expect(body.client).toEqual(client);
		expect(body.deal.cf_note).toBe("n");
	});
});
