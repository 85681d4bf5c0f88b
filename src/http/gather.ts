// How `cf_…` fields come in: at the top level of bodies and query strings, under names that only the organization's
// definitions know. They are gathered under one key before a schema looks, so that strict schemas stay strict.
import { z } from "@hono/zod-openapi";

const gathering = new WeakSet<z.ZodType>();

const record = z
	.record(z.string(), z.unknown())
	.optional()
	.describe("Custom fields of the organization, at the top level as `cf_<key>`; `null` clears one.");

/** A strict schema with room for custom fields, which it then gives as one record under `cf_`. */
export function customizable<S extends z.ZodRawShape>(
	shape: S,
	name: string,
	metadata: { readonly example?: object } = {},
) {
	const schema = z.strictObject({ ...shape, cf_: record }).openapi(name, metadata);
	gathering.add(schema);
	return schema;
}

/** The same for query strings, which are not named. */
export function customizableQuery<S extends z.ZodRawShape>(shape: S) {
	const schema = z.strictObject({ ...shape, cf_: record });
	gathering.add(schema);
	return schema;
}

/** A value as its schema wants to see it: for a customizable one, and those inside it, with every `cf_…` key gathered. */
export function gathered(schema: z.ZodType, value: unknown): unknown {
	if (!(schema instanceof z.ZodObject) || typeof value !== "object" || value === null || Array.isArray(value))
		return value;
	const inner = new Map(Object.entries(schema.shape));
	const entries = Object.entries(value).map(([key, part]): [string, unknown] => {
		const within = innermost(inner.get(key));
		return [key, within ? gathered(within, part) : part];
	});
	if (!gathering.has(schema)) return Object.fromEntries(entries);
	const custom = entries.filter(([key]) => key.startsWith("cf_"));
	if (custom.length === 0) return Object.fromEntries(entries);
	const rest = entries.filter(([key]) => !key.startsWith("cf_"));
	return Object.fromEntries([...rest, ["cf_", Object.fromEntries(custom)]]);
}

/** A schema without what lets its value be left out or null. */
function innermost(schema: unknown): z.ZodType | null {
	if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return innermost(schema.unwrap());
	return schema instanceof z.ZodType ? schema : null;
}
