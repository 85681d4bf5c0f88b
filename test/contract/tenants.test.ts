// How statements are judged that name a tenant's table (support/tenants.ts). All that any test lets the Worker send are.
import { describe, expect, it } from "vitest";
import { problemOf, TenantWatch } from "../support/tenants.ts";

const OWN = "org_01kaj2m5m8f7jt2n3v4w5x6y7z";
const OTHER = "org_01kaj2m5m8f7jt2n3v4w5x6y70";
const BASE = `((SELECT "ordinal" FROM "organizations" WHERE "id" = ?) << 40)`;

describe("a statement names the organization", () => {
	it.each<[string, string, readonly unknown[]]>([
		["by a bound value", `SELECT * FROM "leads" WHERE "leads"."organizationId" = ? AND "id" = ?`, [OWN, 1]],
		["from the other side", `SELECT * FROM "leads" AS lead WHERE ? = lead."organizationId"`, [OWN]],
		["within parentheses", `SELECT * FROM "leads" WHERE ("id" = ? AND ("organizationId" = ?))`, [1, OWN]],
		["in what it changes", `UPDATE "leads" SET "name" = ? WHERE "organizationId" = ?`, ["x", OWN]],
		["in what it inserts", `INSERT INTO "links" ("organizationId", "toId") VALUES (?, ?)`, [OWN, 1]],
		[
			"in a bound list",
			`DELETE FROM "links" WHERE ("organizationId", "toId") IN (SELECT value->>0, value->>1 FROM json_each(?))`,
			[JSON.stringify([[OWN, "x"]])],
		],
		[
			"by the row that it is joined to",
			`SELECT * FROM "links" CROSS JOIN "tags" AS tag ON tag."organizationId" = "links"."organizationId" WHERE "links"."organizationId" = ?`,
			[OWN],
		],
		[
			"by the row around it",
			`SELECT 1 FROM "tags" WHERE "organizationId" = ? AND EXISTS (SELECT 1 FROM "links" WHERE "links"."organizationId" = "tags"."organizationId")`,
			[OWN],
		],
		[
			"by its parent",
			`SELECT * FROM "attempts" WHERE "deliveryId" IN (SELECT "id" FROM "deliveries" WHERE "organizationId" = ?)`,
			[OWN],
		],
		[
			"by the range of its events",
			`SELECT * FROM "event_log" WHERE "key" >= ${BASE} AND "key" < (${BASE} + 1)`,
			[OWN, OWN],
		],
		["by the key of an event", `SELECT * FROM "event_log" WHERE "key" = ${BASE} + ?`, [OWN, 1]],
		["or names no tenant's table", `SELECT * FROM "refolds" WHERE "table" = ?`, ["x"]],
	])("%s", (_, text, values) => {
		expect(problemOf(text, values)).toBeNull();
	});
});

describe("a statement doesn't name the organization", () => {
	it.each<[string, string, readonly unknown[]]>([
		["by an id alone", `SELECT * FROM "deliveries" WHERE "webhookId" = ? AND "id" = ?`, [1, 2]],
		[
			"by a value that is compared with none",
			`SELECT * FROM "leads" WHERE ? = ? AND "id" = ?`,
			[OWN, OWN, 1],
		],
		["by what need not hold", `SELECT * FROM "tags" WHERE "organizationId" = ? OR "id" = ?`, [OWN, 1]],
		["by what must not hold", `SELECT * FROM "tags" WHERE NOT ("organizationId" = ?)`, [OWN]],
		["by what it shows", `SELECT "organizationId" = ? FROM "tags"`, [OWN]],
		["by what it sets", `UPDATE "tags" SET "organizationId" = ?`, [OWN]],
		["by another value", `SELECT * FROM "tags" WHERE "organizationId" = ?`, ["tag_1"]],
		["of one of two tables", `SELECT * FROM "tags", "links" WHERE "tags"."organizationId" = ?`, [OWN]],
		["in a part of it", `SELECT 1 FROM "tags" WHERE "organizationId" = ? UNION SELECT 1 FROM "tags"`, [OWN]],
		[
			"in a query within it",
			`SELECT 1 FROM "tags" WHERE "organizationId" = ? AND EXISTS (SELECT 1 FROM "links" WHERE "toId" = "tags"."id")`,
			[OWN],
		],
		[
			"but in a LEFT JOIN's condition",
			`SELECT 1 FROM "tags" LEFT JOIN "links" ON "tags"."organizationId" = ? AND "links"."organizationId" = ?`,
			[OWN, OWN],
		],
		["by a parent that doesn't say it", `SELECT * FROM "attempts" WHERE "deliveryId" = ?`, [1]],
		[
			"by a parent that anybody may have",
			`SELECT * FROM "attempts" WHERE "deliveryId" IN (SELECT "id" FROM "deliveries" WHERE "id" = ?)`,
			[1],
		],
		["by one end of the range of events", `SELECT * FROM "event_log" WHERE "key" >= ${BASE}`, [OWN]],
		["by a list of nobody's", `DELETE FROM "links" WHERE "organizationId" = value->>0`, ["[]"]],
		["in what it inserts", `INSERT INTO "links" ("organizationId", "toId") VALUES (?, ?)`, [null, 1]],
		[
			"in its search",
			`SELECT 1 FROM leads_search CROSS JOIN "leads" ON "seq" = rowid AND "organizationId" = ? WHERE leads_search MATCH ?`,
			[OWN, "name:x"],
		],
	])("%s", (_, text, values) => {
		expect(problemOf(text, values)).not.toBeNull();
	});
});

it("a request that means two organizations' rows is noticed, a batch of the queue may", () => {
	const text = `SELECT * FROM "leads" WHERE "organizationId" = ?`;
	for (const [request, count] of [
		[true, 1],
		[false, 0],
	] as const) {
		const watch = new TenantWatch();
		const invocation = { request };
		watch.check(text, [OWN], invocation);
		watch.check(text, [OTHER], invocation);
		expect(watch.takeProblems()).toHaveLength(count);
	}
});
