// What the events table holds after each kind of write to a lead: one event per committed write, and none of what failed.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { withMembers, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { createLead, eventsOfWork, typesOf } from "../support/lead-events.ts";
import { wrapDatabases } from "../support/shards.ts";

const envelope = (api: Api, event: string, data: Json, changes?: object) => ({
	event,
	timestamp: data.updatedAt,
	webhookId: "",
	organizationId: api.organizationId,
	data,
	...(changes ? { changes } : {}),
	actor: { type: "key", id: api.keyId, name: "test" },
});

describe("each write", () => {
	it("a create is lead.created and save_lead, with the lead as GET shows it", async () => {
		const api = await createCaller();
		await createLead(api);
		const money = { value: 99_999_999_999.9999, score: -0 };
		const found = await eventsOfWork(api, () =>
			createLead(api, { email: "jane@example.com", notes: '\u2028\u0001"🚀', ...money }),
		);
		const data = (await api.get("/leads?limit=1")).body.items[0];
		expect(found.map(({ entityId }) => entityId)).toEqual([data.id, data.id]);
		expect(typesOf(found)).toEqual(["lead.created", "save_lead"]);
		expect(data.number).toBe(2);
		expect(found[0]?.payload).toEqual(envelope(api, "lead.created", data));
		expect(Object.keys(found[0]?.payload)).toEqual([
			"event",
			"timestamp",
			"webhookId",
			"organizationId",
			"data",
			"actor",
		]);
	});

	it("an update is lead.updated and save_lead, with what changed and nothing else", async () => {
		const api = await createCaller();
		const tag = (await api.post("/tags", { name: "VIP" })).body.id;
		const { id } = await createLead(api, { score: 7, company: "Acme" });
		const change = { score: 8, company: null, notes: "new", tagIds: [tag], name: "Jane", value: 0.07 };
		const found = await eventsOfWork(api, () => api.patch(`/leads/${id}`, change));
		const data = (await api.get(`/leads/${id}`)).body;
		expect(typesOf(found)).toEqual(["lead.updated", "save_lead"]);
		expect(found[0]?.payload).toEqual(
			envelope(api, "lead.updated", data, {
				score: { from: 7, to: 8 },
				company: { from: "Acme", to: null },
				notes: { from: null, to: "new" },
				tagIds: { from: [], to: [tag] },
				value: { from: null, to: 0.07 },
			}),
		);
	});

	it("a change of stage also sends lead.stageChanged", async () => {
		const api = await createCaller();
		const { body: stage } = await api.post("/lead-stages", { name: "Working", type: "WORKING" });
		const { id } = await createLead(api);
		const found = await eventsOfWork(api, () => api.patch(`/leads/${id}`, { stageId: stage.id, score: 1 }));
		const data = (await api.get(`/leads/${id}`)).body;
		expect(typesOf(found)).toEqual(["lead.updated", "lead.stageChanged", "save_lead"]);
		const stageId = { from: null, to: stage.id };
		expect(found[0]?.payload.changes).toEqual({ score: { from: null, to: 1 }, stageId });
		expect(found[1]?.payload).toEqual(envelope(api, "lead.stageChanged", data, { stageId }));
		expect(
			typesOf(await eventsOfWork(api, () => api.patch(`/leads/${id}`, { stageId: stage.id, score: 2 }))),
		).not.toContain("lead.stageChanged");
		expect(typesOf(await eventsOfWork(api, () => api.patch(`/leads/${id}`, { stageId: null })))).toContain(
			"lead.stageChanged",
		);
	});

	it("a deletion is lead.deleted, with the lead as it was", async () => {
		const api = await createCaller();
		const before = await createLead(api, { score: 7 });
		const found = await eventsOfWork(api, () => api.delete(`/leads/${before.id}`));
		expect(typesOf(found)).toEqual(["lead.deleted"]);
		expect(found[0]?.payload).toEqual({
			...envelope(api, "lead.deleted", before),
			timestamp: expect.any(String),
		});
	});

	it("a restoration is an update, of deletedAt", async () => {
		const api = await createCaller();
		const { id } = await createLead(api);
		await api.delete(`/leads/${id}`);
		const { deletedAt } = (await api.get(`/leads/${id}?includeDeleted=true`)).body;
		const found = await eventsOfWork(api, () => api.post(`/leads/${id}/restore`));
		const data = (await api.get(`/leads/${id}`)).body;
		expect(typesOf(found)).toEqual(["lead.updated", "save_lead"]);
		expect(found[0]?.payload).toEqual(
			envelope(api, "lead.updated", data, { deletedAt: { from: deletedAt, to: null } }),
		);
	});

	it("a batch is that of each good item, with its own number", async () => {
		const api = await createCaller();
		await createLead(api);
		const found = await eventsOfWork(api, () =>
			api.post("/leads/batch", { items: [{ name: "a" }, {}, { name: "b" }, { name: "c" }] }),
		);
		expect(typesOf(found).sort()).toEqual([...Array(3).fill("lead.created"), ...Array(3).fill("save_lead")]);
		const created = found.filter(({ type }) => type === "lead.created").map(({ payload }) => payload.data);
		expect(created.map(({ name, number }) => [name, number])).toEqual([
			["a", 2],
			["b", 3],
			["c", 4],
		]);
		for (const data of created) expect((await api.get(`/leads/${data.id}`)).body).toEqual(data);
	});

	it("an upsert is that of what it did", async () => {
		const api = await createCaller();
		const upsert = (fields: object) => () =>
			api.post("/leads/upsert", { matchBy: "email", email: "jane@example.com", ...fields });
		expect(typesOf(await eventsOfWork(api, upsert({ name: "Jane" })))).toEqual(["lead.created", "save_lead"]);
		const found = await eventsOfWork(api, upsert({ score: 5 }));
		expect(typesOf(found)).toEqual(["lead.updated", "save_lead"]);
		expect(found[0]?.payload.changes).toEqual({ score: { from: null, to: 5 } });
		expect(await eventsOfWork(api, upsert({ score: 5 }))).toEqual([]);
	});
});

describe("no event is made", () => {
	it("by reading, by changing nothing, or by what is refused", async () => {
		const api = await createCaller();
		const row = await createLead(api, { score: 7 });
		const gone = await createLead(api);
		await api.delete(`/leads/${gone.id}`);
		const one = `/leads/${row.id}`;
		const reader = await createCaller({ organizationId: api.organizationId, scopes: ["leads:read"] });
		const stranger = await createCaller();
		const found = await eventsOfWork(api, async () => {
			for (const [status, request] of [
				[200, api.get(one)],
				[200, api.get("/leads")],
				[200, api.patch(one, {})],
				[200, api.patch(one, { score: 7, name: row.name, tagIds: [] })],
				[400, api.post("/leads", {})],
				[400, api.patch(one, { score: "x" })],
				[400, api.patch(one, { ownerId: "usr_01kaj2m5m8f7jt2n3v4w5x6y7z" })],
				[401, api.patch(one, { score: 8 }, { "x-api-key": "no" })],
				[403, reader.patch(one, { score: 8 })],
				[404, api.patch(`/leads/${gone.id}`, { score: 8 })],
				[404, api.delete(`/leads/${gone.id}`)],
				[404, stranger.patch(one, { score: 8 })],
				[409, api.post(`${one}/restore`)],
				[412, api.patch(one, { score: 8 }, { "if-match": '"9"' })],
				[412, api.delete(one, { "if-match": '"9"' })],
				[415, api.raw("PATCH", one, { body: "{}" })],
				[200, api.post("/leads/batch", { items: [{}, { nope: 1 }] })],
			] as const)
				expect((await request).status).toBe(status);
		});
		expect(found).toEqual([]);
		expect((await api.get(one)).body).toEqual(row);
	});

	it("by a write that the limiter refuses", async () => {
		const api = await createCaller();
		const { id } = await createLead(api);
		const found = await eventsOfWork(api, async () => {
			const replies = await Promise.all(
				Array.from({ length: 80 }, (_, index) =>
					api.patch(`/leads/${id}`, { score: index }, { "if-match": '"9"' }),
				),
			);
			expect(replies.filter(({ status }) => status === 429).length).toBeGreaterThan(20);
			await Promise.all(Array.from({ length: 20 }, () => api.post("/leads", { name: "late" })));
		});
		expect(found).toEqual([]);
	});

	it("by a write that the database refuses", async () => {
		const api = await createCaller();
		const { id } = await createLead(api);
		/** A last statement that fails: what stands before it in the batch must go back too. */
		const databases = wrapDatabases((db) =>
			withMembers(db, {
				batch: (statements: D1PreparedStatement[]) =>
					db.batch(
						statements.length > 1
							? [...statements, db.prepare("SELECT json_extract('{}', 'x')")]
							: statements,
					),
			}),
		);
		const failing = api.via(workerWith({ ...env, ...databases }));
		const found = await eventsOfWork(api, async () => {
			expect((await failing.post("/leads", { name: "x" })).status).toBe(500);
			expect((await failing.patch(`/leads/${id}`, { score: 1 })).status).toBe(500);
			expect((await failing.delete(`/leads/${id}`)).status).toBe(500);
		});
		expect(found).toEqual([]);
		expect((await createLead(api)).number).toBe(2);
		expect((await api.get(`/leads/${id}`)).body.version).toBe(1);
	});
});
