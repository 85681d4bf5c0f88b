// Deals among one another: contacts, lists, batches, restoring, and what they cost.
import { describe, expect, it } from "vitest";
import { watchBindings } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { create, createClient, createDeal, createPipeline } from "../support/deals.ts";
import { eventTypesOf } from "../support/events.ts";

describe("deals", () => {
	it("have clients of type contact as contacts", async () => {
		const api = await createCaller();
		await createPipeline(api);
		const contact = await create(api, "/clients", { type: "contact", name: "Jo" });
		const deal = await createDeal(api, { contactIds: [contact.id] });
		expect(deal.contactIds).toEqual([contact.id]);
		const company = await api.patch(`/deals/${deal.id}`, { contactIds: [contact.id, deal.clientId] });
		expect(company).toMatchObject({
			status: 400,
			body: { errors: [{ path: "contactIds.1", message: "There is no such contact." }] },
		});
		const held = await api.delete(`/clients/${contact.id}`);
		expect(held.body.message).toContain(`${deal.id} holds it as contactIds`);
	});

	it("are found by what they are filtered and sorted by", async () => {
		const api = await createCaller({ keys: 3 });
		const { won, pipeline } = await createPipeline(api);
		const other = await createPipeline(api);
		const user = await create(api, "/users", { name: "Sam", email: "sam@example.com" });
		const tag = await create(api, "/tags", { name: "VIP" });
		const source = await create(api, "/lead-sources", { name: "Web" });
		const lead = await create(api, "/leads", { name: "Jane" });
		const contact = await create(api, "/clients", { type: "contact", name: "Jo" });
		const full = await createDeal(api, {
			title: "b",
			stageId: won,
			ownerId: user.id,
			assigneeIds: [user.id],
			tagIds: [tag.id],
			contactIds: [contact.id],
			sourceId: source.id,
			leadId: lead.id,
			priority: "HIGH",
			price: 3,
			expectedCloseDate: "2026-05-01",
		});
		const plain = await createDeal(api, { title: "A", pipelineId: other.pipeline.id });
		for (const query of [
			`status=WON`,
			`stageId=${won}`,
			`pipelineId=${pipeline.id}`,
			`ownerId=${user.id}`,
			`assigneeId=${user.id}`,
			`tagId=${tag.id}`,
			`contactId=${contact.id}`,
			`clientId=${full.clientId}`,
			`leadId=${lead.id}`,
			`sourceId=${source.id}`,
			"priority=HIGH",
		]) {
			expect((await api.get(`/deals?${query}`)).body.items, query).toEqual([full]);
		}
		for (const [query, found] of [
			["orderBy=title&orderDir=asc", [plain, full]],
			["orderBy=price&orderDir=asc", [full, plain]],
			["orderBy=expectedCloseDate", [full, plain]],
		] as const) {
			expect((await api.get(`/deals?${query}`)).body.items, query).toEqual(found);
		}
	});

	it("are searched by title, number and the client's name, also after that changes", async () => {
		const api = await createCaller({ keys: 2 });
		await createPipeline(api);
		const deal = await createDeal(api, { title: "Großer Auftrag" });
		const other = await createClient(api, { name: "Umbrella" });
		const found = async (words: string) =>
			(await api.get(`/deals?search=${encodeURIComponent(words)}`)).body.items.length;
		expect([await found("auftr"), await found("1"), await found("acme auftrag")]).toEqual([1, 1, 1]);
		await api.patch(`/clients/${deal.clientId}`, { name: "Weyland" });
		expect([await found("acme"), await found("weyl"), await found("auftrag")]).toEqual([0, 1, 1]);
		await api.patch(`/deals/${deal.id}`, { clientId: other.id });
		expect([await found("weyland"), await found("umbrella 1")]).toEqual([0, 1]);
		expect((await (await createCaller()).get("/deals?search=umbrella")).body.items).toEqual([]);
	});

	it("are created in one batch, the bad ones named", async () => {
		const api = await createCaller();
		await createPipeline(api);
		const { id: clientId } = await createClient(api);
		const { body } = await api.post("/deals/batch", {
			items: [
				{ title: "A", clientId },
				{ title: "B" },
				{ title: "C", clientId, stageId: "dps_01kaj2m5m8f7jt2n3v4w5x6y7z" },
				{ title: "D", clientId },
			],
		});
		expect(body).toMatchObject({ created: 2, failed: 2 });
		expect([body.results[1], body.results[2]].map(({ error }) => error.errors[0].path)).toEqual([
			"clientId",
			"stageId",
		]);
		const { items } = (await api.get("/deals?orderDir=asc")).body;
		expect(items).toMatchObject([
			{ title: "A", number: 1 },
			{ title: "D", number: 2 },
		]);
		expect(await eventTypesOf(api.organizationId, 1)).toEqual(["deal.created", "deal.created"]);
	});

	it("come back to the stage they were in, and where that is gone or another kind, to the first ACTIVE one", async () => {
		const api = await createCaller();
		const { pipeline, fresh, talks, won } = await createPipeline(api);
		const deal = await createDeal(api, { stageId: talks });
		await api.delete(`/deals/${deal.id}`);
		const back = await api.post(`/deals/${deal.id}/restore`);
		expect(back).toMatchObject({ status: 200, body: { stageId: talks, version: 3 } });
		await api.delete(`/deals/${deal.id}`);
		const stages = pipeline.stages.filter(({ id }: { id: string }) => id !== talks);
		await api.patch(`/pipelines/${pipeline.id}`, { stages });
		const skip = (await eventTypesOf(api.organizationId)).length;
		const moved = await api.post(`/deals/${deal.id}/restore`);
		const placed = { stageId: fresh, status: "ACTIVE", probability: 20, wonAt: null, version: 5 };
		expect(moved).toMatchObject({ status: 200, body: { ...placed, stageChangedAt: moved.body.updatedAt } });
		expect((await api.get(`/deals/${deal.id}`)).body).toEqual(moved.body);
		expect(await eventTypesOf(api.organizationId, skip)).toEqual(["deal.updated", "deal.stageChanged"]);

		await api.patch(`/deals/${deal.id}`, { stageId: won });
		await api.delete(`/deals/${deal.id}`);
		const turned = stages.map((stage: { id: string }) => ({
			...stage,
			...(stage.id === won ? { type: "LOST" } : {}),
		}));
		const changed = await api.patch(`/pipelines/${pipeline.id}`, {
			stages: [...turned, { name: "Signed", type: "WON" }],
		});
		expect(changed.status, changed.text).toBe(200);
		expect((await api.post(`/deals/${deal.id}/restore`)).body).toMatchObject({
			stageId: fresh,
			status: "ACTIVE",
			wonAt: null,
		});
	});

	it("come back once their pipeline has", async () => {
		const api = await createCaller();
		await createPipeline(api);
		const { pipeline } = await createPipeline(api);
		const deal = await createDeal(api, { pipelineId: pipeline.id });
		await api.delete(`/deals/${deal.id}`);
		await api.delete(`/pipelines/${pipeline.id}`);
		const gone = await api.post(`/deals/${deal.id}/restore`);
		expect(gone).toMatchObject({ status: 409, body: { errors: [{ path: "pipelineId" }] } });
		expect((await api.post(`/pipelines/${pipeline.id}/restore`)).status).toBe(200);
		expect((await api.post(`/deals/${deal.id}/restore`)).body).toMatchObject({ stageId: deal.stageId });
	});

	it("cost one read, or one read and one write", async () => {
		const watch = watchBindings();
		const api = (await createCaller()).via(watch.target);
		const { won } = await createPipeline(api);
		const lead = await create(api, "/leads", { name: "Jane" });
		const { id, clientId } = await createDeal(api, { leadId: lead.id });
		const costs = async (work: () => Promise<unknown>) => {
			watch.reset();
			await work();
			return watch.roundTrips.length;
		};
		expect(await costs(() => api.get(`/deals/${id}`))).toBe(1);
		expect(await costs(() => api.get("/deals?search=acme"))).toBe(1);
		expect(await costs(() => api.post("/deals", { title: "B", clientId }))).toBe(1);
		expect(await costs(() => api.patch(`/deals/${id}`, { title: "C" }))).toBe(2);
		expect(await costs(() => api.patch(`/deals/${id}`, { stageId: won }))).toBe(2);
		expect((await api.get(`/leads/${lead.id}`)).body.convertedDealId).toBe(id);
		const next = await create(api, "/leads", { name: "Joe" });
		const body = { title: "D", clientId, leadId: next.id, stageId: won };
		expect(await costs(() => api.post("/deals", body))).toBe(2);
		expect((await api.get(`/leads/${next.id}`)).body.convertedAt).not.toBeNull();
		const third = await create(api, "/leads", { name: "Jim" });
		expect(await costs(() => api.post(`/leads/${third.id}/convert`, { deal: {} }))).toBe(2);
	});
});
