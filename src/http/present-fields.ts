// Schemas of only those fields that a value has. Most fields of a resource are optional, and most bodies have few of them; zod
// makes two objects for each that is absent, to find out that it may be.
import { z } from "@hono/zod-openapi";
import { isJsonObject } from "../json.ts";
import { Repeated } from "../repeated.ts";

/** By schema: the schemas of some of its fields, by their names. */
const remembered = new WeakMap<z.ZodObject, Repeated<z.ZodObject>>();

/**
 * The same schema without the optional fields that a value doesn't have. A value that it accepts the whole schema accepts too, with
 * the same output; of one that it refuses, only the whole schema says everything.
 * @returns null for a schema with rules about several fields, and for fields that are not sent repeatedly
 */
export function schemaOfPresent<T extends z.ZodType>(schema: T, value: unknown): T | null {
	if (!(schema instanceof z.ZodObject) || !isJsonObject(value) || schema.def.checks?.length) return null;
	const names = Object.keys(value);
	if (names.some((name) => !Object.hasOwn(schema.shape, name))) return null;
	const ofSome = remembered.get(schema) ?? new Repeated<z.ZodObject>();
	remembered.set(schema, ofSome);
	// One of fewer fields takes the same values.
	return ofSome.get(names.join(), () => withoutAbsent(schema, new Set(names))) as unknown as T | null;
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
