// Deals: their pipeline and stage, and their price.
import { describe, expect, it, vi } from "vitest";
import { createCaller } from "../support/callers.ts";
import { create, createClient, createDeal, createPipeline } from "../support/deals.ts";
import { eventsOf, eventTypesOf } from "../support/events.ts";

const LINE = { name: "Consulting", quantity: 2, price: 10.5 };

describe("a deal", () => {
	it("begins in the default pipeline's first ACTIVE stage, in the organization's currency", async () => {
		const api = await createCaller();
		const { pipeline, fresh } = await createPipeline(api);
		const client = await createClient(api);
		const deal = await create(api, "/deals", { title: "Relaunch", clientId: client.id });
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
		expect((await create(api, "/deals", { title: "Next", clientId: client.id })).number).toBe(2);
	});

	it("needs a pipeline, and a stage that is one of it", async () => {
		const api = await createCaller();
		const client = await createClient(api);
		const body = { title: "Relaunch", clientId: client.id };
		const none = await api.post("/deals", body);
		expect(none).toMatchObject({ status: 400, body: { errors: [{ path: "pipelineId" }] } });
		const one = await createPipeline(api);
		const two = await createPipeline(api);
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
		const deal = await create(api, "/deals", body);
		const stray = await api.patch(`/deals/${deal.id}`, { stageId: two.talks });
		expect(stray).toMatchObject({ status: 400, body: { errors: [{ path: "stageId" }] } });
		const moved = await api.patch(`/deals/${deal.id}`, { pipelineId: two.pipeline.id });
		expect(moved.body).toMatchObject({ pipelineId: two.pipeline.id, stageId: two.fresh });
		expect(await eventTypesOf(api.organizationId, 2)).toEqual(["deal.updated", "deal.stageChanged"]);
	});

	it("knows pipelines made since its organization's were last read", async () => {
		const api = await createCaller();
		await createPipeline(api);
		const { clientId } = await createDeal(api);
		const { pipeline, talks } = await createPipeline(api, { name: "New business" });
		const deal = await create(api, "/deals", {
			title: "D",
			clientId,
			pipelineId: pipeline.id,
			stageId: talks,
		});
		expect(deal).toMatchObject({ pipelineId: pipeline.id, stageId: talks });
	});

	it("has the status and times of its stage", async () => {
		const api = await createCaller();
		const { fresh, talks, won, lost } = await createPipeline(api);
		vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-03-01T12:00:00.000Z") });
		const { id } = await createDeal(api);
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
			const api = await createCaller();
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
	it("is the given one, or else the total of its lines", async () => {
		const api = await createCaller();
		await createPipeline(api);
		expect((await createDeal(api, { lineItems: [LINE] })).price).toBe(21);
		expect((await createDeal(api, { lineItems: [LINE], price: 5 })).price).toBe(5);
		expect((await createDeal(api, { lineItems: [LINE], price: null })).price).toBe(21);
		const taxed = { ...LINE, taxPercent: 10, discount: 1 };
		expect((await createDeal(api, { lineItems: [taxed] })).price).toBe(22);
	});

	it("follows its lines while it is their sum, and stays where it was given", async () => {
		const api = await createCaller({ keys: 2 });
		await createPipeline(api);
		const summed = await createDeal(api, { lineItems: [{ ...LINE, taxPercent: 10 }] });
		const priceAfter = async (id: string, body: object) => (await api.patch(`/deals/${id}`, body)).body.price;
		expect(summed.price).toBe(23.1);
		expect(await priceAfter(summed.id, { isInclusiveTax: true })).toBe(21);
		expect(await priceAfter(summed.id, { title: "Other" })).toBe(21);
		expect(await priceAfter(summed.id, { lineItems: [LINE, LINE] })).toBe(42);
		expect(await priceAfter(summed.id, { lineItems: [] })).toBeNull();
		const fixed = await createDeal(api, { lineItems: [LINE], price: 5 });
		expect(await priceAfter(fixed.id, { isInclusiveTax: true })).toBe(5);
		expect(await priceAfter(fixed.id, { price: null })).toBe(21);
		expect(await priceAfter(fixed.id, { price: 7 })).toBe(7);
		expect(await priceAfter(fixed.id, { lineItems: [] })).toBe(7);
		expect(await priceAfter(fixed.id, { lineItems: [LINE] })).toBe(21);
	});

	it("has lines that are checked, and kept as they were worked out", async () => {
		const api = await createCaller();
		await createPipeline(api);
		const product = await create(api, "/products", { name: "Hour", price: 10.5 });
		const deal = await createDeal(api, { lineItems: [{ ...LINE, productId: product.id }] });
		expect(deal.lineItems).toMatchObject([{ ...LINE, productId: product.id, amount: 21, taxAmount: 0 }]);
		for (const [line, path] of [
			[{ ...LINE, quantity: 0 }, "lineItems.0.quantity"],
			[{ ...LINE, discount: 22 }, "lineItems.0.discount"],
			[{ ...LINE, productId: "prd_01kaj2m5m8f7jt2n3v4w5x6y7z" }, "lineItems.0.productId"],
		] as const) {
			const reply = await api.patch(`/deals/${deal.id}`, { lineItems: [line] });
			expect(reply, path).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		}
	});
});
