// Ids against the specifications they follow: TypeID 0.3 and UUIDv7 (RFC 9562).
import { describe, expect, it } from "vitest";
import { firstIdAt, ID_ALPHABET, isId, newId } from "../../src/ids.ts";

const INSTANT = Date.parse("2026-03-01T12:00:00Z");
const LAST_INSTANT = 2 ** 48 - 1;

/** The number that an id's 26 digits are. */
const numberOf = (id: string) =>
	[...id.slice(id.indexOf("_") + 1)].reduce(
		(sum, digit) => sum * 32n + BigInt(ID_ALPHABET.indexOf(digit)),
		0n,
	);
const instantOf = (id: string) => Number(numberOf(id) >> 80n);

describe("a new id", () => {
	it.each([0, 1, 31, 32, 1_023, 1_024, INSTANT, LAST_INSTANT])("has the instant %d", (now) => {
		const id = newId("ld", now);
		expect(isId("ld", id)).toBe(true);
		expect(instantOf(id)).toBe(now);
	});

	it("has version 7 and the variant of RFC 9562", () => {
		for (let index = 0; index < 200; index += 1) {
			const number = numberOf(newId("ld", INSTANT + (index % 3)));
			expect((number >> 76n) & 0xfn).toBe(7n);
			expect((number >> 62n) & 3n).toBe(2n);
		}
	});

	it("is above those that were made before for the same instant", () => {
		for (let round = 0; round < 50; round += 1) {
			const ids = Array.from({ length: 2_048 }, () => newId("ld", INSTANT + round));
			expect(ids.toSorted()).toEqual(ids);
			expect(new Set(ids).size).toBe(ids.length);
		}
	});

	it("has 62 random bits, each of which is as often 0 as 1", () => {
		const count = 4_000;
		const ones = Array.from({ length: 62 }, () => 0);
		for (let index = 0; index < count; index += 1) {
			const number = numberOf(newId("ld", INSTANT));
			for (const bit of ones.keys()) if ((number >> BigInt(bit)) & 1n) ones[bit] = (ones[bit] ?? 0) + 1;
		}
		// Ten standard deviations.
		for (const found of ones) expect(Math.abs(found - count / 2)).toBeLessThan(10 * Math.sqrt(count / 4));
	});
});

describe("the first id of an instant", () => {
	it("is above all ids of earlier instants and below all of its own", () => {
		for (const instant of [1, 1_024, INSTANT, LAST_INSTANT]) {
			const first = firstIdAt("ld", instant);
			expect(newId("ld", instant - 1) < first).toBe(true);
			expect(first < newId("ld", instant)).toBe(true);
		}
	});

	it("is that of 1970 for an earlier instant", () => {
		expect(firstIdAt("ld", -1)).toBe(firstIdAt("ld", 0));
	});
});

describe("a text", () => {
	it.each([
		"ld_01h455vb4pex5vsknk084sn02",
		"ld_01h455vb4pex5vsknk084sn02qq",
		"ld_81h455vb4pex5vsknk084sn02q",
		"ld_01H455VB4PEX5VSKNK084SN02Q",
		"ld_01h455vb4pex5vsknk084sn0lq",
		"clt_01h455vb4pex5vsknk084sn02q",
		"01h455vb4pex5vsknk084sn02q",
	])("such as %s is no id of a lead", (text) => expect(isId("ld", text)).toBe(false));
});
