// What an agent gets to see of an answer, and how much.
import { describe, expect, it } from "vitest";
import { MAX_CHARACTERS, shortened, withoutUnset } from "../../src/mcp/show.ts";

const size = (value: object) => JSON.stringify(value).length;

describe("withoutUnset", () => {
	it("leaves out what is null in a record and in a page's records, and nothing deeper", () => {
		expect(withoutUnset({ a: null, b: 0, c: "", d: [], e: { f: null } })).toEqual({
			b: 0,
			c: "",
			d: [],
			e: { f: null },
		});
		expect(withoutUnset({ items: [{ id: "x", a: null }], nextCursor: null, hasMore: false })).toEqual({
			items: [{ id: "x" }],
			hasMore: false,
		});
	});
});

describe("bounded", () => {
	it("leaves alone what is short enough", () => {
		const value = { notes: "n".repeat(30_000), list: Array.from({ length: 500 }, () => 1) };
		expect(shortened(value)).toBe(value);
	});

	it("cuts long texts first, says by how much, and never in the middle of a character", () => {
		const cut = shortened({ id: "ld_1", notes: `${"n".repeat(1_999)}🚀${"n".repeat(40_000)}` });
		expect(cut.id).toBe("ld_1");
		expect(cut.notes).toMatch(/^n{1999}🚀 … \[40000 more characters\]$/u);
	});

	it("cuts lists, but neither the records of a page nor its cursor", () => {
		const ids = Array.from({ length: 50 }, (_, index) => `tag_${String(index).padStart(26, "0")}`);
		const items = Array.from({ length: 25 }, (_, index) => ({ id: index, ids }));
		const nextCursor = "c".repeat(1_000);
		const cut = shortened({ items, nextCursor, hasMore: true });
		expect(cut.items).toHaveLength(25);
		expect(cut.nextCursor).toBe(nextCursor);
		expect(size(cut)).toBeLessThanOrEqual(MAX_CHARACTERS);
	});

	it("asks for a smaller limit where even that is too much", () => {
		const wide = Object.fromEntries(
			Array.from({ length: 30 }, (_, index) => [`cf_${index}`, "x".repeat(300)]),
		);
		const items = Array.from({ length: 100 }, () => wide);
		expect(() => shortened({ items, hasMore: false })).toThrow(/call again with a smaller limit/);
		expect(size(shortened({ items: items.slice(0, 10), hasMore: false }))).toBeLessThanOrEqual(
			MAX_CHARACTERS,
		);
	});
});
