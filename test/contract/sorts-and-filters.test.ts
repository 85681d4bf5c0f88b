// Lists: every sort and every filter.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { hasOperations } from "./operations.ts";
import { createForSort, idsOf, listedResources, pages, rowsOf } from "./pages.ts";
import { createTarget, referencesOf } from "./references.ts";
import type { Resource } from "./resource.ts";
import { bodyOf, changeOf, createRow, existingRows } from "./rows.ts";

const sorted = listedResources.filter(({ list }) => list === "sorted");

/** The order the contract promises: by value, rows without one last, equal ones by id. */
function inOrder(rows: readonly Json[], field: string, direction: "asc" | "desc"): Json[] {
	const sign = direction === "asc" ? 1 : -1;
	const comparable = (value: unknown) => (typeof value === "string" ? value.toLowerCase() : Number(value));
	return rows.toSorted((a, b) => {
		if (a[field] === null && b[field] !== null) return 1;
		if (b[field] === null && a[field] !== null) return -1;
		const [left, right] = [comparable(a[field]), comparable(b[field])];
		if (a[field] !== null && left !== right) return left < right ? -sign : sign;
		return a.id < b.id ? -sign : sign;
	});
}

/** In every order, with and without deleted rows, a query finds these and no others. */
async function expectFound(api: Api, { path, sorts = {} }: Resource, query: string, rows: readonly Json[]) {
	for (const orderBy of ["createdAt", "updatedAt", ...Object.keys(sorts)])
		for (const includeDeleted of [false, true]) {
			const asked = `/${path}?${query}&orderBy=${orderBy}&includeDeleted=${includeDeleted}`;
			const { body, text } = await api.get(asked);
			expect(idsOf(body.items ?? []).sort(), `${asked} ${text}`).toEqual(idsOf(rows).sort());
		}
}

afterEach(() => vi.useRealTimers());

describe.each(sorted)("the sorts of $path", (resource) => {
	const { path } = resource;
	const orders = ["createdAt", "updatedAt", ...Object.keys(resource.sorts ?? {})].flatMap((orderBy) =>
		(["asc", "desc"] as const).map((orderDir) => ({ orderBy, orderDir })),
	);

	it.each(orders)(
		"$orderBy $orderDir, ties by id, rows without a value last",
		async ({ orderBy, orderDir }) => {
			const api = await createCaller({ keys: 2 });
			const before = await existingRows(api, resource);
			const rows = await createForSort(api, resource, orderBy);
			if (orderBy === "updatedAt" && hasOperations("update")(resource)) {
				const [[field = "", value] = []] = Object.entries(changeOf(resource));
				for (const index of [3, 0, 2]) {
					const { id } = rows[index];
					rows[index] = (await api.patch(`/${path}/${id}`, { [field]: `${value} ${index}` })).body;
				}
			}
			const expected = inOrder([...rows, ...before], orderBy, orderDir);
			for (const limit of [1, 2, 3, 100])
				expect(rowsOf(await pages(api, path, { orderBy, orderDir, limit })), `limit ${limit}`).toEqual(
					expected,
				);
		},
	);
});

describe.each(sorted)("the filters of $path", (resource) => {
	const { path } = resource;
	const filters = Object.entries(resource.filters ?? {}).map(([field, values]) => ({ field, values }));

	it.each(filters)("$field: one value, several, none", async ({ field, values: [one, two] }) => {
		const api = await createCaller({ keys: 3 });
		const first = await createRow(api, resource, { ...(await bodyOf(api, resource)), [field]: one });
		const second = await createRow(api, resource, { ...(await bodyOf(api, resource)), [field]: two });
		const ids = async (query: string) => idsOf((await api.get(`/${path}?${query}`)).body.items);
		const is = (value: unknown) => `${field}=${encodeURIComponent(String(value))}`;
		expect(await ids(is(one))).toEqual([first.id]);
		expect(await ids(`${is(two)}&${is(two)}`)).toEqual([second.id]);
		expect(await ids(`${is(one)}&${is(two)}`)).toEqual([second.id, first.id]);
		expect(await ids(`${is(one)}&${is(two)}&orderDir=asc&orderBy=updatedAt`)).toEqual([first.id, second.id]);
		await expectFound(api, resource, is(one), [first]);
		await expectFound(api, resource, `${is(one)}&${is(two)}`, [first, second]);
		const odd = await api.get(`/${path}?${is("' OR 1=1 --")}`);
		expect([400, []], "not of its form").toContainEqual(odd.status === 200 ? odd.body.items : odd.status);
		expect((await api.get(`/${path}?${`${is(one)}&`.repeat(51)}`)).status, "51 values").toBe(400);
		expect(await ids(`${is(one)}&`.repeat(50)), "50 values").toEqual([first.id]);
	});

	it("id: those records in the order of the list, and none of another organization", async () => {
		const [api, other] = [await createCaller({ keys: 2 }), await createCaller()];
		const [one, , two] = [
			await createRow(api, resource),
			await createRow(api, resource),
			await createRow(api, resource),
		];
		const wanted = [two, one, await createRow(other, resource)].map(({ id }) => `id=${id}`).join("&");
		const ids = async (query: string) => idsOf((await api.get(`/${path}?${query}`)).body.items);
		expect(await ids(wanted)).toEqual([two.id, one.id]);
		expect(await ids(`${wanted}&orderBy=updatedAt&orderDir=asc`)).toEqual([one.id, two.id]);
		expect(await ids(`id=${one.id}`)).toEqual([one.id]);
		await expectFound(api, resource, `id=${one.id}`, [one]);
		await expectFound(api, resource, wanted, [one, two]);
		const first = (await api.get(`/${path}?${wanted}&limit=1`)).body;
		expect(idsOf(first.items)).toEqual([two.id]);
		expect(await ids(`${wanted}&limit=1&cursor=${first.nextCursor}`)).toEqual([one.id]);
		expect((await api.get(`/${path}?id=x`)).body.errors).toMatchObject([{ path: "id" }]);
	});

	it.each(referencesOf(resource).filter(({ filter }) => filter !== null))(
		"$filter: those that hold a $target.path",
		async (reference) => {
			const api = await createCaller({ keys: 3 });
			const [one, two, three] = [
				await createTarget(api, reference),
				await createTarget(api, reference),
				await createTarget(api, reference),
			];
			const holding = async (...held: string[]) =>
				createRow(api, resource, { ...(await bodyOf(api, resource)), ...reference.withIds(...held) });
			const first = await holding(one.id);
			const second = await holding(two.id);
			const ids = async (...held: string[]) => {
				const query = held.map((id) => `${reference.filter}=${id}`).join("&");
				return idsOf((await api.get(`/${path}?${query}`)).body.items);
			};
			expect(await ids(one.id)).toEqual([first.id]);
			expect(await ids(two.id, one.id)).toEqual([second.id, first.id]);
			expect(await ids(three.id)).toEqual([]);
			await expectFound(api, resource, `${reference.filter}=${one.id}`, [first]);
			await expectFound(api, resource, [one, two].map(({ id }) => `${reference.filter}=${id}`).join("&"), [
				first,
				second,
			]);
			expect((await api.get(`/${path}?${reference.filter}=x`)).status).toBe(400);
			if (!reference.many || !hasOperations("update")(resource)) return;
			await api.patch(`/${path}/${first.id}`, reference.withIds(three.id, two.id));
			expect(await ids(one.id)).toEqual([]);
			expect(await ids(two.id)).toEqual([second.id, first.id]);
		},
	);

	const ranges = Object.entries(resource.ranges ?? {}).map(([field, names]) => ({ field, names }));

	it.each(ranges)("$names: a day is within the first and not the second", async ({ field, names }) => {
		const [from, before] = names;
		const api = await createCaller({ keys: 2 });
		const days = await createForSort(api, resource, field);
		const found = async (query: string) =>
			rowsOf(await pages(api, `${path}`, Object.fromEntries(new URLSearchParams(`limit=1&${query}`))));
		const [, middle] = [...new Set(days.flatMap((row) => row[field] ?? []))].sort();
		const due = (keep: (day: string) => boolean) =>
			inOrder(
				days.filter((row) => row[field] !== null && keep(row[field])),
				field,
				"asc",
			);
		const late = `${middle.slice(0, 8)}${String(Number(middle.slice(8)) + 1).padStart(2, "0")}`;
		for (const [query, keep] of [
			[`${from}=${middle}`, (day: string) => day >= middle],
			[`${before}=${middle}`, (day: string) => day < middle],
			[`${from}=${middle}&${before}=${late}`, (day: string) => day === middle],
			[`${from}=${late}&${before}=${middle}`, () => false],
		] as const)
			for (const orderBy of [field, "updatedAt", "createdAt"]) {
				const rows = await found(`${query}&orderBy=${orderBy}&orderDir=asc`);
				expect(inOrder(rows, field, "asc"), `${query} ${orderBy}`).toEqual(due(keep));
				if (orderBy === field) expect(rows).toEqual(due(keep));
			}
		for (const query of [`${from}=today`, `${before}=2026-02-30`, `${from}=${middle}&${from}=${middle}`])
			expect((await api.get(`/${path}?${query}`)).status, query).toBe(400);
	});

	it("createdAfter and updatedSince include their instant, createdBefore does not", async () => {
		const start = Date.parse("2026-03-01T12:00:00.000Z");
		vi.useFakeTimers({ toFake: ["Date"], now: start });
		const api = await createCaller({ keys: 2 });
		const before = await existingRows(api, resource);
		const rows: Json[] = [];
		for (const second of [0, 1, 2]) {
			vi.setSystemTime(start + second * 1_000);
			rows.push(await createRow(api, resource));
		}
		vi.setSystemTime(start + 10_000);
		const at = (second: number) => new Date(start + second * 1_000).toISOString();
		const indexes = async (query: string) =>
			idsOf((await api.get(`/${path}?orderDir=asc&${query}`)).body.items)
				.filter((id) => !idsOf(before).includes(id))
				.map((id) => rows.findIndex((row) => row.id === id));
		expect(await indexes(`createdAfter=${at(1)}`)).toEqual([1, 2]);
		expect(await indexes(`createdBefore=${at(1)}`)).toEqual([0]);
		expect(await indexes(`createdAfter=${at(1)}&createdBefore=${at(2)}`)).toEqual([1]);
		expect(await indexes("createdAfter=2026-03-01T13:00:01%2B01:00"), "an offset").toEqual([1, 2]);
		expect(await indexes("createdAfter=1960-01-01T00:00:00Z")).toEqual([0, 1, 2]);
		expect(await indexes("createdBefore=1960-01-01T00:00:00Z")).toEqual([]);
		expect(await indexes("createdAfter=9999-12-31T23:59:59Z")).toEqual([]);
		for (const orderBy of ["createdAt", "updatedAt", ...Object.keys(resource.sorts ?? {})])
			expect((await indexes(`updatedSince=${at(1)}&orderBy=${orderBy}`)).sort()).toEqual([1, 2]);
		if (!hasOperations("update")(resource)) return;
		await api.patch(`/${path}/${rows[0].id}`, changeOf(resource));
		expect(await indexes(`updatedSince=${at(2)}&orderBy=updatedAt`)).toEqual([2, 0]);
		expect(await indexes(`updatedSince=${new Date(start + 2_001).toISOString()}`)).toEqual([0]);
	});
});
