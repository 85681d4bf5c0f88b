// Erasing reaches every event of a record, the short repetitions too: across chunks, behind what was purged, and among what
// was moved from where events were kept before.
import { afterEach, describe, expect, it, vi } from "vitest";
import { DAY_MS } from "../../src/time.ts";
import type { Json } from "../support/api.ts";
import { Eraser } from "../support/eraser.ts";
import { moveToFormerTable } from "../support/events.ts";
import { findTexts } from "../support/grep.ts";
import { line } from "../support/papers.ts";
import { purgeAll } from "../support/purge.ts";
import { run, total } from "../support/shards.ts";

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

afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

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

	it("reaches large events in a script of three bytes a character", async () => {
		const all = await Eraser.start();
		const client = await all.post("/clients", { name: "Zed Erasable" });
		const lines = (sign: string) => ({
			lineItems: Array.from({ length: 8 }, () => ({ ...line, description: sign.repeat(10_000) })),
		});
		const quotation = await all.post("/quotations", {
			...lines("€"),
			clientId: client.id,
			date: "2026-01-31",
			internalNotes: "Erasable",
		});
		for (const sign of "₤₩€") await all.callOk("PATCH", `/quotations/${quotation.id}`, lines(sign));
		expect((await all.erase(`/clients/${client.id}`)).status).toBe(204);
		expect(await findTexts(["erasable"])).toEqual([]);
		const { items } = await all.callOk("GET", `/quotations/${quotation.id}/events?limit=100`);
		const updates = items.filter(({ type }: Json) => type === "quotation.updated");
		expect(updates.map(({ payload: { changes } }: Json) => changes.lineItems.to[0].description[0])).toEqual([
			..."€₩₤",
		]);
	});

	it("goes on with other records while the events of one can't be read, and with that one once they can", async () => {
		vi.spyOn(console, "error").mockReturnValue();
		const all = await Eraser.start();
		const lead = () => all.post("/leads", { name: "Zed Erasable" });
		const [unreadable, readable] = [await lead(), await lead()];
		await run("UPDATE event_log SET payload = '{' || payload WHERE entityId = ?", unreadable.id);
		for (const { id } of [unreadable, readable]) expect((await all.erase(`/leads/${id}`)).status).toBe(204);
		const left = ({ id }: Json) =>
			total("SELECT count(*) FROM event_log WHERE entityId = ? AND instr(payload, 'Erasable')", id);
		expect([await left(unreadable), await left(readable)]).toEqual([2, 0]);
		await run("UPDATE event_log SET payload = substr(payload, 2) WHERE entityId = ?", unreadable.id);
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2 * 60_000 });
		await purgeAll(Date.now());
		expect(await findTexts(["erasable"])).toEqual([]);
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
