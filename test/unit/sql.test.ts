// The `sql` tag: what becomes text, and what is bound.
import { describe, expect, it } from "vitest";
import { leads } from "../../src/db/schema/leads.ts";
import { bound, parameterCount, sql } from "../../src/db/sql.ts";

describe("a query", () => {
	it("binds its values in the order of their question marks, those of nested parts included", () => {
		const part = sql`"b" = ${"two"} OR ${sql`"c" = ${3}`}`;
		const { text, params } = bound(sql`SELECT ${1} WHERE ${part} AND ${part} AND "d" IS ${null} AND ${true}`);
		expect(text).toBe('SELECT ? WHERE "b" = ? OR "c" = ? AND "b" = ? OR "c" = ? AND "d" IS ? AND ?');
		expect(params).toEqual([1, "two", 3, "two", 3, null, true]);
	});

	it("names tables and columns", () => {
		const { text, params } = bound(sql`SELECT ${leads.createdAt} FROM ${leads}`);
		expect(text).toBe('SELECT "leads"."createdAt" FROM "leads"');
		expect(params).toEqual([]);
	});

	it("quotes what is in a name, so that it ends where it should", () => {
		expect(bound(sql`${sql.identifier('a" OR "1')}`).text).toBe('"a"" OR ""1"');
	});

	it("joins parts, of which there may be none or one", () => {
		const join = (count: number) =>
			bound(
				sql.join(
					Array.from({ length: count }, (_, index) => sql`${index}`),
					sql`, `,
				),
			);
		expect([0, 1, 3].map(join)).toEqual([
			{ text: "", params: [] },
			{ text: "?", params: [0] },
			{ text: "?, ?, ?", params: [0, 1, 2] },
		]);
		expect(bound(sql.join([sql`a`, sql`b`])).text).toBe("ab");
	});

	it("has its values as literals where nothing can be bound", () => {
		const { text, params } = bound(sql.inline(sql`${leads} ${"it's"} ${sql`${4}`}`));
		expect(text).toBe(`"leads" 'it''s' 4`);
		expect(params).toEqual([]);
	});

	it("makes the text of a part without values once", () => {
		const part = sql.fixed(sql`${leads} ${sql`${leads.id} = ${7}`}`);
		expect(part.values).toEqual([]);
		expect(bound(sql`SELECT ${part} ${1}`)).toEqual({
			text: 'SELECT "leads" "leads"."id" = 7 ?',
			params: [1],
		});
	});

	it("makes the text of a prepared part once, with other values as literals, and fills in those of each call", () => {
		let made = 0;
		const part = sql.prepared<[id: string, now: number | null]>((id, now) => {
			made += 1;
			return sql`${leads.id} = ${id} AND ${sql`"at" < ${now} + ${60}`} AND "owner" = ${id}`;
		});
		const text = '"leads"."id" = ? AND "at" < ? + 60 AND "owner" = ?';
		expect(bound(part("a", 1))).toEqual({ text, params: ["a", 1, "a"] });
		expect(bound(part("b", null))).toEqual({ text, params: ["b", null, "b"] });
		expect(made).toBe(1);
		const outer = sql.prepared<[id: string]>((id) => sql`(${id}, ${part("c", 2)})`);
		expect(bound(sql`SELECT ${0}, ${outer("d")}`)).toEqual({
			text: `SELECT ?, (?, "leads"."id" = 'c' AND "at" < 2 + 60 AND "owner" = 'c')`,
			params: [0, "d"],
		});
		expect(bound(sql.inline(part("a", 1))).text).toBe(
			`"leads"."id" = 'a' AND "at" < 1 + 60 AND "owner" = 'a'`,
		);
	});

	it("counts its parameters, those of its parts included", () => {
		const part = sql.prepared<[id: string]>((id) => sql`${id} ${leads}`);
		expect(
			[sql``, sql`${leads.id} ${null}`, sql`${1} ${part("a")} ${sql`${true}`}`].map(parameterCount),
		).toEqual([0, 1, 3]);
	});

	it("refuses an object: a list is bound as JSON text", () => {
		expect(() => bound(sql`${["a"]}`)).toThrow(TypeError);
		expect(() => bound(sql`${{ toString: () => "1" }}`)).toThrow(TypeError);
	});
});
