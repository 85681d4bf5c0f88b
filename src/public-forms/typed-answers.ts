// Browsers send texts. Here they become what the fields of the form ask for; what can't is left to the check of the answers.
import type { Answers } from "../crm/form-responses/answers.ts";
import type { FormField } from "../db/schema/forms.ts";

// Each part begins with what no part before it can end with: otherwise 64 KB of digits would take seconds to be refused.
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i;
const WORDS = new Map([
	...["on", "true", "yes", "1"].map((word) => [word, true] as const),
	...["off", "false", "no", "0"].map((word) => [word, false] as const),
]);

/** How the text of a field of each type is read; of other types it stays as it is. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
	number: (text) => (NUMBER.test(text.trim()) ? Number(text) : text),
	boolean: (text) => WORDS.get(text.trim().toLowerCase()) ?? text,
	multiSelect: (text) => (text === "" ? [] : [text]),
	email: (text) => text.trim(),
	phone: (text) => text.trim(),
	url: (text) => text.trim(),
	date: (text) => text.trim(),
};

/** Answers with the types that the fields ask for. */
export function typedAnswers(fields: readonly FormField[], sent: ReadonlyMap<string, unknown>): Answers {
	const types = new Map(fields.map(({ key, type }) => [key, type]));
	return Object.fromEntries(
		[...sent].map(([key, value]) => {
			const read = readers[types.get(key) ?? ""];
			return [key, typeof value === "string" && read ? read(value) : value];
		}),
	);
}
