// Custom fields in requests: `cf_…` keys at the top level of bodies and query strings, whose names depend on the organization.
// They are gathered under one key before validation, so that schemas can be strict.
import { z } from "@hono/zod-openapi";
import { isJsonObject, type JsonObject } from "../json.ts";
import { strictObjectOf } from "./objects.ts";
import { unwrapped } from "./schema-parts.ts";

const gathering = new WeakSet<z.ZodType>();

const record = z
	.record(z.string(), z.unknown())
	.optional()
	.describe("Custom fields of the organization, at the top level as `cf_<key>`; `null` clears one.");

/** A strict schema that also takes custom fields, and returns them as one record under `cf_`. Its fields are made as `objectOf` makes them. */
export function bodyWithCustomFields<S extends z.ZodRawShape>(
	fields: () => S,
	name: string,
	metadata: { readonly example?: object } = {},
) {
	const schema = strictObjectOf(() => ({ ...fields(), cf_: record })).openapi(name, metadata);
	gathering.add(schema);
	return schema;
}

/** The same for query strings, whose schemas have no name. */
export function queryWithCustomFields<S extends z.ZodRawShape>(shape: S) {
	const schema = z.strictObject({ ...shape, cf_: record });
	gathering.add(schema);
	return schema;
}

/** The fields of a schema whose values have fields themselves, with their schemas; listed once for each schema. */
const nested = new WeakMap<z.ZodObject, readonly (readonly [string, z.ZodObject])[]>();

function nestedIn(schema: z.ZodObject): readonly (readonly [string, z.ZodObject])[] {
	const known = nested.get(schema);
	if (known) return known;
	const found = Object.entries(schema.shape).flatMap(([key, wrapped]) => {
		const part = unwrapped(wrapped);
		return part instanceof z.ZodObject ? [[key, part] as const] : [];
	});
	nested.set(schema, found);
	return found;
}

/** A value with the `cf_…` keys gathered, for its schema and nested ones that take custom fields. */
export function gatherCustomFields(schema: z.ZodType, value: unknown): unknown {
	if (!(schema instanceof z.ZodObject) || !isJsonObject(value)) return value;
	const parts = nestedIn(schema)
		.filter(([key]) => Object.hasOwn(value, key))
		.map(([key, part]) => [key, gatherCustomFields(part, value[key])]);
	const custom = gathering.has(schema) ? Object.entries(value).filter(([key]) => key.startsWith("cf_")) : [];
	if (parts.length + custom.length === 0) return value;
	const core = custom.length === 0 ? value : withoutKeys(value, custom);
	const gathered = custom.length === 0 ? [] : [["cf_", Object.fromEntries(custom)]];
	return { ...core, ...Object.fromEntries([...parts, ...gathered]) };
}

function withoutKeys(value: JsonObject, entries: readonly (readonly [string, unknown])[]): JsonObject {
	const left = new Set(entries.map(([key]) => key));
	return Object.fromEntries(Object.entries(value).filter(([key]) => !left.has(key)));
}
