import { describe, expect, it, vi } from "vitest";
import { watched } from "../support/bindings.ts";
import { eventsOf, eventTypesOf } from "../support/events.ts";
import { givenCaller } from "../support/given.ts";
import { given, givenClient, givenDeal, givenPipeline } from "../support/selling.ts";

const LINE = { name: "Consulting", quantity: 2, price: 10.5 };

describe("a deal", () => {
	it("begins in the default pipeline's first ACTIVE stage, in the organization's currency", async () => {
		const api = await givenCaller();
		const { pipeline, fresh } = await givenPipeline(api);
		const client = await givenClient(api);
		const deal = await given(api, "/deals", { title: "Relaunch", clientId: client.id });
		expect(deal).toMatchObject({
			number: 1,
			title: "Relaunch",
			clientId: client.id,
			pipelineId: pipeline.id,
			stageId: fresh,
			status: "ACTIVE",
			probability: 20,
			price: null,
			currency: "USD",
			lineItems: [],
			wonAt: null,
			lostAt: null,
			stageChangedAt: deal.createdAt,
		});
		expect((await api.get(`/deals/${deal.id}`)).body).toEqual(deal);
		const [event] = await eventsOf(api.organizationId, 1);
		expect(event).toMatchObject({ type: "deal.created", entityId: deal.id });
		expect(event?.payload.data).toEqual(deal);
		expect((await given(api, "/deals", { title: "Next", clientId: client.id })).number).toBe(2);
	});

	it("needs a pipeline, and a stage that is one of it", async () => {
		const api = await givenCaller();
		const client = await givenClient(api);
		const body = { title: "Relaunch", clientId: client.id };
		const none = await api.post("/deals", body);
		expect(none).toMatchObject({ status: 400, body: { errors: [{ path: "pipelineId" }] } });
		const one = await givenPipeline(api);
		const two = await givenPipeline(api);
		for (const place of [
			{ stageId: two.fresh },
			{ pipelineId: two.pipeline.id, stageId: one.fresh },
			{ stageId: "dps_01kaj2m5m8f7jt2n3v4w5x6y7z" },
		]) {
			const reply = await api.post("/deals", { ...body, ...place });
			expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: "stageId" }] } });
		}
		const unknown = await api.post("/deals", { ...body, pipelineId: "dpl_01kaj2m5m8f7jt2n3v4w5x6y7z" });
		expect(unknown.body.errors).toEqual([{ path: "pipelineId", message: "There is no such pipeline." }]);
		const deal = await given(api, "/deals", body);
		const stray = await api.patch(`/deals/${deal.id}`, { stageId: two.talks });
		expect(stray).toMatchObject({ status: 400, body: { errors: [{ path: "stageId" }] } });
		const moved = await api.patch(`/deals/${deal.id}`, { pipelineId: two.pipeline.id });
		expect(moved.body).toMatchObject({ pipelineId: two.pipeline.id, stageId: two.fresh });
		expect(await eventTypesOf(api.organizationId, 2)).toEqual(["deal.updated", "deal.stageChanged"]);
	});

	it("knows pipelines made since its organization's were last read", async () => {
		const api = await givenCaller();
		await givenPipeline(api);
		const { clientId } = await givenDeal(api);
		const { pipeline, talks } = await givenPipeline(api, { name: "New business" });
		const deal = await given(api, "/deals", {
			title: "D",
			clientId,
			pipelineId: pipeline.id,
			stageId: talks,
		});
		expect(deal).toMatchObject({ pipelineId: pipeline.id, stageId: talks });
	});

	it("takes status and instants from its stage", async () => {
		const api = await givenCaller();
		const { fresh, talks, won, lost } = await givenPipeline(api);
		vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-03-01T12:00:00.000Z") });
		const { id } = await givenDeal(api);
		const move = async (stageId: string | undefined, at: string) => {
			vi.setSystemTime(Date.parse(at));
			return (await api.patch(`/deals/${id}`, { stageId })).body;
		};
		const one = "2026-03-01T12:01:00.000Z";
		const two = "2026-03-01T12:02:00.000Z";
		const three = "2026-03-01T12:03:00.000Z";
		const four = "2026-03-01T12:04:00.000Z";
		const status = (body: object) => ({ lostAt: null, wonAt: null, ...body });
		expect(await move(talks, one)).toMatchObject(status({ status: "ACTIVE", stageChangedAt: one }));
		expect(await move(won, two)).toMatchObject(
			status({ status: "WON", probability: 100, wonAt: two, stageChangedAt: two }),
		);
		vi.setSystemTime(Date.parse("2026-03-01T12:02:30.000Z"));
		const renamed = (await api.patch(`/deals/${id}`, { title: "Renamed" })).body;
		expect(renamed).toMatchObject(status({ wonAt: two, stageChangedAt: two }));
		expect(await move(lost, three)).toMatchObject(
			status({ status: "LOST", probability: 0, lostAt: three, stageChangedAt: three }),
		);
		expect(await move(fresh, four)).toMatchObject(status({ status: "ACTIVE", stageChangedAt: four }));
		vi.useRealTimers();
		const events = await eventsOf(api.organizationId, 2);
		expect(events.map(({ type }) => type)).toEqual([
			...["deal.updated", "deal.stageChanged", "deal.updated", "deal.stageChanged", "deal.updated"],
			...["deal.updated", "deal.stageChanged", "deal.updated", "deal.stageChanged"],
		]);
		expect(events[1]?.payload.changes).toEqual({ stageId: { from: fresh, to: talks } });
		expect(events[2]?.payload.changes).toMatchObject({
			status: { from: "ACTIVE", to: "WON" },
			wonAt: { from: null, to: two },
		});
	});

	it.each(["status", "wonAt", "probability", "stageChangedAt", "number"])(
		"has no %s to be set",
		async (field) => {
			const api = await givenCaller();
			const reply = await api.post("/deals", {
				title: "D",
				clientId: "clt_01kaj2m5m8f7jt2n3v4w5x6y7z",
				[field]: 1,
			});
			expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: field }] } });
		},
	);
});

describe("a deal's price", () => {
	it("is what is given, else what its lines come to", async () => {
		const api = await givenCaller();
		await givenPipeline(api);
		expect((await givenDeal(api, { lineItems: [LINE] })).price).toBe(21);
		expect((await givenDeal(api, { lineItems: [LINE], price: 5 })).price).toBe(5);
		expect((await givenDeal(api, { lineItems: [LINE], price: null })).price).toBe(21);
		const taxed = { ...LINE, taxPercent: 10, discount: 1 };
		expect((await givenDeal(api, { lineItems: [taxed] })).price).toBe(22);
	});

	it("follows its lines while it is their sum, and stays where it was given", async () => {
		const api = await givenCaller({ keys: 2 });
		await givenPipeline(api);
		const summed = await givenDeal(api, { lineItems: [{ ...LINE, taxPercent: 10 }] });
		const priceAfter = async (id: string, body: object) => (await api.patch(`/deals/${id}`, body)).body.price;
		expect(summed.price).toBe(23.1);
		expect(await priceAfter(summed.id, { isInclusiveTax: true })).toBe(21);
		expect(await priceAfter(summed.id, { title: "Other" })).toBe(21);
		expect(await priceAfter(summed.id, { lineItems: [LINE, LINE] })).toBe(42);
		expect(await priceAfter(summed.id, { lineItems: [] })).toBeNull();
		const fixed = await givenDeal(api, { lineItems: [LINE], price: 5 });
		expect(await priceAfter(fixed.id, { isInclusiveTax: true })).toBe(5);
		expect(await priceAfter(fixed.id, { price: null })).toBe(21);
		expect(await priceAfter(fixed.id, { price: 7 })).toBe(7);
		expect(await priceAfter(fixed.id, { lineItems: [] })).toBe(7);
		expect(await priceAfter(fixed.id, { lineItems: [LINE] })).toBe(21);
	});

	it("has lines that are checked, and kept as they were worked out", async () => {
		const api = await givenCaller();
		await givenPipeline(api);
		const product = await given(api, "/products", { name: "Hour", price: 10.5 });
		const deal = await givenDeal(api, { lineItems: [{ ...LINE, productId: product.id }] });
		expect(deal.lineItems).toMatchObject([{ ...LINE, productId: product.id, amount: 21, taxAmount: 0 }]);
		for (const [line, path] of [
			[{ ...LINE, quantity: 0 }, "lineItems.0.quantity"],
			[{ ...LINE, amount: 1 }, "lineItems.0.amount"],
			[{ ...LINE, discount: 22 }, "lineItems.0.discount"],
			[{ ...LINE, productId: "prd_01kaj2m5m8f7jt2n3v4w5x6y7z" }, "lineItems.0.productId"],
		] as const) {
			const reply = await api.patch(`/deals/${deal.id}`, { lineItems: [line] });
			expect(reply, path).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		}
	});
});

describe("deals", () => {
	it("have clients of type contact as contacts", async () => {
		const api = await givenCaller();
		await givenPipeline(api);
		const contact = await given(api, "/clients", { type: "contact", name: "Jo" });
		const deal = await givenDeal(api, { contactIds: [contact.id] });
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
		const api = await givenCaller({ keys: 3 });
		const { won, pipeline } = await givenPipeline(api);
		const other = await givenPipeline(api);
		const user = await given(api, "/users", { name: "Sam", email: "sam@example.com" });
		const tag = await given(api, "/tags", { name: "VIP" });
		const source = await given(api, "/lead-sources", { name: "Web" });
		const lead = await given(api, "/leads", { name: "Jane" });
		const contact = await given(api, "/clients", { type: "contact", name: "Jo" });
		const full = await givenDeal(api, {
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
		const plain = await givenDeal(api, { title: "A", pipelineId: other.pipeline.id });
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
		const api = await givenCaller({ keys: 2 });
		await givenPipeline(api);
		const deal = await givenDeal(api, { title: "Großer Auftrag" });
		const other = await givenClient(api, { name: "Umbrella" });
		const found = async (words: string) =>
			(await api.get(`/deals?search=${encodeURIComponent(words)}`)).body.items.length;
		expect([await found("auftr"), await found("1"), await found("acme auftrag")]).toEqual([1, 1, 1]);
		await api.patch(`/clients/${deal.clientId}`, { name: "Weyland" });
		expect([await found("acme"), await found("weyl"), await found("auftrag")]).toEqual([0, 1, 1]);
		await api.patch(`/deals/${deal.id}`, { clientId: other.id });
		expect([await found("weyland"), await found("umbrella 1")]).toEqual([0, 1]);
		expect((await (await givenCaller()).get("/deals?search=umbrella")).body.items).toEqual([]);
	});

	it("are created in one batch, the bad ones named", async () => {
		const api = await givenCaller();
		await givenPipeline(api);
		const { id: clientId } = await givenClient(api);
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

	it("come back only to a stage that still is what it was", async () => {
		const api = await givenCaller();
		const { pipeline, talks, lost } = await givenPipeline(api);
		const deal = await givenDeal(api, { stageId: talks });
		await api.delete(`/deals/${deal.id}`);
		const back = await api.post(`/deals/${deal.id}/restore`);
		expect(back).toMatchObject({ status: 200, body: { stageId: talks, version: 3 } });
		await api.delete(`/deals/${deal.id}`);
		const stages = pipeline.stages.filter(({ id }: { id: string }) => id !== talks);
		await api.patch(`/pipelines/${pipeline.id}`, { stages });
		const gone = await api.post(`/deals/${deal.id}/restore`);
		expect(gone).toMatchObject({ status: 409, body: { errors: [{ path: "stageId" }] } });
		expect(lost).toBeDefined();
	});

	it("cost one read, or one read and one write", async () => {
		const watch = watched();
		const api = (await givenCaller()).via(watch.target);
		const { won } = await givenPipeline(api);
		const lead = await given(api, "/leads", { name: "Jane" });
		const { id, clientId } = await givenDeal(api, { leadId: lead.id });
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
		const next = await given(api, "/leads", { name: "Joe" });
		const body = { title: "D", clientId, leadId: next.id, stageId: won };
		expect(await costs(() => api.post("/deals", body))).toBe(2);
		expect((await api.get(`/leads/${next.id}`)).body.convertedAt).not.toBeNull();
		const third = await given(api, "/leads", { name: "Jim" });
		expect(await costs(() => api.post(`/leads/${third.id}/convert`, { deal: {} }))).toBe(2);
	});
});
