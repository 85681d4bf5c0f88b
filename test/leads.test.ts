import { describe, expect, it } from "vitest";
import { givenCaller } from "./support/given.ts";

describe("leads", () => {
	it("creates", async () => {
		const api = await givenCaller();
		const stage = await api.post("/lead-stages", { name: "New", type: "NEW", position: 1 });
		console.log(stage.status, stage.text, [...stage.headers]);
		const lead = await api.post("/leads", {
			name: "Jane Smith",
			email: "jane@example.com",
			value: 12.5,
			tagIds: [],
		});
		console.log(lead.status, lead.text);
		const got = await api.get(`/leads/${lead.body.id}`);
		console.log(got.status, got.text);
		const list = await api.get("/leads?search=jan&limit=1");
		console.log(list.status, list.text);
		for (const q of [
			"orderBy=score",
			"orderBy=name&orderDir=asc",
			`stageId=${stage.body.id}`,
			"email=JANE@example.com",
			"email=JANE@example.com&orderBy=score",
			"search=smi&orderBy=name",
			"foo=1",
			"archived=true",
			"tagId=tag_01kaj2m5m8f7jt2n3v4w5x6y7z",
			"createdAfter=2026-01-01T00:00:00Z",
		]) {
			const r = await api.get(`/leads?${q}`);
			console.log(q, r.status, r.body.items?.length ?? r.text);
		}
		const p = await api.patch(`/leads/${lead.body.id}`, { score: 5, stageId: stage.body.id });
		console.log(p.status, p.text);
		const u = await api.post("/leads/upsert", { matchBy: "email", email: "jane@example.com", score: 7 });
		console.log(u.status, u.text);
		const b = await api.post(
			"/leads/batch",
			{
				items: [
					{ name: "A" },
					{ nam: "B" },
					{ name: "C", ownerId: "usr_01kaj2m5m8f7jt2n3v4w5x6y7z" },
					{ name: "D" },
				],
			},
			{ "idempotency-key": "abc" },
		);
		console.log(b.status, b.text);
		console.log((await api.delete(`/leads/${lead.body.id}`)).status);
		console.log((await api.delete(`/lead-stages/${stage.body.id}`)).text);
		const i = await api.post("/leads", { name: "I" }, { "idempotency-key": "x" });
		const j = await api.post("/leads", { name: "I" }, { "idempotency-key": "x" });
		console.log(i.text, j.text, j.headers.get("idempotency-replayed"));
		expect(i.text).toBe(j.text);
	});
});
