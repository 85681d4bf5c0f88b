// A full delivery log and what must always work: deletions, erasures, reports and what processes of the server add. Their events
// are recorded, and their deliveries are made when the log has room: all of them, once, in order.

import { describe, expect, it } from "vitest";
import type { Json } from "../support/api.ts";
import { withMembers } from "../support/bindings.ts";
import { STAGES } from "../support/deals.ts";
import { measureLogsExactly, setQuotas } from "../support/quotas.ts";
import { Sender } from "../support/sender.ts";
import { started } from "./holding.ts";

measureLogsExactly();

describe("a full log", () => {
	it("refuses no deletion; the deliveries are made when there is room, for who subscribed, once and in order", async () => {
		const { sender, create, subscribe, remove, made, fill, makeRoom, catchUp } = await started();
		const [one, two] = [await subscribe("lead.*"), await subscribe("lead.deleted", "lead.created")];
		const stranger = await subscribe("client.*");
		const off = await subscribe("lead.deleted");
		const removed = await subscribe("lead.deleted");
		const leads: Json[] = [];
		for (const name of ["A", "B", "C"]) leads.push(await create("/leads", { name }));
		await fill();
		for (const lead of leads.slice(0, 2)) await remove("/leads", lead);
		const late = await subscribe("lead.deleted");
		await remove("/leads", leads[2]);
		const created = ["A", "B", "C"].map((name) => `lead.created ${name}`);
		expect(await made(one)).toEqual(created);
		await catchUp();
		expect(await made(one), "there is no room").toEqual(created);
		expect((await sender.api("POST", "/leads", { name: "D" })).status).toBe(409);

		await makeRoom();
		await sender.api("PATCH", `/webhooks/${off}`, { status: "disabled" });
		await remove("/webhooks", { id: removed });
		// Another write before the sweep: it comes after what is held.
		await create("/leads", { name: "E" });
		expect(await made(two), "still behind").toEqual(created);
		await catchUp();
		await catchUp();
		const deleted = ["A", "B", "C"].map((name) => `lead.deleted ${name}`);
		for (const id of [one, two]) expect(await made(id)).toEqual([...created, ...deleted, "lead.created E"]);
		expect(await made(stranger)).toEqual([]);
		expect(await made(late)).toEqual(["lead.deleted C"]);
		expect(await made(off)).toEqual(deleted.map((text) => `${text} skipped`));
		expect(await made(removed)).toEqual([]);
		expect((await sender.api("POST", `/webhooks/${removed}/restore`)).status).toBe(200);
		await remove("/leads", await create("/leads", { name: "F" }));
		await catchUp();
		expect((await made(one)).slice(-2), "at once again").toEqual(["lead.created F", "lead.deleted F"]);
		expect(await made(removed), "not what was held when it was deleted").toEqual(["lead.deleted F"]);
	});

	it("is made up for without what happened before a webhook was enabled: that is skipped, as it is in a log with room", async () => {
		const { sender, create, subscribe, remove, made, fill, makeRoom, catchUp } = await started();
		const set = async (hook: string, status: string) => {
			const reply = await sender.api("PATCH", `/webhooks/${hook}`, { status });
			expect(reply.status, reply.text).toBe(200);
		};
		const [hook, always] = [await subscribe("lead.deleted"), await subscribe("lead.deleted")];
		const leads: Json[] = [];
		for (let index = 0; index < 24; index += 1) leads.push(await create("/leads", { name: String(index) }));
		await fill();
		await remove("/leads", leads[0]);
		await set(hook, "disabled");
		for (const lead of leads.slice(1, 22)) await remove("/leads", lead);
		await set(hook, "active");
		await remove("/leads", leads[22]);
		await makeRoom();
		await catchUp();
		const deleted = leads.slice(0, 23).map(({ name }) => `lead.deleted ${name}`);
		expect(await made(always)).toEqual(deleted);
		expect(await made(hook)).toEqual(deleted.map((text, index) => (index < 22 ? `${text} skipped` : text)));
		const { results } = await sender.db
			.prepare("SELECT leaseUntil FROM deliveries WHERE webhookId = ? AND status = 'pending'")
			.bind(hook)
			.all();
		expect(results, "it is sent at once").toEqual([{ leaseUntil: expect.any(Number) }]);

		// What is held later begins after it.
		await fill();
		await remove("/leads", leads[23]);
		await makeRoom();
		await catchUp();
		expect((await made(hook)).at(-1)).toBe("lead.deleted 23");
	});

	it("costs a deletion no row more than when nobody is told", async () => {
		let written = 0;
		const count = (db: D1Database) =>
			withMembers(db, {
				async batch(statements: D1PreparedStatement[]) {
					const results = await db.batch(statements);
					written += results.reduce((sum, { meta }) => sum + meta.rows_written, 0);
					return results;
				},
			});
		const sender = await Sender.start({}, (bindings) => ({
			...bindings,
			...Object.fromEntries(
				Object.entries(bindings)
					.filter(([name]) => /^DB/.test(name))
					.map(([name, db]) => [name, count(db)]),
			),
		}));
		const rowsOfDeletion = async () => {
			const { body } = await sender.api("POST", "/leads", { name: "A" });
			return async () => {
				written = 0;
				expect((await sender.api("DELETE", `/leads/${body.id}`)).status).toBe(204);
				return written;
			};
		};
		const deletions = [await rowsOfDeletion(), await rowsOfDeletion(), await rowsOfDeletion()];
		const silent = await deletions[0]?.();
		for (let hooks = 0; hooks < 3; hooks += 1) await sender.webhook("/status/200/held", { events: ["*"] });
		await setQuotas(sender.organizationId, { logBytes: 0 });
		// The webhook's row and its place in the index of those that are behind.
		expect(await deletions[1]?.()).toBe((silent ?? 0) + 3 * 2);
		expect(await deletions[2]?.()).toBe(silent);
	});

	it("takes erasures, reports and what processes add; nothing is sent of who was erased meanwhile", async () => {
		const { sender, create, subscribe, remove, made, fill, makeRoom, catchUp } = await started();
		const all = await subscribe("lead.*", "webhook.*", "client.deleted");
		const gone = (await sender.webhook("/status/410/held-gone", { events: ["lead.created"] })).id;
		const erased = await create("/leads", { name: "Erased" });
		const client = await create("/clients", { type: "contact", name: "Kept" });
		const { stages } = await create("/pipelines", { name: "Sales", isDefault: true, stages: STAGES });
		const stageId = stages.find(({ type }: Json) => type === "WON").id;
		const lead = await create("/leads", { name: "Won" });
		const deal = await create("/deals", { title: "Deal", clientId: client.id, leadId: lead.id });
		await fill();
		await remove("/leads", erased);
		await sender.drain();
		expect((await sender.api("GET", `/webhooks/${gone}`)).body.status).toBe("disabled");
		expect((await sender.api("PATCH", `/deals/${deal.id}`, { stageId })).status).toBe(200);
		expect((await sender.api("POST", `/leads/${erased.id}/erase`)).status).toBe(204);
		await makeRoom();
		await catchUp();
		const texts = await made(all);
		expect(texts.filter((text) => !/^lead.created/.test(text))).toEqual([
			"webhook.disabled ",
			"lead.updated Won",
			"lead.erased ",
		]);
	});
});
