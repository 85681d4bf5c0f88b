// Quotations: how they are found.
import { describe, expect, it } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { createClient } from "../support/deals.ts";
import { createQuotation, line } from "../support/papers.ts";

/** The ids of what a list finds. */
async function found(api: Api, query: string): Promise<string[]> {
	const { status, body, text } = await api.get(`/quotations?${query}`);
	if (status !== 200) throw new Error(text);
	return body.items.map(({ id }: Json) => id);
}

describe("lists", () => {
	it("search number, subject, the client's name as it is now, and the lines", async () => {
		const api = await createCaller({ keys: 2 });
		const acme = await createClient(api, { name: "Acme Corp" });
		const first = await createQuotation(api, { subject: "Spring cleaning", clientId: acme.id });
		const second = await createQuotation(api, {
			lineItems: [line, { ...line, name: "Pressure washer" }],
			clientId: acme.id,
		});
		const other = await createQuotation(api, {
			clientId: (await createClient(api, { name: "Blue Ocean" })).id,
		});
		expect(await found(api, "search=2")).toEqual([second.id]);
		expect(await found(api, "search=spring clean")).toEqual([first.id]);
		expect(await found(api, "search=acme")).toEqual([second.id, first.id]);
		expect(await found(api, "search=washer")).toEqual([second.id]);
		await api.patch(`/clients/${acme.id}`, { name: "Zenith" });
		expect(await found(api, "search=acme")).toEqual([]);
		expect(await found(api, "search=zenith consulting")).toEqual([second.id, first.id]);
		expect(await found(api, "search=zenith washer")).toEqual([second.id]);
		expect(await found(api, "search=zenith spring")).toEqual([first.id]);
		await api.patch(`/quotations/${first.id}`, {
			lineItems: [{ ...line, name: "Mopping" }],
			clientId: other.clientId,
		});
		expect(await found(api, "search=mopping")).toEqual([first.id]);
		expect(await found(api, "search=blue")).toEqual([other.id, first.id]);
	});

	it("filter and sort", async () => {
		const api = await createCaller({ keys: 2 });
		const client = await createClient(api);
		const contact = (await api.post("/clients", { type: "contact", name: "Jane Smith" })).body;
		const tag = (await api.post("/tags", { name: "VIP" })).body;
		const a = await createQuotation(api, {
			date: "2026-03-01",
			expiryDate: "2026-03-05",
			tagIds: [tag.id],
			clientId: client.id,
		});
		const b = await createQuotation(api, {
			date: "2026-01-01",
			status: "SENT",
			lineItems: [{ ...line, price: 1 }],
		});
		const c = await createQuotation(api, {
			date: "2026-02-01",
			expiryDate: "2026-04-01",
			contactId: contact.id,
		});
		expect(await found(api, `clientId=${client.id}`)).toEqual([a.id]);
		expect(await found(api, `contactId=${contact.id}`)).toEqual([c.id]);
		expect(await found(api, `tagId=${tag.id}`)).toEqual([a.id]);
		expect(await found(api, "status=SENT")).toEqual([b.id]);
		expect(await found(api, "orderBy=date&orderDir=asc")).toEqual([b.id, c.id, a.id]);
		expect(await found(api, "orderBy=expiryDate&orderDir=asc")).toEqual([a.id, c.id, b.id]);
		expect(await found(api, "orderBy=total&orderDir=asc")).toEqual([b.id, a.id, c.id]);
		expect(await found(api, "orderBy=number")).toEqual([c.id, b.id, a.id]);
	});
});
