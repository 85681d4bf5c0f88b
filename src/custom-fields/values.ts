// Values of custom fields: judged by their definitions, shown at the top level of their resource under `cf_…`, kept in
// one JSON column under the definition's id, and linked so that lists can filter and sort by them.
import { z } from "@hono/zod-openapi";
import type { CustomValue } from "../db/columns.ts";
import type { Link } from "../db/store.ts";
import type { FieldError } from "../errors.ts";
import { day, email, MOST_MONEY, money, name, phone, text, website } from "../http/fields.ts";
import { check, invalid } from "../http/validate.ts";
import type { Definition } from "./definitions.ts";

/** The schema that values of a definition must fit; the organization's own document shows the same one. */
export function schemaOf({ type, options }: Pick<Definition, "type" | "options">): z.ZodType {
	const oneOf = z
		.string()
		.refine((value) => options.includes(value), `Expected one of ${options.join(", ")}.`);
	switch (type) {
		case "longText":
			return text().min(1);
		case "number":
			return z.number().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
		case "currency":
			return money(-MOST_MONEY);
		case "date":
			return day();
		case "boolean":
			return z.boolean();
		case "singleSelect":
			return oneOf.openapi({ type: "string", enum: options });
		case "multiSelect":
			return z
				.array(oneOf)
				.refine((list) => new Set(list).size === list.length, "Each option once.")
				.openapi({ type: "array", items: { type: "string", enum: options } });
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
		const empty = value === null || (Array.isArray(value) && value.length === 0);
		if (empty && required && (sent !== undefined || before === null))
			errors.push({ path: key, message: "Required." });
		if (!empty && sent !== undefined) errors.push(...problems(definition, value));
		values[key] = empty ? null : (value as CustomValue);
	}
	return { values, errors };
}

/** What is wrong with a value of a definition, by the definition's key. */
export function problems(
	definition: Pick<Definition, "key" | "type" | "options">,
	value: unknown,
): FieldError[] {
	const result = check(schemaOf(definition), value);
	if (result.success) return [];
	return (invalid(result.error).errors ?? []).map(({ path, message }) => ({
		path: [definition.key, path].filter(Boolean).join("."),
		message,
	}));
}

/** The links of one value: what filters look for and sorts go by. Long texts have none. */
export function linksOf({ id, type }: Definition, value: unknown): Link[] {
	if (value === null || value === undefined || type === "longText") return [];
	const all = Array.isArray(value) ? value : [value];
	return all.map((one) => ({ field: `custom.${id}`, toId: linkValue(type, one) }));
}

/** A value as a text that is equal when the values are, and sorts as they do. */
export function linkValue(type: string, value: unknown): string {
	if (typeof value === "number") return sortable(value);
	return type === "email" ? String(value).toLowerCase() : String(value);
}

/** A number's 64 bits as hex, turned so that text order is number order: negatives flipped whole, others by their sign. */
function sortable(value: number): string {
	const view = new DataView(new ArrayBuffer(8));
	view.setFloat64(0, value === 0 ? 0 : value);
	const bits = view.getBigUint64(0);
	const turned = bits >> 63n ? ~bits & 0xffff_ffff_ffff_ffffn : bits | (1n << 63n);
	return turned.toString(16).padStart(16, "0");
}

/** A filter's text as the value it stands for; the error when it can't be one. */
export function parameterValue(
	definition: Definition,
	text: string,
): { value: unknown } | { problem: string } {
	const { type } = definition;
	if (type === "longText") return { problem: "Long texts can't be filtered by." };
	if (type === "number" || type === "currency") {
		return /^-?\d+(\.\d+)?$/.test(text) ? { value: Number(text) } : { problem: "Expected a number." };
	}
	if (type === "boolean")
		return /^(true|false)$/.test(text) ? { value: text === "true" } : { problem: "Expected true or false." };
	// A select's old options may still be on rows, so any text may be looked for.
	return { value: text };
}
