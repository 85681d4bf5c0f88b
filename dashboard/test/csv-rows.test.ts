// The rows of CSV files in the dashboard are those of the command line's parser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { type Parsed, parserOptions, RowReader } from "../../sdk/src/cli/csv/format.ts";
import { csvRows } from "../src/pages/data/files/csv-rows.ts";

/** Null if it can't be read. */
function attempt<T>(read: () => T): T | null {
	try {
		return read();
	} catch {
		return null;
	}
}

test("any text has the rows that the parser of the command line finds", () => {
	const ends = fc.constantFrom("\n", "\r\n", "\r");
	const texts = fc.tuple(
		ends,
		fc.array(fc.constantFrom('"', '"', '""', "a", "é", " ", ",", ";", "\t", "|", "]", "^", "\n", "\n")),
	);
	fc.assert(
		fc.property(
			texts,
			fc.constantFrom(",", ";", "\t", "|", "]", "^", "\\", "-"),
			([end, parts], delimiter) => {
				const text = parts.join("").replaceAll("\n", end);
				const options = parserOptions(delimiter);
				const { read } = new RowReader();
				const expected = attempt(() =>
					(parse(text, options) as unknown as Parsed[]).flatMap((parsed) => read(parsed) ?? []),
				);
				const found = attempt(() => csvRows(text, delimiter));
				assert.deepEqual(found, expected, JSON.stringify(text));
			},
		),
		{ numRuns: 20_000 },
	);
});

test("a row says on which line it ends, and an error on which it is", () => {
	assert.deepEqual(csvRows('name,note\r\nAnn,"two\r\nlines"\r\n,\r\nBob,"said ""no"""', ","), [
		{ line: 1, cells: ["name", "note"] },
		{ line: 3, cells: ["Ann", "two\r\nlines"] },
		{ line: 5, cells: ["Bob", 'said "no"'] },
	]);
	assert.throws(() => csvRows('name\nAnn\n"Bob\nCho', ","), /the quote that opens on line 3 is not closed/);
	const row = (length: number) => `name\n"${"x".repeat(length)}"\n`;
	assert.equal(csvRows(row(2_000_000), ",").length, 2);
	assert.throws(
		() => csvRows(row(2_000_001), ","),
		/the row that ends on line 2 has more than 2.000.000 char/,
	);
});
