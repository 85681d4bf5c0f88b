// A body that is sent again is parsed by a schema of its own fields: the result must be that of the whole schema.
import { z } from "@hono/zod-openapi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endpoints } from "../../src/app.ts";
import { schemaOf } from "../../src/http/definition.ts";
import { schemaOfPresent } from "../../src/http/present-fields.ts";
import { check, fieldErrorsOf } from "../../src/http/validate.ts";

/** Sent often enough that the schema of its fields is known. */
const TIMES = 3;

/** A new one each time, of which no set of fields is known. */
const schemaWithAll = () =>
	z.strictObject({
		name: z.string().max(5),
		note: z.string().nullable().optional(),
		count: z.coerce.number().optional(),
		list: z.array(z.string()).default([]),
		flag: z.boolean().default(true).optional(),
		filled: z
			.string()
			.optional()
			.transform((text) => text ?? "none"),
		inner: z.strictObject({ one: z.string().optional(), two: z.number() }).optional(),
	});

const values = fc.record(
	{
		name: fc.oneof(fc.string({ maxLength: 7 }), fc.constant(undefined)),
		note: fc.oneof(fc.string(), fc.constant(null)),
		count: fc.oneof(fc.integer(), fc.string()),
		list: fc.array(fc.oneof(fc.string(), fc.integer())),
		flag: fc.boolean(),
		filled: fc.string(),
		inner: fc.record({ one: fc.string(), two: fc.oneof(fc.integer(), fc.string()) }, { requiredKeys: [] }),
		unknown: fc.string(),
	},
	{ requiredKeys: [] },
);

describe("the schema of the fields that a value has", () => {
	it("makes of any value what the whole schema makes of it", () => {
		const schema = schemaWithAll();
		fc.assert(
			fc.property(values, (value) => {
				const whole = schemaWithAll();
				const expected = check(whole, value);
				for (let times = 0; times < TIMES; times += 1) {
					const found = check(schema, value);
					expect(found.data).toEqual(expected.data);
					expect(fieldErrorsOf(found, schema)).toEqual(fieldErrorsOf(expected, whole));
				}
			}),
			{ numRuns: 500 },
		);
	});

	it("is not made of a schema with rules about several fields", () => {
		const ordered = z
			.strictObject({ from: z.number().optional(), to: z.number().optional(), note: z.string().optional() })
			.refine(({ from = 0, to = 1 }) => from < to, { path: ["to"], error: "Must be after from." });
		for (let times = 0; times < TIMES; times += 1) {
			expect(schemaOfPresent(ordered, { from: 5 })).toBeNull();
			expect(fieldErrorsOf(check(ordered, { from: 5 }), ordered)).toEqual([
				{ path: "to", message: "Must be after from." },
			]);
		}
	});

	const bodies = endpoints.flatMap(({ operationId, definition: { body } }) => {
		const whole = body ? schemaOf(body) : null;
		return whole instanceof z.ZodObject ? [{ operationId, whole }] : [];
	});

	it.each(bodies)("$operationId: no field that is left out would be in the output", ({ whole }) => {
		const parts = Object.entries<z.ZodType>(whole.shape);
		for (const [name, part] of parts) {
			const value = Object.fromEntries(parts.filter(([other]) => other === name).map(() => [name, null]));
			for (let times = 1; times < TIMES; times += 1) schemaOfPresent(whole, value);
			const present = schemaOfPresent(whole, value);
			if (present === null) {
				expect(whole.def.checks?.length).toBeGreaterThan(0);
				return;
			}
			for (const [other, absent] of parts)
				if (!(other in present.shape)) expect(absent.safeParse(undefined)).toEqual({ success: true });
			expect(present.shape[name]).toBe(part);
		}
	});

	it("is known from the second time on, and not for fields that the schema doesn't have", () => {
		const own = z.strictObject({ a: z.string().optional(), b: z.string().optional() });
		expect([1, 2, 3].map(() => Object.keys(schemaOfPresent(own, { a: "x" })?.shape ?? {}))).toEqual([
			[],
			["a"],
			["a"],
		]);
		for (let times = 0; times < TIMES; times += 1) expect(schemaOfPresent(own, { c: "x" })).toBeNull();
	});
});
