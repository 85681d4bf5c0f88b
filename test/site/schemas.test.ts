// The document's schemas: that they say something, and what the code means.
import { beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../support/api.ts";
import {
	type DocumentedOperation,
	operationsIn,
	readDocument,
	resolveReference,
} from "../support/document.ts";
import { problemsOf, resolve } from "../support/json-schema.ts";

let document: Json;
let operations: DocumentedOperation[];

beforeAll(async () => {
	document = await readDocument();
	operations = operationsIn(document);
});

/** Every object in the document, with where it is; the insides of examples aren't part of it. */
function* nodes(node: Json, at = ""): Generator<[string, Json]> {
	if (typeof node !== "object" || node === null) return;
	if (!Array.isArray(node)) yield [at, node];
	for (const [key, child] of Object.entries(node)) if (key !== "example") yield* nodes(child, `${at}/${key}`);
}

describe("schemas", () => {
	it("have references that lead somewhere", () => {
		let count = 0;
		for (const [at, node] of nodes(document)) {
			if (typeof node.$ref !== "string") continue;
			count += 1;
			expect(() => resolve(document, node.$ref), at).not.toThrow();
		}
		expect(count).toBeGreaterThan(100);
	});

	it("accept every example", () => {
		let count = 0;
		for (const [at, node] of nodes(document)) {
			if (!("example" in node)) continue;
			count += 1;
			expect(problemsOf(document, node.schema ?? node, node.example, at)).toEqual([]);
		}
		expect(count).toBeGreaterThan(200);
	});

	it("say what they take: a type, limits of integers, patterns that compile", () => {
		for (const [at, schema] of schemasIn(document)) {
			const said = ["$ref", "type", "allOf", "anyOf", "oneOf"].some((keyword) => keyword in schema);
			expect(said, `${at} says nothing`).toBe(true);
			const types = [schema.type].flat();
			if (types.includes("integer")) {
				for (const keyword of ["format", "minimum", "maximum"]) expect(schema, at).toHaveProperty(keyword);
			}
			if (types.includes("array")) expect(schema, at).toHaveProperty("items");
			if (schema.pattern) {
				expect(() => new RegExp(schema.pattern, "u"), at).not.toThrow();
				// What the generator makes of an expression with flags: a pattern that nothing matches.
				expect(schema.pattern, at).not.toMatch(/\/[a-z]+$/);
			}
		}
	});

	it("say of each field what it is", () => {
		for (const [at, node] of nodes(document)) {
			for (const [name, property] of Object.entries<Json>(node.properties ?? {}))
				expect(property.description ?? "", `${at}/${name}`).toMatch(/\w{2,}.*[.`]$/);
		}
	});

	it("say where null may be only by types or anyOf, since a named schema made nullable is not", () => {
		for (const [name, schema] of Object.entries<Json>(document.components.schemas))
			expect([schema.type].flat(), `${name} would be null everywhere`).not.toContain("null");
		for (const [at, schema] of schemasIn(document)) {
			const parts: Json[] = schema.allOf ?? [];
			const nullable = parts.some((part) => [part.type].flat().includes("null"));
			expect(nullable, `${at} refuses null; use z.union([schema, z.null()])`).toBe(false);
		}
	});

	it("limit the strings that requests may hold", () => {
		const bodies = operations.flatMap(({ operation }) =>
			Object.values<Json>(operation.requestBody?.content ?? {}),
		);
		const queries = operations.flatMap(({ operation }) => operation.parameters ?? []);
		for (const part of [...bodies, ...queries].map((each) => resolveReference(document, each))) {
			for (const [at, schema] of schemasIn(expand(part.schema))) {
				if (![schema.type].flat().includes("string")) continue;
				const limited = ["maxLength", "pattern", "format", "enum"].some((keyword) => keyword in schema);
				expect(limited, `${part.name ?? "body"}${at} is endless`).toBe(true);
			}
		}
	});
});

/** Every schema in a part of the document, with where it is. */
function* schemasIn(part: Json): Generator<[string, Json]> {
	for (const [at, node] of nodes(part)) {
		const [key, parent] = at.split("/").reverse();
		const named =
			["properties", "schemas"].includes(parent ?? "") || ["allOf", "anyOf", "oneOf"].includes(parent ?? "");
		if (named || ["schema", "items", "additionalProperties"].includes(key ?? "")) yield [at, node];
	}
}

/** A schema with what it refers to in its place. */
function expand(schema: Json): Json {
	return {
		schema: JSON.parse(JSON.stringify(schema), (_, node) =>
			node?.$ref ? expand(resolveReference(document, node)).schema : node,
		),
	};
}
