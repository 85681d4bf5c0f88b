// The codes that records may name, and how finely their amounts are told.
import { describe, expect, it } from "vitest";
import { isCurrency, minorUnit } from "../../src/currencies.ts";
import { currency } from "../../src/http/fields.ts";

describe("currencies", () => {
	it.each(["EUR", "USD", "SLE", "ZWG", "XCG", "VED", "CLF", "XAD", "XDR"])("%s is in use", (code) => {
		expect(isCurrency(code)).toBe(true);
		expect(currency().parse(code)).toBe(code);
	});

	it.each(["ANG", "SLL", "HRK", "BGN", "CUC", "ZWL", "DEM", "XTS", "XXX", "eur", "EURO", ""])(
		"%s is not taken for new records",
		(code) => {
			expect(isCurrency(code)).toBe(false);
			expect(currency().safeParse(code).error?.issues[0]?.message).toBe(
				"Expected an ISO 4217 currency code.",
			);
		},
	);

	it("amounts in a withdrawn currency are still told", () => {
		expect(minorUnit("HRK")).toBe(2);
	});
});
