// Erasing reaches every event of a record, the short repetitions too: across chunks, behind what was purged, and among what
// was moved from where events were kept before.
import { describe, expect, it } from "vitest";
import { Eraser } from "../support/eraser.ts";
import { moveToFormerTable } from "../support/events.ts";
import { findTexts } from "../support/grep.ts";
import { purgeAll } from "../support/purge.ts";

const DAY_MS = 86_400_000;

/** An organization with one lead, which is then changed so many times. */
async function givenLead(changes: number, notes: (count: number) => string) {
	const all = await Eraser.start();
	const { id } = await all.post("/leads", { name: "Zed Erasable", email: "zed@erasable.example" });
	for (let count = 0; count < changes; count += 1)
		await all.callOk("PATCH", `/leads/${id}`, { notes: `Erasable ${notes(count)}` });
	const { organizationId } = all.sender;
	const left = async () => {
		expect((await all.erase(`/leads/${id}`)).status).toBe(204);
		for (let minute = 1; minute <= 3; minute += 1) await purgeAll(Date.now() + minute * 60_000);
		return findTexts(["erasable"]);
	};
	return { all, id, organizationId, left };
}

describe("erasing events", () => {
	it("leaves no `save_lead` where a chunk ends between it and the event that it repeats", async () => {
		// A chunk ends with some million characters; the lengths differ, so that some chunk ends at each of the two.
		const { left } = await givenLead(75, (count) => "x".repeat(9_000 + 13 * count));
		expect(await left()).toEqual([]);
	});

	it("misses none of hundreds of events of one record that were moved together", async () => {
		const { organizationId, left } = await givenLead(110, String);
		await moveToFormerTable(organizationId);
		await purgeAll(Date.now());
		expect(await left()).toEqual([]);
	});

	it("finds a `save_lead` whose event was purged before it", async () => {
		const { left } = await givenLead(1, String);
		await purgeAll(Date.now() + 91 * DAY_MS);
		expect(await left()).toEqual([]);
	});

	it("reaches those of a lead that was deleted and then removed for good, once", async () => {
		const { all, id, left } = await givenLead(1, String);
		await all.callOk("DELETE", `/leads/${id}`);
		await purgeAll(Date.now() + 91 * DAY_MS, { EVENT_RETENTION_DAYS: "0" });
		expect((await all.erase(`/leads/${id}`, { "if-match": "*" })).status).toBe(412);
		expect(await findTexts(["erasable"])).not.toEqual([]);
		expect(await left()).toEqual([]);
		expect((await all.erase(`/leads/${id}`)).status).toBe(404);
		const { items } = await all.callOk("GET", "/events?type=lead.erased");
		expect(items).toMatchObject([{ entityId: id }]);
	});

	it("erases a record once when two requests come at the same time", async () => {
		const { all, id } = await givenLead(0, String);
		await all.callOk("DELETE", `/leads/${id}`);
		await purgeAll(Date.now() + 91 * DAY_MS, { EVENT_RETENTION_DAYS: "0" });
		const replies = await Promise.all([all.erase(`/leads/${id}`), all.erase(`/leads/${id}`)]);
		expect(replies.map(({ status }) => status).sort()).toEqual([204, 404]);
		expect(await findTexts(["erasable"])).toEqual([]);
	});
});
