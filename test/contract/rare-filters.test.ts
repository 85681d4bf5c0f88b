// Filters with few matches: the rows read for a page are bounded, however many rows exist, and a reader that follows short
// and empty pages finds every match. D1 counts the rows.
import { beforeAll, describe, expect, it } from "vitest";
import { MAX_SCANNED_ENTRIES } from "../../src/db/scan.ts";
import type { Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { readDocument, resolveReference } from "../support/document.ts";
import { allPages, copyRow, countReads, MAX_ROWS_READ, pageCost } from "../support/many-rows.ts";
import { run } from "../support/shards.ts";
import { createTarget, referencesOf } from "./references.ts";
import type { Resource } from "./resource.ts";
import { resources } from "./resources.ts";
import { bodyOf, createRow, resourceAt } from "./rows.ts";

/** Rows of the longest lists; of the others there are more than one page may read. */
const MANY = 100_000;
const ENOUGH = 50_000;
let document: Json;
beforeAll(async () => {
	document = await readDocument();
});

const tableOf = ({ path }: Resource) => path.replaceAll("-", "_");

/** The queries of a list: each filter with the value of the one row and with that of all others, and a search. */
function queriesOf(resource: Resource, rare: Json, common: Json): Record<string, string>[] {
	const parameters: Json[] = document.paths[`/${resource.path}`].get.parameters.map((one: Json) =>
		resolveReference(document, one),
	);
	const names = parameters.filter((one) => one.in === "query").map(({ name }) => name);
	const shared = /^(?:cursor|limit|orderBy|orderDir|search|updatedSince|created\w+|includeDeleted|id|cf_.*)$/;
	const own = names.filter((name) => !shared.test(name));
	const bounds = new Set(Object.values(resource.ranges ?? {}).flat());
	const shown = (row: Json, name: string) => row[name] ?? row[`${name}s`]?.[0];
	const single = own.flatMap((name) => {
		if (bounds.has(name)) return [{ [name]: name.endsWith("After") ? "9998-01-01" : "1970-01-02" }];
		const other = resource.filters?.[name]?.[1];
		return [shown(rare, name), shown(common, name), typeof other === "object" ? undefined : other].flatMap(
			(value) => (value === undefined || value === null ? [] : [{ [name]: String(value) }]),
		);
	});
	return [
		{},
		...single,
		Object.assign({}, ...single.filter((query) => Object.keys(query).every((name) => !bounds.has(name)))),
		{ updatedSince: "2999-01-01T00:00:00Z" },
		{ createdAfter: "2999-01-01T00:00:00Z" },
		{ createdBefore: "2001-01-01T00:00:00Z" },
		...(names.includes("search")
			? [{ search: "zzyzx" }, { search: "first" }, { search: "first zzyzx" }]
			: []),
	];
}

describe.each(resources.filter(({ list }) => list === "sorted"))("the list of $path", (resource) => {
	const { path } = resource;

	it("reads a bounded part of its rows, whatever is asked for", { timeout: 120_000 }, async () => {
		const api = (await createCaller({ keys: 10 })).via(countReads);
		const held: Record<string, unknown> = {};
		for (const reference of referencesOf(resource))
			Object.assign(held, reference.withIds((await createTarget(api, reference)).id));
		const rare = await createRow(api, resource, { ...(await bodyOf(api, resource)), ...held });
		const common = await createRow(api, resource);
		const many = path === "leads" ? MANY : ENOUGH;
		await copyRow(tableOf(resource), common, many);

		const sorts = ["createdAt", "updatedAt", ...Object.keys(resource.sorts ?? {})];
		const costs: [string, number][] = [];
		for (const orderBy of sorts)
			for (const query of queriesOf(resource, rare, common)) {
				const asked = `/${path}?${new URLSearchParams({ ...query, orderBy, orderDir: "desc" })}`;
				costs.push([asked, (await pageCost(api, asked)).rows]);
			}
		expect(costs.filter(([, rows]) => rows >= MAX_ROWS_READ)).toEqual([]);

		// Behind many that are gone: found all the same, over empty pages.
		await run(`UPDATE ${tableOf(resource)} SET deletedAt = 1 WHERE id LIKE '%\\_7%' ESCAPE '\\'`);
		const { items, pages } = await allPages(api, `/${path}?orderDir=desc`);
		expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining([rare.id, common.id]));
		expect(pages).toBeLessThanOrEqual(many / MAX_SCANNED_ENTRIES + 2);
	});
});

describe("a lookup or search in another order", () => {
	it.each(["few", "many"])("finds each of %s once", { timeout: 60_000 }, async (amount) => {
		const api = (await createCaller({ keys: 3 })).via(countReads);
		const lead = await createRow(api, resourceAt("leads"), {
			name: "Twin",
			email: "twin@example.com",
			score: 3,
		});
		const scoreless = await createRow(api, resourceAt("leads"), { name: "Twin", email: "twin@example.com" });
		const count = amount === "few" ? 150 : 2_100;
		await copyRow("leads", lead, count);
		for (const query of ["email=twin@example.com", "search=twin", "search=twin&email=twin@example.com"])
			for (const orderBy of ["name", "score"]) {
				const { items } = await allPages(api, `/leads?limit=100&${query}&orderBy=${orderBy}`);
				expect(items, `${query} ${orderBy}`).toHaveLength(count + 2);
				expect(new Set(items.map(({ id }) => id)).size).toBe(count + 2);
				if (orderBy === "score") expect(items.at(-1)?.id).toBe(scoreless.id);
			}
	});
});

describe("an order by a field that few rows have no value of", () => {
	it("finds them behind all others, over bounded pages", { timeout: 60_000 }, async () => {
		const api = (await createCaller({ keys: 3 })).via(countReads);
		const without = [await createRow(api, resourceAt("leads"), { name: "First" })];
		const scored = await createRow(api, resourceAt("leads"), { name: "Scored", score: 3 });
		await copyRow("leads", scored, 12_000);
		without.unshift(await createRow(api, resourceAt("leads"), { name: "Last" }));
		await run(
			"UPDATE leads SET deletedAt = 1 WHERE organizationId = ? AND score IS NOT NULL AND id <> ?",
			api.organizationId,
			scored.id,
		);
		for (const orderDir of ["asc", "desc"]) {
			const { items, pages } = await allPages(api, `/leads?orderBy=score&orderDir=${orderDir}`);
			const last = orderDir === "desc" ? without : without.toReversed();
			expect(items.map(({ id }) => id)).toEqual([scored.id, ...last.map(({ id }) => id)]);
			expect(pages).toBeLessThan(15);
		}
	});
});

describe("custom fields", () => {
	const fields = ["Size", "Rank", "Code"];

	it("filter and sort along a bounded part of the links", { timeout: 120_000 }, async () => {
		const api = (await createCaller({ keys: 5 })).via(countReads);
		for (const label of fields)
			await api.post("/custom-fields", {
				entity: "leads",
				label,
				type: label === "Code" ? "text" : "number",
			});
		const rare = await createRow(api, resourceAt("leads"), {
			name: "Rare",
			cf_size: 1,
			cf_rank: 2,
			cf_code: "rare",
		});
		const common = await createRow(api, resourceAt("leads"), {
			name: "Common",
			cf_size: 5,
			cf_code: "common",
		});
		await copyRow("leads", common, ENOUGH);
		const queries = [
			"cf_size=1",
			"cf_rank=2",
			"cf_code=rare&cf_size=5",
			"cf_code=common&cf_size=1",
			"cf_size=1&cf_size=2&cf_rank=2",
		];
		for (const orderBy of ["createdAt", "name", "cf_size", "cf_rank"])
			for (const query of queries) {
				const { rows } = await pageCost(api, `/leads?${query}&orderBy=${orderBy}&orderDir=desc`);
				expect(rows, `${query} ${orderBy}`).toBeLessThan(MAX_ROWS_READ);
			}
		const { items } = await allPages(api, "/leads?orderBy=cf_size&cf_rank=2&cf_code=rare");
		expect(items.map(({ id }) => id)).toEqual([rare.id]);
	});
});
