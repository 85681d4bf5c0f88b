// Line items: published examples, examples worked by hand, and refusals.
import { describe, expect, it } from "vitest";
import { addAmounts, computeLineItems, isPayable } from "../../src/crm/line-items.ts";
import { minorUnit } from "../../src/currencies.ts";
import { AppError } from "../../src/errors.ts";
import { calculateLine, lineItem } from "./lines.ts";

function refusal(work: () => unknown): AppError {
	try {
		work();
	} catch (error) {
		if (error instanceof AppError) return error;
		throw error;
	}
	throw new Error("was not refused");
}

describe("minor units", () => {
	// ISO 4217 list one, as github.com/datasets/currency-codes has it (data/codes-all.csv); not what Intl says.
	it("are ISO 4217's", () => {
		const all = (codes: string, places: number) => codes.split(" ").map((code) => [code, places] as const);
		for (const [code, places] of [
			...all("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF", 0),
			...all(
				"AFN ALL CHF COP CZK EUR GBP HUF IDR INR IRR KPW LAK LBP MGA MMK MRU PKR RSD SOS SYP USD YER ZWG",
				2,
			),
			...all("BHD IQD JOD KWD LYD OMR TND", 3),
			...all("CLF UYW", 4),
		])
			expect([code, minorUnit(code)]).toEqual([code, places]);
	});

	it("say what can be paid", () => {
		expect(isPayable(0.01, "EUR")).toBe(true);
		expect(isPayable(0.001, "EUR")).toBe(false);
		expect(isPayable(1.1, "JPY")).toBe(false);
		expect(isPayable(99_999_999_999.99, "EUR")).toBe(true);
		expect(isPayable(0.125, "KWD")).toBe(true);
		expect(isPayable(0.0001, "CLF")).toBe(true);
	});
});

describe("published examples", () => {
	// developer.wafeq.com/reference/calculations-and-rounding: two halves, each rounded up before they are added.
	it("Wafeq: rounds each line's tax, then adds", () => {
		const { items, ...totals } = computeLineItems(
			[lineItem(1, 45.3, { taxPercent: 5 }), lineItem(1, 33.45, { taxPercent: 10 })],
			"SAR",
			false,
		);
		expect(items.map((item) => item.taxAmount)).toEqual([2.27, 3.35]);
		expect(totals).toEqual({ subtotal: 78.75, discountTotal: 0, taxTotal: 5.62, total: 84.37 });
	});

	// support.avaza.com/tax-calculated-invoices-estimates
	it("Avaza: a rate with decimals", () => {
		const { items } = computeLineItems(
			[
				lineItem(1, 125, { taxPercent: 8 }),
				lineItem(1, 167, { taxPercent: 2 }),
				lineItem(1, 235, { taxPercent: 14.45 }),
			],
			"USD",
			false,
		);
		expect(items.map((item) => item.taxAmount)).toEqual([10, 3.34, 33.96]);
	});

	// wiki.dolibarr.org, "VAT setup, calculation and rounding rules": two lines of 1.24 at 10 %.
	it("Dolibarr: rounding of lines, not of the sum", () => {
		const item = lineItem(1, 1.24, { taxPercent: 10 });
		const { subtotal, taxTotal, total } = computeLineItems([item, item], "EUR", false);
		expect({ subtotal, taxTotal, total }).toEqual({ subtotal: 2.48, taxTotal: 0.24, total: 2.72 });
	});

	// github.com/ConnectingEurope/eInvoicing-EN16931, ubl/examples: quantity, price and line amounts as in the files.
	it("EN 16931: sample-discount-price.xml", () => {
		expect(calculateLine(lineItem(100, 0.1212, { taxPercent: 25 }))).toMatchObject({
			amount: 12.12,
			taxTotal: 3.03,
			total: 15.15,
		});
	});

	it("EN 16931: ubl-tc434-example4.xml", () => {
		const { items, subtotal, taxTotal, total } = computeLineItems(
			[
				lineItem(1000, 1, { taxPercent: 25 }),
				lineItem(100, 5, { taxPercent: 25 }),
				lineItem(500, 5, { taxPercent: 12 }),
			],
			"DKK",
			false,
		);
		expect(items.map((item) => item.amount)).toEqual([1000, 500, 2500]);
		expect({ subtotal, taxTotal, total }).toEqual({ subtotal: 4000, taxTotal: 675, total: 4675 });
	});

	it("EN 16931: ubl-tc434-example5.xml, a discount of ten percent on a line", () => {
		const discounted = lineItem(1000, 1, { discount: 10, discountType: "percentage", taxPercent: 25 });
		expect(calculateLine(discounted, "DKK")).toMatchObject({ amount: 1000, discountAmount: 100 });
	});
});

describe("by hand", () => {
	it.each([
		// quantity, price, more, currency, amount, discount, tax, total
		[2, 100, { taxPercent: 18 }, "USD", 200, 0, 36, 236],
		[3, 33.335, {}, "EUR", 100.01, 0, 0, 100.01],
		[1, 1.005, {}, "EUR", 1.01, 0, 0, 1.01], // 1.00499… as a double
		[0.1, 0.1, {}, "EUR", 0.01, 0, 0, 0.01],
		[0.0001, 0.0001, {}, "EUR", 0, 0, 0, 0],
		[1, 8.325, { discount: 0.025 }, "EUR", 8.33, 0.03, 0, 8.3],
		[1, 0.45, { discount: 10, discountType: "percentage" as const }, "EUR", 0.45, 0.05, 0, 0.4],
		[
			1,
			999.99,
			{ discount: 12.3456, discountType: "percentage" as const, taxPercent: 7 },
			"EUR",
			999.99,
			123.45,
			61.36,
			937.9,
		],
		[3, 33.5, { taxPercent: 10 }, "JPY", 101, 0, 10, 111],
		[1, 5, { taxPercent: 10 }, "JPY", 5, 0, 1, 6],
		[7, 1.2345, { taxPercent: 5 }, "KWD", 8.642, 0, 0.432, 9.074],
		[1, 0.1235, {}, "CLF", 0.1235, 0, 0, 0.1235],
		[1, 12.5, {}, "HUF", 12.5, 0, 0, 12.5],
		[1, 10, { discount: 10, taxPercent: 19 }, "EUR", 10, 10, 0, 0],
		[1_000_000_000, 99.9999, {}, "EUR", 99_999_900_000, 0, 0, 99_999_900_000],
	])("%d × %d %j %s", (quantity, price, more, currency, amount, discount, tax, total) => {
		expect(calculateLine(lineItem(quantity, price, more), currency)).toMatchObject({
			amount,
			discountAmount: discount,
			taxAmount: tax,
			total,
		});
	});

	it.each([
		[118, { taxPercent: 18 }, 100, 0, 18, 118],
		[118, { taxPercent: 18, discount: 11.8 }, 100, 10, 16.2, 106.2],
		[118, { taxPercent: 18, discount: 10, discountType: "percentage" as const }, 100, 10, 16.2, 106.2],
		[100, { taxPercent: 19 }, 84.03, 0, 15.97, 100],
		[0.01, { taxPercent: 100 }, 0, 0, 0.01, 0.01],
		[9.99, { taxPercent: 7.7, discount: 9.99 }, 9.28, 9.28, 0, 0],
		[50, {}, 50, 0, 0, 50],
	])("a price of %d with its tax %j", (price, more, amount, discount, tax, total) => {
		expect(calculateLine(lineItem(1, price, more), "EUR", true)).toMatchObject({
			amount,
			discountAmount: discount,
			taxAmount: tax,
			total,
		});
	});

	it("shows unset fields as such, and works out again what it is given", () => {
		const { items } = computeLineItems([lineItem(1, 5)], "EUR", false);
		expect(items).toEqual([
			{
				name: "Line",
				productId: null,
				description: null,
				quantity: 1,
				price: 5,
				discount: null,
				discountType: "fixed",
				taxPercent: null,
				amount: 5,
				taxAmount: 0,
				discountAmount: 0,
			},
		]);
		const stale = items.map((item) => ({ ...item, amount: 7, taxAmount: 7 }));
		expect(computeLineItems(stale, "EUR", false).items).toEqual(items);
	});

	it("adds exactly", () => {
		expect(addAmounts(0.1, 0.2)).toBe(0.3);
		expect(addAmounts(99_999_999_999.9999, -0.0001)).toBe(99_999_999_999.9998);
		expect(addAmounts(1, -1.1)).toBe(-0.1);
		expect(addAmounts()).toBe(0);
	});
});

describe("refusals", () => {
	it("a discount beyond its line, by its place", () => {
		for (const isInclusiveTax of [false, true]) {
			const error = refusal(() =>
				computeLineItems(
					[lineItem(1, 5), lineItem(2, 5, { discount: 10.01, taxPercent: 100 })],
					"EUR",
					isInclusiveTax,
				),
			);
			expect(error.code).toBe("BAD_REQUEST");
			expect(error.errors).toEqual([
				{ path: "lineItems.1.discount", message: "Must not be more than quantity × price." },
			]);
		}
		const percent = lineItem(1, 0.01, { discount: 100.01, discountType: "percentage" });
		expect(refusal(() => computeLineItems([percent], "EUR", false)).errors?.[0]?.path).toBe(
			"lineItems.0.discount",
		);
	});

	it("sums that a money field can't hold", () => {
		const half = lineItem(1, 50_000_000_000);
		expect(computeLineItems([half, lineItem(1, 49_999_999_999)], "EUR", false).total).toBe(99_999_999_999);
		expect(refusal(() => computeLineItems([half, half], "EUR", false)).errors?.[0]?.path).toBe("lineItems");
		const given = lineItem(1, 99_999_999_999, { discount: 100, discountType: "percentage" });
		expect(refusal(() => computeLineItems([given, given], "EUR", false)).code).toBe("BAD_REQUEST");
	});
});
