// An invoice made from a quotation.
import { describe, expect, it, vi } from "vitest";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { eventTypesOf } from "../support/events.ts";
import { copyRow } from "../support/many-rows.ts";
import { createInvoice, createQuotation, line } from "../support/papers.ts";

const priced = {
	lineItems: [{ ...line, taxPercent: 19, discount: 5 }],
	currency: "EUR",
	isInclusiveTax: true,
};

describe("invoicing a quotation", () => {
	it("copies what both have, and leaves the quotation as it is", async () => {
		vi.setSystemTime("2026-01-31T23:30:00Z");
		const api = await createCaller();
		await api.patch("/organization", { timezone: "Europe/Berlin" });
		for (const entity of ["quotations", "invoices"])
			for (const label of ["Project", `Only ${entity}`])
				await create(api, "/custom-fields", { entity, label, type: "text" });
		const user = await create(api, "/users", { name: "Sam", email: "sam@example.com" });
		const tag = await create(api, "/tags", { name: "Key" });
		const quotation = await createQuotation(api, {
			...priced,
			subject: "Spring",
			ownerId: user.id,
			tagIds: [tag.id],
			internalNotes: "Margin is 40 %.",
			cf_project: "Apollo",
			cf_only_quotations: "x",
		});
		const made = await api.post(`/quotations/${quotation.id}/invoice`);
		expect(made.status).toBe(201);
		expect(made.headers.get("location")).toBe(`/api/v1/invoices/${made.body.id}`);
		const { clientId, dealId, subject, ownerId, tagIds, lineItems, total, cf_project } = quotation;
		expect(made.body).toMatchObject({
			...{ number: 1, version: 1, status: "DRAFT", date: "2026-02-01", dueDate: "2026-03-03" },
			...{ clientId, dealId, subject, ownerId, tagIds, lineItems, total, cf_project },
			...{ quotationId: quotation.id, currency: "EUR", isInclusiveTax: true, dueTotal: total },
			...{ notes: null, cf_only_invoices: null },
		});
		expect((await api.get(`/invoices/${made.body.id}`)).body).toEqual(made.body);
		expect((await api.get(`/quotations/${quotation.id}`)).body).toEqual(quotation);
		expect((await eventTypesOf(api.organizationId)).filter((type) => type.startsWith("invoice"))).toEqual([
			"invoice.created",
		]);
	});

	it.each([
		["America/New_York", "2027-01-01T04:59:59Z", "2026-12-31", "2027-01-30"],
		["America/New_York", "2027-01-01T05:00:00Z", "2027-01-01", "2027-01-31"],
		["Pacific/Kiritimati", "2028-02-28T10:00:00Z", "2028-02-29", "2028-03-30"],
		["Asia/Kolkata", "2026-03-04T18:29:59Z", "2026-03-04", "2026-04-03"],
	])("in %s at %s has the organization's day", async (timezone, now, date, dueDate) => {
		vi.setSystemTime(now);
		// In which form a locale puts a date together is no matter.
		const forms: { readonly format: object } = Intl.DateTimeFormat.prototype;
		vi.spyOn(forms, "format", "get").mockReturnValue(() => "1/2/26");
		const api = await createCaller();
		await api.patch("/organization", { timezone });
		const quotation = await createQuotation(api);
		const made = await api.post(`/quotations/${quotation.id}/invoice`);
		expect(made).toMatchObject({ status: 201, body: { date, dueDate } });
	});

	it("takes from the body what should differ, and names a field that is invalid", async () => {
		const api = await createCaller();
		await create(api, "/custom-fields", {
			...{ entity: "invoices", label: "Order", type: "text", required: true },
		});
		const quotation = await createQuotation(api);
		const send = (body: object) => api.post(`/quotations/${quotation.id}/invoice`, body);
		const valid = {
			date: "2026-02-10",
			dueDate: "2026-02-20",
			status: "SENT",
			notes: "Thanks.",
			cf_order: "7",
		};
		for (const [body, path] of [
			[{ ...valid, cf_order: undefined }, "cf_order"],
			[{ ...valid, dueDate: "2026-02-09" }, "dueDate"],
			[{ ...valid, ownerId: "usr_01kaj2m5m8f7jt2n3v4w5x6y7z" }, "ownerId"],
			[{ ...valid, lineItems: [line] }, "lineItems"],
			[{ ...valid, status: "PAID" }, "status"],
		] as const)
			expect(await send(body), path).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		expect((await api.get("/invoices")).body.items).toEqual([]);
		const last = await send({ date: "9999-12-15", cf_order: "7" });
		expect(last).toMatchObject({ status: 201, body: { dueDate: "9999-12-31" } });
		await api.post(`/invoices/${last.body.id}/void`);
		expect(await send(valid)).toMatchObject({ status: 201, body: valid });
	});

	it("happens once: of three at once one is 201, and again after the invoice is void or deleted", async () => {
		const api = await createCaller();
		const quotation = await createQuotation(api);
		const send = () => api.post(`/quotations/${quotation.id}/invoice`);
		const replies = await Promise.all([send(), send(), send()]);
		expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
		const first = (await api.get("/invoices")).body.items;
		expect(first).toHaveLength(1);
		expect((await send()).body.message).toBe(`This quotation is invoiced already: ${first[0].id}.`);
		await api.post(`/invoices/${first[0].id}/void`);
		const second = await send();
		expect(second.status).toBe(201);
		await api.delete(`/invoices/${second.body.id}`);
		expect((await send()).status).toBe(201);
	});

	it("is compared with invoices of any sum", async () => {
		const api = await createCaller();
		const quotation = await createQuotation(api);
		const gone = await createInvoice(api, { clientId: quotation.clientId, quotationId: quotation.id });
		await api.delete(`/invoices/${gone.id}`);
		const { clientId, id: quotationId } = quotation;
		const lineItems = [{ ...line, price: 49_999_999_999 }];
		await copyRow("invoices", await createInvoice(api, { clientId, quotationId, lineItems }), 9_300);
		const reply = await api.post(`/invoices/${gone.id}/restore`);
		expect(reply, reply.text).toMatchObject({ status: 409, body: { errors: [{ path: "quotationId" }] } });
	});

	it("is not doubled by restoring an invoice that was replaced; parts of it can be restored", async () => {
		const api = await createCaller();
		const quotation = await createQuotation(api);
		const invoices = `/quotations/${quotation.id}/invoice`;
		const old = (await api.post(invoices)).body;
		const restore = (id: string) => api.post(`/invoices/${id}/restore`);
		await api.delete(`/invoices/${old.id}`);
		const current = (await api.post(invoices)).body;
		const refused = await restore(old.id);
		expect(refused).toMatchObject({ status: 409, body: { errors: [{ path: "quotationId" }] } });
		expect((await api.get("/invoices")).body.items).toHaveLength(1);
		await api.post(`/invoices/${current.id}/void`);
		expect(await restore(old.id)).toMatchObject({ status: 200, body: { deletedAt: null } });
		await api.delete(`/invoices/${old.id}`);
		await api.delete(`/invoices/${current.id}`);
		expect((await restore(current.id)).status, "a void one").toBe(200);

		const { clientId, date, lineItems, total } = quotation;
		const half = { clientId, date, dueDate: date, quotationId: quotation.id };
		const parts = await Promise.all(
			[1, 2].map(() =>
				create(api, "/invoices", { ...half, lineItems: [{ name: "Half", quantity: 1, price: total / 2 }] }),
			),
		);
		for (const { id } of parts) {
			await api.delete(`/invoices/${id}`);
			expect((await restore(id)).status, "a half").toBe(200);
		}
		expect((await restore(old.id)).status).toBe(409);
		for (const { id } of parts) await api.delete(`/invoices/${id}`);
		const more = await create(api, "/invoices", { ...half, lineItems: [lineItems[0], lineItems[0]] });
		await api.delete(`/invoices/${more.id}`);
		expect((await restore(more.id)).status, "a single one, whatever it comes to").toBe(200);
		const beside = await create(api, "/invoices", { ...half, lineItems });
		vi.setSystemTime(Date.now() + 1_000);
		await api.delete(`/invoices/${beside.id}`);
		expect((await restore(beside.id)).status, "one that was beside the other before").toBe(200);
	});

	it("is refused for a rejected quotation, one that is deleted, and one of another organization", async () => {
		const api = await createCaller();
		const rejected = await createQuotation(api, { status: "REJECTED" });
		const deleted = await createQuotation(api);
		await api.delete(`/quotations/${deleted.id}`);
		const foreign = await createQuotation(await createCaller());
		for (const [{ id }, status] of [
			[rejected, 409],
			[deleted, 404],
			[foreign, 404],
		] as const)
			expect((await api.post(`/quotations/${id}/invoice`)).status).toBe(status);
	});

	it("works after a product of its lines was deleted", async () => {
		const api = await createCaller();
		const product = await create(api, "/products", { name: "Hour", type: "SERVICE", price: 100 });
		const quotation = await createQuotation(api, { lineItems: [{ ...line, productId: product.id }] });
		await api.delete(`/products/${product.id}`);
		const made = await api.post(`/quotations/${quotation.id}/invoice`);
		expect(made).toMatchObject({ status: 201, body: { lineItems: [{ productId: product.id }] } });
	});

	it("is refused when the quotation's client was erased", async () => {
		const api = await createCaller();
		const quotation = await createQuotation(api);
		expect((await api.post(`/clients/${quotation.clientId}/erase`)).status).toBe(204);
		expect(await api.post(`/quotations/${quotation.id}/invoice`)).toMatchObject({
			status: 409,
			body: {
				message: "A record that this quotation refers to no longer exists (clientId).",
				errors: [{ path: "clientId", message: "There is no such client." }],
			},
		});
	});

	it("needs to write quotations and invoices; who can't read invoices isn't told which there is", async () => {
		const api = await createCaller();
		const { organizationId } = api;
		const quotation = await createQuotation(api);
		const as = async (...scopes: string[]) =>
			(await createCaller({ organizationId, scopes })).post(`/quotations/${quotation.id}/invoice`);
		expect((await as("quotations:read", "invoices:write")).status).toBe(403);
		expect((await as("quotations:write", "invoices:read")).status).toBe(403);
		expect((await as("quotations:write", "invoices:write")).status).toBe(201);
		expect((await as("quotations:write", "invoices:write")).body.message).toBe(
			"This quotation is invoiced already: an invoice.",
		);
	});
});
