// What the lines of a deal, quotation or invoice come to. All of it is integer arithmetic in the currency's minor unit,
// each step rounded half away from zero: a line's gross is quantity × price; its discount (a sum off the line, or a
// percentage of the gross) leaves what is to pay; the tax is that rate of it. With `isInclusiveTax` prices and fixed
// discounts contain the tax, so it is taken out of all three: tax = what is to pay × rate ÷ (100 + rate), and the rest
// of the gross is `amount`. So `amount` is the line before discount and without tax, `discountAmount` what is taken off
// it, and amount − discountAmount + taxAmount is what the line costs, to the minor unit and either way. Totals add
// rounded lines: subtotal − discountTotal + taxTotal = total.
import { minorUnit } from "../currencies.ts";
import type { LineItem } from "../db/schema/line-items.ts";
import { badRequest, type FieldError, refuse } from "../errors.ts";

/** A line as it is written; decimals have at most four places. */
export interface LineItemInput {
	readonly name: string;
	readonly productId?: string | null | undefined;
	readonly description?: string | null | undefined;
	readonly quantity: number;
	readonly price: number;
	readonly discount?: number | null | undefined;
	/** Whether `discount` is a sum of money off the line or a percentage of it; a sum when left out. */
	readonly discountType?: "fixed" | "percentage" | undefined;
	readonly taxPercent?: number | null | undefined;
}

export interface Totals {
	readonly subtotal: number;
	readonly discountTotal: number;
	readonly taxTotal: number;
	readonly total: number;
}

export type { LineItem };

/** Wire decimals have four places: this many units make one. */
const PLACES = 4;
const ONE = 10n ** BigInt(PLACES);
const HUNDRED = 100n * ONE;

/** The most that a sum may come to: what a money field holds. */
const MOST = 99_999_999_999;

/** Whether a sum can be paid in this currency: it has no more decimals than that. */
export function isPayable(amount: number, currency: string): boolean {
	return scaled(amount) % 10n ** BigInt(PLACES - minorUnit(currency)) === 0n;
}

/**
 * Works out lines and their totals; fields of `items` that are worked out here are ignored.
 * @param items lines as written or as kept
 * @param currency an ISO 4217 code
 * @param isInclusiveTax whether prices and fixed discounts contain the tax
 * @throws AppError 400 for a discount greater than its line, and for sums beyond what a money field holds
 */
export function computeLineItems(
	items: readonly LineItemInput[],
	currency: string,
	isInclusiveTax: boolean,
): Totals & { readonly items: LineItem[] } {
	const places = minorUnit(currency);
	const shown = (minor: bigint) => Number(minor) / 10 ** places;
	const sums = items.map((item) => sumsOf(item, places, isInclusiveTax));
	const add = (pick: (line: Sums) => bigint) => sums.reduce((sum, line) => sum + pick(line), 0n);

	const subtotal = add((line) => line.amount);
	const discountTotal = add((line) => line.discount);
	const taxTotal = add((line) => line.tax);
	const total = subtotal - discountTotal + taxTotal;
	const faults = items.flatMap((item, index): FieldError[] => {
		const line = sums[index];
		const message = line ? faultOf(item, line) : null;
		return message ? [{ path: `lineItems.${index}.discount`, message }] : [];
	});
	refuse(faults);
	const most = BigInt(MOST) * 10n ** BigInt(places);
	if (size(total) > most || size(subtotal) > most)
		throw badRequest({ path: "lineItems", message: `Comes to more than ${MOST}.` });

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

/** A sum without the error of binary fractions; each amount has at most four decimals. */
export function sum(...amounts: readonly number[]): number {
	return Number(amounts.reduce((total, amount) => total + scaled(amount), 0n)) / Number(ONE);
}

/** One line in minor units; `gross` and `off` are in the terms of the price. */
interface Sums {
	readonly gross: bigint;
	readonly off: bigint;
	readonly amount: bigint;
	readonly discount: bigint;
	readonly tax: bigint;
}

function sumsOf(item: LineItemInput, places: number, isInclusiveTax: boolean): Sums {
	const unit = 10n ** BigInt(PLACES - places);
	const discount = scaled(item.discount ?? 0);
	const rate = scaled(item.taxPercent ?? 0);
	const gross = divided(scaled(item.quantity) * scaled(item.price), ONE * unit);
	const off =
		item.discountType === "percentage" ? divided(gross * discount, HUNDRED) : divided(discount, unit);
	if (!isInclusiveTax)
		return { gross, off, amount: gross, discount: off, tax: divided((gross - off) * rate, HUNDRED) };
	const taxIn = (sum: bigint) => divided(sum * rate, HUNDRED + rate);
	const tax = taxIn(gross - off);
	return { gross, off, amount: gross - taxIn(gross), discount: off - (taxIn(gross) - tax), tax };
}

/** A line can't be discounted by more than itself. */
function faultOf(item: LineItemInput, { gross, off }: Sums): string | null {
	if (item.discountType === "percentage")
		return (item.discount ?? 0) > 100 ? "Must not be more than 100 percent." : null;
	return size(off) > size(gross) ? "Must not be more than quantity × price." : null;
}

/** A decimal in ten-thousandths; doubles hold those of a money field exactly enough for the nearest one to be it. */
function scaled(decimal: number): bigint {
	return BigInt(Math.round(decimal * Number(ONE)));
}

/** Division rounded half away from zero; the divisor is positive. */
function divided(dividend: bigint, divisor: bigint): bigint {
	const rounded = (2n * size(dividend) + divisor) / (2n * divisor);
	return dividend < 0n ? -rounded : rounded;
}

function size(number: bigint): bigint {
	return number < 0n ? -number : number;
}
