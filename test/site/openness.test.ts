// What the document promises of change: answers and events may gain fields, bodies take none that they don't name, and
// whatever a PATCH replaces whole says so. And of its names and examples, that they are nobody's.
import { beforeAll, expect, it } from "vitest";
import type { Json } from "../support/api.ts";
import { type DocumentedOperation, operationsIn, readDocument } from "../support/document.ts";
import { resolve } from "../support/json-schema.ts";

let document: Json;
let operations: DocumentedOperation[];

beforeAll(async () => {
	document = await readDocument();
	operations = operationsIn(document);
});

const bodyOf = (operation: Json) => operation.requestBody?.content["application/json"].schema;

/** Every schema that a schema is made of, with where it stands. */
function schemasIn(schema: Json, at: string): { at: string; schema: Json }[] {
	if (typeof schema !== "object" || schema === null) return [];
	if (schema.$ref) return schemasIn(resolve(document, schema.$ref), at);
	const parts: [string, Json][] = [
		...Object.entries<Json>(schema.properties ?? {}).map(([name, part]): [string, Json] => [
			`${at}.${name}`,
			part,
		]),
		...[...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].map(
			(part): [string, Json] => [at, part],
		),
		...(schema.items ? [[`${at}[]`, schema.items] as [string, Json]] : []),
		...(typeof schema.additionalProperties === "object"
			? [[`${at}.*`, schema.additionalProperties] as [string, Json]]
			: []),
	];
	return [{ at, schema }, ...parts.flatMap(([where, part]) => schemasIn(part, where))];
}

const isObject = (schema: Json) => [schema.type].flat().includes("object");

it("events and answers are open to fields that are added", () => {
	const shown = [
		...Object.entries<Json>(document.webhooks).map(([name, { post }]) => [name, bodyOf(post)]),
		...operations.flatMap(({ operation }) =>
			Object.entries<Json>(operation.responses).map(([status, answer]) => [
				`${operation.operationId} ${status}`,
				(answer.$ref ? (resolve(document, answer.$ref) as Json) : answer).content?.["application/json"]
					.schema,
			]),
		),
	];
	expect(shown.length).toBeGreaterThan(500);
	const closed = shown
		.flatMap(([name, schema]) => schemasIn(schema, name))
		.filter(({ schema }) => schema.additionalProperties === false || schema.unevaluatedProperties === false);
	expect(closed.map(({ at }) => at)).toEqual([]);
});

it("bodies are closed, but for objects of the caller's own making", () => {
	const named = operations
		.flatMap(({ operation }) => schemasIn(bodyOf(operation), operation.operationId))
		.filter(
			({ schema }) => isObject(schema) && schema.properties && Object.keys(schema.properties).length > 0,
		);
	expect(named.length).toBeGreaterThan(50);
	expect(named.filter(({ schema }) => schema.additionalProperties !== false).map(({ at }) => at)).toEqual([]);
});

it("what a PATCH replaces whole says so, each object and each list of them", () => {
	const patches = operations.filter(({ method }) => method === "patch");
	const nested = patches.flatMap(({ operation }) =>
		Object.entries<Json>((resolveBody(operation) as Json).properties).flatMap(([name, part]) =>
			schemasIn(part, `${operation.operationId}.${name}`)
				.filter(({ at, schema }) => isObject(schema) && !/\[\]|\*/.test(at))
				.concat(
					[part.items, ...(part.anyOf ?? []).map((one: Json) => one.items)].some(
						(items) => items && schemasIn(items, "").some(({ schema }) => isObject(schema)),
					)
						? [{ at: `${operation.operationId}.${name}`, schema: part }]
						: [],
				),
		),
	);
	expect(nested.map(({ at }) => at)).toEqual(
		expect.arrayContaining([
			"updateClient.billingAddress",
			"updateClient.primaryContact",
			"updateConversation.chatMetadata.feedback",
			"updateInvoice.lineItems",
			"updatePipeline.stages",
			"updateWebhook.headers",
		]),
	);
	expect(
		nested.filter(({ schema }) => !/A PATCH replaces/.test(schema.description)).map(({ at }) => at),
	).toEqual([]);
});

it("no two names of operations or schemas run into one another in what generators make of them", () => {
	const endings = [
		"",
		"Response",
		"Responses",
		"Result",
		"Error",
		"Errors",
		"Data",
		"Request",
		"Params",
		"PathParams",
		"QueryParams",
		"HeaderParams",
		"Body",
		"Query",
		"QueryKey",
		"Mutation",
		"MutationRequest",
		"MutationResponse",
		"QueryResponse",
		"200",
		"201",
		"204",
	];
	const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
	const seen = new Map<string, string>();
	const clashes: string[] = [];
	const take = (made: string, by: string) => {
		const other = seen.get(made.toLowerCase());
		if (other) clashes.push(`${made}: ${other} and ${by}`);
		seen.set(made.toLowerCase(), by);
	};
	const all = [
		...operations.map(({ operation }) => operation),
		...Object.values<Json>(document.webhooks).map(({ post }) => post),
	];
	for (const { operationId } of all)
		for (const ending of endings) take(pascal(operationId) + ending, operationId);
	for (const name of Object.keys(document.components.schemas)) take(name, `the schema ${name}`);
	expect(clashes).toEqual([]);
});

it("hosts and addresses in it are ours, this machine's or reserved for examples", () => {
	const text = JSON.stringify({ ...document, "x-codeSamples": null });
	const hosts = [
		...text.matchAll(/https?:\/\/([\w.-]*\w)/g),
		...text.matchAll(/[\w.]+@([\w-]+(?:\.[\w-]+)+)/g),
	].map(([, host = ""]) => host);
	expect(hosts.length).toBeGreaterThan(20);
	const allowed =
		/^(?:(?:[\w-]+\.)*example\.com|localhost|127\.0\.0\.1|www\.standardwebhooks\.com|spec\.openapis\.org|json-schema\.org|api\.leadwire\.test)$/;
	expect([...new Set(hosts.filter((host) => !allowed.test(host)))]).toEqual([]);
});

function resolveBody(operation: Json): Json {
	const schema = bodyOf(operation);
	return schema.$ref ? resolve(document, schema.$ref) : schema;
}
