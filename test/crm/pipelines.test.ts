import { describe, expect, it } from "vitest";
import type { Json } from "../support/api.ts";
import { watchBindings } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { create, createClient, createDeal, createPipeline, STAGES } from "../support/deals.ts";

const NOWHERE = "dps_01kaj2m5m8f7jt2n3v4w5x6y7z";

describe("stages", () => {
	it("get ids, positions and probabilities of their own", async () => {
		const api = await createCaller();
		const { pipeline } = await createPipeline(api);
		expect(pipeline.stages).toMatchObject([
			{ name: "New", type: "ACTIVE", position: 1, probability: 20 },
			{ name: "Talks", type: "ACTIVE", position: 2, probability: 60 },
			{ name: "Won", type: "WON", position: 3, probability: 100 },
			{ name: "Lost", type: "LOST", position: 4, probability: 0 },
		]);
		for (const { id } of pipeline.stages) expect(id).toMatch(/^dps_[0-9a-z]{26}$/);
		expect((await api.get(`/pipelines/${pipeline.id}`)).body).toEqual(pipeline);
	});

	it("stand in the order of their positions", async () => {
		const api = await createCaller();
		const stages = STAGES.map((stage, index) => ({ ...stage, position: 9 - index }));
		const { pipeline } = await createPipeline(api, { stages });
		expect(pipeline.stages.map(({ name }: Json) => name)).toEqual(["Lost", "Won", "Talks", "New"]);
	});

	it("are refused in any other form", async () => {
		const api = await createCaller();
		const [fresh, talks, won, lost] = STAGES;
		for (const [stages, path] of [
			[[fresh, won], "stages"],
			[[won, lost], "stages"],
			[[], "stages"],
			[[{ ...fresh, id: NOWHERE }, won, lost], "stages.0.id"],
			[[{ ...fresh, probability: 101 }, won, lost], "stages.0.probability"],
			[[fresh, { ...won, name: " " }, lost], "stages.1.name"],
			[[fresh, talks, { ...won, type: "DONE" }, lost], "stages.2.type"],
		] as const) {
			const reply = await api.post("/pipelines", { name: "Sales", stages });
			expect(reply, JSON.stringify(stages)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		}
		expect((await api.get("/pipelines")).body.items).toEqual([]);
	});

	it("keep their id where a PATCH names it, and are new where it doesn't", async () => {
		const api = await createCaller();
		const { pipeline, fresh, won, lost } = await createPipeline(api);
		const { status, body } = await api.patch(`/pipelines/${pipeline.id}`, {
			stages: [
				{ id: fresh, name: "Fresh", type: "ACTIVE" },
				{ name: "Offer", type: "ACTIVE" },
				{ id: won, name: "Won", type: "WON" },
				{ id: lost, name: "Lost", type: "LOST", probability: null },
			],
		});
		expect(status).toBe(200);
		expect(body.stages).toMatchObject([
			{ id: fresh, name: "Fresh", probability: 20 },
			{ name: "Offer", probability: null },
			{ id: won, probability: 100 },
			{ id: lost, probability: null },
		]);
		expect(pipeline.stages.map(({ id }: Json) => id)).not.toContain(body.stages[1].id);
	});

	it("are none but the pipeline's own, and each once", async () => {
		const api = await createCaller();
		const { pipeline, fresh } = await createPipeline(api);
		const other = await createPipeline(api);
		for (const [id, index] of [
			[NOWHERE, 0],
			[other.fresh, 0],
			[fresh, 1],
		] as const) {
			const stages = [{ ...STAGES[0], id }, { ...STAGES[1], id: fresh }, STAGES[2], STAGES[3]];
			const reply = await api.patch(`/pipelines/${pipeline.id}`, { stages });
			expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: `stages.${index}.id` }] } });
		}
	});
});

describe("stages that deals are in", () => {
	const without = (pipeline: Json, id: string | undefined) =>
		pipeline.stages.filter((stage: Json) => stage.id !== id);

	it("can't go or change type, and the refusal names a deal", async () => {
		const api = await createCaller();
		const { pipeline, fresh, talks, won } = await createPipeline(api);
		const deal = await createDeal(api, { stageId: talks });
		const retyped = pipeline.stages.map((stage: Json) =>
			stage.id === talks ? { ...stage, type: "WON" } : stage,
		);
		for (const stages of [without(pipeline, talks), retyped]) {
			const reply = await api.patch(`/pipelines/${pipeline.id}`, { stages });
			expect(reply).toMatchObject({ status: 409, body: { errors: [{ path: "stages" }] } });
			expect(reply.body.message).toContain(`${deal.id} is in ${talks}`);
		}
		expect((await api.get(`/pipelines/${pipeline.id}`)).body).toEqual(pipeline);
		expect(
			(
				await api.patch(`/pipelines/${pipeline.id}`, {
					stages: without(pipeline, won).concat({ name: "Done", type: "WON" }),
				})
			).status,
		).toBe(200);
		await api.patch(`/deals/${deal.id}`, { stageId: fresh });
		expect((await api.patch(`/pipelines/${pipeline.id}`, { stages: without(pipeline, talks) })).status).toBe(
			400,
		);
		const left = (await api.get(`/pipelines/${pipeline.id}`)).body;
		expect((await api.patch(`/pipelines/${pipeline.id}`, { stages: without(left, talks) })).status).toBe(200);
	});

	it("and deals coming into them never pass each other", async () => {
		const api = await createCaller({ keys: 4 });
		const client = await createClient(api);
		for (let round = 0; round < 8; round += 1) {
			const { pipeline, talks } = await createPipeline(api);
			// From here on the pipeline is remembered, so that the deal is written in one go, between read and write of the other.
			await create(api, "/deals", { title: "Warm", clientId: client.id, pipelineId: pipeline.id });
			const [changed, made] = await Promise.all([
				api.patch(`/pipelines/${pipeline.id}`, { stages: without(pipeline, talks) }),
				api.post("/deals", { title: "D", clientId: client.id, pipelineId: pipeline.id, stageId: talks }),
			]);
			expect([
				[200, 400],
				[409, 201],
			]).toContainEqual([changed.status, made.status]);
		}
	});

	it("pass their probability on to the deals, which are not written", async () => {
		const watch = watchBindings();
		const api = (await createCaller()).via(watch.target);
		const { pipeline, fresh } = await createPipeline(api);
		const deal = await createDeal(api);
		const elsewhere = await createDeal(api, { stageId: pipeline.stages[1].id });
		expect(deal).toMatchObject({ stageId: fresh, probability: 20 });
		const change = (probability: number) => {
			const stages = pipeline.stages.map((stage: Json) =>
				stage.id === fresh ? { ...stage, probability } : stage,
			);
			return api.patch(`/pipelines/${pipeline.id}`, { stages });
		};
		watch.reset();
		await change(35);
		expect(watch.roundTrips.flat().filter(({ text }) => /UPDATE "deals"/.test(text))).toEqual([]);
		const path = `/deals/${deal.id}`;
		expect((await api.get("/deals")).body.items).toEqual([elsewhere, { ...deal, probability: 35 }]);
		const read = await api.get(path);
		expect(read.body).toEqual({ ...deal, probability: 35 });
		expect((await api.get(`/deals/${elsewhere.id}`)).body).toEqual(elsewhere);

		// What is shown otherwise has another ETag, though the deal is at the version it was.
		expect(read.headers.get("etag")).toBe('"1.35"');
		expect((await api.send("GET", path, undefined, { "if-none-match": '"1"' })).status).toBe(200);
		expect((await api.send("GET", path, undefined, { "if-none-match": '"1.35"' })).status).toBe(304);
		expect((await api.patch(path, { title: deal.title })).body).toEqual(read.body);
		expect((await api.send("PATCH", path, { title: "X" }, { "if-match": '"2.35"' })).status).toBe(412);
		const renamed = await api.send("PATCH", path, { title: "X" }, { "if-match": '"1.35"' });
		expect(renamed.body).toMatchObject({ title: "X", probability: 35, version: 2 });
		expect([renamed.headers.get("etag"), (await api.get(path)).headers.get("etag")]).toEqual(['"2"', '"2"']);

		await change(50);
		await api.delete(path);
		expect((await api.get(`${path}?includeDeleted=true`)).body).toMatchObject({
			probability: 50,
			version: 3,
		});
		expect((await api.post(`${path}/restore`)).body).toMatchObject({ probability: 50, version: 4 });
	});
});

describe("the default pipeline", () => {
	const defaults = (list: Json): string[] =>
		list.items.filter(({ isDefault }: Json) => isDefault).map(({ id }: Json) => id);

	it("is the first, until another is made it", async () => {
		const api = await createCaller();
		const first = (await createPipeline(api, { isDefault: false })).pipeline;
		const second = (await createPipeline(api)).pipeline;
		expect([first.isDefault, second.isDefault]).toEqual([true, false]);
		expect((await api.patch(`/pipelines/${second.id}`, { isDefault: true })).body.isDefault).toBe(true);
		expect((await api.get(`/pipelines/${first.id}`)).body).toMatchObject({ isDefault: false, version: 2 });
		const third = (await createPipeline(api, { isDefault: true })).pipeline;
		expect(defaults((await api.get("/pipelines")).body)).toEqual([third.id]);
	});

	it("can't be unset or deleted; another one can", async () => {
		const api = await createCaller();
		const { pipeline } = await createPipeline(api);
		const other = (await createPipeline(api)).pipeline;
		const unset = await api.patch(`/pipelines/${pipeline.id}`, { isDefault: false });
		expect(unset).toMatchObject({ status: 409, body: { errors: [{ path: "isDefault" }] } });
		expect((await api.delete(`/pipelines/${pipeline.id}`)).status).toBe(409);
		expect((await api.patch(`/pipelines/${other.id}`, { isDefault: false })).status).toBe(200);
		expect((await api.delete(`/pipelines/${other.id}`)).status).toBe(204);
		expect(defaults((await api.get("/pipelines")).body)).toEqual([pipeline.id]);
	});

	it("is exactly one, however many are created or made the default at once", async () => {
		const api = await createCaller();
		const made = await Promise.all([1, 2, 3, 4].map(() => createPipeline(api)));
		expect(defaults((await api.get("/pipelines")).body)).toHaveLength(1);
		const named = await Promise.all(
			made.map(({ pipeline }) => api.patch(`/pipelines/${pipeline.id}`, { isDefault: true })),
		);
		expect(named.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
		expect(defaults((await api.get("/pipelines")).body)).toHaveLength(1);
	});

	it("is deleted only without deals where it isn't the default", async () => {
		const api = await createCaller();
		await createPipeline(api);
		const { pipeline } = await createPipeline(api);
		const deal = await createDeal(api, { pipelineId: pipeline.id });
		const refused = await api.delete(`/pipelines/${pipeline.id}`);
		expect(refused.status).toBe(409);
		expect(refused.body.message).toContain(deal.id);
	});
});
