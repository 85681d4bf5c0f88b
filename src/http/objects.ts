// Schemas of objects whose fields' schemas are made when the first value is parsed, or when the document is made: an isolate starts
// for one request, which needs a few of the two thousand schemas of all resources.
import { z } from "@hono/zod-openapi";
import { once } from "./once.ts";

/** Schemas by the names of fields. */
type Fields = Parameters<typeof z.object>[0] & object;

const nothing = once(() => z.never());

/** A schema of zod's whose shape is made when it is first read; `S` is what zod's own function would return for it. */
function deferred<S>(fields: () => Fields, catchall: { readonly catchall?: z.ZodType }): S {
	const definition = {
		type: "object" as const,
		...catchall,
		get shape() {
			const shape = fields();
			Object.defineProperty(definition, "shape", { value: shape });
			return shape;
		},
	};
	return new z.ZodObject(definition) as S;
}

/** The same as `z.object`. Of a value it keeps the fields that it names. */
export const objectOf = <S extends Fields>(fields: () => S) =>
	deferred<ReturnType<typeof z.object<S>>>(fields, {});

/** The same as `z.strictObject`. It refuses a value with other fields. */
export const strictObjectOf = <S extends Fields>(fields: () => S) =>
	deferred<ReturnType<typeof z.strictObject<S>>>(fields, { catchall: nothing() });
