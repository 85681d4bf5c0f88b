// The folding of text for search, sorting and lookups. The stored text stays unchanged.
import { quickDigest } from "../digest.ts";

/** Letters without a Unicode decomposition, as people type them on other keyboards. */
const LETTER_FOLDS: Readonly<Record<string, string>> = {
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
const LETTER = new RegExp(`[${Object.keys(LETTER_FOLDS).join("")}]`, "g");
/** Accents, and the points of Hebrew and Arabic. Marks that are vowels, as in Hindi, and voiced kana are kept. */
const ACCENT = /[[\p{sc=Zinh}--[\u3099\u309A]][\p{Mn}&&[\p{sc=Hebr}\p{sc=Arab}]]]/gv;
/** Invisible characters: zero-width characters, direction marks, soft hyphens. */
const INVISIBLE = /\p{Cf}/gu;
/** Scripts without blanks between words, where any character may begin a word. */
const CJK = String.raw`[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Bopo}ー]`;
const CJK_BOUNDARY = new RegExp(String.raw`(?<=\S)(?=${CJK})|(?<=${CJK})(?=\S)`, "gu");
const NON_ASCII = /[\u0080-\uffff]/;
/** One character may fold to eighteen, and a key must fit into a cursor. */
const MAX_KEY_CHARACTERS = 600;

/** Text in Unicode's NFKC form (half width, no ligatures), without invisible characters. */
export const withoutInvisible = (text: string): string => text.normalize("NFKC").replaceAll(INVISIBLE, "");

/**
 * Folds text: lower case, no accents, half width, plain letters for ł, ø, ß, ı, æ, œ, đ and þ, and blanks around each CJK
 * character, so that each is a word. Folding twice changes nothing.
 */
export function fold(text: string): string {
	if (!NON_ASCII.test(text)) return text.toLowerCase();
	return withoutInvisible(text)
		.toLowerCase()
		.normalize("NFD")
		.replaceAll(ACCENT, "")
		.replaceAll(LETTER, (letter) => LETTER_FOLDS[letter] ?? letter)
		.normalize("NFC")
		.replaceAll(CJK_BOUNDARY, " ");
}

/** The beginning of a folded text. */
const beginning = (folded: string, length: number): string => folded.slice(0, length).toWellFormed();

/**
 * The key of a text for sorting and lookups: its folding. Of one that is longer than a key may be, the beginning and a digest, so that
 * keys are only equal if foldings are. It is its own key.
 */
export function textKey(text: string): string {
	const folded = fold(text);
	if (folded.length <= MAX_KEY_CHARACTERS) return folded;
	const digest = quickDigest(folded);
	// A blank, because folding would put one between a CJK character and the digest.
	return `${beginning(folded, MAX_KEY_CHARACTERS - digest.length - 1)} ${digest}`;
}

/** The key that texts had before 0040_uncut_keys.sql: the beginning of their folding alone. */
export const cutKey = (text: string): string => beginning(fold(text), MAX_KEY_CHARACTERS);
