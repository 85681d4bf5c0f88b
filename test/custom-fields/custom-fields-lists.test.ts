// Custom fields: lists and batches.
import { describe, expect, it } from "vitest";
import { linkValue } from "../../src/custom-fields/values.ts";
import type { Json } from "../support/api.ts";
import { watchBindings } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { createField, namesOfLeads } from "./fields.ts";

describe("lists", () => {
	it("filter by them, alone and together", async () => {
		const api = await createCaller();
		await createField(api, "Tier", "singleSelect", { options: ["gold", "silver"] });
		await createField(api, "Langs", "multiSelect", { options: ["de", "en", "fr"] });
		await createField(api, "Seats", "number");
		await api.post("/leads", { name: "A", score: 1, cf_tier: "gold", cf_langs: ["de", "en"], cf_seats: 10 });
		await api.post("/leads", { name: "B", score: 2, cf_tier: "silver", cf_langs: ["en"], cf_seats: 2.5 });
		await api.post("/leads", { name: "C", score: 3, cf_tier: "gold" });
		expect(await namesOfLeads(api, "cf_tier=gold")).toEqual(["C", "A"]);
		expect(await namesOfLeads(api, "cf_tier=gold&cf_tier=silver")).toEqual(["C", "B", "A"]);
		expect(await namesOfLeads(api, "cf_langs=en")).toEqual(["B", "A"]);
		expect(await namesOfLeads(api, "cf_langs=de&cf_tier=gold")).toEqual(["A"]);
		expect(await namesOfLeads(api, "cf_seats=2.50")).toEqual(["B"]);
		expect(await namesOfLeads(api, "cf_tier=gold&orderBy=score&orderDir=asc")).toEqual(["A", "C"]);
		for (const query of ["cf_seats=many", "cf_nope=1", "orderBy=cf_tier", "orderBy=cf_nope"]) {
			expect((await api.get(`/leads?${query}`)).status, query).toBe(400);
		}
	});

	it("sort by number and date, page by page, rows without a value last", async () => {
		const api = await createCaller();
		await createField(api, "Seats", "number");
		await createField(api, "Due", "date");
		const rows: [string, number | null, string | null][] = [
			["A", 10, "2026-03-01"],
			["B", -3, null],
			["C", 2.5, "2025-12-31"],
			["D", null, "2026-03-01"],
			["E", 1_000_000, null],
			["F", null, null],
		];
		for (const [name, seats, due] of rows) await api.post("/leads", { name, cf_seats: seats, cf_due: due });
		expect(await namesOfLeads(api, "orderBy=cf_seats&orderDir=asc")).toEqual(["B", "C", "A", "E", "D", "F"]);
		expect(await namesOfLeads(api, "orderBy=cf_seats&orderDir=desc")).toEqual(["E", "A", "C", "B", "F", "D"]);
		expect(await namesOfLeads(api, "orderBy=cf_due&orderDir=asc")).toEqual(["C", "A", "D", "B", "E", "F"]);
		const walked: string[] = [];
		for (let cursor = ""; ; ) {
			const { body } = await api.get(`/leads?orderBy=cf_seats&limit=1${cursor}`);
			walked.push(body.items[0].name);
			if (!body.hasMore) break;
			cursor = `&cursor=${body.nextCursor}`;
		}
		expect(walked).toEqual(["E", "A", "C", "B", "F", "D"]);
	});

	it.each(["orderBy=cf_seats", "cf_seats=7", "orderBy=cf_seats&cf_seats=7"])(
		"a cursor of %s ends with the field, though another one gets its key",
		async (query) => {
			const api = await createCaller();
			const { id } = await createField(api, "Seats", "number");
			await createField(api, "Rows", "number");
			for (const name of ["A", "B", "C"]) await api.post("/leads", { name, cf_seats: 7, cf_rows: 7 });
			const path = `/leads?${query}&cf_rows=7&limit=1`;
			const { body } = await api.get(path);
			const next = `${path}&cursor=${body.nextCursor}`;
			const reordered = `/leads?cf_rows=7&limit=5&cursor=${body.nextCursor}&${query}`;
			expect((await api.get(reordered)).body.items.map(({ name }: Json) => name)).toEqual(["B", "A"]);
			await api.delete(`/custom-fields/${id}`);
			const again = await createField(api, "Seats", "number");
			const refused = { status: 400, body: { errors: [{ path: "cursor" }] } };
			expect(await api.get(next), "of the same type").toMatchObject(refused);
			await api.delete(`/custom-fields/${again.id}`);
			const day = await createField(api, "Seats", "date");
			expect(await api.get(next), "of another type").toMatchObject(refused);
			await api.delete(`/custom-fields/${day.id}`);
			await api.post(`/custom-fields/${id}/restore`);
			expect((await api.get(next)).body.items[0]?.name, "restored").toBe("B");
		},
	);

	it("a number's text sorts as the number does", () => {
		const numbers = [
			Number.MIN_SAFE_INTEGER,
			-1e9,
			-1.5,
			-1,
			-0.1,
			0,
			0.1,
			1,
			1.5,
			2,
			10,
			1e9,
			Number.MAX_SAFE_INTEGER,
		];
		const texts = numbers.map((value) => linkValue("number", value));
		expect([...texts].sort()).toEqual(texts);
		expect(linkValue("number", -0)).toBe(linkValue("number", 0));
	});
});

it("forty fields and a hundred items go in one batch", async () => {
	const api = await createCaller();
	for (let index = 0; index < 40; index += 1)
		await createField(api, `Field ${index}`, index % 2 ? "number" : "text");
	const custom = Object.fromEntries(
		Array.from({ length: 40 }, (_, index) => [`cf_field_${index}`, index % 2 ? index : `value ${index}`]),
	);
	const watch = watchBindings();
	const { body } = await api.via(watch.target).post("/leads/batch", {
		items: Array.from({ length: 100 }, (_, index) => ({ name: `Lead ${index}`, ...custom })),
	});
	expect([body.created, body.failed]).toEqual([100, 0]);
	// Who calls is asked on the side; then one read and one write.
	const [read, write, ...more] = watch.roundTrips.filter(([first]) => !first?.text.includes("api_keys"));
	expect(more).toEqual([]);
	expect(write?.length).toBeGreaterThan(read?.length ?? 0);
	for (const { params, text } of watch.roundTrips.flat())
		expect(params.length, text).toBeLessThanOrEqual(100);
	expect(await namesOfLeads(api, "cf_field_3=3&limit=100")).toHaveLength(100);
});
