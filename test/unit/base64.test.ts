import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64, fromBase64Url, toBase64, toBase64Url, toHex } from "../../src/base64.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

describe("base64", () => {
	// RFC 4648 §10
	it.each([
		["", ""],
		["f", "Zg=="],
		["fo", "Zm8="],
		["foo", "Zm9v"],
		["foob", "Zm9vYg=="],
		["fooba", "Zm9vYmE="],
		["foobar", "Zm9vYmFy"],
	])("of %j is %j", (text, encoded) => {
		expect(toBase64(utf8(text))).toBe(encoded);
		expect(fromBase64(encoded)).toEqual(utf8(text));
	});

	it.each([
		["no padding", "Zg"],
		["half the padding", "Zg="],
		["too much padding", "Zm8=="],
		["padding alone", "="],
		["a stray bit in the last character", "Zh=="],
		["a blank", "Zm9v YmFy"],
		["a line feed at the end", "Zm9v\n"],
		["the other alphabet", "-_-_"],
		["a character outside any alphabet", "Zm9*"],
		["a single character", "Z"],
		["a letter beyond Latin-1", "Zm9\u0100"],
	])("with %s is refused", (_, text) => {
		expect(fromBase64(text)).toBeNull();
	});
});

describe("base64url", () => {
	it("uses - and _ and no padding", () => {
		expect(toBase64Url(Uint8Array.of(0xfb, 0xff, 0xbf, 0xff))).toBe("-_-__w");
		expect(fromBase64Url("-_-__w")).toEqual(Uint8Array.of(0xfb, 0xff, 0xbf, 0xff));
	});

	it.each(["+/+//w", "Zg==", "Zh", "Z", "Zm9v ", "Zm 9v", "Zm9v\t"])("refuses %j", (text) => {
		expect(fromBase64Url(text)).toBeNull();
	});
});

it("writes hex in lower case with both digits", () => {
	expect(toHex(Uint8Array.of(0, 1, 0x0f, 0xab, 0xff))).toBe("00010fabff");
	expect(toHex(new Uint8Array())).toBe("");
});

it("gives back whatever bytes went in, also more than a call stack holds", () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
			expect(fromBase64(toBase64(bytes))).toEqual(bytes);
			expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
		}),
	);
	const many = new Uint8Array(300_000).fill(7);
	expect(fromBase64(toBase64(many))).toEqual(many);
});

it("accepts one spelling for each value", () => {
	fc.assert(
		fc.property(fc.string({ unit: fc.constantFrom(..."AZaz09+/-_= \n") }), (text) => {
			const bytes = fromBase64(text);
			if (bytes) expect(toBase64(bytes)).toBe(text);
			const urlBytes = fromBase64Url(text);
			if (urlBytes) expect(toBase64Url(urlBytes)).toBe(text);
		}),
	);
});
