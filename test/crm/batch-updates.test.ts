// Batches that update. What they have in common with single requests is in test/contract/batches.test.ts.
import { describe, expect, it } from "vitest";
import type { Json } from "../support/api.ts";
import { batch, eventsOf, wordsOf } from "../support/batches.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { createLead } from "../support/leads.ts";
import { PausedRequest, withoutLimits } from "../support/paused-request.ts";

describe("a batch that updates", () => {
	it("changes what each item names, at the version that it names", async () => {
		const [api, other] = [await createCaller(), await createCaller()];
		const [a, b, gone, theirs] = [
			await createLead(api, { name: "A", score: 1 }),
			await createLead(api, { name: "B", score: 1 }),
			await createLead(api),
			await createLead(other),
		];
		await api.delete(`/leads/${gone.id}`);
		const before = await eventsOf(api);
		const items = [
			{ id: a.id, score: 2 },
			{ id: b.id, version: 2, score: 2 },
			{ id: a.id, version: 2, score: 3, name: "A2" },
			{ id: a.id, version: 2, score: 4 },
			{ id: b.id, version: 1, score: 1 },
			{ id: gone.id, score: 1 },
			{ id: theirs.id, score: 1 },
			{ id: "ld_nonsense", version: 0, score: 1.5 },
			{ score: 1 },
			{ id: b.id, number: 7 },
			{ id: b.id, name: null },
			null,
		];
		const { body } = await batch(api, "leads", { mode: "update", items });
		expect(wordsOf(body)).toEqual([
			"updated 2",
			"PRECONDITION_FAILED",
			"updated 3",
			"PRECONDITION_FAILED",
			"updated 1",
			"NOT_FOUND",
			"NOT_FOUND",
			"BAD_REQUEST id",
			"BAD_REQUEST id",
			"BAD_REQUEST number",
			"BAD_REQUEST name",
			"BAD_REQUEST",
		]);
		expect(body.results[7].error.errors.map(({ path }: Json) => path)).toEqual(["id", "version", "score"]);
		expect(body.results[9].error.message).toBe("number: The server sets this.");
		expect(body).toMatchObject({ created: 0, updated: 3, failed: 9 });
		expect((await api.get(`/leads/${a.id}`)).body).toMatchObject({ name: "A2", score: 3, version: 3 });
		expect((await eventsOf(api)).slice(before.length)).toEqual(["lead.updated A 2", "lead.updated A2 3"]);
		expect((await other.get(`/leads/${theirs.id}`)).body).toEqual(theirs);
	});

	it("converts the lead of a won deal once", async () => {
		const api = await createCaller();
		const client = await create(api, "/clients", { name: "Acme" });
		const { stages } = await create(api, "/pipelines", {
			name: "Sales",
			stages: [
				{ name: "New", type: "ACTIVE" },
				{ name: "Won", type: "WON" },
				{ name: "Lost", type: "LOST" },
			],
		});
		const lead = await createLead(api);
		const [one, two] = [
			await create(api, "/deals", { title: "One", clientId: client.id, leadId: lead.id }),
			await create(api, "/deals", { title: "Two", clientId: client.id }),
		];
		const items = [
			{ id: two.id, leadId: lead.id },
			{ id: two.id, stageId: stages[1].id },
			{ id: one.id, stageId: stages[1].id },
		];
		expect(wordsOf((await batch(api, "deals", { mode: "update", items })).body)).toEqual([
			"updated 2",
			"updated 3",
			"updated 2",
		]);
		expect((await api.get(`/leads/${lead.id}`)).body).toMatchObject({ convertedDealId: two.id, version: 2 });
	});

	it("checks references against the kind that a client has after the items before", async () => {
		const api = await createCaller();
		const [acme, kim] = [
			await create(api, "/clients", { name: "Acme" }),
			await create(api, "/clients", { name: "Kim", type: "contact" }),
		];
		const items = [
			{ id: acme.id, type: "contact" },
			{ id: kim.id, companyId: acme.id },
			{ id: acme.id, type: "company" },
			{ id: kim.id, companyId: acme.id },
			{ id: acme.id, type: "contact" },
		];
		const { status, body } = await batch(api, "clients", { mode: "update", items });
		expect(status).toBe(200);
		expect(wordsOf(body)).toEqual([
			"updated 2",
			"BAD_REQUEST companyId",
			"updated 3",
			"updated 2",
			"CONFLICT type",
		]);
	});

	it("is planned again when another write came first, item by item", async () => {
		const api = withoutLimits(await createCaller());
		const [a, b] = [await createLead(api, { name: "A" }), await createLead(api, { name: "B" })];
		const items = [
			{ id: a.id, score: 1 },
			{ id: a.id, version: 2, score: 2 },
			{ id: b.id, score: 3 },
		];
		const late = await PausedRequest.send(api, Date.now(), false, "POST", "/leads/batch", {
			mode: "update",
			items,
		});
		await late.step();
		await api.patch(`/leads/${a.id}`, { title: "Meanwhile" });
		await late.end();
		expect(wordsOf(late.reply?.body)).toEqual(["updated 3", "PRECONDITION_FAILED", "updated 2"]);
		expect((await api.get(`/leads/${a.id}`)).body).toMatchObject({
			title: "Meanwhile",
			score: 1,
			version: 3,
		});
	});

	it("knows who has the value of an item that only comes through because one before it was refused", async () => {
		const api = withoutLimits(await createCaller());
		await create(api, "/custom-fields", { entity: "leads", label: "Code", type: "text", unique: true });
		for (const code of ["one", "two"]) await createLead(api, { cf_code: code });
		const { id } = await createLead(api);
		const items = [
			{ id, cf_code: "one" },
			{ id, version: 1, cf_code: "two" },
			{ id, version: 1, cf_code: "three" },
		];
		const { status, body } = await batch(api, "leads", { mode: "update", items });
		expect(status).toBe(200);
		expect(wordsOf(body)).toEqual(["CONFLICT cf_code", "CONFLICT cf_code", "updated 2"]);
	});

	it("refuses an item whose value another row has, also if a later item gives the row another value", async () => {
		const api = withoutLimits(await createCaller());
		await create(api, "/custom-fields", { entity: "leads", label: "Code", type: "text", unique: true });
		await createLead(api, { cf_code: "one" });
		const { id } = await createLead(api);
		const items = [
			{ id, cf_code: "one" },
			{ id, cf_code: "two" },
		];
		const { body } = await batch(api, "leads", { mode: "update", items });
		expect(wordsOf(body)).toEqual(["CONFLICT cf_code", "updated 2"]);
	});

	it("is answered again for the same Idempotency-Key", async () => {
		const api = await createCaller();
		const { id } = await createLead(api);
		const send = () =>
			api.post("/leads/batch", { mode: "update", items: [{ id, score: 1 }] }, { "idempotency-key": "k" });
		const first = await send();
		const again = await send();
		expect(again.headers.get("idempotency-replayed")).toBe("true");
		expect(again.body).toEqual(first.body);
		expect((await api.get(`/leads/${id}`)).body.version).toBe(2);
	});
});
