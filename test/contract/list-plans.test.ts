// SQLite answers each list along an index, for every sort and filter, so that page 5,000 costs as much as page 1. Checked
// with the statements of real requests.
import { beforeAll, describe, expect, it } from "vitest";
import { customEntities } from "../../src/custom-fields/schema.ts";
import type { Api, Json } from "../support/api.ts";
import { type SentStatement, watchBindings } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { readDocument, resolveReference } from "../support/document.ts";
import { plansOf, scans, sorts, watchedCaller } from "./plans.ts";
import { createTarget, referencesOf } from "./references.ts";
import type { Resource } from "./resource.ts";
import { resources } from "./resources.ts";
import { bodyOf, createRow, resourceAt } from "./rows.ts";

/** Filters that leave a handful of rows, whose order may then be sorted (db/list.ts). */
const LOOKUPS = new Set(["contactNumber", "email", "mobile", "phone", "sku", "taxNumber"]);

/** What may leave so few rows that they are sorted; a walk of the sort's index stands beside it for where it doesn't. */
const NARROW = new Set([...LOOKUPS, "search"]);

const customized = new Set<string>(customEntities.options);

let document: Json;
beforeAll(async () => {
	document = await readDocument();
});

/** What a list takes, as the document says: its search, and filters with a value that this row is found by. */
function parametersOf({ path, ranges = {} }: Resource, row: Json) {
	const parameters: Json[] = document.paths[`/${path}`].get.parameters.map((one: Json) =>
		resolveReference(document, one),
	);
	const names = parameters.filter((one) => one.in === "query").map(({ name }) => name);
	const shared = /^(?:cursor|limit|orderBy|orderDir|search|updatedSince|created\w+|includeDeleted|id|cf_.*)$/;
	const bounds = new Map(
		Object.entries(ranges).flatMap(([field, [from, before]]) => [
			[from, row[field]],
			[before, "9999-12-31"],
		]),
	);
	const filters = names
		.filter((name) => !shared.test(name))
		.map((name) => [name, String(bounds.get(name) ?? row[name] ?? row[`${name}s`]?.[0])]);
	return {
		searches: names.includes("search"),
		filters: Object.fromEntries(filters) as Record<string, string>,
		repeatable: names.filter((name) => !shared.test(name) && !bounds.has(name)),
	};
}

/** Two rows that every filter finds. */
async function twins(api: Api, resource: Resource, more: object = {}): Promise<Json> {
	const held: Record<string, unknown> = { ...more };
	for (const reference of referencesOf(resource))
		Object.assign(held, reference.withIds((await createTarget(api, reference)).id));
	const row = await createRow(api, resource, { ...(await bodyOf(api, resource)), ...held });
	await createRow(api, resource, { ...(await bodyOf(api, resource)), ...held });
	return row;
}

type Query = Readonly<Record<string, string | readonly string[]>>;

/** The statements of the first page and the second of a list that `twins` are in. */
async function listed(
	caller: Api,
	{ path, unique }: Resource,
	order: Record<string, string>,
	query: Query,
): Promise<SentStatement[]> {
	const watch = watchBindings();
	const api = caller.via(watch.target);
	const parameters = new URLSearchParams({ ...order, limit: "1" });
	for (const [name, values] of Object.entries(query))
		for (const value of [values].flat()) parameters.append(name, value);
	const first = await api.get(`/${path}?${parameters}`);
	const hasMore = Object.keys(unique?.(0) ?? {}).every((field) => query[field] === undefined);
	expect(first, `${parameters} ${first.text}`).toMatchObject({ status: 200, body: { hasMore } });
	if (hasMore) {
		parameters.set("cursor", first.body.nextCursor);
		expect((await api.get(`/${path}?${parameters}`)).body.items).toHaveLength(1);
	}
	// What the rules want to know comes beside: a handful of stages and definitions.
	return watch.roundTrips.flat().filter(({ text }) => !text.endsWith(' AS "fact"'));
}

async function expectIndexed(
	statements: readonly SentStatement[],
	query: Query,
	maySort: boolean,
): Promise<void> {
	for (const { text, plan } of await plansOf(statements)) {
		const what = `${JSON.stringify(query)}\n${text}\n${plan.join("\n")}`;
		expect(scans(plan), what).toEqual([]);
		if (!maySort) expect(sorts(plan), what).toEqual([]);
	}
}

describe.each(resources.filter(({ list }) => list === "sorted"))("the list of $path", (resource) => {
	const orders = ["createdAt", "updatedAt", ...Object.keys(resource.sorts ?? {})].flatMap((orderBy) =>
		["asc", "desc"].map((orderDir) => ({ orderBy, orderDir })),
	);

	it.each(["", "&orderBy=updatedAt"])("by ids%s reads only these", async (order) => {
		const { api, watch } = await watchedCaller();
		const { id } = await createRow(api, resource);
		for (const query of [`id=${id}`, `id=${id}&id=${id}`]) {
			watch.reset();
			expect((await api.get(`/${resource.path}?${query}${order}`)).body.items).toHaveLength(1);
			const [statement] = watch.roundTrips.flat().filter(({ text }) => !text.endsWith(' AS "fact"'));
			const [{ plan } = { plan: [] }] = await plansOf(statement ? [statement] : []);
			expect(plan.join("\n")).toMatch(/ \(organizationId=\? AND id=\?\)/);
			expect(scans(plan)).toEqual([]);
		}
	});

	it.each(orders)(
		"by $orderBy $orderDir goes along an index",
		async ({ orderBy, orderDir }) => {
			const api = await createCaller({ keys: 5 });
			const { filters, repeatable, searches } = parametersOf(resource, await twins(api, resource));
			const names = Object.keys(filters);
			// Which filter drives is only asked in the default order.
			const paired = orderBy === "createdAt" ? names : [];
			const pairs = paired.flatMap((one, index) => paired.slice(index + 1).map((other) => [one, other]));
			const since = "2020-01-01T00:00:00Z";
			const queries: Query[] = [
				{},
				{ updatedSince: since },
				{ createdAfter: since },
				{ createdBefore: "2099-01-01T00:00:00Z" },
				{ includeDeleted: "true" },
				...names.map((name) => ({ [name]: filters[name] ?? "" })),
				...repeatable.map((name) => ({ [name]: [filters[name] ?? "", filters[name] ?? ""] })),
				...pairs.map(([one = "", other = ""]) => ({
					[one]: filters[one] ?? "",
					[other]: filters[other] ?? "",
				})),
				{ ...filters, updatedSince: since, createdAfter: since, includeDeleted: "true" },
				...(searches ? [{ search: "first" }, { search: "f", ...filters, updatedSince: since }] : []),
			];
			const statements = await Promise.all(
				queries.map((query) => listed(api, resource, { orderBy, orderDir }, query)),
			);
			for (const [index, query] of queries.entries()) {
				const maySort = Object.entries(query).some(([name, values]) =>
					orderBy === "createdAt"
						? LOOKUPS.has(name) && (Array.isArray(values) || "includeDeleted" in query)
						: NARROW.has(name),
				);
				await expectIndexed(statements[index] ?? [], query, maySort);
			}
		},
		30_000,
	);
});

describe.each(resources.filter(({ path }) => customized.has(path)))("the list of $path", (resource) => {
	it.each(["cf_size", "createdAt"])(
		"by %s and custom fields goes along an index",
		async (orderBy) => {
			const api = await createCaller({ keys: 5 });
			for (const field of [
				{ label: "Size", type: "number" },
				{ label: "Kind", type: "singleSelect", options: ["a", "b"] },
			])
				await createRow(api, resourceAt("custom-fields"), { entity: resource.path, ...field });
			const custom = { cf_size: "5", cf_kind: "a" };
			const row = await twins(api, resource, { cf_size: 5, cf_kind: "a" });
			const { filters } = parametersOf(resource, row);
			const queries: Query[] = [
				{},
				{ cf_kind: "a" },
				{ cf_kind: ["a", "b"] },
				custom,
				{ ...custom, ...filters },
			];
			for (const orderDir of ["asc", "desc"])
				for (const query of queries) {
					const maySort = orderBy !== "createdAt" && Object.keys(query).some((name) => LOOKUPS.has(name));
					const statements = await listed(api, resource, { orderBy, orderDir }, query);
					await expectIndexed(statements, query, maySort);
				}
		},
		30_000,
	);
});

describe.each(resources.filter(({ ranges }) => ranges))("the list of $path", (resource) => {
	it.each(Object.entries(resource.ranges ?? {}))(
		"by %s reads only rows within its bounds",
		async (field, [from, before]) => {
			const api = await createCaller();
			const row = await twins(api, resource);
			const query = { [from]: row[field], [before]: "9999-12-31" };
			for (const orderDir of ["asc", "desc"])
				for (const { plan } of await plansOf(
					await listed(api, resource, { orderBy: field, orderDir }, query),
				))
					expect(plan.join("\n")).toMatch(
						new RegExp(`INDEX \\w+ \\(organizationId=\\? AND ${field}>\\? AND ${field}<\\?`),
					);
		},
	);
});
