// What the API would refuse of a row, as far as the OpenAPI document tells.
import type { Field } from "./fields.ts";
import { fieldIn } from "./records.ts";

/** What is wrong with a body: for each wrong field its name and what is expected. */
export function problemsOf(fields: readonly Field[], item: Record<string, unknown>): string[] {
	return fields.flatMap((field) => {
		const value = fieldIn(item, field);
		const problem = value === undefined ? missing(field) : problemOf(field, value);
		return problem ? [`${field.name}: ${problem}`] : [];
	});
}

const missing = ({ required }: Field) => (required ? "A value is required." : null);

function problemOf(field: Field, value: unknown): string | null {
	const { kind, values, prefix, schema } = field;
	if (kind === "number") return typeof value === "number" ? outOfRange(field, value) : "Expected a number.";
	if (kind === "boolean") return typeof value === "boolean" ? null : "Expected true or false.";
	if (kind === "json") return typeof value === "object" ? null : "Expected JSON.";
	const items = [value].flat().map(String);
	if (values && !items.every((item) => values.includes(item))) return `Expected ${values.join(", ")}.`;
	if (prefix && !items.every((item) => item.startsWith(`${prefix}_`)))
		return `Expected an id that begins with ${prefix}_.`;
	const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern = "", format } = schema;
	const [text = ""] = kind === "text" ? items : [];
	if (kind === "list" || prefix) return null;
	// The document counts code points; `length` of a text counts UTF-16 units, two for an emoji.
	const { length } = [...text];
	if (length < minLength || length > maxLength) return `Expected ${minLength} to ${maxLength} characters.`;
	if (format === "date" && !isDay(text)) return "Expected a day as YYYY-MM-DD.";
	return new RegExp(pattern, "u").test(text)
		? null
		: `Expected a text like ${String(schema.example ?? "the API takes")}.`;
}

function outOfRange({ schema }: Field, value: number): string | null {
	const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY, type } = schema;
	if (value < minimum || value > maximum) return `Expected ${minimum} to ${maximum}.`;
	return [type].flat().includes("integer") && !Number.isInteger(value) ? "Expected a whole number." : null;
}

function isDay(text: string): boolean {
	const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
	// A day that its month doesn't have is another day in JavaScript.
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
