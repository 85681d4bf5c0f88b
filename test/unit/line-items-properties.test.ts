// Line items: what holds for all lines.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computeLineItems } from "../../src/crm/line-items.ts";
import { minorUnit } from "../../src/currencies.ts";
import { calculateLine, lineItem } from "./lines.ts";

const tenThousandths = (most: number, least = 0) =>
	fc.integer({ min: least, max: most * 10_000 }).map((units) => units / 10_000);

const anyLine = fc
	.record({
		quantity: tenThousandths(1_000, 1),
		price: tenThousandths(10_000),
		percentOff: tenThousandths(100),
		sumOff: fc.integer({ min: 0, max: 100 }),
		byPercent: fc.boolean(),
		taxPercent: tenThousandths(100),
	})
	.map(({ quantity, price, percentOff, sumOff, byPercent, taxPercent }) =>
		lineItem(quantity, price, {
			taxPercent,
			// Whole sums stay within their line in every currency, however it is rounded.
			discount: byPercent ? percentOff : Math.floor((quantity * price * sumOff) / 100),
			discountType: byPercent ? "percentage" : "fixed",
		}),
	);

const anyCurrency = fc.constantFrom("EUR", "JPY", "KWD", "CLF", "HUF");

const lists = [fc.array(anyLine, { minLength: 1, maxLength: 8 }), anyCurrency, fc.boolean()] as const;

/** Minor units, as the exact integer that a shown sum stands for. */
const minor = (sum: number, currency: string) => {
	const units = BigInt(Math.round(sum * 10 ** minorUnit(currency)));
	expect(Number(units) / 10 ** minorUnit(currency)).toBe(sum);
	return units;
};

describe("for all lines", () => {
	it("totals are the sums of the lines, in whole minor units, and add up", () => {
		fc.assert(
			fc.property(...lists, (items, currency, isInclusiveTax) => {
				const made = computeLineItems(items, currency, isInclusiveTax);
				const sum = (field: "amount" | "discountAmount" | "taxAmount") =>
					made.items.reduce((total, item) => total + minor(item[field], currency), 0n);
				expect(minor(made.subtotal, currency)).toBe(sum("amount"));
				expect(minor(made.discountTotal, currency)).toBe(sum("discountAmount"));
				expect(minor(made.taxTotal, currency)).toBe(sum("taxAmount"));
				expect(minor(made.total, currency)).toBe(sum("amount") - sum("discountAmount") + sum("taxAmount"));
			}),
		);
	});

	it("no part of a line is a minor unit away from what it is exactly", () => {
		fc.assert(
			fc.property(...lists, (items, currency, isInclusiveTax) => {
				const { items: made } = computeLineItems(items, currency, isInclusiveTax);
				const unit = 10 ** -minorUnit(currency);
				for (const item of made) {
					const gross = item.quantity * item.price;
					const off =
						item.discountType === "percentage" ? (gross * (item.discount ?? 0)) / 100 : (item.discount ?? 0);
					const rate = (item.taxPercent ?? 0) / 100;
					const without = isInclusiveTax ? 1 / (1 + rate) : 1;
					// Two roundings of half a unit each; the discount of an inclusive price has three.
					expect(Math.abs(item.amount - gross * without)).toBeLessThanOrEqual(unit * 1.001);
					expect(Math.abs(item.discountAmount - off * without)).toBeLessThanOrEqual(unit * 2.001);
					expect(Math.abs(item.taxAmount - (gross - off) * without * rate)).toBeLessThanOrEqual(unit * 1.501);
					expect(item.discountAmount).toBeLessThanOrEqual(item.amount);
					expect(Math.min(item.amount, item.discountAmount, item.taxAmount)).toBeGreaterThanOrEqual(0);
				}
			}),
		);
	});

	it("an inclusive line costs its price after the discount, whatever the tax", () => {
		fc.assert(
			fc.property(anyLine, anyCurrency, tenThousandths(100), (item, currency, taxPercent) => {
				const { total } = calculateLine({ ...item, taxPercent }, currency, true);
				expect(total).toBe(calculateLine({ ...item, taxPercent: 0 }, currency).total);
			}),
		);
	});

	it("signs are symmetric: what is charged and what is given back are rounded alike", () => {
		const opposite = (sum: number) => (sum === 0 ? 0 : -sum);
		fc.assert(
			fc.property(anyLine, anyCurrency, fc.boolean(), (item, currency, isInclusiveTax) => {
				const fixed = item.discountType === "fixed";
				const back = {
					...item,
					price: -item.price,
					discount: fixed ? -(item.discount ?? 0) : (item.discount ?? 0),
				};
				const charged = calculateLine(item, currency, isInclusiveTax);
				const given = calculateLine(back, currency, isInclusiveTax);
				for (const [field, sum] of Object.entries(charged))
					expect([
						field,
						opposite(Object.entries(given).find(([name]) => name === field)?.[1] ?? Number.NaN),
					]).toEqual([field, sum]);
			}),
		);
	});
});
