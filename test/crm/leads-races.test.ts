// The events of writes to leads that race.
import { describe, expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { createLead, eventsOfWork, typesOf } from "../support/lead-events.ts";

describe("racing writes", () => {
	it("make one event each: twenty PATCHes with one If-Match make one", async () => {
		const api = await createCaller();
		const { id } = await createLead(api);
		const found = await eventsOfWork(api, () =>
			Promise.all(
				Array.from({ length: 20 }, (_, score) => api.patch(`/leads/${id}`, { score }, { "if-match": '"1"' })),
			),
		);
		expect(typesOf(found)).toEqual(["lead.updated", "save_lead"]);
		expect(found[0]?.payload.data).toEqual((await api.get(`/leads/${id}`)).body);
	});

	it("without If-Match leave a history that fits together", async () => {
		const api = await createCaller();
		const { id } = await createLead(api, { score: 0 });
		const found = await eventsOfWork(api, () =>
			Promise.all(Array.from({ length: 10 }, (_, index) => api.patch(`/leads/${id}`, { score: index + 1 }))),
		);
		const updates = found.filter(({ type }) => type === "lead.updated").map(({ payload }) => payload);
		expect(updates).toHaveLength(10);
		const byVersion = updates.toSorted((a, b) => a.data.version - b.data.version);
		expect(byVersion.map(({ data }) => data.version)).toEqual(
			Array.from({ length: 10 }, (_, index) => index + 2),
		);
		let score = 0;
		for (const { data, changes } of byVersion) {
			expect(changes.score).toEqual({ from: score, to: data.score });
			score = data.score;
		}
		expect((await api.get(`/leads/${id}`)).body.score).toBe(score);
	});

	it("upserts make one lead.created", async () => {
		const api = await createCaller();
		const found = await eventsOfWork(api, () =>
			Promise.all(
				Array.from({ length: 5 }, (_, score) =>
					api.post("/leads/upsert", { matchBy: "email", email: "jane@example.com", name: "Jane", score }),
				),
			),
		);
		expect(typesOf(found).filter((type) => type === "lead.created")).toHaveLength(1);
	});

	it("with one Idempotency-Key make one", async () => {
		const api = await createCaller();
		const found = await eventsOfWork(api, () =>
			Promise.all(
				Array.from({ length: 10 }, () => api.post("/leads", { name: "Jane" }, { "idempotency-key": "x" })),
			),
		);
		expect(typesOf(found)).toEqual(["lead.created", "save_lead"]);
	});
});
