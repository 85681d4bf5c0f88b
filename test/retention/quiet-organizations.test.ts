// Where many organizations have few rows past their time, one sweep removes those of all of them.
import { expect, it } from "vitest";
import { MINUTE_MS } from "../../src/time.ts";
import { createOrganization } from "../support/callers.ts";
import { purgeAll } from "../support/purge.ts";
import { firstShard } from "../support/shards.ts";

const ORGANIZATIONS = 50;

/** The organizations that still have an event or a logged request from 1970 which is to be removed. */
async function leftIn(table: string): Promise<number | null> {
	return firstShard.DB.prepare(`SELECT count(*) FROM ${table} WHERE "id" LIKE '%_0000000000old'`).first(
		"count(*)",
	);
}

it("a sweep removes the old events and logged requests of each", async () => {
	await createOrganization();
	await firstShard.DB.prepare(
		`INSERT INTO organizations (id, name, timezone, currency, version, createdAt, updatedAt)
		WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
		SELECT 'org_quiet' || n, 'Quiet', 'UTC', 'EUR', 1, 0, 0 FROM numbers`,
	)
		.bind(ORGANIZATIONS)
		.run();
	await firstShard.DB.prepare(
		`INSERT INTO event_log (key, id, type, entityId, createdAt, test, payload, ownId)
		SELECT (ordinal << 40) + 500000000001 + place.key, 'evt_0000000000' || place.value, 'lead.created', 'ld_1', 0, 0, '{}', 0
			FROM organizations CROSS JOIN json_each('["old","new"]') AS place WHERE name = 'Quiet'`,
	).run();
	await firstShard.DB.prepare(
		`INSERT INTO request_log (organizationId, id, at, requestId, keyId, method, path, status, durationMs, count)
		SELECT id, 'rql_0000000000old', 0, '1', 'key_1', 'GET', '/', 404, 1, 1 FROM organizations WHERE name = 'Quiet'`,
	).run();
	expect([await leftIn("event_log"), await leftIn("request_log")]).toEqual([ORGANIZATIONS, ORGANIZATIONS]);
	await purgeAll(Date.now() + MINUTE_MS);
	expect([await leftIn("event_log"), await leftIn("request_log")]).toEqual([0, 0]);
});
