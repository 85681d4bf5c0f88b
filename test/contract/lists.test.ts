// Lists: paging, and what a cursor is bound to.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Json, Reply } from "../support/api.ts";
import { workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { hasOperations } from "./operations.ts";
import { createForSort, idsOf, listedResources, pages, rowsOf, withQuery } from "./pages.ts";
import { createRow, removedAtField, resourceAt, withRemovedQuery } from "./rows.ts";

describe.each(listedResources)("the list of $path", (resource) => {
	const { path } = resource;

	it("is read to its end whatever the limit", async () => {
		const api = await createCaller({ keys: 2 });
		await createForSort(api, resource);
		const whole = (await api.get(`/${path}?limit=100`)).body;
		expect(whole).toMatchObject({ nextCursor: null, hasMore: false });
		for (const limit of [1, 2, 3, whole.items.length - 1, whole.items.length, whole.items.length + 1]) {
			const replies = await pages(api, path, { limit });
			expect(rowsOf(replies)).toEqual(whole.items);
			expect(replies).toHaveLength(Math.ceil(whole.items.length / limit));
			for (const { body, headers } of replies) {
				expect(Object.keys(body)).toEqual(["items", "nextCursor", "hasMore"]);
				expect(body.hasMore).toBe(body.nextCursor !== null);
				expect(body.items.length).toBeLessThanOrEqual(limit);
				const link = headers.get("link")?.match(/^<https:\/\/[^/]+\/api\/v1(.+)>; rel="next"$/)?.[1];
				expect(link ?? null).toBe(body.nextCursor && `/${path}?limit=${limit}&cursor=${body.nextCursor}`);
			}
		}
	});

	it("has 20 rows a page unless asked for more, newest first", async () => {
		const api = await createCaller();
		const rows: Json[] = [];
		for (let count = 0; count < 22; count += 1) rows.push(await createRow(api, resource));
		const reply = await api.get(`/${path}`);
		expect(reply.body.items).toEqual(rows.reverse().slice(0, 20));
		expect(reply.body.hasMore).toBe(true);
	});

	it("shows no row twice and skips none while others are written", async () => {
		const api = await createCaller({ keys: 4 });
		const rows = await createForSort(api, resource);
		const sorts =
			resource.list === "feed" ? [] : ["createdAt", "updatedAt", ...Object.keys(resource.sorts ?? {})];
		const orders = sorts.flatMap((orderBy) => ["asc", "desc"].map((orderDir) => ({ orderBy, orderDir })));
		for (const order of orders.length > 0 ? orders : [{}]) {
			// Four rows come in while it is read, so that an ascending list has an end.
			const replies = await pages(api, path, { ...order, limit: 2 }, async (page) => {
				if (page < 4) await createRow(api, resource);
			});
			const seen = idsOf(rowsOf(replies));
			expect(new Set(seen).size, JSON.stringify(order)).toBe(seen.length);
			expect(seen, JSON.stringify(order)).toEqual(expect.arrayContaining(idsOf(rows)));
		}
	});

	it.runIf(hasOperations("remove")(resource))(
		"goes on when the row its cursor stands on is deleted",
		async () => {
			const api = await createCaller();
			const rows = (await createForSort(api, resource)).reverse();
			const first = await api.get(`/${path}?limit=2`);
			expect(idsOf(first.body.items)).toEqual(idsOf(rows.slice(0, 2)));
			await api.delete(`/${path}/${rows[1]?.id}`);
			const next = await api.get(withQuery(path, { limit: 2, cursor: first.body.nextCursor }));
			expect(idsOf(next.body.items)).toEqual(idsOf(rows.slice(2, 4)));
		},
	);

	it.runIf(hasOperations("remove")(resource))("shows deleted rows only when asked to", async () => {
		const api = await createCaller();
		const [kept, gone] = [await createRow(api, resource), await createRow(api, resource)];
		await api.delete(`/${path}/${gone.id}`);
		const ids = async (query: string) => idsOf((await api.get(`/${path}${query}`)).body.items);
		const parameter = withRemovedQuery(resource);
		expect(await ids("")).toContain(kept.id);
		expect(await ids("")).not.toContain(gone.id);
		expect(await ids(parameter.replace("true", "false"))).not.toContain(gone.id);
		expect(await ids(parameter)).toEqual(expect.arrayContaining([kept.id, gone.id]));
		const shown = (await api.get(`/${path}${parameter}`)).body.items.find(({ id }: Json) => id === gone.id);
		expect(Date.parse(shown[removedAtField(resource)])).toBeGreaterThan(0);
	});

	it.each([
		"0",
		"101",
		"-1",
		"1.5",
		"1e2",
		"0x10",
		"",
		" 1 ",
		"1&limit=2",
		"٣",
		"１",
		"NaN",
		"01",
		"+5",
		"1,000",
		"9".repeat(40),
	])("refuses limit=%s", async (limit) => {
		const api = await createCaller();
		const reply = await api.get(`/${path}?limit=${limit}`);
		expect(reply).toMatchObject({ status: 400, body: { code: "BAD_REQUEST", errors: [{ path: "limit" }] } });
	});

	it("refuses unknown parameters and invalid cursors", async () => {
		const api = await createCaller();
		const gone = resource.revoked ? "includeRevoked" : "includeDeleted";
		for (const [query, at] of [
			["nope=1", "nope"],
			["Limit=1", "Limit"],
			["offset=20", "offset"],
			["page=2", "page"],
			["__proto__=1", "__proto__"],
			["constructor=1", "constructor"],
			["organizationId=org_1", "organizationId"],
			["ids=1", "ids"],
			["cf_nope=1", "cf_nope"],
			[`${gone}=1`, gone],
			[`${gone}=TRUE`, gone],
			[`${gone}=true&${gone}=true`, gone],
			["cursor=", "cursor"],
			["cursor=abc", "cursor"],
			["cursor=null", "cursor"],
			[`cursor=${btoa('[null,"x"]')}`, "cursor"],
			[`cursor=${"a".repeat(10_000)}`, "cursor"],
			["cursor=a&cursor=b", "cursor"],
			...(resource.list === "feed"
				? ["orderBy", "orderDir", "search", "updatedSince"].map((name) => [`${name}=asc`, name] as const)
				: [
						["orderBy=nope", "orderBy"] as const,
						["orderBy=id", "orderBy"] as const,
						["orderBy=name%3BDROP%20TABLE%20leads", "orderBy"] as const,
						["orderBy=name&orderBy=createdAt", "orderBy"] as const,
						["orderDir=DESC", "orderDir"] as const,
						["updatedSince=2025-02-30T00:00:00Z", "updatedSince"] as const,
						["createdAfter=yesterday", "createdAfter"] as const,
						["createdBefore=1700000000", "createdBefore"] as const,
					]),
		] as const) {
			const reply = await api.get(`/${path}?${query}`);
			expect(reply, query.slice(0, 50)).toMatchObject({ status: 400, body: { errors: [{ path: at }] } });
		}
	});
});

describe("a cursor", () => {
	const organizations = async () => [await createCaller({ keys: 3 }), await createCaller()] as const;

	it.each(listedResources)("of $path is only valid for its own list", async (resource) => {
		const { path } = resource;
		const [api, other] = await organizations();
		await createForSort(api, resource);
		await createForSort(other, resource);
		const order = resource.list === "sorted" ? { orderBy: "updatedAt", orderDir: "asc" } : {};
		const first = await api.get(withQuery(path, { ...order, limit: 2 }));
		const cursor: string = first.body.nextCursor;
		const rest = await api.get(withQuery(path, { ...order, limit: 100, cursor }));
		expect(rest.status, "limit may change").toBe(200);
		expect(await api.get(withQuery(path, { cursor, limit: 100, ...order }))).toMatchObject({
			body: rest.body,
		});

		const refused = async (reply: Promise<Reply>, what: string) =>
			expect(await reply, what).toMatchObject({
				status: 400,
				body: {
					code: "BAD_REQUEST",
					message: "cursor: This cursor belongs to another list, sort or filter.",
				},
			});
		await refused(other.get(withQuery(path, { ...order, cursor })), "another organization");
		const elsewhere = path === "tags" ? "users" : "tags";
		await refused(api.get(withQuery(elsewhere, { ...order, cursor })), "another resource");
		await refused(
			api.get(`/${path}${withRemovedQuery(resource)}&${new URLSearchParams({ ...order, cursor })}`),
			"deleted too",
		);
		if (resource.list === "sorted") {
			await refused(api.get(withQuery(path, { cursor })), "the default sort");
			await refused(api.get(withQuery(path, { ...order, orderDir: "desc", cursor })), "another direction");
			await refused(
				api.get(withQuery(path, { ...order, createdAfter: "2020-01-01T00:00:00Z", cursor })),
				"a filter more",
			);
		}
		for (let index = 0; index < cursor.length; index += Math.ceil(cursor.length / 12)) {
			const flipped = cursor[index] === "A" ? "B" : "A";
			await refused(
				api.get(
					withQuery(path, { ...order, cursor: cursor.slice(0, index) + flipped + cursor.slice(index + 1) }),
				),
				`character ${index}`,
			);
		}
		for (const length of [1, 21, 22, cursor.length - 1])
			await refused(
				api.get(withQuery(path, { ...order, cursor: cursor.slice(0, length) })),
				`${length} characters`,
			);
		await refused(api.get(withQuery(path, { ...order, cursor: `${cursor}A` })), "a character more");
		await refused(api.get(withQuery(path, { ...order, cursor: `${cursor}=` })), "padding");
	});

	it("is bound to the filters' values, whatever the order of parameters", async () => {
		const [api] = await organizations();
		const tags = resourceAt("tags");
		for (const type of ["leads", "leads", "tasks", "tasks"]) await createRow(api, tags, { name: "x", type });
		const { nextCursor } = (await api.get("/tags?type=leads&limit=1&orderBy=name")).body;
		expect(
			(await api.get(`/tags?orderBy=name&cursor=${nextCursor}&type=leads&limit=9`)).body.items,
		).toHaveLength(1);
		for (const query of ["type=tasks&orderBy=name", "orderBy=name", "type=leads&type=tasks&orderBy=name"])
			expect((await api.get(`/tags?${query}&cursor=${nextCursor}`)).status, query).toBe(400);
	});

	it("made under an older key of the ring still works", async () => {
		const [api] = await organizations();
		await createForSort(api, resourceAt("tags"));
		const { nextCursor } = (await api.get("/tags?limit=2")).body;
		const fresh = btoa("n".repeat(32));
		const rotated = api.via(workerWith({ ...env, ENCRYPTION_KEY: `k2:${fresh},${env.ENCRYPTION_KEY}` }));
		const replaced = api.via(workerWith({ ...env, ENCRYPTION_KEY: `k2:${fresh}` }));
		expect((await rotated.get(`/tags?limit=2&cursor=${nextCursor}`)).body.items).toHaveLength(2);
		expect((await replaced.get(`/tags?limit=2&cursor=${nextCursor}`)).status).toBe(400);
	});
});
