// Helpers for nouns in sentences.

export const withArticle = (noun: string) => (/^[aeio]/i.test(noun) ? `an ${noun}` : `a ${noun}`);

export const capitalize = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** Words with commas between them and "and" before the last. */
export const joinWithAnd = (words: readonly string[]) =>
	[words.slice(0, -1).join(", "), ...words.slice(-1)].filter((part) => part !== "").join(" and ");
