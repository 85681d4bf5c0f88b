// Invoices that are paid, voided and settled.
import { describe, expect, it, vi } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { eventsOf, eventTypesOf } from "../support/events.ts";
import { createInvoice, halfPrice, line, payInvoice } from "../support/papers.ts";

const makeVoid = (api: Api, { id }: Json) => api.post(`/invoices/${id}/void`);

describe("payments", () => {
	it("add up until the invoice is paid, and say so", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-03-01T11:59:00.000Z") });
		const api = await createCaller();
		const made = await createInvoice(api, {
			status: "SENT",
			lineItems: [{ ...line, quantity: 1, price: 0.3 }],
		});
		vi.setSystemTime(Date.parse("2026-03-01T12:00:00.000Z"));
		const first = await payInvoice(api, made, 0.1, { method: "cash" });
		vi.useRealTimers();
		expect(first.status).toBe(201);
		expect(first.headers.get("etag")).toBe('"2"');
		expect(first.headers.get("location")).toBe(`/api/v1/invoices/${made.id}`);
		expect(first.body).toMatchObject({
			status: "PARTIALLY_PAID",
			payments: [{ amount: 0.1, paidAt: "2026-03-01T12:00:00.000Z", method: "cash" }],
			paidTotal: 0.1,
			dueTotal: 0.2,
			total: 0.3,
		});
		const last = await payInvoice(api, made, 0.2, { paidAt: "2026-02-01T01:00:00+01:00", method: null });
		expect(last.body).toMatchObject({ status: "PAID", paidTotal: 0.3, dueTotal: 0 });
		expect(last.body.payments[1]).toEqual({ amount: 0.2, paidAt: "2026-02-01T00:00:00.000Z", method: null });
		expect((await api.get(`/invoices/${made.id}`)).body).toEqual(last.body);

		const events = await eventsOf(api.organizationId, 2);
		expect(events.map(({ type }) => type)).toEqual([
			"invoice.updated",
			"invoice.statusChanged",
			"invoice.updated",
			"invoice.statusChanged",
			"invoice.paid",
		]);
		expect(events[1]?.payload.changes).toEqual({ status: { from: "SENT", to: "PARTIALLY_PAID" } });
		expect(events[2]?.payload.changes).toMatchObject({ paidTotal: { from: 0.1, to: 0.3 } });
		expect(events[4]?.payload.data).toEqual(last.body);
		expect(events[4]?.payload.changes).toBeUndefined();
	});

	it("are taken on a draft, and a second partial one changes no status", async () => {
		const api = await createCaller();
		const made = await createInvoice(api);
		expect((await payInvoice(api, made, 50)).body.status).toBe("PARTIALLY_PAID");
		expect((await payInvoice(api, made, 50)).body.status).toBe("PARTIALLY_PAID");
		expect(await eventTypesOf(api.organizationId, 2)).toEqual([
			"invoice.updated",
			"invoice.statusChanged",
			"invoice.updated",
		]);
		expect((await payInvoice(api, made, 100)).body.status).toBe("PAID");
	});

	it.each([
		[200.01, "USD"],
		[0, "USD"],
		[-5, "USD"],
		[0.001, "USD"],
		[1.5, "JPY"],
		["5", "USD"],
		[undefined, "USD"],
	])("of %j %s are refused at amount", async (amount, currency) => {
		const api = await createCaller();
		const made = await createInvoice(api, { currency });
		const reply = await payInvoice(api, made, amount);
		expect([reply.status, reply.body.errors?.[0]?.path]).toEqual([400, "amount"]);
		expect((await api.get(`/invoices/${made.id}`)).body).toEqual(made);
		expect(await eventTypesOf(api.organizationId, 2)).toEqual([]);
	});

	it("of more than what is still due are refused, unknown fields and invoices too", async () => {
		const api = await createCaller();
		const made = await createInvoice(api);
		await payInvoice(api, made, 150);
		const over = await payInvoice(api, made, 50.01);
		expect(over.body).toMatchObject({
			code: "BAD_REQUEST",
			errors: [{ path: "amount", message: "Must not be more than what is due, 50." }],
		});
		await payInvoice(api, made, 50);
		expect((await payInvoice(api, made, 0.01)).body.errors?.[0]?.path).toBe("amount");
		expect((await payInvoice(api, made, 1, { currency: "EUR" })).body.errors?.[0]?.path).toBe("currency");
		expect((await payInvoice(api, made, 1, { paidAt: "yesterday" })).body.errors?.[0]?.path).toBe("paidAt");
		expect((await payInvoice(api, { id: "inv_01kaj2m5m8f7jt2n3v4w5x6y7z" }, 1)).status).toBe(404);
		const stranger = await createCaller();
		expect((await payInvoice(stranger, made, 1)).status).toBe(404);
		await api.delete(`/invoices/${made.id}`);
		expect((await payInvoice(api, made, 1)).status).toBe(404);
	});

	it("that are made at once never exceed the invoice", async () => {
		const api = await createCaller({ keys: 2 });
		const made = await createInvoice(api);
		const replies = await Promise.all(Array.from({ length: 10 }, () => payInvoice(api, made, 30)));
		expect(replies.map(({ status }) => status).sort()).toEqual([
			...Array(6).fill(201),
			...Array(4).fill(400),
		]);
		const { body } = await api.get(`/invoices/${made.id}`);
		expect(body).toMatchObject({ status: "PARTIALLY_PAID", paidTotal: 180, dueTotal: 20, version: 7 });
		expect(body.payments).toHaveLength(6);
		expect((await eventTypesOf(api.organizationId, 2)).length).toBe(7);
	});

	it("are recorded once per Idempotency-Key", async () => {
		const api = await createCaller();
		const made = await createInvoice(api);
		const key = { "idempotency-key": "payment-1" };
		const once = await api.post(`/invoices/${made.id}/payments`, { amount: 60 }, key);
		const twice = await api.post(`/invoices/${made.id}/payments`, { amount: 60 }, key);
		expect([twice.status, twice.text]).toEqual([201, once.text]);
		expect((await api.get(`/invoices/${made.id}`)).body.paidTotal).toBe(60);
	});
});

describe("void", () => {
	it("leaves nothing due, and is reported once", async () => {
		const api = await createCaller();
		const made = await createInvoice(api, { status: "SENT" });
		const reply = await makeVoid(api, made);
		expect(reply.status).toBe(200);
		expect(reply.body).toMatchObject({ status: "VOID", dueTotal: 0, total: 200, version: 2 });
		const events = await eventsOf(api.organizationId, 2);
		expect(events.map(({ type }) => type)).toEqual(["invoice.updated", "invoice.statusChanged"]);
		expect(events[0]?.payload.changes).toEqual({
			status: { from: "SENT", to: "VOID" },
			dueTotal: { from: 200, to: 0 },
		});
		expect((await makeVoid(api, made)).status).toBe(409);
		expect((await payInvoice(api, made, 1)).status).toBe(409);
		expect(await eventTypesOf(api.organizationId, 4)).toEqual([]);
	});

	it("is taken after part of it was paid, not after all of it", async () => {
		const api = await createCaller();
		const part = await createInvoice(api);
		await payInvoice(api, part, 10);
		expect((await makeVoid(api, part)).body).toMatchObject({ status: "VOID", paidTotal: 10, dueTotal: 0 });
		const full = await createInvoice(api);
		await payInvoice(api, full, 200);
		expect((await makeVoid(api, full)).status).toBe(409);
		expect((await api.get(`/invoices/${full.id}`)).body.status).toBe("PAID");
	});

	it("and a payment at the same time: one of them is refused", async () => {
		const api = await createCaller();
		const made = await createInvoice(api);
		const [paid, voided] = await Promise.all([payInvoice(api, made, 200), makeVoid(api, made)]);
		expect([
			[201, 409],
			[409, 200],
		]).toContainEqual([paid.status, voided.status]);
	});
});

describe("an invoice that is settled", () => {
	it.each(["PAID", "VOID"])("%s: its money and status stand, its words don't", async (status) => {
		const api = await createCaller();
		const made = await createInvoice(api);
		const settled = status === "PAID" ? await payInvoice(api, made, 200) : await makeVoid(api, made);
		expect(settled.body.status).toBe(status);
		for (const [change, path] of [
			[{ lineItems: [halfPrice] }, "lineItems"],
			[{ lineItems: [line, line] }, "lineItems"],
			[{ lineItems: [{ ...line, name: "Advice" }] }, "lineItems"],
			[{ currency: "EUR" }, "currency"],
			[{ isInclusiveTax: true }, "isInclusiveTax"],
			[{ status: "DRAFT" }, "status"],
			[{ status: "SENT", notes: "x" }, "status"],
		] as const) {
			const reply = await api.patch(`/invoices/${made.id}`, change);
			expect([change, reply.status, reply.body.errors?.[0]?.path]).toEqual([change, 409, path]);
		}
		expect((await api.get(`/invoices/${made.id}`)).body).toEqual(settled.body);
		const same = await api.patch(`/invoices/${made.id}`, { lineItems: [line], currency: "USD" });
		expect([same.status, same.body]).toEqual([200, settled.body]);
		const noted = await api.patch(`/invoices/${made.id}`, { notes: "Thank you.", dueDate: "2026-03-31" });
		expect(noted.body).toMatchObject({ notes: "Thank you.", status, dueTotal: 0 });
	});

	it("in part may change its total, but not to less than what is paid", async () => {
		const api = await createCaller({ keys: 2 });
		const made = await createInvoice(api, { currency: "EUR" });
		await payInvoice(api, made, 100);
		const more = await api.patch(`/invoices/${made.id}`, { lineItems: [line, halfPrice] });
		expect(more.body).toMatchObject({ status: "PARTIALLY_PAID", total: 300, dueTotal: 200 });
		const less = await api.patch(`/invoices/${made.id}`, { lineItems: [{ ...halfPrice, price: 99.99 }] });
		expect([less.status, less.body.errors?.[0]?.path]).toEqual([409, "lineItems"]);
		const foreign = await api.patch(`/invoices/${made.id}`, { currency: "USD" });
		expect([foreign.status, foreign.body.errors?.[0]?.path]).toEqual([409, "currency"]);
		expect((await api.patch(`/invoices/${made.id}`, { status: "SENT" })).status).toBe(409);
		const skip = (await eventTypesOf(api.organizationId)).length;
		const even = await api.patch(`/invoices/${made.id}`, { lineItems: [halfPrice] });
		expect(even.body).toMatchObject({ status: "PAID", total: 100, dueTotal: 0 });
		expect(await eventTypesOf(api.organizationId, skip)).toEqual([
			"invoice.updated",
			"invoice.statusChanged",
			"invoice.paid",
		]);
	});

	it("and deleted comes back as it was, with one event", async () => {
		const api = await createCaller();
		const made = await createInvoice(api);
		await payInvoice(api, made, 200);
		await api.delete(`/invoices/${made.id}`);
		const skip = (await eventTypesOf(api.organizationId)).length;
		const { body } = await api.post(`/invoices/${made.id}/restore`);
		expect(body).toMatchObject({ status: "PAID", paidTotal: 200 });
		expect(await eventTypesOf(api.organizationId, skip)).toEqual(["invoice.updated"]);
	});

	it("for nothing is paid once it is sent, whether by a change, from the start or by its lines", async () => {
		const api = await createCaller();
		const nothing = { lineItems: [{ ...line, price: 0 }] };
		const free = await createInvoice(api, nothing);
		expect(free, "nobody has it yet").toMatchObject({ status: "DRAFT", total: 0, dueTotal: 0 });
		expect((await payInvoice(api, free, 1)).body.errors?.[0]?.path).toBe("amount");
		let skip = (await eventTypesOf(api.organizationId)).length;
		const sent = await api.patch(`/invoices/${free.id}`, { status: "SENT" });
		expect(sent.body).toMatchObject({ status: "PAID", paidTotal: 0, dueTotal: 0, payments: [] });
		const told = ["invoice.updated", "invoice.statusChanged", "invoice.paid"];
		expect(await eventTypesOf(api.organizationId, skip)).toEqual(told);
		skip += 3;

		const { clientId } = free;
		const atOnce = await createInvoice(api, { ...nothing, clientId, status: "SENT" });
		expect(atOnce.status).toBe("PAID");
		expect(await eventTypesOf(api.organizationId, skip)).toEqual(["invoice.created", "invoice.paid"]);
		skip += 2;

		const lowered = await createInvoice(api, { clientId, status: "SENT" });
		expect(lowered.status).toBe("SENT");
		expect((await api.patch(`/invoices/${lowered.id}`, nothing)).body.status).toBe("PAID");
		expect(await eventTypesOf(api.organizationId, skip)).toEqual(["invoice.created", ...told]);
		expect((await api.post(`/invoices/${lowered.id}/void`)).status).toBe(409);
	});
});
