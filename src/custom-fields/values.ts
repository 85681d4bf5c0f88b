// Values of custom fields. They are validated by their definitions, shown at the top level of their resource as `cf_…`,
// stored in one JSON column by the id of the definition, and linked so that lists can filter and sort by them.
import type { z } from "@hono/zod-openapi";
import type { RawRow } from "../db/client.ts";
import type { CustomValue } from "../db/columns.ts";
import type { Link } from "../db/links.ts";
import { customFields } from "../db/schema/custom-fields.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isRow } from "../db/tenant.ts";
import { badRequest, badRequestOf, type FieldError, throwFieldErrors } from "../errors.ts";
import { check, fieldErrorsOf } from "../http/validate.ts";
import { isSameJson } from "../json.ts";
import type { Definition } from "./definitions.ts";
import { fieldType, fieldTypeNames, isMatchable } from "./types.ts";

type Typed = Pick<Definition, "type" | "options">;

/** The schema of a definition's values, in bodies and in the document of the organization. */
export const schemaOf = ({ type, options }: Typed): z.ZodType => fieldType(type).value(options);

/** The schema of a value in answers. */
export function answerSchemaOf(definition: Typed): z.ZodType {
	const { answer } = fieldType(definition.type);
	return answer ? answer(definition.options) : schemaOf(definition);
}

/** The schema of a filter's text, which is a value of the field in a query string; null if lists can't be filtered by it. */
export function parameterSchemaOf(definition: Typed): z.ZodType | null {
	const { parameter, isLinked = true } = fieldType(definition.type);
	if (!isLinked) return null;
	return parameter ? parameter() : schemaOf(definition);
}

/**
 * Merges the `cf_…` fields of an input into the stored values. A value that is sent back as it was stays, whatever
 * has become of its definition.
 * @param before the stored values; null on create, when required fields must be set
 */
export function mergeValues(
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
		const stored = before?.[key] ?? null;
		const value = sent === undefined ? stored : sent;
		const empty = value === null || (fieldType(definition.type).isList && isEmptyList(value));
		if (empty && required && (before === null || stored !== null))
			errors.push({ path: key, message: "Required." });
		if (!empty && !isSameJson(value, stored))
			for (const error of valueErrors(definition, value)) errors.push(error);
		values[key] = !empty && isCustomValue(value) ? value : null;
	}
	return { values, errors };
}

/** Whether a value can be stored in a row. Its type is checked elsewhere. */
export const isCustomValue = (value: unknown): value is CustomValue =>
	["string", "number", "boolean"].includes(typeof value) || Array.isArray(value);

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

/** The errors of a value, by the key of its definition. */
export function valueErrors(definition: Typed & Pick<Definition, "key">, value: unknown): FieldError[] {
	const schema = schemaOf(definition);
	return errorsOf(definition.key, check(schema, value), schema);
}

/** The errors of a value, with paths that begin with the key of its field. */
const errorsOf = (key: string, result: z.ZodSafeParseResult<unknown>, schema: z.ZodType): FieldError[] =>
	fieldErrorsOf(result, schema).map(({ path, message }) => ({
		path: [key, path].filter(Boolean).join("."),
		message,
	}));

/** The links of one value, used by filters and sorts. */
export function linksOf({ id, type }: Pick<Definition, "id" | "type">, value: unknown): Link[] {
	if (value === null || value === undefined || fieldType(type).isLinked === false) return [];
	const all = Array.isArray(value) ? value : [value];
	return all.map((one) => ({ field: `custom.${id}`, toId: linkValue(type, one) }));
}

/** The links that a value may have under a definition whose type isn't known: those of every type. */
export function possibleLinks(id: string, value: CustomValue): Link[] {
	const toIds = [value].flat().flatMap((one) => fieldTypeNames.map((type) => linkValue(type, one)));
	return [...new Set(toIds)].map((toId) => ({ field: `custom.${id}`, toId }));
}

/**
 * A query for the stored custom values of rows, of fields of certain types, deleted ones too.
 * @param rows a query for whole rows
 * @param types a list in SQL, as of `fieldTypesWhere`
 */
export const storedValues = (rows: SQL, types: SQL): SQL =>
	sql`SELECT "row"."organizationId", "row"."id", "row"."version", definition."id" AS "definitionId", definition."type", kept.value AS "value", kept.type AS "json"
		FROM (${rows}) AS "row" CROSS JOIN json_each("row"."custom") AS kept
		CROSS JOIN ${customFields} AS definition ON ${isRow("definition", sql`"row"."organizationId"`, sql`kept.key`)}
		WHERE definition."type" IN ${types}`;

/** The links of a stored value: as `json_each` returns it, with its JSON type, and the id and type of its definition. */
export function linksOfStored({ definitionId, type, value, json }: RawRow): Link[] {
	const one = json === "true" || json === "false" ? json === "true" : value;
	const all: unknown[] = json === "array" ? JSON.parse(String(value)) : [one];
	return all.map((item) => ({ field: `custom.${definitionId}`, toId: linkValue(String(type), item) }));
}

/** A value as a text. Texts are equal if the values are, and sort in the same order. */
export function linkValue(type: string, value: unknown): string {
	if (typeof value === "number") return sortableHex(value);
	return (fieldType(type).key ?? String)(String(value));
}

/** The 64 bits of a number as hex that sorts like the number: all bits of negatives are flipped, of others the sign bit. */
function sortableHex(value: number): string {
	const view = new DataView(new ArrayBuffer(8));
	view.setFloat64(0, value === 0 ? 0 : value);
	const bits = view.getBigUint64(0);
	const ordered = bits >> 63n ? ~bits & 0xffff_ffff_ffff_ffffn : bits | (1n << 63n);
	return ordered.toString(16).padStart(16, "0");
}

/**
 * The link of the records that have a value, which is one of a body.
 * @throws AppError 400 naming `matchBy` for a type of field that can't be matched by, or the field if the value is not valid
 */
export function linkToMatch(definition: Definition, value: unknown): Link {
	if (!isMatchable(definition.type))
		throw badRequest("matchBy", `Records can't be matched by a ${definition.type} field.`);
	throwFieldErrors(valueErrors(definition, value));
	return { field: `custom.${definition.id}`, toId: linkValue(definition.type, value) };
}

/**
 * The value of a filter's text.
 * @throws AppError 400 naming the parameter if the text is not valid
 */
export function parseParameter(definition: Definition, text: string): unknown {
	const { key } = definition;
	const schema = parameterSchemaOf(definition);
	if (!schema) throw badRequest(key, "Long texts can't be filtered by.");
	const result = check(schema, text);
	if (result.success) return result.data;
	throw badRequestOf(errorsOf(key, result, schema));
}
