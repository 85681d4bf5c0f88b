// Parsing of numbers, formatting of times, and merging of a newer first page.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
	formatDuration,
	formatForInput,
	formatMoney,
	formatNumber,
	formatPercent,
	formatRelativeTime,
	fromLocalInput,
	isDay,
	parseNumber,
	toLocalInput,
} from "../src/format.ts";
import { mergeFirstPage } from "../src/pages.ts";

test("only numbers in the reader's language are parsed", () => {
	const cases: readonly (readonly [locale: string, text: string, value: number | null])[] = [
		["en-US", "1,300", 1300],
		["en-US", "1300.5", 1300.5],
		["en-US", " -12 ", -12],
		["en-US", "130.000,50", null],
		["en-US", "1,30", null],
		["en-US", "12 apples", null],
		["en-US", "", null],
		["en-US", "1e3", null],
		["en-US", "Infinity", null],
		["en-IN", "12,34,567.5", 1234567.5],
		["de-DE", "130.000,50", 130000.5],
		["de-DE", "1.300", 1300],
		["de-DE", "1300.5", null],
		["de-DE", "1,5", 1.5],
		["fr-FR", "1 300,5", 1300.5],
		["de-CH", "1’300.50", 1300.5],
		["sv-SE", "−5", -5],
		["ar-EG", "١٬٣٠٠٫٥", 1300.5],
	];
	for (const [locale, text, value] of cases)
		assert.equal(parseNumber(text, locale), value, `${locale}: ${text}`);
	for (const locale of ["en-US", "de-DE", "fr-FR", "de-CH", "ar-EG", "hi-IN", "sv-SE"])
		for (const value of [0, 1300.5, -1234567.8901, 99_999_999_999.9999])
			assert.equal(parseNumber(formatForInput(value, locale), locale), value, `${locale}: ${value}`);
});

test("numbers and amounts are shown with all of the four places that the API stores", () => {
	const digits = (text: string) => text.replaceAll(/[^\d.,]/g, "").replace(",", ".");
	for (const [value, shown] of [
		[0.0025, "0.0025"],
		[12.5, "12.50"],
		[12, "12"],
		[0.1 + 0.2, "0.30"],
	] as const)
		assert.equal(digits(formatMoney(value, "USD")), shown);
	assert.equal(digits(formatMoney(497_000.5, "KWD")), "497.000.500");
	assert.equal(digits(formatMoney(1_300, "JPY")), "1.300");
	for (const currency of [null, "USD"]) assert.equal(digits(formatMoney(0.0025, currency)), "0.0025");
	assert.equal(digits(formatNumber(0.0025)), "0.0025");
});

test("what is no date is empty in an input, and empty for the API", () => {
	for (const wrong of ["", "garbage", "2026-13-01T00:00", "120260-01-01T00:00", "2026-13"]) {
		assert.equal(fromLocalInput(wrong), "", wrong);
		assert.equal(toLocalInput(new Date(wrong)), "", wrong);
	}
	assert.equal(toLocalInput(new Date(fromLocalInput("2026-01-31T12:30"))), "2026-01-31T12:30");
});

test("durations and shares have the decimal sign of the reader's language", () => {
	assert.deepEqual(
		[999, 2_449, 1_234_000].map((ms) => formatDuration(ms, "de-DE")),
		["999 ms", "2,4 s", "1.234,0 s"],
	);
	assert.deepEqual(
		[0, 0.3079, 0.9999, 1].map((share) => formatPercent(share, "de-DE")),
		["0,0 %", "30,7 %", "99,9 %", "100 %"],
	);
});

test("only days of the calendar are days", () => {
	for (const day of ["2026-12-31", "2024-02-29", "0001-01-01", "9999-12-31"]) assert(isDay(day), day);
	for (const text of [
		"2026-13-45",
		"2026-02-30",
		"2026-00-01",
		"2026-1-1",
		"2026",
		"2026-12-31T00:00",
		"x",
		"",
	])
		assert(!isDay(text), text);
});

test("an instant is formatted relative to now", () => {
	const now = Date.parse("2026-01-31T12:00:00Z");
	const of = (iso: string) => formatRelativeTime(iso, now);
	assert.equal(of("2026-01-31T11:57:01Z"), "2 minutes ago");
	assert.equal(of("2026-01-31T14:00:00Z"), "in 2 hours");
	assert.equal(of("2026-01-28T12:00:00Z"), "3 days ago");
	assert.equal(of("2026-01-31T12:00:00Z"), "now");
});

test("a newer first page is put before the items that were read and replaces those it covers", () => {
	const page = (ids: string, nextCursor: string | null) => ({
		items: [...ids].map((id) => ({ id })),
		nextCursor,
	});
	const after = (pages: readonly string[], head: string, more = true) => {
		const old = {
			pages: pages.map((ids, at) => page(ids, `c${at}`)),
			pageParams: pages.map((_, at) => `p${at}`),
		};
		const merged = mergeFirstPage(old, page(head, more ? "h" : null));
		assert.equal(merged.pages.length, merged.pageParams.length);
		return merged.pages.map(({ items, nextCursor }) => items.map(({ id }) => id).join("") + nextCursor);
	};
	assert.deepEqual(after(["fed", "cba"], "fed"), ["fedc0", "cbac1"]);
	assert.deepEqual(after(["fed", "cba"], "hgf"), ["hgfedc0", "cbac1"]);
	// An item that no longer matches the filter.
	assert.deepEqual(after(["fed", "cba"], "fdc"), ["fdcbac1"]);
	// More than one page has changed.
	assert.deepEqual(after(["fed", "cba"], "zyx"), ["zyxh"]);
	assert.deepEqual(after(["fed"], "fe", false), ["fenull"]);
	assert.deepEqual(after(["fed"], "", false), ["null"]);
});
