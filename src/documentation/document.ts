// The OpenAPI document, generated from the endpoints and the event catalogue.
import { OpenAPIHono } from "@hono/zod-openapi";
import { catalogue } from "../events/catalogue.ts";
import { schemaOf } from "../http/definition.ts";
import type { Endpoint } from "../http/endpoint.ts";
import { ErrorSchema } from "../http/error-schema.ts";
import { eventTypes } from "../outbox/event-types.ts";
import { addExamples } from "../site/operation-examples.ts";
import {
	type Document,
	jsonOf,
	type Operation,
	operationsOf,
	type Schema,
	type Schemas,
	schemaName,
} from "../site/types.ts";
import { sharedComponents } from "./components.ts";
import { describeCustomFields } from "./custom-fields.ts";
import { deliveryHeaders, describeEvent } from "./event-webhooks.ts";
import { info, securitySchemes, tagDescriptions } from "./info.ts";
import { toRouteConfig } from "./operation.ts";

/** The document of endpoints and of all events; `description` is what it begins with, in Markdown. */
export const documentOf = (endpoints: readonly Endpoint[], description: string): Document =>
	complete(generate(endpoints, description));

function generate(endpoints: readonly Endpoint[], description: string): Document {
	const writer = new OpenAPIHono();
	const registry = writer.openAPIRegistry;
	for (const { definition } of endpoints) {
		for (const [name, schema] of Object.entries(definition.schemas ?? {}))
			registry.register(name, schemaOf(schema));
		registry.registerPath(toRouteConfig(definition));
	}
	registry.register("Error", ErrorSchema);
	for (const type of eventTypes) registry.registerWebhook(describeEvent(type, catalogue[type]));
	for (const [name, header] of Object.entries(sharedComponents.headers))
		registry.registerComponent("headers", name, header);
	for (const [name, response] of Object.entries(sharedComponents.responses))
		registry.registerComponent("responses", name, response);
	for (const [name, parameter] of Object.entries({ ...sharedComponents.parameters, ...deliveryHeaders }))
		registry.registerComponent("parameters", name, parameter);
	for (const [name, scheme] of Object.entries(securitySchemes))
		registry.registerComponent("securitySchemes", name, scheme);
	return writer.getOpenAPI31Document({
		openapi: "3.1.0",
		info: { ...info, description },
		servers: [
			{
				url: "/api/v1",
				description: "This host, in production and in local development.",
				"x-internal": false,
			},
		],
		security: Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
	});
}

/** Adds tags, examples and code samples, and removes shared components that are not used. */
function complete(document: Document): Document {
	describeCustomFields(document);
	describeReferences(document.components?.schemas ?? {});
	for (const item of Object.values(document.webhooks ?? {}))
		allowUnknownMembers(jsonOf(item.post?.requestBody)?.schema, document.components?.schemas ?? {});
	const operations = operationsOf(document);
	const schemas = document.components?.schemas ?? {};
	for (const { method, path, operation } of operations) {
		for (const parameter of operation.parameters ?? []) removeExample(parameter);
		addExamples(method, path, operation, schemas);
	}
	const webhooks = Object.values(document.webhooks ?? {}).map((item) => item.post);
	const used = new Set(
		[...operations.map(({ operation }) => operation), ...webhooks].flatMap(
			(operation) => operation?.tags ?? [],
		),
	);
	document.tags = [...new Set([...Object.keys(tagDescriptions), ...used])]
		.filter((name) => used.has(name))
		.map((name) => ({ name, description: tagDescriptions[name] ?? "" }));
	if (document.components) document.components.schemas = sortedByName(schemas);
	describeIntegers(document);
	dropUnused(document);
	return document;
}

/**
 * Allows unknown members in the schema of an event's payload, so that receivers generated from the document still work
 * when a field is added. Our own tests use the strict schemas.
 */
function allowUnknownMembers(node: unknown, schemas: Schemas): void {
	if (typeof node !== "object" || node === null) return;
	if ("additionalProperties" in node && node.additionalProperties === false)
		Reflect.deleteProperty(node, "additionalProperties");
	if ("$ref" in node && typeof node.$ref === "string")
		allowUnknownMembers(schemas[schemaName(node.$ref)], schemas);
	for (const [key, child] of Object.entries(node)) if (key !== "example") allowUnknownMembers(child, schemas);
}

/**
 * Puts the description of a field beside its `$ref`. The generator moves the first description into the named schema, omits
 * equal ones, and puts others into an `allOf`.
 */
function describeReferences(schemas: Schemas): void {
	const moved = new Set<Schema>();
	const visit = (node: unknown): void => {
		if (typeof node !== "object" || node === null) return;
		if ("allOf" in node && Array.isArray(node.allOf)) {
			Object.assign(node, ...node.allOf);
			Reflect.deleteProperty(node, "allOf");
		}
		if ("properties" in node && typeof node.properties === "object" && node.properties !== null)
			for (const field of Object.values<Schema>({ ...node.properties })) {
				const target = "$ref" in field ? schemas[schemaName(field.$ref)] : undefined;
				if (!target || "$ref" in target || !target.description) continue;
				Object.assign(field, { description: target.description, ...field });
				moved.add(target);
			}
		for (const [key, child] of Object.entries(node)) if (key !== "example") visit(child);
	};
	visit(schemas);
	for (const schema of moved) Reflect.deleteProperty(schema, "description");
}

function sortedByName(schemas: Schemas): Schemas {
	return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Removes the example of an optional parameter: the reference would send it when an operation is tried, and find nothing. */
function removeExample(parameter: NonNullable<Operation["parameters"]>[number]): void {
	if ("in" in parameter && !parameter.required && parameter.schema && "example" in parameter.schema)
		Reflect.deleteProperty(parameter.schema, "example");
}

const INT32_MAX = 2_147_483_647;

/** Adds format and limits to integers. The schemas only accept safe integers, which the generator does not write. */
function describeIntegers(node: unknown): void {
	if (typeof node !== "object" || node === null) return;
	if ("type" in node && [node.type].flat().includes("integer") && !("format" in node)) {
		const limits = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER, ...node };
		const small = limits.minimum >= -INT32_MAX - 1 && limits.maximum <= INT32_MAX;
		Object.assign(node, { ...limits, format: small ? "int32" : "int64" });
	}
	for (const [key, child] of Object.entries(node)) if (key !== "example") describeIntegers(child);
}

function dropUnused(document: Document): void {
	const text = JSON.stringify(document);
	const { headers = {}, parameters = {}, responses = {} } = document.components ?? {};
	for (const [kind, parts] of Object.entries({ headers, parameters, responses }))
		for (const name of Object.keys(parts))
			if (!text.includes(`"#/components/${kind}/${name}"`)) Reflect.deleteProperty(parts, name);
}
