// Each step that keeps a move safe: what would happen without it must not happen. scripts/sabotage/mutants-moves.ts removes them.
import { expect, inject, it, vi } from "vitest";
import { MINUTE_MS } from "../../src/time.ts";
import type { Api } from "../support/api.ts";
import { workerWith } from "../support/bindings.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { bindingsOf } from "../support/shards.ts";
import { misplacedRows } from "../support/wrong-shard.ts";
import {
	callerToMove,
	completeMove,
	duringFreeze,
	FROM,
	homeOf,
	rowsIn,
	TO,
	wish,
	withFakeDate,
} from "./moving.ts";

const errors = withFakeDate();
const on = (shard: number, text: string, ...values: unknown[]) =>
	bindingsOf(shard)
		.DB.prepare(text)
		.bind(...values)
		.run();

/** Moves a caller's organization, with `action` during the freeze. */
async function moveWith(api: Api, action: () => Promise<void>): Promise<Sender> {
	const sender = await Sender.start({}, duringFreeze(action));
	expect(await wish(api.organizationId, FROM, TO)).toBe(true);
	await completeMove(sender, api.organizationId, FROM, TO);
	return sender;
}

it("refuses writes before rows are compared, and still reads", async () => {
	const api = await callerToMove();
	await api.post("/tags", { name: "One" });
	const statuses: number[] = [];
	await moveWith(api, async () => {
		statuses.push((await api.post("/tags", { name: "Two" })).status);
		statuses.push((await api.get("/tags")).status);
	});
	expect(statuses).toEqual([503, 200]);
	expect((await api.get("/tags")).body.items).toHaveLength(1);
	expect((await api.post("/tags", { name: "Two" })).status).toBe(201);
});

it("copies what the system writes while requests may not", async () => {
	const api = await callerToMove();
	const { body } = await api.post("/leads", { name: "Jane" });
	await moveWith(api, async () => {
		await on(
			FROM,
			"UPDATE leads SET notes = 'late' WHERE organizationId = ? AND id = ?",
			api.organizationId,
			body.id,
		);
	});
	expect((await api.get(`/leads/${body.id}`)).body.notes).toBe("late");
});

it("sends nothing from the shard that it is about to leave, and then everything from the new one", async () => {
	const api = await callerToMove();
	const collecting = await Sender.start();
	const own = api.via(workerWith(collecting.env));
	const url = `${inject("receiver")}/status/200/leaving`;
	await own.post("/webhooks", { url, events: ["lead.created"] });
	await own.post("/leads", { name: "Jane" });
	const wakeUps = collecting.queued.splice(0);
	let duringMove = -1;
	const sender = await moveWith(api, async () => {
		await collecting.deliverMessages(wakeUps);
		duringMove = (await receivedRequests("leaving")).length;
	});
	await sender.sweep();
	await sender.drain();
	expect(duringMove).toBe(0);
	expect(await receivedRequests("leaving")).toHaveLength(1);
});

it("waits for a delivery that is being sent", async () => {
	const api = await callerToMove();
	const collecting = await Sender.start();
	const own = api.via(workerWith(collecting.env));
	const url = `${inject("receiver")}/status/200/in-flight`;
	await own.post("/webhooks", { url, events: ["lead.created"] });
	await own.post("/leads", { name: "Jane" });
	// As a consumer that has claimed it, and sends it until its lease ends.
	const lease =
		"UPDATE deliveries SET lease = 'other', leaseUntil = ?, lastAttempt = 1 WHERE organizationId = ?";
	await on(FROM, lease, Date.now() + 10 * MINUTE_MS, api.organizationId);
	expect(await wish(api.organizationId, FROM, TO)).toBe(true);
	const sender = await Sender.start();
	for (let minute = 0; minute < 6; minute += 1) {
		vi.setSystemTime(Date.now() + MINUTE_MS);
		await sender.sweep();
		expect(await homeOf(api, FROM)).toBeNull();
	}
	expect((await own.post("/leads", { name: "Writes go on" })).status).toBe(201);
	await on(
		FROM,
		"UPDATE deliveries SET lease = NULL, leaseUntil = NULL WHERE organizationId = ?",
		api.organizationId,
	);
	await completeMove(sender, api.organizationId, FROM, TO);
	expect(await misplacedRows()).toEqual([]);
});

it("starts again when a row is missing at the other end", async () => {
	const api = await callerToMove();
	await api.post("/tags", { name: "One" });
	await moveWith(api, async () => {
		await on(TO, "DELETE FROM tags WHERE organizationId = ?", api.organizationId);
	});
	expect(errors.join()).toContain('"what":"move_differs"');
	expect((await api.get("/tags")).body.items).toHaveLength(1);
});

it.each([FROM, TO])("changes nothing once another process has taken it over in shard %i", async (shard) => {
	const api = await callerToMove();
	await api.post("/tags", { name: "One" });
	const homes: unknown[] = [];
	const sender = await Sender.start(
		{},
		duringFreeze(async () => {
			await on(shard, "UPDATE moves SET lease = 'other' WHERE organizationId = ?", api.organizationId);
		}),
	);
	await wish(api.organizationId, FROM, TO);
	await completeMove(sender, api.organizationId, FROM, TO, async () => {
		if (errors.some((line) => line.includes("Another process works on this move")))
			homes.push(await homeOf(api, TO));
	});
	expect(errors.join()).toContain("Another process works on this move");
	expect(homes[0]).toBe(FROM);
	expect((await api.get("/tags")).body.items).toHaveLength(1);
});

it("erases, purges and stamps during a move as at other times", async () => {
	const sender = await Sender.start();
	const api = (await callerToMove()).via(workerWith(sender.env));
	await api.post("/webhooks", { url: `${inject("receiver")}/status/200/erased`, events: ["lead.*"] });
	const lead = (await api.post("/leads", { name: "Zebediah Quux", email: "zq@example.com" })).body;
	const field = (await api.post("/custom-fields", { entity: "leads", label: "Size", type: "text" })).body;
	const sized = (await api.post("/leads", { name: "Sized", [field.key]: "big" })).body;
	const old = (await api.post("/tags", { name: "Old" })).body;
	await api.delete(`/tags/${old.id}`);
	await on(FROM, "UPDATE tags SET deletedAt = 1 WHERE organizationId = ?", api.organizationId);
	await wish(api.organizationId, FROM, TO);
	await completeMove(sender, api.organizationId, FROM, TO, async (minute) => {
		if (minute !== 2) return;
		expect((await api.post(`/leads/${lead.id}/erase`)).status).toBeLessThan(300);
		expect((await api.delete(`/custom-fields/${field.id}`)).status).toBe(204);
	});
	for (let minute = 0; minute < 5; minute += 1) {
		vi.setSystemTime(Date.now() + MINUTE_MS);
		await sender.sweep();
		await sender.drain();
	}
	const rows = JSON.stringify(await rowsIn(api.organizationId, TO));
	expect(rows).not.toContain("Quux");
	expect(rows).not.toContain(old.id);
	expect((await api.get(`/leads/${sized.id}`)).status).toBe(200);
	expect((await api.get("/leads?search=Quux")).body.items).toEqual([]);
	expect(await misplacedRows()).toEqual([]);
});

it("two organizations leave a shard at the same time", async () => {
	const apis = [await callerToMove(), await callerToMove()];
	for (const api of apis) await api.post("/tags", { name: "One" });
	for (const api of apis) expect(await wish(api.organizationId, FROM, TO)).toBe(true);
	const sender = await Sender.start();
	for (const api of apis) await completeMove(sender, api.organizationId, FROM, TO);
	for (const api of apis) expect((await api.get("/tags")).body.items).toHaveLength(1);
	expect(await misplacedRows()).toEqual([]);
});

it("nothing is journaled, and no trigger exists, when nobody moves", async () => {
	const journalOf = async (shard: number) => {
		const triggers = `SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'move\\_%' ESCAPE '\\'`;
		const { results } = await on(shard, triggers);
		return {
			triggers: results.length,
			changes: (await on(shard, "SELECT * FROM move_changes")).results.length,
		};
	};
	const api = await callerToMove();
	await api.post("/tags", { name: "One" });
	let during: Awaited<ReturnType<typeof journalOf>> | undefined;
	await moveWith(api, async () => {
		await on(FROM, "UPDATE tags SET name = 'Late' WHERE organizationId = ?", api.organizationId);
		during = await journalOf(FROM);
	});
	expect(during?.triggers, "while it moves").toBeGreaterThan(0);
	expect(during?.changes, "while it moves").toBeGreaterThan(0);
	for (const shard of [FROM, TO]) expect(await journalOf(shard)).toEqual({ triggers: 0, changes: 0 });
});
