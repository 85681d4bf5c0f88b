// Converting a lead by hand.
import { describe, expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { createStages, JANE } from "../support/conversion.ts";
import { create, createClient, createDeal, createPipeline } from "../support/deals.ts";
import { eventsOf, eventTypesOf } from "../support/events.ts";

describe("converting a lead", () => {
	it("names the client after the company, however many units its characters have", async () => {
		const api = await createCaller();
		await createStages(api);
		const company = "😀".repeat(200);
		const lead = await create(api, "/leads", { name: "Jane", company });
		const reply = await api.post(`/leads/${lead.id}/convert`, {});
		expect(reply, reply.text).toMatchObject({ status: 200, body: { client: { name: company } } });
	});

	it("makes the person a client and a deal of the rest, with all events", async () => {
		const api = await createCaller();
		const stages = await createStages(api);
		const { pipeline, fresh } = await createPipeline(api);
		await createClient(api);
		const user = await create(api, "/users", { name: "Sam", email: "sam@example.com" });
		const lead = await create(api, "/leads", { ...JANE, ownerId: user.id, assigneeIds: [user.id] });
		const { status, body } = await api.post(`/leads/${lead.id}/convert`, { deal: { priority: "HIGH" } });
		expect(status).toBe(200);
		expect(body.client).toMatchObject({
			number: 2,
			type: "contact",
			name: "Jane Smith",
			email: JANE.email,
			phone: JANE.mobile,
			jobTitle: "CEO",
			ownerId: user.id,
			internalNotes: JANE.notes,
		});
		expect(body.deal).toMatchObject({
			number: 1,
			title: JANE.title,
			clientId: body.client.id,
			leadId: lead.id,
			pipelineId: pipeline.id,
			stageId: fresh,
			price: 900,
			currency: "EUR",
			expectedCloseDate: "2026-12-31",
			priority: "HIGH",
			ownerId: user.id,
			assigneeIds: [user.id],
		});
		expect(body.lead).toEqual({
			...lead,
			version: 2,
			updatedAt: body.lead.updatedAt,
			stageId: stages.converted,
			convertedAt: body.lead.updatedAt,
			convertedClientId: body.client.id,
			convertedDealId: body.deal.id,
		});
		for (const [path, one] of [
			["leads", body.lead],
			["clients", body.client],
			["deals", body.deal],
		] as const) {
			expect((await api.get(`/${path}/${one.id}`)).body).toEqual(one);
		}
		const events = await eventsOf(api.organizationId, 3);
		expect(events.map(({ type }) => type)).toEqual([
			...["client.created", "deal.created", "lead.updated", "lead.stageChanged", "save_lead"],
		]);
		expect(events.slice(0, 3).map(({ payload }) => payload.data)).toEqual([
			body.client,
			body.deal,
			body.lead,
		]);
		expect(events[3]?.payload.changes).toEqual({
			stageId: { from: stages.first, to: stages.converted },
		});
	});

	it("makes the company a client where one is known, with the person as its contact", async () => {
		const api = await createCaller();
		const lead = await create(api, "/leads", { ...JANE, company: "Acme Corp" });
		const { body } = await api.post(`/leads/${lead.id}/convert`);
		expect(body.deal).toBeNull();
		expect(body.client).toMatchObject({
			type: "company",
			name: "Acme Corp",
			primaryContact: { firstName: "Jane", lastName: "Smith", email: JANE.email, jobTitle: "CEO" },
		});
		expect(body.lead).toMatchObject({ stageId: null, convertedDealId: null });
		expect(await eventTypesOf(api.organizationId, 2)).toEqual([
			"client.created",
			"lead.updated",
			"save_lead",
		]);
	});

	it("joins it to the client that is named", async () => {
		const api = await createCaller();
		const client = await createClient(api);
		const lead = await create(api, "/leads", JANE);
		const { body } = await api.post(`/leads/${lead.id}/convert`, { clientId: client.id });
		expect(body.client).toEqual(client);
		expect(body.lead.convertedClientId).toBe(client.id);
		expect((await api.get("/clients")).body.items).toEqual([client]);
	});

	it("happens once: a second call is 409, and of two at once one is", async () => {
		const api = await createCaller();
		await createPipeline(api);
		const lead = await create(api, "/leads", JANE);
		const replies = await Promise.all(
			[1, 2, 3].map(() => api.post(`/leads/${lead.id}/convert`, { deal: {} })),
		);
		expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
		expect((await api.post(`/leads/${lead.id}/convert`)).status).toBe(409);
		expect((await api.get("/clients")).body.items).toHaveLength(1);
		expect((await api.get("/deals")).body.items).toHaveLength(1);
	});

	it("is replayed under its Idempotency-Key, numbers and all", async () => {
		const api = await createCaller();
		await createPipeline(api);
		await createDeal(api);
		const lead = await create(api, "/leads", JANE);
		const call = () => api.post(`/leads/${lead.id}/convert`, { deal: {} }, { "idempotency-key": "once" });
		const first = await call();
		expect(first.body).toMatchObject({ client: { number: 2 }, deal: { number: 2 } });
		const second = await call();
		expect(second.headers.get("idempotency-replayed")).toBe("true");
		expect([second.status, second.body]).toEqual([200, first.body]);
	});

	it("writes nothing when any part of it can't be", async () => {
		const api = await createCaller();
		const { pipeline } = await createPipeline(api);
		const lead = await create(api, "/leads", JANE);
		const stranger = await createClient(await createCaller());
		for (const [body, path] of [
			[{ clientId: stranger.id }, "clientId"],
			[{ deal: { stageId: "dps_01kaj2m5m8f7jt2n3v4w5x6y7z" } }, "deal.stageId"],
			[{ deal: { ownerId: "usr_01kaj2m5m8f7jt2n3v4w5x6y7z" } }, "deal.ownerId"],
			[{ deal: { clientId: stranger.id } }, "deal.clientId"],
			[{ deal: { leadId: lead.id } }, "deal.leadId"],
			[{ deal: { price: -1 } }, "deal.price"],
			[{ client: {} }, "client"],
		] as const) {
			const reply = await api.post(`/leads/${lead.id}/convert`, body);
			expect(reply, path).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		}
		expect((await api.get("/clients")).body.items).toEqual([]);
		expect((await api.get(`/leads/${lead.id}`)).body).toEqual(lead);
		expect(await eventTypesOf(api.organizationId, 2)).toEqual([]);
		await api.delete(`/leads/${lead.id}`);
		expect((await api.post(`/leads/${lead.id}/convert`)).status).toBe(404);
		expect(pipeline.isDefault).toBe(true);
	});

	it("needs the scopes of what it makes, and shows", async () => {
		const all = await createCaller();
		await createPipeline(all);
		const { organizationId } = all;
		const client = await createClient(all);
		const lead = await create(all, "/leads", JANE);
		const some = await createCaller({ organizationId, scopes: ["leads:write"] });
		const refused = await some.post(`/leads/${lead.id}/convert`);
		expect(refused).toMatchObject({
			status: 403,
			body: { message: "This API key lacks the scope clients:write." },
		});
		const joining = await some.post(`/leads/${lead.id}/convert`, { clientId: client.id });
		expect(joining.body.message).toBe("This API key lacks the scope clients:read.");
		const reader = await createCaller({ organizationId, scopes: ["leads:write", "clients:read"] });
		const withDeal = await reader.post(`/leads/${lead.id}/convert`, { clientId: client.id, deal: {} });
		expect(withDeal.body.message).toContain("deals:write");
		expect((await reader.post(`/leads/${lead.id}/convert`, { clientId: client.id })).status).toBe(200);
	});
});
