// Quotations: their lines, their status, and what they refuse.
import { describe, expect, it, vi } from "vitest";
import type { Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { createClient } from "../support/deals.ts";
import { eventsOf, eventTypesOf } from "../support/events.ts";
import { createQuotation, line } from "../support/papers.ts";

const NO_CLIENT = "clt_01kaj2m5m8f7jt2n3v4w5x6y7z";

const NO_PRODUCT = "prd_01kaj2m5m8f7jt2n3v4w5x6y7z";

describe("a quotation", () => {
	it("has defaults, a number, and an event with all of it", async () => {
		const api = await createCaller();
		const client = await createClient(api);
		const body = await createQuotation(api, { clientId: client.id });
		const { id, createdAt, updatedAt, ...rest } = body;
		expect(rest).toEqual({
			version: 1,
			deletedAt: null,
			number: 1,
			clientId: client.id,
			contactId: null,
			dealId: null,
			date: "2026-01-31",
			expiryDate: null,
			subject: null,
			status: "DRAFT",
			acceptedAt: null,
			rejectedAt: null,
			lineItems: [
				{
					...line,
					productId: null,
					description: null,
					discount: null,
					discountType: "fixed",
					taxPercent: null,
					amount: 200,
					taxAmount: 0,
					discountAmount: 0,
				},
			],
			currency: "USD",
			isInclusiveTax: false,
			subtotal: 200,
			discountTotal: 0,
			taxTotal: 0,
			total: 200,
			internalNotes: null,
			ownerId: null,
			tagIds: [],
		});
		const [event] = await eventsOf(api.organizationId, 1);
		expect(event).toMatchObject({ type: "quotation.created", entityId: id });
		expect(event?.payload.data).toEqual(body);
		expect((await api.get(`/quotations/${id}`)).body).toEqual(body);
		expect((await createQuotation(api, { clientId: client.id })).number).toBe(2);
	});

	it("computes its lines again when they, the currency or the kind of prices change", async () => {
		const api = await createCaller();
		const lineItems = [
			{ ...line, price: 59.5, taxPercent: 19 },
			{ ...line, quantity: 1, price: 0.5, discount: 10, discountType: "percentage" },
		];
		const made = await createQuotation(api, { lineItems, currency: "EUR" });
		expect(made).toMatchObject({ subtotal: 119.5, discountTotal: 0.05, taxTotal: 22.61, total: 142.06 });
		const inclusive = await api.patch(`/quotations/${made.id}`, { isInclusiveTax: true });
		expect(inclusive.body).toMatchObject({
			subtotal: 100.5,
			discountTotal: 0.05,
			taxTotal: 19,
			total: 119.45,
			currency: "EUR",
		});
		const yen = await api.patch(`/quotations/${made.id}`, { currency: "JPY" });
		expect(yen.body).toMatchObject({ subtotal: 101, discountTotal: 0, taxTotal: 19, total: 120 });
		const dollars = await api.patch(`/quotations/${made.id}`, { currency: null });
		expect(dollars.body).toMatchObject({ currency: "USD", total: 119.45, isInclusiveTax: true });
		const fewer = await api.patch(`/quotations/${made.id}`, { lineItems: [line] });
		expect(fewer.body).toMatchObject({ total: 200 });
		expect(fewer.body.lineItems).toHaveLength(1);
	});

	it("accepts its lines as they were read, which changes nothing", async () => {
		const api = await createCaller();
		const made = await createQuotation(api, { lineItems: [{ ...line, discount: 1, taxPercent: 7 }] });
		const lineItems = made.lineItems.map(
			({ amount, taxAmount, discountAmount, ...written }: Json) => written,
		);
		const again = await api.patch(`/quotations/${made.id}`, { lineItems });
		expect([again.status, again.body]).toEqual([200, made]);
		expect(await eventTypesOf(api.organizationId, 2)).toEqual([]);
		const shown = await api.patch(`/quotations/${made.id}`, { lineItems: made.lineItems });
		expect([shown.status, shown.body]).toEqual([200, made]);
	});
});

describe("a quotation's status", () => {
	it("says when it was accepted or rejected, as long as it is", async () => {
		const at = "2026-03-01T12:00:00.000Z";
		vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(at) - 60_000 });
		const api = await createCaller();
		const { id } = await createQuotation(api);
		vi.setSystemTime(Date.parse(at));
		const accepted = await api.patch(`/quotations/${id}`, { status: "ACCEPTED" });
		expect(accepted.body).toMatchObject({ status: "ACCEPTED", acceptedAt: at, rejectedAt: null });
		vi.setSystemTime(Date.parse(at) + 60_000);
		const noted = await api.patch(`/quotations/${id}`, { status: "ACCEPTED", internalNotes: "Good." });
		expect(noted.body.acceptedAt).toBe(at);
		const rejected = await api.patch(`/quotations/${id}`, { status: "REJECTED" });
		expect(rejected.body).toMatchObject({ acceptedAt: null, rejectedAt: "2026-03-01T12:01:00.000Z" });
		const sent = await api.patch(`/quotations/${id}`, { status: "SENT" });
		expect(sent.body).toMatchObject({ acceptedAt: null, rejectedAt: null });
		vi.useRealTimers();

		const events = await eventsOf(api.organizationId, 2);
		expect(events.map(({ type }) => type)).toEqual([
			"quotation.updated",
			"quotation.statusChanged",
			"quotation.updated",
			"quotation.updated",
			"quotation.statusChanged",
			"quotation.updated",
			"quotation.statusChanged",
		]);
		expect(events[0]?.payload.changes).toEqual({
			status: { from: "DRAFT", to: "ACCEPTED" },
			acceptedAt: { from: null, to: at },
		});
		expect(events[1]?.payload.changes).toEqual({ status: { from: "DRAFT", to: "ACCEPTED" } });
		expect(events[1]?.payload.data).toEqual(accepted.body);
	});

	it("may be set on create, with its instant and no further event", async () => {
		const api = await createCaller();
		const made = await createQuotation(api, { status: "REJECTED" });
		expect(made.rejectedAt).toBe(made.createdAt);
		expect(await eventTypesOf(api.organizationId, 1)).toEqual(["quotation.created"]);
	});
});

describe("wrong input", () => {
	const wrong: readonly (readonly [fields: object, path: string])[] = [
		[{ clientId: undefined }, "clientId"],
		[{ date: undefined }, "date"],
		[{ lineItems: undefined }, "lineItems"],
		[{ lineItems: [] }, "lineItems"],
		[{ lineItems: Array(101).fill(line) }, "lineItems"],
		[{ lineItems: [line, { quantity: 1, price: 1 }] }, "lineItems.1.name"],
		[{ lineItems: [{ ...line, quantity: 0 }] }, "lineItems.0.quantity"],
		[{ lineItems: [{ ...line, quantity: -1 }] }, "lineItems.0.quantity"],
		[{ lineItems: [{ ...line, quantity: 0.00001 }] }, "lineItems.0.quantity"],
		[{ lineItems: [{ ...line, price: -1 }] }, "lineItems.0.price"],
		[{ lineItems: [{ ...line, price: "1" }] }, "lineItems.0.price"],
		[{ lineItems: [{ ...line, discount: 200.01 }] }, "lineItems.0.discount"],
		[{ lineItems: [{ ...line, discount: 101, discountType: "percentage" }] }, "lineItems.0.discount"],
		[{ lineItems: [{ ...line, discountType: "half" }] }, "lineItems.0.discountType"],
		[{ lineItems: [{ ...line, taxPercent: 100.1 }] }, "lineItems.0.taxPercent"],
		[{ lineItems: [{ ...line, productId: NO_PRODUCT }] }, "lineItems.0.productId"],
		[{ lineItems: [{ ...line, total: 5 }] }, "lineItems.0.total"],
		[{ lineItems: Array(11).fill({ ...line, quantity: 1, price: 10_000_000_000 }) }, "lineItems"],
		[{ clientId: NO_CLIENT }, "clientId"],
		[{ contactId: NO_CLIENT }, "contactId"],
		[{ dealId: "dl_01kaj2m5m8f7jt2n3v4w5x6y7z" }, "dealId"],
		[{ ownerId: "usr_01kaj2m5m8f7jt2n3v4w5x6y7z" }, "ownerId"],
		[{ tagIds: ["tag_01kaj2m5m8f7jt2n3v4w5x6y7z"] }, "tagIds.0"],
		[{ status: "PAID" }, "status"],
		[{ currency: "EURO" }, "currency"],
		[{ date: "2026-02-30" }, "date"],
		[{ expiryDate: "2026-01-30" }, "expiryDate"],
		[{ expiryDate: "tomorrow" }, "expiryDate"],
		[{ acceptedAt: "2026-01-31T12:00:00.000Z" }, "acceptedAt"],
		[{ total: 5 }, "total"],
		[{ number: 5 }, "number"],
	];

	// Some of the bodies are too long for a title.
	it.each(wrong.map(([fields, path]) => ({ fields, path })))(
		"is 400 at $path, and nothing is written",
		async ({ fields, path }) => {
			const api = await createCaller();
			const client = await createClient(api);
			const body = { clientId: client.id, date: "2026-01-31", lineItems: [line], ...fields };
			const reply = await api.post("/quotations", body);
			expect([reply.status, reply.body.code]).toEqual([400, "BAD_REQUEST"]);
			expect(reply.body.errors.map((error: Json) => error.path)).toContain(path);
			expect((await api.get("/quotations")).body.items).toEqual([]);
			expect(await eventTypesOf(api.organizationId, 1)).toEqual([]);
			// Nor was a number used up.
			expect((await createQuotation(api, { clientId: client.id })).number).toBe(1);
		},
	);

	it("a company is no contact", async () => {
		const api = await createCaller();
		const made = await createQuotation(api);
		const reply = await api.patch(`/quotations/${made.id}`, { contactId: made.clientId });
		expect(reply.body.errors).toEqual([{ path: "contactId", message: "There is no such contact." }]);
	});

	it("names the day that was moved", async () => {
		const api = await createCaller();
		const { id } = await createQuotation(api, { expiryDate: "2026-01-31" });
		const later = await api.patch(`/quotations/${id}`, { date: "2026-02-01" });
		expect(later.body.errors).toEqual([{ path: "date", message: "Must not be after expiryDate." }]);
		const sooner = await api.patch(`/quotations/${id}`, { expiryDate: "2026-01-30" });
		expect(sooner.body.errors).toEqual([{ path: "expiryDate", message: "Must not be before date." }]);
		expect((await api.patch(`/quotations/${id}`, { date: "2026-02-01", expiryDate: null })).status).toBe(200);
	});
});

describe("what a quotation refers to", () => {
	it("is not deleted under it, except a product", async () => {
		const api = await createCaller();
		const client = await createClient(api);
		const product = (await api.post("/products", { name: "Hour", price: 100 })).body;
		const made = await createQuotation(api, {
			lineItems: [{ ...line, price: 99.9, productId: product.id }],
			clientId: client.id,
		});
		const held = await api.delete(`/clients/${client.id}`);
		expect(held.status).toBe(409);
		expect(held.body.message).toContain(made.id);
		expect((await api.delete(`/products/${product.id}`)).status).toBe(204);
		const changed = await api.patch(`/quotations/${made.id}`, { isInclusiveTax: true, currency: "JPY" });
		expect([changed.status, changed.body.total]).toEqual([200, 200]);
		expect(changed.body.lineItems[0]?.productId).toBe(product.id);
		expect((await api.delete(`/quotations/${made.id}`)).status).toBe(204);
		expect((await api.delete(`/clients/${client.id}`)).status).toBe(204);
		expect((await api.post(`/quotations/${made.id}/restore`)).status).toBe(409);
	});
});
