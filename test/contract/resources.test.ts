import { beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { readDocument, resolveReference } from "../support/document.ts";
import { hasOperations, operations } from "./operations.ts";
import { referencesOf } from "./references.ts";
import type { Resource } from "./resource.ts";
import { readOnlyPaths, resources } from "./resources.ts";
import { bodyOf, createRow, omit } from "./rows.ts";

let document: Json;
beforeAll(async () => {
	document = await readDocument();
});

/** Names that the entry of a resource gives for what its bodies take. */
const taken = ({
	fields,
	createOnly: fixed = {},
	testedElsewhere: elsewhere = [],
	...resource
}: Resource) => [
	...Object.keys({ ...fields, ...fixed }),
	...referencesOf({ fields, ...resource }).flatMap(({ field, otherFields: beside = {} }) => [
		field,
		...Object.keys(beside),
	]),
	...elsewhere,
];

describe("the table of resources", () => {
	it("has an entry for every resource with a mounted endpoint", () => {
		const mounted = new Set(operations.map(({ resource }) => resource));
		expect([...resources.map(({ path }) => path), ...readOnlyPaths].sort()).toEqual([...mounted].sort());
	});

	it.each(operations)(
		"the path of $operationId begins with that of its resource",
		({ operationId, path, resource, examples }) => {
			// Deliveries are the webhooks', also where they are found by their event.
			const below = operationId === "listEventDeliveries" ? "events" : resource;
			expect(path).toMatch(new RegExp(`^/${below}(?:/|$)`));
			expect(path.match(/\{\w+\}/g)?.length ?? 0).toBe(Object.keys(examples).length);
		},
	);

	it.each(resources)("$path: knows every field of its rows", async (resource) => {
		const api = await createCaller();
		const row = await createRow(api, resource);
		const { prefix, readOnly = [] } = resource;
		const common = ["id", "version", "createdAt", "updatedAt", "deletedAt"];
		const listed = [...taken(resource), ...readOnly];
		expect(Object.keys(omit(row, ...common)).filter((field) => !listed.includes(field))).toEqual([]);
		expect(row.id).toMatch(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`));
	});

	it.each(resources)("$path: knows every field that its bodies take", (resource) => {
		const { post, patch } = document.paths[`/${resource.path}`];
		const { content } = resolveReference(document, (post ?? patch).requestBody);
		const schema = resolveReference(document, content["application/json"].schema);
		const unknown = Object.keys(schema.properties).filter((field) => !taken(resource).includes(field));
		expect(unknown).toEqual([]);
	});

	it.each(resources.filter(({ list }) => list === "sorted"))(
		"$path: knows every sort and filter of its list",
		(resource) => {
			const shared =
				/^(?:cursor|limit|orderBy|orderDir|search|updatedSince|created(?:After|Before)|include\w+|id$|cf_)/;
			const parameters: Json[] = document.paths[`/${resource.path}`].get.parameters
				.map((parameter: Json) => resolveReference(document, parameter))
				.filter((parameter: Json) => parameter.in === "query");
			const orderBy = parameters.find(({ name }) => name === "orderBy");
			const sorts = Object.keys(resource.sorts ?? {});
			expect(orderBy.schema.enum.toSorted()).toEqual(["createdAt", "updatedAt", ...sorts].sort());
			const filters = [
				...Object.keys(resource.filters ?? {}),
				...referencesOf(resource).flatMap(({ filter }) => filter ?? []),
				...Object.values(resource.ranges ?? {}).flat(),
				...(resource.testedElsewhere ?? []),
			];
			const names = parameters.map(({ name }) => name).filter((name) => !shared.test(name));
			expect(names.filter((name) => !filters.includes(name))).toEqual([]);
		},
	);

	it.each(resources.filter(hasOperations("create")))(
		"$path: a create says which required field is missing",
		async (resource) => {
			const api = await createCaller();
			for (const field of resource.required) {
				const { firstName: _, lastName: __, ...body } = omit(await bodyOf(api, resource), field);
				const reply = await api.post(`/${resource.path}`, body);
				expect(reply, field).toMatchObject({ status: 400, body: { code: "BAD_REQUEST" } });
				expect(reply.body.message).toMatch(new RegExp(`^${field}: Required`));
			}
		},
	);
});
