// An isolate starts for one request: the large schemas are not made before they are needed.
import { z } from "@hono/zod-openapi";
import { describe, expect, it, vi } from "vitest";
import { endpoints } from "../../src/app.ts";
import { pageSchema } from "../../src/http/crud.ts";
import { schemaOf } from "../../src/http/definition.ts";
import { objectOf, strictObjectOf } from "../../src/http/objects.ts";
import { once } from "../../src/http/once.ts";
import { registerServerSetFields } from "../../src/http/server-set-fields.ts";

const definitions = endpoints.map(({ definition }) => definition);
const lists = definitions.filter(({ path }) =>
	definitions.some((other) => other.path === `${path}/{id}/restore`),
);
const batches = definitions.filter(({ path }) => path.endsWith("/batch"));
const kindsOf = (...schemas: readonly unknown[]) => [...new Set(schemas.map((schema) => typeof schema))];

describe("the schemas", () => {
	it.each(lists.filter(({ method }) => method === "get"))("of $operationId are made by functions", (list) => {
		expect(kindsOf(list.query, list.answers[200]?.schema)).toEqual(["function"]);
	});

	it.each(batches)("of $operationId are made by functions", ({ body, schemas = {} }) => {
		expect(kindsOf(body, ...Object.values(schemas))).toEqual(["function"]);
	});

	it("of fields are not made for the endpoints to be there", () => {
		const made: string[] = [];
		const schema = strictObjectOf(() => {
			made.push("fields");
			return { name: z.string() };
		});
		const page = pageSchema("Page", schema.openapi("Named").describe("A name."));
		registerServerSetFields(schema, page);
		expect(made).toEqual([]);
		for (let times = 0; times < 2; times += 1) {
			expect(schema.safeParse({ name: "Jane" }).success).toBe(true);
			expect(schema.safeParse({ name: "Jane", id: 1 }).error?.issues[0]?.code).toBe("unrecognized_keys");
			expect(objectOf(() => schema.shape).parse({ name: "Jane", id: 1 })).toEqual({ name: "Jane" });
		}
		expect(made).toEqual(["fields"]);
	});

	it("that are made before the first request are few", async () => {
		const made: unknown[] = [];
		// Zod calls this with each schema that is made.
		vi.stubGlobal("__zod_globalConfig", { postProcessor: (schema: unknown) => made.push(schema) });
		vi.resetModules();
		await import("../../src/app.ts");
		vi.unstubAllGlobals();
		expect(made.length).toBeGreaterThan(100);
		// Some 240 of ours; the rest are those of MCP, which a deployed Worker makes when it is first asked for.
		expect(made.length).toBeLessThan(500);
	});

	it("are made once", () => {
		let made = 0;
		const deferred = once(() => {
			made += 1;
			return z.string();
		});
		expect(made).toBe(0);
		expect(schemaOf(deferred)).toBe(schemaOf(deferred));
		expect(made).toBe(1);
	});
});
