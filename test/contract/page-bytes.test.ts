// Pages of large rows: the data read for one page is far below an isolate's memory, and a reader that follows the short
// pages finds every row once.
import { describe, expect, it } from "vitest";
import { MAX_PAGE_BYTES } from "../../src/db/scan.ts";
import type { Api } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { copyRow, countReads, pageCost } from "../support/many-rows.ts";
import { run } from "../support/shards.ts";
import { createRow, resourceAt } from "./rows.ts";

const HEAVY = 500_000;
const COUNT = 30;
/** A page ends with the row that reaches its bytes, and two stretches of a list are read for one page. */
const MAX_GIVEN_BYTES = 2 * (MAX_PAGE_BYTES + 2 * HEAVY);

/** Gives a lead a custom field that no caller could fill so far. */
async function makeHeavy(api: Api, id: string): Promise<void> {
	const field = { entity: "leads", label: "Heavy", type: "longText" };
	const { body: definition } = await api.post("/custom-fields", field);
	const heavy = `json_object(?, hex(zeroblob(${HEAVY / 2})))`;
	await run(`UPDATE leads SET custom = ${heavy} WHERE id = ?`, definition.id, id);
}

/** Reads a list to its end; the rows it gave, and how many pages that took. */
async function readAll(api: Parameters<typeof pageCost>[0], path: string) {
	const ids: string[] = [];
	let pages = 0;
	for (let cursor: string | null = ""; cursor !== null; pages += 1) {
		const { body, characters } = await pageCost(api, `${path}${cursor && `&cursor=${cursor}`}`);
		expect(characters, path).toBeLessThan(MAX_GIVEN_BYTES);
		ids.push(...body.items.map(({ id }: { id: string }) => id));
		// A feed in the order of events gives a cursor on its last page too, to follow it by.
		cursor = body.hasMore ? body.nextCursor : null;
	}
	return { ids, pages };
}

describe("a page of heavy rows ends early", () => {
	it.each([
		"",
		"&orderDir=asc",
		"&orderBy=score",
		"&orderBy=name&email=heavy@example.com",
		"&search=heavy",
		"&archived=false",
	])("in a list of leads with %s", { timeout: 60_000 }, async (query) => {
		const api = (await createCaller({ keys: 3 })).via(countReads);
		const lead = await createRow(api, resourceAt("leads"), {
			name: "Heavy",
			email: "heavy@example.com",
			score: 3,
		});
		await createRow(api, resourceAt("leads"), { name: "Heavy", email: "heavy@example.com" });
		await makeHeavy(api, lead.id);
		await copyRow("leads", lead, COUNT);
		const { ids, pages } = await readAll(api, `/leads?limit=100${query}`);
		expect(ids).toHaveLength(COUNT + 2);
		expect(new Set(ids).size).toBe(COUNT + 2);
		expect(pages).toBe(Math.ceil((COUNT + 2) / Math.ceil(MAX_PAGE_BYTES / HEAVY)));
	});

	it("in the feed of events", {
		timeout: 60_000,
	}, async () => {
		const api = (await createCaller({ keys: 3 })).via(countReads);
		const { id } = await createRow(api, resourceAt("webhooks"), {
			url: "https://example.com/",
			events: ["*"],
		});
		const { eventId } = (await api.post(`/webhooks/${id}/test`, { event: "deal.created" })).body;
		await run(
			`UPDATE event_log SET test = 0, payload = json_set(payload, '$.data.title', hex(zeroblob(${HEAVY / 2}))) WHERE id = ?`,
			eventId,
		);
		await run(
			`INSERT INTO event_log WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${COUNT})
				SELECT o.key + n.i, substr(o.id, 1, 23) || printf('%07d', n.i), o.type, o.entityId, o.createdAt, 0, 1, o.payload, o.actor
				FROM n CROSS JOIN event_log AS o WHERE o.id = ?`,
			eventId,
		);
		for (const direction of ["asc", "desc"]) {
			const { ids, pages } = await readAll(api, `/events?limit=100&type=deal.created&orderDir=${direction}`);
			expect(new Set(ids).size).toBe(COUNT + 1);
			expect(ids).toHaveLength(COUNT + 1);
			expect(pages).toBeGreaterThan(3);
		}
	});

	it("a page of light rows is full, and reads at most six rows for each", async () => {
		const api = (await createCaller()).via(countReads);
		const lead = await createRow(api, resourceAt("leads"));
		await copyRow("leads", lead, 200);
		const { body, rows } = await pageCost(api, "/leads?limit=100");
		expect(body.items).toHaveLength(100);
		// Its index, its row, and twice each way through the two windows.
		expect(rows).toBeLessThan(6 * 101 + 10);
	});
});
