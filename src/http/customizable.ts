// How `cf_…` fields come in: at the top level of bodies and query strings, under names that only the organization's
// definitions know. They are gathered under one key before a schema looks, so that strict schemas stay strict.
import { z } from "@hono/zod-openapi";

const gathering = new WeakSet<z.ZodType>();

const record = z.record(z.string(), z.unknown()).optional().openapi({
	description: "Custom fields of the organization, at the top level as `cf_<key>`; `null` clears one.",
});

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

/** A value as its schema wants to see it: for a customizable one, with every `cf_…` key gathered. */
export function gathered(schema: z.ZodType, value: unknown): unknown {
	if (!gathering.has(schema) || typeof value !== "object" || value === null || Array.isArray(value))
		return value;
	const entries = Object.entries(value);
	const custom = entries.filter(([key]) => key.startsWith("cf_"));
	if (custom.length === 0) return value;
	const rest = entries.filter(([key]) => !key.startsWith("cf_"));
	return Object.fromEntries([...rest, ["cf_", Object.fromEntries(custom)]]);
}
