// The published document against the code it describes.
import { beforeAll, describe, expect, it } from "vitest";
import { app, endpoints } from "../../src/app.ts";
import { type ErrorCode, errorCatalogue as errors } from "../../src/errors.ts";
import { catalogue as events } from "../../src/events/catalogue.ts";
import { eventTypes } from "../../src/outbox/event-types.ts";
import { operations as contractOperations } from "../contract/operations.ts";
import type { Json } from "../support/api.ts";
import {
	type DocumentedOperation,
	operationsIn,
	readDocument,
	resolveReference,
} from "../support/document.ts";
import { problemsOf } from "../support/json-schema.ts";

let document: Json;
let operations: DocumentedOperation[];

beforeAll(async () => {
	document = await readDocument();
	operations = operationsIn(document);
});

const names = (list: DocumentedOperation[]) => list.map(({ operation }) => operation.operationId);

describe("operations", () => {
	it("are the endpoints, no more and no less", () => {
		expect(names(operations).sort()).toEqual(endpoints.map(({ operationId }) => operationId).sort());
	});

	it("are the routes that the API answers", () => {
		const routes = app.routes
			.filter(({ path, method }) => path.startsWith("/api/v1/") && method !== "ALL")
			.map(({ method, path }) => `${method} ${path.slice("/api/v1".length).replaceAll(/:(\w+)/g, "{$1}")}`)
			.filter((route) => !["GET /openapi.json", "GET /webhook-events"].includes(route));
		expect(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(
			routes.sort(),
		);
	});

	it("are those that the tests of the contract go through", () => {
		const routeOf = ({ method, path }: { method: string; path: string }) => `${method.toUpperCase()} ${path}`;
		expect(operations).not.toEqual([]);
		expect(contractOperations.map(routeOf).sort()).toEqual(operations.map(routeOf).sort());
	});

	it("have names of their own, those of the webhooks included", () => {
		const all = [
			...names(operations),
			...Object.values<Json>(document.webhooks).map((item) => item.post.operationId),
		];
		expect(new Set(all).size).toBe(all.length);
	});

	it("say what they do, under a tag that is described", () => {
		const tags = new Map(document.tags.map((tag: Json) => [tag.name, tag.description]));
		for (const { operation } of operations) {
			const { operationId, summary, description } = operation;
			expect(summary, operationId).toMatch(/^[A-Z].{3,}/);
			expect(description, operationId).toMatch(
				/\.\n\nScope: `[a-z-]+:(read|write|erase)`( and `[a-z-]+:(read|write)`)*(; [^\n]+)?\.$/,
			);
			for (const tag of operation.tags) expect(tags.get(tag), tag).toMatch(/\w/);
		}
	});

	it("show an example of each body", () => {
		for (const { operation } of operations) {
			const parts = [operation.requestBody, ...Object.values(operation.responses)].map((part) =>
				resolveReference(document, part),
			);
			for (const part of parts) {
				for (const media of Object.values<Json>(part?.content ?? {}))
					expect(media.example, operation.operationId).toBeTypeOf("object");
			}
		}
	});

	it("come with code in three languages that calls them", () => {
		for (const { method, path, operation } of operations) {
			const samples: Json[] = operation["x-codeSamples"];
			expect(samples.map(({ label }) => label)).toEqual(["curl", "JavaScript", "Python"]);
			for (const { source } of samples) {
				expect(source.toUpperCase()).toContain(method.toUpperCase());
				expect(source).toContain(`/api/v1${path.split("/{")[0]}`);
				expect(source).not.toMatch(/[/]\{|undefined/);
			}
		}
	});

	it("name a security scheme that exists", () => {
		for (const requirement of document.security)
			for (const name of Object.keys(requirement))
				expect(document.components.securitySchemes).toHaveProperty(name);
		for (const { operation } of operations) expect(operation).not.toHaveProperty("security");
	});
});

describe("answers", () => {
	it("are one success at least, and errors of the catalogue in the one shape", () => {
		const byStatus = new Map(
			Object.entries(errors).map(([code, { status }]) => [String(status), code as ErrorCode]),
		);
		for (const { operation } of operations) {
			const statuses = Object.keys(operation.responses);
			expect(
				statuses.some((status) => status.startsWith("2")),
				operation.operationId,
			).toBe(true);
			expect(statuses).toEqual(expect.arrayContaining(["401", "403", "429", "500", "503"]));
			for (const status of statuses.filter((each) => each >= "400")) {
				const response = resolveReference(document, operation.responses[status]);
				const media = response.content["application/json"];
				expect(media.schema.$ref).toBe("#/components/schemas/Error");
				expect(media.example.code).toBe(byStatus.get(status));
			}
		}
	});

	it("tell of the limit, but for a key that has none", () => {
		for (const { operation } of operations) {
			for (const [status, answer] of Object.entries<Json>(operation.responses)) {
				const headers = Object.keys(resolveReference(document, answer).headers);
				expect(headers, operation.operationId).toContain("X-Request-Id");
				const limits = [
					"RateLimit-Limit",
					"RateLimit-Remaining",
					"RateLimit-Reset",
					"RateLimit-Policy",
					"RateLimit",
				];
				expect(
					limits.every((name) => headers.includes(name)),
					`${operation.operationId} ${status}`,
				).toBe(status !== "401");
				expect(headers.includes("Retry-After")).toBe(status === "429" || status === "503");
			}
		}
	});
});

describe("lists", () => {
	it("take filters that may be repeated", () => {
		let count = 0;
		for (const { operation } of operations) {
			for (const parameter of operation.parameters ?? []) {
				if (parameter.schema?.type !== "array") continue;
				count += 1;
				expect(parameter).toMatchObject({ in: "query", required: false, style: "form", explode: true });
				expect(parameter.schema.items).toHaveProperty("type");
			}
		}
		expect(count).toBeGreaterThan(10);
	});
});

describe("webhooks", () => {
	it("are the events of the catalogue", () => {
		expect(Object.keys(document.webhooks)).toEqual([...eventTypes]);
	});

	it.each(eventTypes)(
		"%s is described by its payload, with its example and the headers of a delivery",
		(type) => {
			const { post } = document.webhooks[type];
			const { schema, example } = post.requestBody.content["application/json"];
			expect(example).toEqual(JSON.parse(JSON.stringify(events[type].example)));
			expect(events[type].payload.safeParse(example).error).toBeUndefined();
			expect(problemsOf(document, schema, example)).toEqual([]);
			const [first = ""] = Object.keys(example);
			expect(problemsOf(document, schema, { ...example, [first]: 5 })).not.toEqual([]);
			const headers = post.parameters.map((parameter: Json) => resolveReference(document, parameter).name);
			expect(headers).toEqual([
				...[
					"X-Webhook-Event",
					"X-Webhook-ID",
					"X-Webhook-Timestamp",
					"X-Webhook-Attempt",
					"X-Webhook-Bookmark",
					"X-Webhook-Signature-256",
				],
				...["webhook-id", "webhook-timestamp", "webhook-signature"],
			]);
			expect(Object.keys(post.responses)).toContain("2XX");
			expect(post.security).toEqual([]);
		},
	);
});
