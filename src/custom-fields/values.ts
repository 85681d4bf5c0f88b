// Values of custom fields: judged by their definitions, shown at the top level of their resource under `cf_…`, kept in
// one JSON column under the definition's id, and linked so that lists can filter and sort by them.
import { z } from "@hono/zod-openapi";
import type { CustomValue } from "../db/columns.ts";
import type { Link } from "../db/links.ts";
import { badRequest, type FieldError } from "../errors.ts";
import {
	booleanParameter,
	day,
	email,
	MOST_MONEY,
	money,
	name,
	phone,
	text,
	website,
} from "../http/fields.ts";
import { check, invalid } from "../http/validate.ts";
import { emailKey } from "../text/email.ts";
import { textKey } from "../text/fold.ts";
import { phoneKey } from "../text/phone.ts";
import type { Definition } from "./definitions.ts";

/** How a query string spells a number. */
const NUMBER = /^-?\d+(\.\d+)?$/;

const number = () => z.number().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);

/** The schema that values of a definition must fit, in bodies and in the organization's own document. */
export function schemaOf({ type, options }: Pick<Definition, "type" | "options">): z.ZodType {
	switch (type) {
		case "longText":
			return text().min(1);
		case "number":
			return number();
		case "currency":
			return money(-MOST_MONEY);
		case "date":
			return day();
		case "boolean":
			return z.boolean();
		case "singleSelect":
			return z.enum(options);
		case "multiSelect":
			return z
				.array(z.enum(options))
				.refine((list) => new Set(list).size === list.length, "Each option once.")
				.openapi({ uniqueItems: true });
		case "email":
			return email();
		case "phone":
			return phone();
		case "url":
			return website();
		default:
			return name();
	}
}

/** Lays the `cf_…` fields of an input over the values there are. `before` is null on create, when required ones must come. */
export function overlay(
	definitions: readonly Definition[],
	input: Readonly<Record<string, unknown>>,
	before: Readonly<Record<string, unknown>> | null,
): { values: Record<string, CustomValue | null>; errors: FieldError[] } {
	const byKey = new Map(definitions.map((definition) => [definition.key, definition]));
	const errors: FieldError[] = Object.keys(input)
		.filter((key) => !byKey.has(key))
		.map((path) => ({ path, message: "There is no such custom field." }));
	const values: Record<string, CustomValue | null> = {};
	for (const definition of definitions) {
		const { key, required } = definition;
		const sent = input[key];
		const value = sent === undefined ? (before?.[key] ?? null) : sent;
		const empty = value === null || (definition.type === "multiSelect" && isEmptyList(value));
		if (empty && required && (sent !== undefined || before === null))
			errors.push({ path: key, message: "Required." });
		if (!empty && sent !== undefined) errors.push(...problems(definition, value));
		values[key] = !empty && isCustomValue(value) ? value : null;
	}
	return { values, errors };
}

/** Whether it is what a row can keep; of which type, its definition says. */
export const isCustomValue = (value: unknown): value is CustomValue =>
	["string", "number", "boolean"].includes(typeof value) || Array.isArray(value);

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

/** What is wrong with a value of a definition, by the definition's key. */
export function problems(
	definition: Pick<Definition, "key" | "type" | "options">,
	value: unknown,
): FieldError[] {
	const schema = schemaOf(definition);
	const result = check(schema, value);
	return result.success ? [] : faultsOf(definition.key, result.error, schema);
}

/** The faults of a value, under its field's key. */
const faultsOf = (key: string, error: z.ZodError, schema: z.ZodType): [FieldError, ...FieldError[]] => {
	const [first, ...rest] = (invalid(error, schema).errors ?? []).map(({ path, message }) => ({
		path: [key, path].filter(Boolean).join("."),
		message,
	}));
	return [first ?? { path: key, message: "Not valid." }, ...rest];
};

/** The links of one value: what filters look for and sorts go by. Long texts have none. */
export function linksOf({ id, type }: Pick<Definition, "id" | "type">, value: unknown): Link[] {
	if (value === null || value === undefined || type === "longText") return [];
	const all = Array.isArray(value) ? value : [value];
	return all.map((one) => ({ field: `custom.${id}`, toId: linkValue(type, one) }));
}

/** A value that a row keeps, as `json_each` gives it beside its definition's id and type. */
export interface KeptValue {
	readonly definitionId: unknown;
	readonly type: unknown;
	readonly value: unknown;
	/** The type of the value in JSON. */
	readonly json: unknown;
}

/** The links of such a value. */
export function linksOfKept({ definitionId, type, value, json }: Partial<KeptValue>): Link[] {
	const one = json === "true" || json === "false" ? json === "true" : value;
	const all: unknown[] = json === "array" ? JSON.parse(String(value)) : [one];
	return all.map((item) => ({ field: `custom.${definitionId}`, toId: linkValue(String(type), item) }));
}

/** A value as a text that is equal when the values are, and sorts as they do. */
export function linkValue(type: string, value: unknown): string {
	if (typeof value === "number") return sortable(value);
	return (FORMS.get(type) ?? String)(String(value));
}

/** Types whose values are the same in several spellings. */
const FORMS = new Map([
	["text", textKey],
	["email", emailKey],
	["phone", phoneKey],
]);

/** A number's 64 bits as hex, turned so that text order is number order: negatives flipped whole, others by their sign. */
function sortable(value: number): string {
	const view = new DataView(new ArrayBuffer(8));
	view.setFloat64(0, value === 0 ? 0 : value);
	const bits = view.getBigUint64(0);
	const turned = bits >> 63n ? ~bits & 0xffff_ffff_ffff_ffffn : bits | (1n << 63n);
	return turned.toString(16).padStart(16, "0");
}

/** The schema of a value in answers: what was kept under an older definition (a removed option) is still shown. */
export function shownSchemaOf(definition: Pick<Definition, "type" | "options">): z.ZodType {
	const words = `One of ${definition.options.join(", ")}, or an option that has been removed since.`;
	switch (definition.type) {
		case "singleSelect":
			return name().describe(words);
		case "multiSelect":
			return z.array(name()).describe(words);
		default:
			return schemaOf(definition);
	}
}

/** What a filter's text must be for the value it stands for: a value of the field, spelt as in a query string. */
export function parameterSchemaOf({ type, options }: Pick<Definition, "type" | "options">): z.ZodType | null {
	switch (type) {
		case "longText":
			return null;
		case "number":
		case "currency":
			return z
				.string()
				.regex(NUMBER, "Expected a number.")
				.transform(Number)
				.pipe(type === "number" ? number() : money(-MOST_MONEY))
				.openapi({ type: "number" });
		case "boolean":
			return booleanParameter();
		// A select's old options may still be on rows, so any name may be looked for.
		case "singleSelect":
		case "multiSelect":
			return name();
		default:
			return schemaOf({ type, options });
	}
}

/**
 * A filter's text as the value it stands for.
 * @throws AppError 400 naming the parameter when it can't be one
 */
export function parameterValue({ key, type, options }: Definition, text: string): unknown {
	const schema = parameterSchemaOf({ type, options });
	if (!schema) throw badRequest({ path: key, message: "Long texts can't be filtered by." });
	const result = check(schema, text);
	if (result.success) return result.data;
	throw badRequest(...faultsOf(key, result.error, schema));
}
