// What the stages of a pipeline hold, beyond what a page of deals shows.
import { describe, expect, it } from "vitest";
import { createCaller, createKey } from "../support/callers.ts";
import { create, createClient, createPipeline } from "../support/deals.ts";
import { copyRow } from "../support/many-rows.ts";
import { columnsOf, run } from "../support/shards.ts";

describe("the totals of a pipeline", () => {
	it("count every deal of each stage, and add up prices by currency", async () => {
		const api = await createCaller();
		const { pipeline, fresh, talks, won, lost } = await createPipeline(api);
		const { id: clientId } = await createClient(api);
		const deal = (index: number) => ({ title: `Deal ${index}`, clientId, stageId: won, price: 10.25 });
		for (const start of [0, 100]) {
			const items = Array.from({ length: 60 }, (_, index) => deal(start + index));
			expect((await api.post("/deals/batch", { items })).status).toBe(200);
		}
		await create(api, "/deals", { title: "Euro", clientId, stageId: talks, price: 7, currency: "EUR" });
		await create(api, "/deals", { title: "Priceless", clientId, stageId: talks });
		const { id } = await create(api, "/deals", { title: "Deleted", clientId, stageId: talks, price: 9 });
		expect((await api.delete(`/deals/${id}`)).status).toBe(204);
		const { status, body } = await api.get(`/deals/totals?pipelineId=${pipeline.id}`);
		expect(status).toBe(200);
		expect(body).toEqual({
			items: [
				{ stageId: fresh, count: 0, isExact: true, sums: [] },
				{
					stageId: talks,
					count: 2,
					isExact: true,
					sums: [
						{ currency: "EUR", value: 7 },
						{ currency: "USD", value: 0 },
					],
				},
				{ stageId: won, count: 120, isExact: true, sums: [{ currency: "USD", value: 1_230 }] },
				{ stageId: lost, count: 0, isExact: true, sums: [] },
			],
			nextCursor: null,
			hasMore: false,
		});
	});

	it("are exact, and come to more than 2^63 ten-thousandths", async () => {
		const api = await createCaller();
		const { pipeline, fresh, talks } = await createPipeline(api);
		const { id: clientId } = await createClient(api);
		const deal = (stageId: string | undefined, price: number) =>
			create(api, "/deals", { title: "Big", clientId, stageId, price });
		await copyRow("deals", await deal(fresh, 99_999_999_999.9999), 9_299);
		for (const price of [99_999_999_999.9999, 0.0002]) await deal(talks, price);
		const { status, body, text } = await api.get(`/deals/totals?pipelineId=${pipeline.id}`);
		expect(status, text).toBe(200);
		expect(body.items.slice(0, 2)).toEqual([
			{
				stageId: fresh,
				count: 9_300,
				isExact: true,
				sums: [{ currency: "USD", value: Number("929999999999999.07") }],
			},
			{ stageId: talks, count: 2, isExact: true, sums: [{ currency: "USD", value: 100_000_000_000.0001 }] },
		]);
	});

	it("stop counting at ten thousand, and say so", async () => {
		const api = await createCaller();
		const { pipeline, fresh } = await createPipeline(api);
		const { id: clientId } = await createClient(api);
		const { id } = await create(api, "/deals", { title: "One", clientId, stageId: fresh, price: 1 });
		const columns = (await columnsOf("deals")).filter((name) => name !== "seq");
		const copied = columns.map((name) => (name === "id" ? `'dl_' || printf('%026d', value)` : `"${name}"`));
		await run(
			`INSERT INTO deals (${columns.map((name) => `"${name}"`).join()}) SELECT ${copied.join()} FROM deals,
				(WITH RECURSIVE counted(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM counted LIMIT 10001) SELECT value FROM counted)
				WHERE id = ?`,
			id,
		);
		const { body } = await api.get(`/deals/totals?pipelineId=${pipeline.id}`);
		expect(body.items[0]).toMatchObject({ stageId: fresh, count: 10_000, isExact: false });
	});

	it("are the default pipeline's unless another is named, and only for who may read deals", async () => {
		const [api, stranger] = [await createCaller(), await createCaller()];
		expect((await api.get("/deals/totals")).body).toEqual({ items: [], nextCursor: null, hasMore: false });
		const { fresh } = await createPipeline(api);
		const second = await createPipeline(api, { name: "Other" });
		expect((await api.get("/deals/totals")).body.items[0].stageId).toBe(fresh);
		const path = `/deals/totals?pipelineId=${second.pipeline.id}`;
		expect((await api.get(path)).body.items[0].stageId).toBe(second.fresh);
		const refusal = { status: 400, body: { errors: [{ path: "pipelineId" }] } };
		expect(await stranger.get(path)).toMatchObject(refusal);
		await api.delete(`/pipelines/${second.pipeline.id}`);
		expect(await api.get(path)).toMatchObject(refusal);
		const { key } = await createKey(api.organizationId, { scopes: ["pipelines:read"] });
		expect((await api.get("/deals/totals", { "x-api-key": key })).status).toBe(403);
	});
});
