// Batches that delete.
import { describe, expect, it } from "vitest";
import { batch, eventsOf, wordsOf } from "../support/batches.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { createLead } from "../support/leads.ts";
import { withoutLimits } from "../support/paused-request.ts";
import { dbOf } from "../support/shards.ts";

describe("a batch that deletes", () => {
	it("answers for each item, and a deleted row does not exist for the items after it", async () => {
		const api = await createCaller();
		const [a, b] = [await createLead(api, { name: "A" }), await createLead(api, { name: "B" })];
		const items = [
			{ id: a.id, version: 2 },
			{ id: a.id, version: 1 },
			{ id: a.id },
			{ id: b.id, name: "B" },
			{ id: b.id },
		];
		const { body } = await batch(api, "leads", { mode: "delete", items });
		expect(wordsOf(body)).toEqual([
			"PRECONDITION_FAILED",
			"deleted",
			"NOT_FOUND",
			"BAD_REQUEST name",
			"deleted",
		]);
		expect(body).toMatchObject({ deleted: 2, failed: 3 });
		expect((await api.get("/leads")).body.items).toEqual([]);
		expect((await eventsOf(api)).slice(2)).toEqual(["lead.deleted A 1", "lead.deleted B 1"]);
		expect((await api.post(`/leads/${a.id}/restore`)).status).toBe(200);
	});

	it("refuses a company before its contact, and not after it", async () => {
		const api = await createCaller();
		const company = await create(api, "/clients", { name: "Acme" });
		const contact = await create(api, "/clients", { name: "Kim", type: "contact", companyId: company.id });
		const items = [{ id: company.id }, { id: contact.id }, { id: company.id }];
		const { body } = await batch(api, "clients", { mode: "delete", items });
		expect(wordsOf(body)).toEqual(["CONFLICT", "deleted", "deleted"]);
		expect(body.results[0].error.message).toBe(`This client is in use: ${contact.id} holds it as companyId.`);
	});

	it("keeps a company whose contact no longer fits", async () => {
		const api = withoutLimits(await createCaller());
		const heavy: { id: string }[] = [];
		for (let count = 0; count < 8; count += 1) heavy.push(await create(api, "/clients", { name: "Heavy" }));
		const company = await create(api, "/clients", { name: "Acme" });
		const contact = await create(api, "/clients", { name: "Kim", type: "contact", companyId: company.id });
		await dbOf(api.organizationId)
			.prepare("UPDATE clients SET description = ?1 WHERE organizationId = ?2 AND name = 'Heavy'")
			.bind("x".repeat(500_000), api.organizationId)
			.run();
		const items = [...heavy.slice(0, 7), company, ...heavy.slice(7), contact].map(({ id }) => ({ id }));
		const { status, body } = await batch(api, "clients", { mode: "delete", items });
		expect(status).toBe(200);
		expect(wordsOf(body).slice(-3)).toEqual(["CONFLICT", "PAYLOAD_TOO_LARGE", "PAYLOAD_TOO_LARGE"]);
		expect(body.results[7].error.message).toContain(contact.id);
		expect(body.deleted).toBe(7);
	});

	it("takes as many heavy records as fit together, and the others with the next batch", async () => {
		const api = withoutLimits(await createCaller());
		const items: { id: string }[] = [];
		for (let count = 0; count < 11; count += 1) items.push({ id: (await createLead(api)).id });
		await dbOf(api.organizationId)
			.prepare("UPDATE leads SET notes = ?1 WHERE organizationId = ?2")
			.bind("x".repeat(500_000), api.organizationId)
			.run();
		const { body } = await batch(api, "leads", { mode: "delete", items });
		expect(body.deleted).toBeGreaterThan(5);
		expect(body.failed).toBe(11 - body.deleted);
		expect(new Set(wordsOf(body))).toEqual(new Set(["deleted", "PAYLOAD_TOO_LARGE"]));
		const rest = items.slice(body.deleted);
		expect((await batch(api, "leads", { mode: "delete", items: rest })).body.deleted).toBe(rest.length);
	});
});
