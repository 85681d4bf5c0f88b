// Lengths in characters, as the limits of the API mean them.
import fc from "fast-check";
import { expect, it } from "vitest";
import { firstCharacters, hasAtMost } from "../../src/characters.ts";

const texts = fc.string({ unit: "binary" });
const counts = fc.nat(20);

it("a text has at most as many characters as it has code points", () => {
	fc.assert(
		fc.property(texts, counts, (text, count) => hasAtMost(count, text) === [...text].length <= count),
	);
});

it("the first characters of a text are whole ones", () => {
	fc.assert(
		fc.property(texts, counts, (text, count) => {
			const first = firstCharacters(count, text);
			return text.startsWith(first) && [...first].length === Math.min(count, [...text].length);
		}),
	);
	expect(firstCharacters(2, "😀🚀x")).toBe("😀🚀");
});
