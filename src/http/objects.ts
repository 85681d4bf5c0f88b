// Schemas of objects whose fields' schemas are made when the first value is parsed, or when the document is made: an isolate starts
// for one request, and to make the schemas of all resources took most of its start.
import { z } from "@hono/zod-openapi";
import { once } from "./once.ts";

/** Schemas by the names of fields. */
type Fields = Parameters<typeof z.object>[0] & object;

const nothing = once(() => z.never());

/** A definition of zod's whose shape is made when it is first read. */
function definitionOf<S extends Fields>(fields: () => S) {
	const definition = {
		type: "object" as const,
		get shape(): S {
			const shape = fields();
			Object.defineProperty(definition, "shape", { value: shape });
			return shape;
		},
	};
	return definition;
}

/** The same as `z.object`. Of a value it keeps the fields that it names. */
export const objectOf = <S extends Fields>(fields: () => S): ReturnType<typeof z.object<S>> =>
	new z.ZodObject(definitionOf(fields)) as unknown as ReturnType<typeof z.object<S>>;

/** The same as `z.strictObject`. It refuses a value with other fields. */
export const strictObjectOf = <S extends Fields>(fields: () => S): ReturnType<typeof z.strictObject<S>> =>
	new z.ZodObject(Object.assign(definitionOf(fields), { catchall: nothing() })) as unknown as ReturnType<
		typeof z.strictObject<S>
	>;
