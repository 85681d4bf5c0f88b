import { expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";

it("products have prices, and are found by words, SKU and type", async () => {
	const api = await createCaller();
	const hour = await create(api, "/products", {
		name: "Hour of work",
		price: 100.25,
		type: "SERVICE",
		sku: "H-1",
	});
	const cup = await create(api, "/products", {
		name: "Cup",
		price: 4,
		taxPercent: 7.7,
		description: "Porcelain",
	});
	expect(cup).toMatchObject({ type: "PRODUCT", isActive: true, taxPercent: 7.7, buyPrice: null });
	for (const [query, found] of [
		["search=hou", [hour]],
		["search=porcelain", [cup]],
		["sku=h-1", [hour]],
		["type=PRODUCT", [cup]],
		["isActive=true", [cup, hour]],
		["orderBy=price&orderDir=asc", [cup, hour]],
		["orderBy=name&orderDir=desc", [hour, cup]],
	] as const) {
		expect((await api.get(`/products?${query}`)).body.items, query).toEqual(found);
	}
	for (const [body, path] of [
		[{ name: "X" }, "price"],
		[{ name: "X", price: -1 }, "price"],
		[{ name: "X", price: 1, taxPercent: 101 }, "taxPercent"],
		[{ name: "X", price: 1.00001 }, "price"],
	] as const) {
		const reply = await api.post("/products", body);
		expect(reply).toMatchObject({ status: 400, body: { errors: [{ path }] } });
	}
});
