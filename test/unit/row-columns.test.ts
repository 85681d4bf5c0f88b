// The columns of rows in memory, and what is made of them once.
import { describe, expect, it } from "vitest";
import { rowColumns, selected, weightOf } from "../../src/db/row-columns.ts";
import { leads } from "../../src/db/schema/leads.ts";
import { bound } from "../../src/db/sql.ts";

describe("the columns of a row", () => {
	const names = rowColumns(leads).map(([name]) => name);

	it("are without those that only the database uses", () => {
		expect(names).toEqual(expect.arrayContaining(["id", "name", "email", "custom", "number"]));
		for (const internal of ["seq", "folded", "nameKey", "emailKey", "mobileKey"])
			expect(names).not.toContain(internal);
	});

	it("are all that is selected, in their order", () => {
		expect(bound(selected(leads))).toEqual({
			text: names.map((name) => `"leads"."${name}"`).join(", "),
			params: [],
		});
	});

	it("weigh what their texts do", () => {
		const { text, params } = bound(weightOf(leads));
		expect(text).toContain('coalesce(octet_length("leads"."name"), 0) + ');
		expect(text).not.toContain("score");
		expect(text).not.toContain("folded");
		expect(params).toEqual([]);
	});

	it("become text once", () => {
		expect(selected(leads)).toBe(selected(leads));
		expect(selected(leads).values).toEqual([]);
	});
});
