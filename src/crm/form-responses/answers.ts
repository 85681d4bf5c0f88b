// Answers to a form: whether they fit what it asks, and the lead they make.
import { problems } from "../../custom-fields/values.ts";
import type { FormField } from "../../db/schema/forms.ts";
import { type FieldError, refuse } from "../../errors.ts";
import { LeadCreate } from "../leads/schema.ts";

export type Answers = Readonly<Record<string, unknown>>;

const MOST_NOTES = 10_000;

/** Nothing was answered: browsers send empty texts for fields that were left alone. */
const isEmpty = (value: unknown) =>
	value === undefined ||
	value === null ||
	(typeof value === "string" && value.trim() === "") ||
	(Array.isArray(value) && value.length === 0);

/**
 * The answers that were given, in the order of the form's fields.
 * @throws AppError 400 that names every answer at fault
 */
export function checkAnswers(fields: readonly FormField[], answers: Answers): Answers {
	const sent = new Map(Object.entries(answers));
	const unknown = [...sent.keys()].filter((key) => !fields.some((field) => field.key === key));
	const faults = [
		...unknown.map((path): FieldError => ({ path, message: "The form has no such field." })),
		...fields.flatMap((field): FieldError[] => {
			const value = sent.get(field.key);
			if (!isEmpty(value)) return problems(field, value);
			return field.required ? [{ path: field.key, message: "Required." }] : [];
		}),
	].map(({ path, message }) => ({ path: `answers.${path}`, message }));
	refuse(faults);
	return Object.fromEntries(
		fields.map(({ key }) => [key, sent.get(key)] as const).filter(([, value]) => !isEmpty(value)),
	);
}

/** Whether any answer becomes anything of a lead. */
export const makesLead = (fields: readonly FormField[]) => fields.some(({ mapTo }) => mapTo !== null);

/**
 * The lead that answers make. An answer that its field of the lead can't take, or that is `refused` there, goes into the
 * notes; a lead that would have no name is called by its e-mail address.
 */
export function leadOf(fields: readonly FormField[], answers: Answers, refused: ReadonlySet<string>) {
	const lead: Record<string, unknown> = {};
	const custom: Record<string, unknown> = {};
	const notes: string[] = [];
	const given = new Map(Object.entries(answers));
	for (const { key, label, mapTo } of fields) {
		const answer = given.get(key);
		if (mapTo === null || answer === undefined) continue;
		const fitting = mapTo.startsWith("cf_") ? answer : fittingAnswer(mapTo, answer);
		if (fitting === undefined || refused.has(mapTo)) notes.push(`${label}: ${asText(answer)}`);
		else if (mapTo.startsWith("cf_")) custom[mapTo] = fitting;
		else lead[mapTo] = fitting;
	}
	const made = LeadCreate.parse(lead);
	const named = made.name ?? made.firstName ?? made.lastName;
	const all = [made.notes, ...notes].filter(Boolean).join("\n").slice(0, MOST_NOTES).toWellFormed();
	return {
		...made,
		...(named ? {} : { name: made.email ?? "Form response" }),
		...(all ? { notes: all } : {}),
		cf_: custom,
		unattended: true,
	};
}

/** An answer in a form that the lead's field takes; undefined when there is none. */
function fittingAnswer(field: string, answer: unknown): unknown {
	const schema = Object.entries(LeadCreate.shape).find(([name]) => name === field)?.[1];
	const forms = [answer, asText(answer), Number(answer)];
	return forms.map((form) => schema?.safeParse(form)).find((result) => result?.success)?.data;
}

function asText(answer: unknown): string {
	if (Array.isArray(answer)) return answer.map(asText).join(", ");
	return typeof answer === "boolean" ? (answer ? "Yes" : "No") : String(answer);
}
