// How a noun stands in a sentence.

export const withArticle = (noun: string) => (/^[aeio]/i.test(noun) ? `an ${noun}` : `a ${noun}`);

export const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
