// The stamps that a write's batch assigns are equal in the row, the answer, the replayed answer and the events. Each
// operation runs on an isolate whose clock is behind, so that the request's own time would be wrong.
import { getTableName } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { batch } from "../../src/db/client.ts";
import { ownedTables } from "../../src/db/owned-tables.ts";
import { apiKeys } from "../../src/db/schema/api-keys.ts";
import { isoInstant } from "../../src/db/slots.ts";
import { sql } from "../../src/db/sql.ts";
import { DAY_MS } from "../../src/time.ts";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { eventsOf } from "../support/events.ts";
import { withoutLimits } from "../support/paused-request.ts";
import { purgeAll } from "../support/purge.ts";
import { dbOf, firstShard, run } from "../support/shards.ts";
import { hasOperations, operations, pathOf } from "./operations.ts";
import { resources } from "./resources.ts";
import { bodyFor, createRow, createRowFor, resourceAt, rowPath, withRemovedQuery } from "./rows.ts";

const AHEAD_MS = 60_000;

const tables = [...ownedTables, apiKeys];

const START = Date.parse("2026-03-01T12:00:00Z");

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["Date"], now: START });
});
afterEach(() => {
	vi.useRealTimers();
});

/** What the rows inside an answer or a payload are said to be. */
function rowsIn(value: Json): Json[] {
	if (typeof value !== "object" || value === null) return [];
	const own = typeof value.id === "string" && typeof value.updatedAt === "string" ? [value] : [];
	return [...own, ...Object.values(value).flatMap(rowsIn)];
}

/** The row of an id as it is now. */
async function current(api: Api, id: string): Promise<Json> {
	const resource = resources.find(({ prefix }) => id.startsWith(`${prefix}_`));
	if (!resource) throw new Error(`No resource has ids like ${id}.`);
	const gone = hasOperations("remove")(resource) ? withRemovedQuery(resource) : "";
	return (await api.get(`${rowPath(resource, id)}${gone}`)).body;
}

/** The newest stamp (ms) in each table of the organization's. */
async function newestOf(api: Api): Promise<Map<string, number>> {
	const found = await batch(
		dbOf(api.organizationId),
		tables.map(
			(table) =>
				sql`SELECT max("updatedAt") AS "at" FROM ${table} WHERE "organizationId" = ${api.organizationId}`,
		),
	);
	return new Map(tables.map((table, index) => [getTableName(table), Number(found[index]?.[0]?.at ?? 0)]));
}

const writes = operations.filter(
	({ method, path }) => method !== "GET" && !/deliveries|recover|\/test$|\/me|session/.test(path),
);

it("the list of operations has every kind", () => {
	expect(writes.map(({ operationId }) => operationId)).toEqual(
		expect.arrayContaining([
			"createLead",
			"upsertClient",
			"convertLead",
			"voidInvoice",
			"rotateApiKey",
			"updateOrganization",
		]),
	);
});

describe.each(writes)("$operationId", (operation) => {
	it("shows the same instants in its answer, its events and later reads", async () => {
		const api = withoutLimits(await createCaller());
		const resource = resourceAt(operation.resource);
		vi.setSystemTime(START + AHEAD_MS);
		const before = await createRowFor(api, operation);
		if (operation.path.endsWith("/restore")) await api.delete(rowPath(resource, before.id));
		const body = await bodyFor(api, operation);
		const known = new Set((await eventsOf(api.organizationId)).map(({ id }) => id));
		const stamps = await newestOf(api);

		vi.setSystemTime(START);
		const headers = { "idempotency-key": "once" };
		const reply = await api.send(operation.method, pathOf(operation, { id: before.id }), body, headers);
		expect(reply.status, reply.text).toBeLessThan(300);
		if (operation.method !== "DELETE") {
			const again = await api.send(operation.method, pathOf(operation, { id: before.id }), body, headers);
			expect(again.headers.get("idempotency-replayed")).toBe("true");
			expect(again.text).toBe(reply.text);
		}
		const events = (await eventsOf(api.organizationId)).filter(({ id }) => !known.has(id));
		const told = events.filter(({ type }) => !type.endsWith(".deleted")).map(({ payload }) => payload.data);
		for (const row of [...rowsIn(reply.body), ...rowsIn(told)]) {
			const { updatedAt, version, number } = await current(api, row.id);
			expect({ updatedAt: row.updatedAt, version: row.version, number: row.number }).toEqual({
				updatedAt,
				version,
				number,
			});
		}
		const deleted = events.filter(({ type }) => type.endsWith(".deleted"));
		for (const { payload } of deleted) expect(payload.data.updatedAt).toBe(before.updatedAt);

		// Whatever it wrote is newer than all that could be read before.
		for (const [table, at] of await newestOf(api)) {
			const stamped = stamps.get(table) ?? 0;
			// Where it left no row there is nothing to be newer; what is removed for good is remembered below.
			if (at !== stamped && at > 0) expect(at, table).toBeGreaterThan(stamped);
		}
	});
});

describe.each(resources.filter(hasOperations("create", "remove")))("a row of $path", (resource) => {
	it("is not stamped before one that has been removed for good", async () => {
		const api = withoutLimits(await createCaller());
		// Its purge and its creation are on clocks that are days apart: no other would show it.
		vi.setSystemTime(START + 10 * DAY_MS);
		const gone = await createRow(api, resource);
		await api.delete(rowPath(resource, gone.id));
		const { updatedAt } = await current(api, gone.id);
		await purgeAll(START + 400 * DAY_MS);
		expect((await api.get(`${rowPath(resource, gone.id)}${withRemovedQuery(resource)}`)).status).toBe(404);
		await run(
			`UPDATE ${resource.path.replaceAll("-", "_")} SET updatedAt = 0 WHERE organizationId = ?`,
			api.organizationId,
		);
		vi.setSystemTime(START);
		const next = await createRow(api, resource);
		expect(Date.parse(next.updatedAt)).toBeGreaterThan(Date.parse(updatedAt));
	});
});

describe("an instant that SQL writes", () => {
	it("is the one that we write, to the millisecond", async () => {
		const spread = [
			0,
			1,
			999,
			1_000,
			Date.parse("1999-12-31T23:59:59.999Z"),
			Date.parse("2099-12-31T23:59:59.999Z"),
		];
		const all = [
			...spread,
			...Array.from({ length: 20_000 }, (_, index) => START + index * 86_399_977 - (index % 1_000)),
		];
		const [rows = []] = await batch(firstShard.DB, [
			sql`SELECT ${isoInstant(sql`value`)} AS "iso" FROM json_each(${JSON.stringify(all)}) ORDER BY key`,
		]);
		expect(rows.map(({ iso }) => iso)).toEqual(all.map((ms) => new Date(ms).toISOString()));
	});
});
