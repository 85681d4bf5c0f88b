// The one folding of text, and the forms that people are looked up by.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emailKey } from "../../src/text/email.ts";
import { fold, textKey } from "../../src/text/fold.ts";
import { phoneDigits, phoneKey, searchDigits } from "../../src/text/phone.ts";

describe("folding", () => {
	it.each([
		["Jane SMITH", "jane smith"],
		["Łódź", "lodz"],
		["Ågot Ødegård", "agot odegard"],
		["STRAẞE Straße", "strasse strasse"],
		["Iıİi", "iiii"],
		["Ægir Œuvre", "aegir oeuvre"],
		["Đorđe Þór Eiður", "dorde thor eidur"],
		["ΟΔΟΣ οδός", "οδοσ οδοσ"],
		["Ёлка", "елка"],
		["ＡＢＣ１２", "abc12"],
		["ﬁn ｶﾞ", "fin ガ"],
		["田中太郎", "田 中 太 郎"],
		["株式会社Acme東京", "株 式 会 社 acme 東 京"],
		["김철수", "김 철 수"],
		["か\u3099", "が"],
		["हिन्दी", "हिन्दी"],
		["Mu\u0308ller", "muller"],
		["Ja\u200Bne\u00AD", "jane"],
		["שָׁלוֹם", "שלום"],
		["a  b\tc", "a  b\tc"],
	])("%j is %j", (text, folded) => expect(fold(text)).toBe(folded));

	it("changes nothing that is folded, and no case or composition makes a difference", () => {
		const texts = fc.string({ unit: "grapheme" });
		fc.assert(fc.property(texts, (text) => fold(fold(text)) === fold(text)));
		fc.assert(fc.property(texts, (text) => fold(text.normalize("NFD")) === fold(text.normalize("NFC"))));
	});

	it("makes keys that fit a cursor, of whatever grows", () => {
		expect(textKey("\uFDFA".repeat(255)).length).toBe(600);
		expect(textKey("🚀".repeat(400)).isWellFormed()).toBe(true);
	});

	it("makes keys that are equal only for equal foldings, and their own", () => {
		const texts = fc.string({ unit: "grapheme", maxLength: 5 });
		const long = fc.constantFrom("\u{20BB7}", "\uFDFA", "漢", "x", "🚀x").map((text) => text.repeat(300));
		fc.assert(
			fc.property(long, texts, texts, (beginning, one, other) => {
				const [first, second] = [beginning + one, beginning + other];
				expect(textKey(first) === textKey(second)).toBe(fold(first) === fold(second));
				expect(textKey(textKey(first))).toBe(textKey(first));
				expect(textKey(first).length).toBeLessThanOrEqual(600);
			}),
		);
	});
});

describe("an e-mail address", () => {
	it.each([
		["Jane@Example.COM", "jane@example.com"],
		["jane@MÜLLER.de", "jane@xn--mller-kva.de"],
		["jane@mu\u0308ller.de", "jane@xn--mller-kva.de"],
		["jane@XN--MLLER-KVA.de", "jane@xn--mller-kva.de"],
		["JÜRGEN@example.com", "jürgen@example.com"],
		["ju\u0308rgen@example.com", "jürgen@example.com"],
		["jane@127.1", "jane@127.1"],
		["用户@例子.公司", "用户@xn--fsqu00a.xn--55qx5d"],
	])("%s is looked up by %s", (typed, key) => expect(emailKey(typed)).toBe(key));
});

describe("a phone number", () => {
	it.each([
		["+1 415 555 0123", "+14155550123"],
		["+1 (415) 555-0123", "+14155550123"],
		["+1-415-555-0123", "+14155550123"],
		["+14155550123", "+14155550123"],
		["001 415 555 0123", "+14155550123"],
		["+49 (0)30 123456", "+4930123456"],
		["+39 06 698 1234", "+39066981234"],
		["+1 415 555 0123 x99", "+14155550123;ext=99"],
		["(415) 555-0123", "(415) 555-0123"],
		["030 123456", "030 123456"],
		["+1 555", "+1 555"],
		["+999 123456", "+999 123456"],
	])("%s is looked up by %s", (typed, key) => expect(phoneKey(typed)).toBe(key));

	it("is searched by its digits, with and without its country", () => {
		expect(phoneDigits("+49 (0)30 123456")).toEqual(["4930123456", "30123456"]);
		expect(phoneDigits("(415) 555-0123")).toEqual(["4155550123"]);
		expect(searchDigits("(415) 555-0123")).toEqual(["4155550123"]);
		expect(searchDigits("030/123456")).toEqual(["030123456", "30123456"]);
		expect(searchDigits("+49 (0)30 123456")).toEqual(["4930123456"]);
		for (const other of ["0123", "jane", "415 jane 5550123", "++1"]) expect(searchDigits(other)).toEqual([]);
	});
});
