// What a schema is made of: the schemas inside its wrappers, its objects and its lists.
import { z } from "@hono/zod-openapi";

/** A schema without its optional and nullable wrappers. */
export function unwrapped(schema: unknown): unknown {
	return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
		? unwrapped(schema.unwrap())
		: schema;
}

/** The schema of a part of a value, by the path of that part; undefined if it has none. */
export function partAt(schema: unknown, path: readonly PropertyKey[]): z.ZodType | undefined {
	const part = unwrapped(schema);
	const [name, ...rest] = path;
	if (name === undefined) return part instanceof z.ZodType ? part : undefined;
	if (part instanceof z.ZodArray) return partAt(part.element, rest);
	return part instanceof z.ZodObject ? partAt(part.shape[String(name)], rest) : undefined;
}
