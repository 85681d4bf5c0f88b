// Answers to a form: validating them, and making a lead from them.

import { firstCharacters, hasAtMost } from "../../characters.ts";
import { valueErrors } from "../../custom-fields/values.ts";
import type { FormField } from "../../db/schema/forms.ts";
import { type FieldError, throwFieldErrors } from "../../errors.ts";
import type { LeadRow } from "../leads/leads.ts";
import { LeadCreate } from "../leads/schema.ts";

/** What is known of the lead that answers are added to. */
type Known = Pick<LeadRow, "name" | "notes">;

export type Answers = Readonly<Record<string, unknown>>;

/** A response's id, and its answers. */
export interface Answered {
	readonly id: string;
	readonly answers: Answers;
}

const MAX_NOTES_CHARACTERS = 10_000;

/** Whether notes are not too long for a lead. */
export const areStorable = (notes: string | null) => hasAtMost(MAX_NOTES_CHARACTERS, notes ?? "");

/** Whether there is no answer. Browsers send empty texts for fields that were not filled in. */
const isEmpty = (value: unknown) =>
	value === undefined ||
	value === null ||
	(typeof value === "string" && value.trim() === "") ||
	(Array.isArray(value) && value.length === 0);

/**
 * The answers that are not empty, in the order of the form's fields.
 * @throws AppError 400 naming every invalid answer
 */
export function checkAnswers(fields: readonly FormField[], answers: Answers): Answers {
	const sent = new Map(Object.entries(answers));
	const unknown = [...sent.keys()].filter((key) => !fields.some((field) => field.key === key));
	const faults = [
		...unknown.map((path): FieldError => ({ path, message: "The form has no such field." })),
		...fields.flatMap((field): FieldError[] => {
			const value = sent.get(field.key);
			if (!isEmpty(value)) return valueErrors(field, value);
			return field.required ? [{ path: field.key, message: "Required." }] : [];
		}),
	].map(({ path, message }) => ({ path: `answers.${path}`, message }));
	throwFieldErrors(faults);
	return Object.fromEntries(
		fields.map(({ key }) => [key, sent.get(key)] as const).filter(([, value]) => !isEmpty(value)),
	);
}

/** Whether a form maps any answer to a field of a lead. */
export const hasLeadFields = (fields: readonly FormField[]) => fields.some(({ mapTo }) => mapTo !== null);

/**
 * The lead made from the answers of a response. An answer that is not valid for its field, or whose field is in `refused`, goes
 * into the notes; notes that are too long say where the rest is. A lead without a name gets its e-mail address as name. To the
 * notes of a lead that exists they are added, and may then be too long.
 */
export function leadFromAnswers(
	fields: readonly FormField[],
	{ id, answers }: Answered,
	refused: ReadonlySet<string>,
	before: Known | null = null,
) {
	const lead: Record<string, unknown> = {};
	const custom: Record<string, unknown> = {};
	const notes: string[] = [];
	const given = new Map(Object.entries(answers));
	for (const { key, label, mapTo } of fields) {
		const answer = given.get(key);
		if (mapTo === null || answer === undefined) continue;
		const value = mapTo.startsWith("cf_") ? answer : parseAnswer(mapTo, answer);
		if (value === undefined || refused.has(mapTo)) notes.push(`${label}: ${asText(answer)}`);
		else if (mapTo.startsWith("cf_")) custom[mapTo] = value;
		else lead[mapTo] = value;
	}
	const input = LeadCreate.parse(lead);
	const hasName = input.name ?? input.firstName ?? input.lastName ?? before?.name;
	const added = joinNotes(input.notes, ...notes);
	const all = before ? joinNotes(before.notes, added) : shortened(added, id);
	return {
		...input,
		...(hasName ? {} : { name: input.email ?? "Form response" }),
		...(all ? { notes: all } : {}),
		cf_: custom,
		unattended: true,
	};
}

/** Several notes as one; lines that are in the first one already are not repeated. */
function joinNotes(first: string | null | undefined, ...more: readonly string[]): string {
	const known = linesOf(first ?? "");
	const added = more.filter((note) => !known.includes(linesOf(note)));
	return [first, ...added].filter(Boolean).join("\n");
}

/** A text between line feeds, so that only whole lines of it are found in another. Browsers end lines with CRLF. */
const linesOf = (text: string) => `\n${text.replaceAll("\r\n", "\n")}\n`;

/** Notes that a lead has room for; if they are cut, they end with the response that has all of them. */
function shortened(notes: string, responseId: string): string {
	if (areStorable(notes)) return notes;
	const end = `… (cut; the whole answers: ${responseId})`;
	return firstCharacters(MAX_NOTES_CHARACTERS - end.length, notes) + end;
}

/** An answer converted to the type of the lead's field; undefined if it can't be. */
function parseAnswer(field: string, answer: unknown): unknown {
	const schema = Object.entries(LeadCreate.shape).find(([name]) => name === field)?.[1];
	const forms = [answer, asText(answer), Number(answer)];
	return forms.map((form) => schema?.safeParse(form)).find((result) => result?.success)?.data;
}

function asText(answer: unknown): string {
	if (Array.isArray(answer)) return answer.map(asText).join(", ");
	return typeof answer === "boolean" ? (answer ? "Yes" : "No") : String(answer);
}
