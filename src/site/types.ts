// The parts of an OpenAPI document, and finding them.
import type { OpenAPIHono } from "@hono/zod-openapi";

export type Document = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;
export type Schemas = NonNullable<NonNullable<Document["components"]>["schemas"]>;
export type Schema = Schemas[string];
type PathItem = NonNullable<Document["paths"]>[string];
export type Operation = NonNullable<PathItem["get"]>;
type Declared = NonNullable<Operation["parameters"]>[number];
export type Parameter = Extract<Declared, { in: string }>;

const METHODS = ["get", "post", "patch", "delete"] as const;

/** An operation with its method and path. */
export type CalledOperation = ReturnType<typeof operationsOf>[number];

/** Every operation of the document with its method and path, in the order of the endpoints. */
export function operationsOf(document: Document) {
	return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
		METHODS.flatMap((method) => {
			const operation = item[method];
			return operation ? [{ method, path, operation }] : [];
		}),
	);
}

type Content = Extract<NonNullable<Operation["requestBody"]>, { content: unknown }>["content"];

/** The JSON content of a body or an answer; undefined if it has none or is a reference. */
export function jsonOf(part: object | undefined) {
	const content = part && "content" in part ? (part.content as Content | undefined) : undefined;
	return content?.["application/json"];
}

const SCHEMAS = "#/components/schemas/";

export const schemaName = (ref: string): string => ref.replace(SCHEMAS, "");

/** The reference to a named schema. */
export const schemaRef = (name: string) => ({ $ref: `${SCHEMAS}${name}` });

/** The names of the schemas that a part of the document refers to. */
export const namesIn = (part: unknown): string[] =>
	[...JSON.stringify(part ?? {}).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name = ""]) => name);

/** The parameters of an operation, with shared ones in place of the references to them. */
export const parametersOf = (operation: Operation, { components = {} }: Document): Parameter[] =>
	(operation.parameters ?? []).map((parameter) =>
		"$ref" in parameter
			? (components.parameters?.[parameter.$ref.replace("#/components/parameters/", "")] as Parameter)
			: parameter,
	);
