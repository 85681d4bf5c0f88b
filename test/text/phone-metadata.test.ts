// What is left out of the facts that phone numbers are read by changes no key.
import type { CountryCode } from "libphonenumber-js/core";
import { getExampleNumber, parsePhoneNumberWithError } from "libphonenumber-js/min";
import whole from "libphonenumber-js/min/metadata";
import examples from "libphonenumber-js/mobile/examples";
import { describe, expect, it } from "vitest";
import { phoneKey } from "../../src/text/phone.ts";
import { phoneMetadata } from "../../src/text/phone-metadata.ts";

const ADVICE = "after an update of libphonenumber-js, run: node scripts/text/phone-metadata.ts";
const countries = Object.keys(whole.countries) as CountryCode[];

/** Where a country's formats are in its list of facts. */
const FORMATS = 4;
const withoutFormats = (facts: readonly unknown[]) =>
	[...facts].map((fact, index) => (index === FORMATS ? 0 : fact));

describe("the facts about phone numbers", () => {
	it("are the library's without the formats", () => {
		const { countries, nonGeographic = {}, ...others } = whole;
		const stripped = (all: object) =>
			Object.fromEntries(Object.entries(all).map(([name, facts]) => [name, withoutFormats(facts)]));
		const expected = { ...others, countries: stripped(countries), nonGeographic: stripped(nonGeographic) };
		expect(JSON.parse(JSON.stringify(phoneMetadata())), ADVICE).toEqual(JSON.parse(JSON.stringify(expected)));
	});

	it("give the same key to numbers of every country, with and without its prefix inside the country", () => {
		expect(countries.length).toBeGreaterThan(240);
		for (const country of countries) {
			const example = getExampleNumber(country, examples);
			if (!example) continue;
			const { countryCallingCode: code, nationalNumber: national } = example;
			for (const typed of [
				`+${code} ${national}`,
				`+${code} 0${national}`,
				`00${code}-${national} ext. 12`,
				`+${code}${national.slice(2)}`,
			]) {
				expect(phoneKey(typed), typed).toBe(keyByAll(typed));
			}
		}
	});
});

/** The key by all that the library knows. */
function keyByAll(typed: string): string {
	try {
		const number = parsePhoneNumberWithError(typed.replace(/^00/, "+"), { extract: false });
		if (!number.isPossible()) return typed;
		return number.ext ? `${number.number};ext=${number.ext}` : number.number;
	} catch {
		return typed;
	}
}
