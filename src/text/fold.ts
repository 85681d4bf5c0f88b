// The one folding under which text is searched, sorted and looked up. What is stored stays as it was written.

/** Letters that have no decomposition, as people type them who lack the key. */
const LETTERS: Readonly<Record<string, string>> = {
	ß: "ss",
	æ: "ae",
	œ: "oe",
	ø: "o",
	ł: "l",
	đ: "d",
	ð: "d",
	þ: "th",
	ħ: "h",
	ŧ: "t",
	ŋ: "n",
	ı: "i",
	ȷ: "j",
	ς: "σ",
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");
/** Accents, and the points of Hebrew and Arabic. Marks that are vowels of their script, as in Hindi, stay; voiced kana, too. */
const ACCENT = /[[\p{sc=Zinh}--[\u3099\u309A]][\p{Mn}&&[\p{sc=Hebr}\p{sc=Arab}]]]/gv;
/** What can't be seen: zero-width characters, marks of direction, soft hyphens. */
const UNSEEN = /\p{Cf}/gu;
/** Scripts written without blanks between words, where any character may begin one. */
const CJK = String.raw`[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Bopo}ー]`;
const BESIDE_CJK = new RegExp(String.raw`(?<=\S)(?=${CJK})|(?<=${CJK})(?=\S)`, "gu");
const BEYOND_ASCII = /[\u0080-\uffff]/;
/** Characters of a key: one may fold to eighteen, and a key must fit a cursor. */
const MOST_KEY = 600;

/** Full width as half width, ligatures as letters, and without what can't be seen. */
export const visible = (text: string): string => text.normalize("NFKC").replaceAll(UNSEEN, "");

/**
 * Text without its case, accents, width and special letters (ł, ø, ß, ı, æ, œ, đ, þ), its CJK characters with blanks between
 * them, so that each is a word of its own. Folding twice changes nothing.
 */
export function fold(text: string): string {
	if (!BEYOND_ASCII.test(text)) return text.toLowerCase();
	return visible(text)
		.toLowerCase()
		.normalize("NFD")
		.replaceAll(ACCENT, "")
		.replaceAll(LETTER, (letter) => LETTERS[letter] ?? letter)
		.normalize("NFC")
		.replaceAll(BESIDE_CJK, " ");
}

/** What a text is sorted and looked up by: its folding, as far as a key goes. */
export const textKey = (text: string): string => fold(text).slice(0, MOST_KEY).toWellFormed();
