// Phone numbers are kept as typed. International ones are the same where their E.164 forms are; of a national one nobody
// can tell which country it is of, so it is only found by search, by its digits.
import { type PhoneNumber, parsePhoneNumberWithError } from "libphonenumber-js/min";

/** How most of the world dials abroad, for `+`. */
const ABROAD = /^00(?=[1-9])/;

/** A typed number, where it names its country and could be one there. */
function international(typed: string): PhoneNumber | null {
	const dialled = typed.trim().replace(ABROAD, "+");
	if (!dialled.startsWith("+")) return null;
	try {
		const number = parsePhoneNumberWithError(dialled, { extract: false });
		return number.isPossible() ? number : null;
	} catch {
		return null;
	}
}

/** What a number is looked up by: its E.164 form, with its extension as `;ext=`; one that has none, as it was typed. */
export function phoneKey(typed: string): string {
	const number = international(typed);
	if (!number) return typed;
	return number.ext ? `${number.number};ext=${number.ext}` : number.number;
}

/** The digits that a number is searched by: all of them, and of an international one those dialled within its country. */
export function phoneDigits(typed: string): string[] {
	const number = international(typed);
	return number ? [number.number.slice(1), number.nationalNumber] : [digitsOf(typed)];
}

/** What to look for among `phoneDigits` when this is searched for; none where it isn't a phone number or too little of one. */
export function soughtDigits(search: string): string[] {
	if (!/^\s*[+(]?\d[\d\s()./-]*$/.test(search)) return [];
	const number = international(search);
	const digits = digitsOf(search);
	// Within its country a number may be dialled with a zero that isn't part of it.
	const all = number ? [number.number.slice(1)] : [digits, digits.replace(/^0+/, "")];
	return [...new Set(all)].filter(({ length }) => length >= FEWEST_DIGITS);
}

const FEWEST_DIGITS = 5;
const digitsOf = (text: string) => text.replaceAll(/\D/g, "");
