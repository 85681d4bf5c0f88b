// Filters of feeds with few matches: as in rare-filters.test.ts.
import { describe, expect, it } from "vitest";
import { MAX_SCANNED_ENTRIES } from "../../src/db/scan.ts";
import { createCaller } from "../support/callers.ts";
import { allPages, copyRow, countReads, pageCost } from "../support/many-rows.ts";
import { run } from "../support/shards.ts";
import { createRow, resourceAt } from "./rows.ts";

const MANY = 100_000;

describe("feeds", () => {
	it("of deliveries and events read a bounded part, and lead on to what fits", {
		timeout: 120_000,
	}, async () => {
		const api = (await createCaller({ keys: 5 })).via(countReads);
		const { id } = await createRow(api, resourceAt("webhooks"), {
			url: "https://example.com/",
			events: ["*"],
		});
		const first = (await api.post(`/webhooks/${id}/test`, { event: "deal.created" })).body;
		const second = (await api.post(`/webhooks/${id}/test`, { event: "lead.created" })).body;
		await run("UPDATE deliveries SET status = 'success', dueAt = NULL WHERE webhookId = ?", id);
		await run("UPDATE deliveries SET status = 'failed', lastStatusCode = 500 WHERE id = ?", first.id);
		await run("UPDATE event_log SET test = 0 WHERE id IN (?, ?)", first.eventId, second.eventId);
		await copyRow("deliveries", second, MANY);
		await run(
			`INSERT INTO event_log WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
				SELECT o.key + n.i, 'evt_7' || printf('%025d', n.i), o.type, o.entityId, o.createdAt, 0, 1, o.payload, NULL
				FROM n CROSS JOIN event_log AS o WHERE o.id = ?`,
			second.eventId,
		);
		const log = `/webhooks/${id}/deliveries?limit=100`;
		for (const query of [
			"status=failed",
			"event=deal.created",
			"statusCode=500",
			"status=failed&statusCode=500",
		]) {
			const { items, pages } = await allPages(api, `${log}&${query}`);
			expect(
				items.map((one) => one.id),
				query,
			).toEqual([first.id]);
			expect(pages).toBeLessThanOrEqual(MANY / MAX_SCANNED_ENTRIES + 2);
		}
		const { items } = await allPages(api, "/events?limit=100&type=deal.created");
		expect(items.map((one) => one.id)).toEqual([first.eventId]);
		expect((await pageCost(api, "/events?limit=100&type=lead.created")).body.items).toHaveLength(100);
	});
});
