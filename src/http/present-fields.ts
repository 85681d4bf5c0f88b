// Schemas of only those fields that a value has. Most fields of a resource are optional, and most bodies have few of them; zod
// makes two objects for each that is absent, to find out that it may be.
import { z } from "@hono/zod-openapi";
import { isJsonObject } from "../json.ts";

/** How many sets of fields are remembered for each schema; a caller sends the same few. */
const MAX_REMEMBERED = 50;

/** By schema and the names of the fields: the schema of these fields, or null when they have been seen only once. */
const remembered = new WeakMap<z.ZodObject, Map<string, z.ZodObject | null>>();

/**
 * The same schema without the optional fields that a value doesn't have. A value that it accepts the whole schema accepts too, with
 * the same output; of one that it refuses, only the whole schema says everything.
 * @returns null for a schema with rules about several fields, and for fields that are not sent repeatedly
 */
export function schemaOfPresent<T extends z.ZodType>(schema: T, value: unknown): T | null {
	if (!(schema instanceof z.ZodObject) || !isJsonObject(value) || schema.def.checks?.length) return null;
	const names = Object.keys(value);
	const key = names.join();
	const known = remembered.get(schema) ?? new Map<string, z.ZodObject | null>();
	const found = known.get(key);
	// One of fewer fields takes the same values.
	if (found) return found as unknown as T;
	if (names.some((name) => !Object.hasOwn(schema.shape, name))) return null;
	if (known.size >= MAX_REMEMBERED) known.clear();
	known.set(key, found === undefined ? null : withoutAbsent(schema, new Set(names)));
	remembered.set(schema, known);
	return null;
}

function withoutAbsent(schema: z.ZodObject, names: ReadonlySet<string>): z.ZodObject {
	const kept = Object.entries<z.ZodType>(schema.shape).filter(
		([name, part]) => names.has(name) || !isLeftOut(part),
	);
	const mask: Record<string, true> = Object.fromEntries(kept.map(([name]) => [name, true]));
	return schema.pick(mask as Parameters<typeof schema.pick>[0]);
}

/** Whether a field may be absent, and then is in the output neither. */
function isLeftOut(part: z.ZodType): boolean {
	const { success, data } = part.safeParse(undefined);
	return part instanceof z.ZodOptional && success && data === undefined;
}
