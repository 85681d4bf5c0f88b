// Winning a deal, which converts its lead.
import { describe, expect, it } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { withoutSending } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { createStages, JANE } from "../support/conversion.ts";
import { create, createClient, createDeal, createPipeline } from "../support/deals.ts";
import { eventTypesOf } from "../support/events.ts";
import { PausedRequest, withoutLimits } from "../support/paused-request.ts";
import { run, total } from "../support/shards.ts";

/** A caller whose webhooks are never sent to: nobody takes its wake-ups. */
async function givenQuietCaller() {
	return withoutSending(await createCaller());
}

const skip = (api: Api, more: object = {}) =>
	create(api, "/webhooks", {
		url: "https://hooks.example.com/",
		events: ["deal.stageChanged"],
		skipSystem: true,
		...more,
	});

describe("winning a deal", () => {
	const leadOf = async (api: Api, deal: Json) => (await api.get(`/leads/${deal.leadId}`)).body;

	async function givenLeadsDeal(api: Api, more: object = {}) {
		const lead = await create(api, "/leads", JANE);
		return createDeal(api, { leadId: lead.id, ...more });
	}

	it("converts its lead in the same batch", async () => {
		const api = await createCaller();
		const stages = await createStages(api);
		const { talks, won } = await createPipeline(api);
		const deal = await givenLeadsDeal(api);
		await api.patch(`/deals/${deal.id}`, { stageId: talks });
		expect((await leadOf(api, deal)).convertedAt).toBeNull();
		await api.patch(`/deals/${deal.id}`, { stageId: won });
		expect(await leadOf(api, deal)).toMatchObject({
			version: 2,
			stageId: stages.converted,
			convertedClientId: deal.clientId,
			convertedDealId: deal.id,
		});
		expect((await eventTypesOf(api.organizationId)).slice(-5)).toEqual([
			...["deal.updated", "deal.stageChanged", "lead.updated", "lead.stageChanged", "save_lead"],
		]);
	});

	it("converts once, and not a lead that is converted already", async () => {
		const api = await createCaller();
		const { fresh, won } = await createPipeline(api);
		const deal = await givenLeadsDeal(api);
		const { body } = await api.post(`/leads/${deal.leadId}/convert`);
		for (const stageId of [won, fresh, won]) await api.patch(`/deals/${deal.id}`, { stageId });
		expect(await leadOf(api, deal)).toEqual(body.lead);
	});

	it("takes as many heavy leads as fit together, and refuses a batch of more wholly", async () => {
		const api = await givenQuietCaller();
		const { talks, won } = await createPipeline(api);
		const client = await createClient(api);
		const { body: made } = await api.post("/leads/batch", { items: Array(10).fill(JANE) });
		const leads: string[] = made.results.map(({ id }: Json) => id);
		await run("UPDATE leads SET notes = ? WHERE organizationId = ?", "x".repeat(500_000), api.organizationId);
		const { body: begun } = await api.post("/deals/batch", {
			items: leads.map((leadId) => ({ title: "Deal", clientId: client.id, leadId })),
		});
		const move = (stageId: string | undefined, from = 0) =>
			api.post("/deals/batch", {
				mode: "update",
				items: begun.results.slice(from).map(({ id }: Json) => ({ id, stageId })),
			});
		expect((await move(talks)).body).toMatchObject({ updated: 10, failed: 0 });
		const refused = await move(won);
		expect(refused).toMatchObject({ status: 413, body: { code: "PAYLOAD_TOO_LARGE" } });
		expect((await api.get("/deals?status=WON")).body.items).toEqual([]);
		expect((await move(won, 5)).body).toMatchObject({ updated: 5, failed: 0 });
		expect(
			await total(
				"SELECT count(*) FROM leads WHERE convertedAt IS NOT NULL AND organizationId = ?",
				api.organizationId,
			),
		).toBe(5);
	});

	it("goes by the lead that the same change names", async () => {
		const api = await createCaller();
		const { won } = await createPipeline(api);
		const deal = await givenLeadsDeal(api);
		const other = await create(api, "/leads", { name: "Joe" });
		await api.patch(`/deals/${deal.id}`, { stageId: won, leadId: other.id });
		expect((await leadOf(api, deal)).convertedAt).toBeNull();
		expect((await leadOf(api, { leadId: other.id })).convertedDealId).toBe(deal.id);
		const alone = await givenLeadsDeal(api);
		await api.patch(`/deals/${alone.id}`, { stageId: won, leadId: null });
		expect((await leadOf(api, alone)).convertedAt).toBeNull();
	});

	it("counts when it is created won, singly or in a batch", async () => {
		const api = await createCaller();
		const { won } = await createPipeline(api);
		const deal = await givenLeadsDeal(api, { stageId: won });
		expect((await leadOf(api, deal)).convertedDealId).toBe(deal.id);
		const { id: leadId } = await create(api, "/leads", { name: "Joe" });
		const { clientId } = deal;
		const { body } = await api.post("/deals/batch", {
			items: [
				{ title: "A", clientId, leadId },
				{ title: "B", clientId, leadId, stageId: won },
				{ title: "C", clientId, leadId, stageId: won },
			],
		});
		expect((await leadOf(api, { leadId })).convertedDealId).toBe(body.results[1].id);
	});

	it("can be planned again for a hundred deals: D1 takes a thousand statements from one request", async () => {
		const api = withoutLimits(await createCaller());
		const { won } = await createPipeline(api);
		const client = await createClient(api);
		const batchOf = async (path: string, items: object[]): Promise<Json[]> =>
			(await api.post(path, { items })).body.results;
		const leads = await batchOf(
			"/leads/batch",
			Array.from({ length: 100 }, () => JANE),
		);
		const deals = await batchOf(
			"/deals/batch",
			leads.map(({ id }) => ({ title: "Relaunch", clientId: client.id, leadId: id })),
		);
		const items = deals.map(({ id }) => ({ id, stageId: won }));
		const late = await PausedRequest.send(api, Date.now(), false, "POST", "/deals/batch", {
			mode: "update",
			items,
		});
		await late.step();
		await api.patch(`/leads/${leads[3]?.id}`, { title: "Meanwhile" });
		await late.end();
		expect(late.reply).toMatchObject({ status: 200, body: { updated: 100, failed: 0 } });
		const converted = (await api.get("/leads?limit=100")).body.items;
		expect(converted.filter(({ convertedAt }: Json) => convertedAt !== null)).toHaveLength(100);
	});

	it("leaves the lead alone when a webhook on deal.stageChanged skips it", async () => {
		const api = await givenQuietCaller();
		const { won } = await createPipeline(api);
		for (const events of [["deal.stageChanged"], ["deal.*"], ["*"]]) {
			const webhook = await skip(api, { events });
			const deal = await givenLeadsDeal(api);
			await api.patch(`/deals/${deal.id}`, { stageId: won });
			expect((await leadOf(api, deal)).convertedAt, String(events)).toBeNull();
			await api.delete(`/webhooks/${webhook.id}`);
		}
	});

	it("is not stopped by a webhook that is disabled, hears of something else, or doesn't skip", async () => {
		const api = await givenQuietCaller();
		const { won } = await createPipeline(api);
		await skip(api, { status: "disabled" });
		await skip(api, { events: ["deal.updated", "lead.*"] });
		await skip(api, { skipSystem: false });
		await skip(await createCaller());
		const deal = await givenLeadsDeal(api);
		await api.patch(`/deals/${deal.id}`, { stageId: won });
		expect((await leadOf(api, deal)).convertedDealId).toBe(deal.id);
	});

	it("and converting its lead at the same time convert the lead once", async () => {
		const api = await createCaller({ keys: 3 });
		const { won } = await createPipeline(api);
		for (let round = 0; round < 5; round += 1) {
			const deal = await givenLeadsDeal(api);
			const [moved, converted] = await Promise.all([
				api.patch(`/deals/${deal.id}`, { stageId: won }),
				api.post(`/leads/${deal.leadId}/convert`),
			]);
			expect(moved.status).toBe(200);
			const lead = await leadOf(api, deal);
			expect(lead.convertedClientId).toBe(
				converted.status === 200 ? converted.body.client.id : deal.clientId,
			);
			expect(lead.version).toBe(2);
		}
	});
});
