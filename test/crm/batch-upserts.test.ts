// Batches that create or update. What they have in common with single requests is in test/contract/batches.test.ts.
import { describe, expect, it } from "vitest";
import { batch, eventsOf, wordsOf } from "../support/batches.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { createLead, leadNumbers } from "../support/leads.ts";
import { setQuotas } from "../support/quotas.ts";

describe("a batch that creates or updates", () => {
	it("finds what is stored and what its own items have made", async () => {
		const api = await createCaller();
		const jane = await createLead(api, { name: "Jane", email: "jane@example.com" });
		const items = [
			{ name: "Kim", email: "kim@example.com" },
			{ email: "JANE@example.com", score: 1 },
			{ email: "Kim@example.com", score: 2 },
			{ email: "kim@example.com", name: "Kim K" },
			{ name: "Lee" },
			{ name: "Lee", email: "nonsense" },
			{ email: "lee@example.com" },
			{ email: "jane@example.com", nope: 1 },
		];
		const { status, body } = await batch(api, "leads", { mode: "upsert", matchBy: "email", items });
		expect(status).toBe(200);
		expect(body).toMatchObject({ created: 1, updated: 3, deleted: 0, failed: 4 });
		expect(wordsOf(body)).toEqual([
			"created 1",
			"updated 2",
			"updated 2",
			"updated 3",
			"BAD_REQUEST email",
			"BAD_REQUEST email",
			"BAD_REQUEST name",
			"BAD_REQUEST nope",
		]);
		const [kim, , again] = body.results;
		expect(again.id).toBe(kim.id);
		expect(body.results[1].id).toBe(jane.id);
		expect((await api.get(`/leads/${kim.id}`)).body).toMatchObject({
			name: "Kim K",
			email: "kim@example.com",
			score: 2,
			version: 3,
			number: 2,
		});
		expect(await eventsOf(api)).toEqual([
			"lead.created Jane 1",
			"lead.created Kim 1",
			"lead.updated Jane 2",
			"lead.updated Kim 2",
			"lead.updated Kim K 3",
		]);
	});

	it("refuses an item that several rows match, and names them", async () => {
		const api = await createCaller();
		const rows = [
			await createLead(api, { email: "a@example.com" }),
			await createLead(api, { email: "A@example.com" }),
		];
		const items = [
			{ email: "a@example.com", score: 1 },
			{ name: "New", email: "b@example.com" },
		];
		const { body } = await batch(api, "leads", { mode: "upsert", matchBy: "email", items });
		expect(wordsOf(body)).toEqual(["CONFLICT email", "created 1"]);
		for (const { id } of rows) expect(body.results[0].error.message).toContain(id);
	});

	it("matches deals and tasks by custom fields", async () => {
		const api = await createCaller();
		await create(api, "/custom-fields", { entity: "tasks", label: "Code", type: "number" });
		const items = [
			{ title: "A", cf_code: 1 },
			{ title: "B", cf_code: 2 },
			{ title: "C", cf_code: 1 },
		];
		const first = await batch(api, "tasks", { mode: "upsert", matchBy: "cf_code", items });
		expect(wordsOf(first.body)).toEqual(["created 1", "created 1", "updated 2"]);
		const { body } = await batch(api, "tasks", {
			mode: "upsert",
			matchBy: "cf_code",
			items: [{ title: "B", cf_code: 2, priority: "HIGH" }, { title: "B", cf_code: "2" }, { title: "D" }],
		});
		expect(wordsOf(body)).toEqual(["updated 2", "BAD_REQUEST cf_code", "BAD_REQUEST cf_code"]);
		const unknown = await batch(api, "tasks", {
			mode: "upsert",
			matchBy: "cf_nope",
			items: [{ title: "A", cf_nope: 1 }],
		});
		expect(wordsOf(unknown.body)).toEqual(["BAD_REQUEST cf_nope"]);
	});

	it("creates as many as the quota allows, and goes on updating", async () => {
		const api = await createCaller();
		await createLead(api, { email: "a@example.com" });
		await setQuotas(api.organizationId, { records: 2 });
		const items = ["b", "c", "a", "b"].map((name) => ({ name, email: `${name}@example.com` }));
		const { body } = await batch(api, "leads", { mode: "upsert", matchBy: "email", items });
		expect(wordsOf(body).map((words) => words.trim())).toEqual([
			"created 1",
			"CONFLICT",
			"updated 2",
			"updated 1",
		]);
	});

	it.each<[object, string]>([
		[{ mode: "upsert", items: [{ name: "A" }] }, "matchBy"],
		[{ matchBy: "email", items: [{ name: "A" }] }, "matchBy"],
		[{ mode: "upsert", matchBy: "name", items: [{ name: "A" }] }, "matchBy"],
		[{ mode: "replace", items: [{ name: "A" }] }, "mode"],
	])("of %j is 400 as a whole", async (body, path) => {
		const api = await createCaller();
		expect(await batch(api, "leads", body)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		expect(await leadNumbers(api)).toEqual([]);
	});
});
