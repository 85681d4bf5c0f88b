import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { inlineValues, sqlLiteral } from "../../scripts/admin/literal.ts";

const values = [
	null,
	0,
	-1.5,
	1_790_000_000_000,
	"",
	"plain",
	"O'Brien",
	"''",
	"a;--b",
	'say "hi"',
	"?",
	"é\n\t\\",
];

test("SQLite reads each literal as the value it stands for", () => {
	const db = new DatabaseSync(":memory:");
	for (const value of values) {
		const row = db.prepare(`SELECT ${sqlLiteral(value)} AS value`).get();
		assert.deepEqual(row?.value, value);
	}
});

test("what has no literal is refused", () => {
	for (const value of [Number.NaN, Number.POSITIVE_INFINITY, undefined, {}, "a\0b"]) {
		assert.throws(() => sqlLiteral(value), TypeError);
	}
});

test("values go where the placeholders are, and only there", () => {
	const sql = `SELECT ? AS "a?", '?' AS b, "c""?" FROM t WHERE d = ?`;
	assert.equal(inlineValues(sql, ["?", 2]), `SELECT '?' AS "a?", '?' AS b, "c""?" FROM t WHERE d = 2`);
	assert.throws(() => inlineValues("SELECT ?", []), TypeError);
	assert.throws(() => inlineValues("SELECT ?", [1, 2]), TypeError);
});
