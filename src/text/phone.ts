// Phone numbers are stored as typed. International numbers are equal if their E.164 forms are. The country of a national
// number is unknown, so it is only found by search, by its digits.
import { type PhoneNumber, parsePhoneNumberWithError } from "libphonenumber-js/core";
import { phoneMetadata } from "./phone-metadata.ts";

/** The most common prefix for international calls, in place of `+`. */
const INTERNATIONAL_PREFIX = /^00(?=[1-9])/;

/** The number that was parsed last: a row's key and searched digits ask for the same one three times. */
let last: { readonly typed: string; readonly number: PhoneNumber | null } | null = null;

/** A typed number that has a country code and a possible length; else null. */
function parseInternational(typed: string): PhoneNumber | null {
	if (last?.typed !== typed) last = { typed, number: parsed(typed) };
	return last.number;
}

function parsed(typed: string): PhoneNumber | null {
	const dialled = typed.trim().replace(INTERNATIONAL_PREFIX, "+");
	if (!dialled.startsWith("+")) return null;
	try {
		const number = parsePhoneNumberWithError(dialled, { extract: false }, phoneMetadata());
		return number.isPossible() ? number : null;
	} catch {
		return null;
	}
}

/** The lookup key of a number: its E.164 form, with its extension as `;ext=`; a national number as it was typed. */
export function phoneKey(typed: string): string {
	const number = parseInternational(typed);
	if (!number) return typed;
	return number.ext ? `${number.number};ext=${number.ext}` : number.number;
}

/** The digits by which a number is found: all of them, and for an international number also those without country code. */
export function phoneDigits(typed: string): string[] {
	const number = parseInternational(typed);
	return number ? [number.number.slice(1), number.nationalNumber] : [digitsOf(typed)];
}

/** The digits to search for among `phoneDigits`; none if the search is no phone number or too short. */
export function searchDigits(search: string): string[] {
	if (!/^\s*[+(]?\d[\d\s()./-]*$/.test(search)) return [];
	const number = parseInternational(search);
	const digits = digitsOf(search);
	// A national number may be dialled with a leading zero that is not part of the number.
	const all = number ? [number.number.slice(1)] : [digits, digits.replace(/^0+/, "")];
	return [...new Set(all)].filter(({ length }) => length >= MIN_DIGITS);
}

const MIN_DIGITS = 5;
const digitsOf = (text: string) => text.replaceAll(/\D/g, "");
