// Invoices: what they owe, what they refer to, how they are found.
import { describe, expect, it } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { createClient } from "../support/deals.ts";
import { eventsOf, eventTypesOf } from "../support/events.ts";
import { createInvoice, halfPrice, line, payInvoice } from "../support/papers.ts";

async function found(api: Api, query: string): Promise<string[]> {
	const { status, body, text } = await api.get(`/invoices?${query}`);
	if (status !== 200) throw new Error(text);
	return body.items.map(({ id }: Json) => id);
}

describe("an invoice", () => {
	it("has defaults, a number, and an event with all of it", async () => {
		const api = await createCaller();
		const body = await createInvoice(api);
		const { id, createdAt, updatedAt, clientId, lineItems, ...rest } = body;
		expect(rest).toEqual({
			version: 1,
			deletedAt: null,
			number: 1,
			quotationId: null,
			dealId: null,
			date: "2026-01-31",
			dueDate: "2026-02-28",
			subject: null,
			notes: null,
			status: "DRAFT",
			currency: "USD",
			isInclusiveTax: false,
			subtotal: 200,
			discountTotal: 0,
			taxTotal: 0,
			total: 200,
			payments: [],
			paidTotal: 0,
			dueTotal: 200,
			ownerId: null,
			tagIds: [],
		});
		const [event] = await eventsOf(api.organizationId, 1);
		expect(event).toMatchObject({ type: "invoice.created", entityId: id });
		expect(event?.payload.data).toEqual(body);
		expect((await api.get(`/invoices/${id}`)).body).toEqual(body);
	});

	it("is sent by its status, and owes what its lines come to", async () => {
		const api = await createCaller();
		const made = await createInvoice(api);
		const sent = await api.patch(`/invoices/${made.id}`, { status: "SENT", lineItems: [halfPrice] });
		expect(sent.body).toMatchObject({ status: "SENT", total: 100, dueTotal: 100, paidTotal: 0 });
		const events = await eventsOf(api.organizationId, 2);
		expect(events.map(({ type }) => type)).toEqual(["invoice.updated", "invoice.statusChanged"]);
		expect(Object.keys(events[0]?.payload.changes)).toEqual(
			expect.arrayContaining(["status", "lineItems", "subtotal", "total", "dueTotal"]),
		);
		expect(events[1]?.payload.changes).toEqual({ status: { from: "DRAFT", to: "SENT" } });
	});

	it.each([
		[{ clientId: undefined }, "clientId"],
		[{ dueDate: undefined }, "dueDate"],
		[{ dueDate: null }, "dueDate"],
		[{ dueDate: "2026-01-30" }, "dueDate"],
		[{ lineItems: [] }, "lineItems"],
		[{ lineItems: [{ ...line, productId: "prd_01kaj2m5m8f7jt2n3v4w5x6y7z" }] }, "lineItems.0.productId"],
		[{ status: "PAID" }, "status"],
		[{ status: "VOID" }, "status"],
		[{ status: "PARTIALLY_PAID" }, "status"],
		[{ payments: [] }, "payments"],
		[{ payment: { amount: 1 } }, "payment"],
		[{ voided: true }, "voided"],
		[{ paidTotal: 0 }, "paidTotal"],
		[{ dueTotal: 0 }, "dueTotal"],
		[{ quotationId: "qtn_01kaj2m5m8f7jt2n3v4w5x6y7z" }, "quotationId"],
		[{ dealId: "dl_01kaj2m5m8f7jt2n3v4w5x6y7z" }, "dealId"],
	])("refuses %j at %s", async (fields, path) => {
		const api = await createCaller();
		const client = await createClient(api);
		const body = { clientId: client.id, date: "2026-01-31", dueDate: "2026-02-28", lineItems: [line] };
		const reply = await api.post("/invoices", { ...body, ...fields });
		expect(reply.status).toBe(400);
		expect(reply.body.errors.map((error: Json) => error.path)).toContain(path);
		expect((await api.get("/invoices")).body.items).toEqual([]);
		expect(await eventTypesOf(api.organizationId, 1)).toEqual([]);
		const { id } = (await api.post("/invoices", body)).body;
		if (Object.values(fields)[0] === undefined) return;
		expect((await api.patch(`/invoices/${id}`, fields)).status).toBe(400);
	});
});

describe("lists and references", () => {
	it("names every id that does not exist, of any number of resources", async () => {
		const api = await createCaller();
		const { id } = await createInvoice(api);
		const none = "01kaj2m5m8f7jt2n3v4w5x6y7z";
		const reply = await api.patch(`/invoices/${id}`, {
			clientId: `clt_${none}`,
			quotationId: `qtn_${none}`,
			dealId: `dl_${none}`,
			ownerId: `usr_${none}`,
			tagIds: [`tag_${none}`],
			lineItems: [line, { ...line, productId: `prd_${none}` }],
		});
		expect(reply.status).toBe(400);
		expect(reply.body.errors.map(({ path }: Json) => path).sort()).toEqual([
			"clientId",
			"dealId",
			"lineItems.1.productId",
			"ownerId",
			"quotationId",
			"tagIds.0",
		]);
	});

	it("filter, sort and search", async () => {
		const api = await createCaller({ keys: 2 });
		const acme = await createClient(api);
		const quotation = (
			await api.post("/quotations", { clientId: acme.id, date: "2026-01-01", lineItems: [line] })
		).body;
		const a = await createInvoice(api, { clientId: acme.id, subject: "Spring", dueDate: "2026-05-01" });
		const b = await createInvoice(api, {
			quotationId: quotation.id,
			date: "2026-01-01",
			dueDate: "2026-04-01",
		});
		const c = await createInvoice(api, {
			clientId: (await createClient(api, { name: "Blue Ocean" })).id,
			lineItems: [halfPrice],
		});
		await payInvoice(api, c, 100);
		expect(await found(api, `clientId=${acme.id}`)).toEqual([a.id]);
		expect(await found(api, `quotationId=${quotation.id}`)).toEqual([b.id]);
		expect(await found(api, "status=PAID")).toEqual([c.id]);
		expect(await found(api, "status=PAID&status=DRAFT&orderBy=dueDate")).toEqual([a.id, b.id, c.id]);
		expect(await found(api, "orderBy=date&orderDir=asc")).toEqual([b.id, a.id, c.id]);
		expect(await found(api, "orderBy=total&orderDir=asc")).toEqual([c.id, a.id, b.id]);
		expect(await found(api, "search=spring")).toEqual([a.id]);
		expect(await found(api, "search=3")).toEqual([c.id]);
		await api.patch(`/clients/${c.clientId}`, { name: "Zenith" });
		expect(await found(api, "search=zenith")).toEqual([c.id]);
		expect(await found(api, "search=ocean")).toEqual([]);
		await api.patch(`/invoices/${a.id}`, { clientId: c.clientId, subject: null });
		expect(await found(api, "search=zenith")).toEqual([c.id, a.id]);
		expect(await found(api, "search=spring")).toEqual([]);
		const held = await api.delete(`/quotations/${quotation.id}`);
		expect([held.status, held.body.message.includes(b.id)]).toEqual([409, true]);
	});
});
