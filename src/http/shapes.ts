// Shapes: the schemas of an object's fields by name, and what bodies and answers make of them.
import type { z } from "@hono/zod-openapi";
import { onceForSchema } from "./once.ts";

export type Shape = Readonly<Record<string, z.ZodType>>;

type Nullable<S extends Shape> = { -readonly [K in keyof S]: z.ZodNullable<S[K]> };
type Nullish<S extends Shape> = { -readonly [K in keyof S]: z.ZodOptional<z.ZodNullable<S[K]>> };
type Optional<S extends Shape> = { -readonly [K in keyof S]: z.ZodOptional<S[K]> };

const mapped = <T>(shape: Shape, wrap: (schema: z.ZodType) => z.ZodType): T =>
	Object.fromEntries(Object.entries(shape).map(([key, schema]) => [key, wrap(schema)])) as T;

const nullableOf = onceForSchema((schema) => schema.nullable());
const nullishOf = onceForSchema((schema) => schema.nullish());
const optionalOf = onceForSchema((schema) => schema.optional());

/** Every field of a shape, unset. */
export const unset = <S extends Shape>(shape: S) =>
	Object.fromEntries(Object.keys(shape).map((key) => [key, null])) as { [K in keyof S]: null };

/** Fields that answers always show, `null` when unset. */
export const nullable = <S extends Shape>(shape: S) => mapped<Nullable<S>>(shape, nullableOf);

/** Fields that a body may leave out or set to `null`. */
export const nullish = <S extends Shape>(shape: S) => mapped<Nullish<S>>(shape, nullishOf);

/** Fields that a body may leave out but not set to `null`. */
export const optional = <S extends Shape>(shape: S) => mapped<Optional<S>>(shape, optionalOf);

/**
 * The shapes of bodies, as functions: what a create and an update take.
 * @param open fields that may be left out or set to `null`
 * @param preset fields that have a value when they are left out on create, and never `null`
 */
export const bodies = <R extends Shape, O extends Shape, P extends Shape>(
	required: () => R,
	open: () => O,
	preset: () => P,
) => ({
	create: () => ({ ...required(), ...nullish(open()), ...optional(preset()) }),
	update: () => ({ ...optional({ ...required(), ...preset() }), ...nullish(open()) }),
});
