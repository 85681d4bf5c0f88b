// Custom fields in requests: `cf_…` keys at the top level of bodies and query strings, whose names depend on the organization.
// They are gathered under one key before validation, so that schemas can be strict.
import { z } from "@hono/zod-openapi";
import { isJsonObject } from "../json.ts";

const gathering = new WeakSet<z.ZodType>();

const record = z
	.record(z.string(), z.unknown())
	.optional()
	.describe("Custom fields of the organization, at the top level as `cf_<key>`; `null` clears one.");

/** A strict schema that also takes custom fields, and returns them as one record under `cf_`. */
export function bodyWithCustomFields<S extends z.ZodRawShape>(
	shape: S,
	name: string,
	metadata: { readonly example?: object } = {},
) {
	const schema = z.strictObject({ ...shape, cf_: record }).openapi(name, metadata);
	gathering.add(schema);
	return schema;
}

/** The same for query strings, whose schemas have no name. */
export function queryWithCustomFields<S extends z.ZodRawShape>(shape: S) {
	const schema = z.strictObject({ ...shape, cf_: record });
	gathering.add(schema);
	return schema;
}

/** A value with the `cf_…` keys gathered, for its schema and nested ones that take custom fields. */
export function gatherCustomFields(schema: z.ZodType, value: unknown): unknown {
	if (!(schema instanceof z.ZodObject) || !isJsonObject(value)) return value;
	const { shape } = schema;
	const entries = Object.entries(value).map(([key, part]): [string, unknown] => {
		const partSchema = Object.hasOwn(shape, key) ? unwrapped(shape[key]) : null;
		return [key, partSchema ? gatherCustomFields(partSchema, part) : part];
	});
	if (!gathering.has(schema)) return Object.fromEntries(entries);
	const custom = entries.filter(([key]) => key.startsWith("cf_"));
	if (custom.length === 0) return Object.fromEntries(entries);
	const rest = entries.filter(([key]) => !key.startsWith("cf_"));
	return Object.fromEntries([...rest, ["cf_", Object.fromEntries(custom)]]);
}

/** A schema without its optional and nullable wrappers. */
function unwrapped(schema: unknown): z.ZodType | null {
	if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrapped(schema.unwrap());
	return schema instanceof z.ZodType ? schema : null;
}
