import { describe, expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { createDeal, createPipeline } from "../support/deals.ts";

describe("the organization", () => {
	it("is the caller's own, with a version", async () => {
		const api = await createCaller();
		const { status, body, headers } = await api.get("/organization");
		expect(status).toBe(200);
		expect(Object.keys(body)).toEqual([
			"id",
			"version",
			"createdAt",
			"updatedAt",
			"name",
			"timezone",
			"currency",
		]);
		expect(body).toMatchObject({ id: api.organizationId, name: "Test", timezone: "UTC", currency: "USD" });
		expect(headers.get("etag")).toBe('"1"');
		expect((await api.get("/organization", { "if-none-match": '"1"' })).status).toBe(304);
	});

	it("changes what is named and nothing else", async () => {
		const api = await createCaller();
		const other = await createCaller();
		const { body, headers } = await api.patch("/organization", { timezone: "Asia/Calcutta" });
		expect(body).toMatchObject({ name: "Test", timezone: "Asia/Calcutta", currency: "USD", version: 2 });
		expect(headers.get("etag")).toBe('"2"');
		expect((await api.patch("/organization", { timezone: "Asia/Calcutta" })).body.version).toBe(2);
		expect((await other.get("/organization")).body).toMatchObject({ timezone: "UTC", version: 1 });
	});

	it("has a name, a zone of the IANA database and a currency of ISO 4217", async () => {
		const api = await createCaller();
		for (const body of [
			{ timezone: "Mars/Phobos" },
			{ timezone: "+01:00" },
			{ timezone: "" },
			{ timezone: null },
			{ currency: "EURO" },
			{ currency: null },
			{ name: " " },
			{ topics: [] },
			{ id: api.organizationId },
		]) {
			const [path] = Object.keys(body);
			const reply = await api.patch("/organization", body);
			expect(reply, JSON.stringify(body)).toMatchObject({ status: 400 });
			expect(reply.body.errors[0].path).toBe(path);
		}
	});

	it("is changed only at the version that If-Match names", async () => {
		const api = await createCaller();
		expect((await api.patch("/organization", { name: "A" }, { "if-match": '"2"' })).status).toBe(412);
		expect((await api.patch("/organization", { name: "A" }, { "if-match": '"1"' })).status).toBe(200);
		const replies = await Promise.all(
			["B", "C"].map((name) => api.patch("/organization", { name }, { "if-match": '"2"' })),
		);
		expect(replies.map(({ status }) => status).sort()).toEqual([200, 412]);
		const both = await Promise.all(["D", "E"].map((name) => api.patch("/organization", { name })));
		expect(both.map(({ status }) => status)).toEqual([200, 200]);
		expect((await api.get("/organization")).body.version).toBe(5);
	});

	it("needs scopes of its own", async () => {
		const api = await createCaller({ scopes: ["organization:read"] });
		expect((await api.get("/organization")).status).toBe(200);
		const refused = await api.patch("/organization", { name: "A" });
		expect(refused).toMatchObject({ status: 403 });
		expect(refused.body.message).toContain("organization:write");
	});

	it("has the default currency of deals", async () => {
		const api = await createCaller();
		await createPipeline(api);
		const before = await createDeal(api);
		await api.patch("/organization", { currency: "JPY" });
		expect((await createDeal(api)).currency).toBe("JPY");
		expect((await api.get(`/deals/${before.id}`)).body.currency).toBe("USD");
	});
});
