// Lengths of texts in characters. A character is a Unicode code point, as in JSON Schema and in zod's limits; `length` counts
// UTF-16 units, of which an emoji has two.

/** Whether a text has at most `count` characters. */
export const hasAtMost = (count: number, text: string): boolean =>
	// No character has more than two units, so most texts need not be counted.
	text.length <= count || (text.length <= 2 * count && [...text].length <= count);

/** The first `count` characters of a text. */
export const firstCharacters = (count: number, text: string): string =>
	text.length <= count ? text : [...text.slice(0, 2 * count)].slice(0, count).join("");
