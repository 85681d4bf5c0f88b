// Cells, columns and values of CSV files: what a record becomes in a file, and what a file means.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { csvLine, escapeCell, unescapeCell } from "../src/cli/csv/cells.ts";
import { createFields, type Field } from "../src/cli/csv/fields.ts";
import { mapColumns } from "../src/cli/csv/mapping.ts";
import { problemsOf } from "../src/cli/csv/problems.ts";
import { itemOf } from "../src/cli/csv/records.ts";
import { cellOf, valueIn } from "../src/cli/csv/values.ts";
import { progressLine } from "../src/cli/progress.ts";

const document = JSON.parse(readFileSync(join(repositoryRoot, "dist", "openapi.json"), "utf8"));
const leads = createFields(document, "leads");
const clients = createFields(document, "clients");

/** Texts with what matters in files. */
const texts = fc.string({
	unit: fc.constantFrom(..."=+-@'\"a;, \t\r\n[]{}１＝＋é", "😀"),
	maxLength: 12,
});

test("every text comes back from its cell, and no cell begins a formula", () => {
	fc.assert(
		fc.property(
			fc.array(texts, { minLength: 1, maxLength: 4 }),
			fc.constantFrom(",", ";", "\t"),
			(row, delimiter) => {
				const cells = row.map(escapeCell);
				for (const cell of cells) assert.doesNotMatch(cell, /^\s*[=+\-@＝＋－＠\t\r\n]/);
				const [read = []] = parse(csvLine(cells, delimiter), { delimiter }) as string[][];
				assert.deepEqual(read.map(unescapeCell), row);
			},
		),
		{ numRuns: 2_000 },
	);
	assert.equal(escapeCell("Jane"), "Jane");
	assert.equal(escapeCell('=HYPERLINK("http://x")'), `'=HYPERLINK("http://x")`);
	assert.equal(escapeCell(" -1+1"), "' -1+1");
	assert.equal(cellOf(-5), "-5");
});

const field = (kind: Field["kind"], more: Partial<Field> = {}): Field => ({
	...{ name: "field", kind, required: false, schema: {} },
	...more,
});
const asIs = (_: Field, text: string) => text;

test("every value comes back from its cell", () => {
	const values = ["A", "b c", "x;y", "[z", "-"];
	const cases: [Field, fc.Arbitrary<unknown>][] = [
		[field("text"), texts],
		[field("number"), fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer())],
		[field("boolean"), fc.boolean()],
		[
			field("list"),
			fc.array(
				texts.filter((text) => text.trim() === text && text !== ""),
				{ minLength: 1 },
			),
		],
		[field("list", { values }), fc.subarray(values, { minLength: 1 })],
		[field("json"), fc.array(fc.dictionary(fc.string(), fc.integer()), { minLength: 1 })],
	];
	for (const [of, arbitrary] of cases)
		fc.assert(
			fc.property(arbitrary, (value) => {
				assert.deepEqual(JSON.stringify(valueIn(of, cellOf(value), asIs)), JSON.stringify(value));
			}),
		);
	for (const [of, value] of [
		[field("text"), null],
		[field("list"), []],
	] as const)
		assert.equal(valueIn(of, cellOf(value), asIs), undefined);
});

test("values are understood as people write them, and passed on as they are when they can't be", () => {
	const words = field("text", { values: ["IN_PROGRESS", "OPEN"] });
	const cases: [Field, string, unknown][] = [
		[words, " in progress ", "IN_PROGRESS"],
		[words, "done", "done"],
		[field("text", { values: ["A+", "A-"] }), "a", "a"],
		[field("number"), " 12.50 ", 12.5],
		[field("number"), "1,250", "1,250"],
		[field("number"), "0x10", "0x10"],
		[field("boolean"), "Yes", true],
		[field("boolean"), "0", false],
		[field("boolean"), "maybe", "maybe"],
		[field("list", { prefix: "tag" }), "one, two;three", ["one", "two", "three"]],
		[field("list"), "one, two;three", ["one, two", "three"]],
		[field("text"), " 007 ", " 007 "],
		[field("text", { schema: { pattern: "^[0-9]+$" } }), " 007 ", "007"],
		[field("text"), "   ", undefined],
		[field("json"), "{", "{"],
	];
	for (const [of, cell, value] of cases) assert.deepEqual(valueIn(of, cell, asIs), value, cell);
});

const named = (headers: string[], fields: readonly Field[], given?: Record<string, string | null>) =>
	mapColumns(headers, fields, given).map((column) => column.field?.name ?? null);

test("columns are known by the names of fields, in the words of other programs too", () => {
	const headers = [
		"E-Mail",
		"Full Name",
		"Phone Number",
		"Mobile",
		"Job title",
		"LEAD SOURCE",
		"Owner",
		"Tags",
		"Fax",
	];
	assert.deepEqual(named(headers, leads), [
		...["email", "name", null, "mobile", "position", "sourceId", "ownerId", "tagIds", null],
	]);
	assert.deepEqual(named(["Phone", "City", "Billing address: ZIP", "billingAddress.country"], clients), [
		...["phone", "billingAddress.city", null, "billingAddress.country"],
	]);
	assert.deepEqual(named(["Company", "id", "version"], clients), [null, null, null]);
	assert.deepEqual(named(["Email address", "email"], leads), [null, "email"]);
	assert.deepEqual(named(["A", "Email"], leads, { A: "email", Email: null }), ["email", null]);
	for (const given of [{ B: "email" }, { A: "emial" }, { A: "email", Email: "email" }])
		assert.throws(() => named(["A", "Email"], leads, given), RangeError);
});

test("a row becomes a body, objects included; empty cells are left out", () => {
	const columns = mapColumns(
		["name", "Fax", "billingAddress.city", "billingAddress.state", "phone"],
		clients,
	);
	assert.deepEqual(itemOf(columns, ["Acme", "1", "Rome", "", ""], asIs), {
		name: "Acme",
		billingAddress: { city: "Rome" },
	});
});

test("a check names what the API would refuse", () => {
	const problems = (item: Record<string, unknown>) =>
		problemsOf(leads, item).map((problem) => problem.split(":")[0]);
	const good = {
		email: "ö@x.example",
		mobile: "+1 415 555",
		score: -1,
		value: 1.5,
		archived: true,
		currency: "EUR",
	};
	assert.deepEqual(problems({ ...good, expectedCloseDate: "2024-02-29", website: "x.example" }), []);
	assert.deepEqual(problems({ ...good, name: "😀".repeat(255), notes: "x".repeat(10_000) }), []);
	assert.deepEqual(problems({ ...good, name: "😀".repeat(256) }), ["name"]);
	assert.deepEqual(
		problems({
			...{ name: " ", email: "x", mobile: "!", score: 1.5, value: -1, archived: "maybe", currency: "euro" },
			...{
				expectedCloseDate: "2023-02-29",
				website: "no",
				sourceId: "Website",
				tagIds: ["VIP"],
				notes: "x".repeat(10_001),
			},
		}).sort(),
		[
			...[
				"archived",
				"currency",
				"email",
				"expectedCloseDate",
				"mobile",
				"name",
				"notes",
				"score",
				"sourceId",
			],
			...["tagIds", "value", "website"],
		],
	);
	const tasks = createFields(document, "tasks");
	assert.deepEqual(problemsOf(tasks, { priority: "urgent" }), [
		"title: A value is required.",
		"priority: Expected LOW, MEDIUM, HIGH.",
	]);
	assert.deepEqual(problemsOf(clients, { name: "A", primaryContact: { email: "x" } }).length, 1);
});

test("progress says how fast it goes and how long the rest takes", () => {
	assert.equal(progressLine(0, 10_000, 0), "0 of 10,000 rows");
	assert.equal(progressLine(4_000, 10_000, 80), "4,000 of 10,000 rows, 80 a second, 1 min 15 s left");
	assert.equal(progressLine(1, 100_000, 1), "1 of 100,000 rows, 1 a second, 27 h 46 min left");
});
