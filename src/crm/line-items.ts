// Amounts of the lines of a deal, quotation or invoice, in integers of the currency's minor unit. Each step rounds half
// away from zero. gross = quantity × price; discount = a fixed amount, or a percentage of gross; tax = (gross −
// discount) × rate. With `isInclusiveTax`, prices and fixed discounts contain the tax, so it is taken out of them:
// tax = (gross − discount) × rate ÷ (100 + rate). Either way `amount` is before discount and without tax, and
// amount − discountAmount + taxAmount is the price of the line. Totals add rounded lines, so
// subtotal − discountTotal + taxTotal = total.
import type { z } from "@hono/zod-openapi";
import { minorUnit } from "../currencies.ts";
import type { LineItem } from "../db/schema/line-items.ts";
import { badRequest, type FieldError, throwFieldErrors } from "../errors.ts";
import type { LineItemInput as LineItemSchema } from "./line-item-schema.ts";

/** A line as it is written; decimals have at most four places. */
export type LineItemInput = z.output<typeof LineItemSchema>;

export interface Totals {
	readonly subtotal: number;
	readonly discountTotal: number;
	readonly taxTotal: number;
	readonly total: number;
}

export type { LineItem };

/** Decimals on the wire have at most four places. */
const PLACES = 4;
const ONE = 10n ** BigInt(PLACES);
const HUNDRED = 100n * ONE;

/** The maximum of a total, which is that of a money field. */
const MAX_TOTAL = 99_999_999_999;

/** Whether an amount has no more decimals than its currency. */
export function isPayable(amount: number, currency: string): boolean {
	return toTenThousandths(amount) % 10n ** BigInt(PLACES - minorUnit(currency)) === 0n;
}

/**
 * Computes the amounts of lines and their totals; computed fields of `items` are ignored.
 * @param items lines of a body or stored ones
 * @param currency an ISO 4217 code
 * @param isInclusiveTax whether prices and fixed discounts contain the tax
 * @throws AppError 400 for a discount greater than its line, and for totals beyond the maximum of a money field
 */
export function computeLineItems(items: readonly LineItemInput[], currency: string, isInclusiveTax: boolean) {
	const places = minorUnit(currency);
	const shown = (minor: bigint) => Number(minor) / 10 ** places;
	const sums = items.map((item) => sumsOf(item, places, isInclusiveTax));
	const add = (pick: (line: Sums) => bigint) => sums.reduce((sum, line) => sum + pick(line), 0n);

	const subtotal = add((line) => line.amount);
	const discountTotal = add((line) => line.discount);
	const taxTotal = add((line) => line.tax);
	const total = subtotal - discountTotal + taxTotal;
	const problems = items.flatMap((item, index): FieldError[] => {
		const line = sums[index];
		const message = line ? problemOf(item, line) : null;
		return message ? [{ path: `lineItems.${index}.discount`, message }] : [];
	});
	throwFieldErrors(problems);
	const limit = BigInt(MAX_TOTAL) * 10n ** BigInt(places);
	if (absolute(total) > limit || absolute(subtotal) > limit)
		throw badRequest("lineItems", `The total must not exceed ${MAX_TOTAL}.`);

	return {
		items: items.map((item, index) => ({
			name: item.name,
			productId: item.productId ?? null,
			description: item.description ?? null,
			quantity: item.quantity,
			price: item.price,
			discount: item.discount ?? null,
			discountType: item.discountType ?? "fixed",
			taxPercent: item.taxPercent ?? null,
			amount: shown(sums[index]?.amount ?? 0n),
			taxAmount: shown(sums[index]?.tax ?? 0n),
			discountAmount: shown(sums[index]?.discount ?? 0n),
		})),
		subtotal: shown(subtotal),
		discountTotal: shown(discountTotal),
		taxTotal: shown(taxTotal),
		total: shown(total),
	};
}

/** Adds amounts of at most four decimals without the error of binary fractions. */
export function addAmounts(...amounts: readonly number[]): number {
	return Number(amounts.reduce((total, amount) => total + toTenThousandths(amount), 0n)) / Number(ONE);
}

/** One line in minor units. `gross` and `off` contain the tax if the price does. */
interface Sums {
	readonly gross: bigint;
	readonly off: bigint;
	readonly amount: bigint;
	readonly discount: bigint;
	readonly tax: bigint;
}

function sumsOf(item: LineItemInput, places: number, isInclusiveTax: boolean): Sums {
	const unit = 10n ** BigInt(PLACES - places);
	const discount = toTenThousandths(item.discount ?? 0);
	const rate = toTenThousandths(item.taxPercent ?? 0);
	const gross = divideRounded(toTenThousandths(item.quantity) * toTenThousandths(item.price), ONE * unit);
	const off =
		item.discountType === "percentage"
			? divideRounded(gross * discount, HUNDRED)
			: divideRounded(discount, unit);
	if (!isInclusiveTax)
		return { gross, off, amount: gross, discount: off, tax: divideRounded((gross - off) * rate, HUNDRED) };
	const taxIn = (sum: bigint) => divideRounded(sum * rate, HUNDRED + rate);
	const tax = taxIn(gross - off);
	return { gross, off, amount: gross - taxIn(gross), discount: off - (taxIn(gross) - tax), tax };
}

/** The message for a discount greater than its line, or null. */
function problemOf(item: LineItemInput, { gross, off }: Sums): string | null {
	if (item.discountType === "percentage")
		return (item.discount ?? 0) > 100 ? "Must not be more than 100 percent." : null;
	return absolute(off) > absolute(gross) ? "Must not be more than quantity × price." : null;
}

/** A decimal in ten-thousandths. Doubles are precise enough for all values of a money field. */
function toTenThousandths(decimal: number): bigint {
	return BigInt(Math.round(decimal * Number(ONE)));
}

/** Division rounded half away from zero; the divisor is positive. */
function divideRounded(dividend: bigint, divisor: bigint): bigint {
	const rounded = (2n * absolute(dividend) + divisor) / (2n * divisor);
	return dividend < 0n ? -rounded : rounded;
}

function absolute(number: bigint): bigint {
	return number < 0n ? -number : number;
}
