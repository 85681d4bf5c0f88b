// A full delivery log and what must always work: deletions, erasures, reports and what processes of the server add. Their events
// are recorded, and their deliveries are made when the log has room: all of them, once, in order.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chance } from "../../src/chance.ts";
import { heldChore } from "../../src/outbox/catch-up.ts";
import { DAY_MS } from "../../src/time.ts";
import type { Json } from "../support/api.ts";
import { queuesWith, withMembers } from "../support/bindings.ts";
import { STAGES } from "../support/deals.ts";
import { purgeAll } from "../support/purge.ts";
import { setQuotas } from "../support/quotas.ts";
import { Sender } from "../support/sender.ts";
import { bindingsOf, envFor, run, shards } from "../support/shards.ts";

beforeEach(() => {
	// No delivery falls on a sample, so that a log is full or not as the quota says.
	vi.spyOn(chance, "random").mockReturnValue(0.5);
});
afterEach(async () => {
	vi.restoreAllMocks();
	for (const shard of shards)
		await bindingsOf(shard).DB.prepare("UPDATE organizations SET quotas = NULL").run();
});

/** An organization that sends nothing by itself. */
async function started() {
	const sender = await Sender.start();
	const { organizationId } = sender;
	const create = async (path: string, body: object) => {
		const reply = await sender.api("POST", path, body);
		expect(reply.status, reply.text).toBe(201);
		return reply.body;
	};
	const subscribe = async (...events: string[]) => (await sender.webhook("/status/200/held", { events })).id;
	const remove = async (path: string, { id }: Json) => {
		const reply = await sender.api("DELETE", `${path}/${id}`);
		expect(reply.status, reply.text).toBe(204);
	};
	/** What each delivery of a webhook is of, in the order of its log. */
	const made = async (webhookId: string): Promise<string[]> => {
		const { results } = await sender.db
			.prepare(
				`SELECT delivery.event || ' ' || coalesce(json_extract(event.payload, '$.data.name'), '') || iif(delivery.status = 'pending', '', ' ' || delivery.status) AS text
				FROM deliveries AS delivery JOIN event_log AS event ON event.id = delivery.eventId WHERE delivery.webhookId = ? AND delivery.test = 0 ORDER BY event.key`,
			)
			.bind(webhookId)
			.all<{ text: string }>();
		return results.map(({ text }) => text);
	};
	return {
		sender,
		create,
		subscribe,
		remove,
		made,
		fill: () => setQuotas(organizationId, { logBytes: 0 }),
		makeRoom: () => setQuotas(organizationId, {}),
		/** What one sweep makes. */
		catchUp: (env = envFor(organizationId)) => allChunks(env),
	};
}

async function allChunks(env: ReturnType<typeof envFor>): Promise<number> {
	const chore = heldChore(Date.now());
	// A real queue would go on sending after the tests, and the runner could not end.
	const quiet = { ...env, ...queuesWith(async () => {}) };
	let chunks = 0;
	while (await chore.run(quiet)) chunks += 1;
	return chunks;
}

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

describe("held deliveries", () => {
	/** An organization with `count` deletions held for a webhook, and tests of it among them. */
	async function held(count: number) {
		const all = await started();
		const hook = await all.subscribe("lead.deleted");
		const items = Array.from({ length: 100 }, (_, index) => ({ name: String(index) }));
		const ids: string[] = [];
		for (let made = 0; made < count; made += 100) {
			const { body } = await all.sender.api("POST", "/leads/batch", { items });
			ids.push(...body.results.map(({ id }: Json) => id));
		}
		await all.sender.api("POST", `/webhooks/${hook}/test`, { event: "lead.deleted" });
		await all.fill();
		for (let from = 0; from < count; from += 100) {
			const doomed = ids.slice(from, from + 100).map((id) => ({ id }));
			const { body } = await all.sender.api("POST", "/leads/batch", { mode: "delete", items: doomed });
			expect(body.deleted).toBe(100);
		}
		const events = async () =>
			(
				await all.sender.db
					.prepare("SELECT eventId FROM deliveries WHERE webhookId = ? AND test = 0")
					.bind(hook)
					.all<{ eventId: string }>()
			).results.map(({ eventId }) => eventId);
		return { ...all, hook, events };
	}

	it("are made in chunks of 500 events, each once, also where the answers to the chunks are lost", async () => {
		const { sender, hook, events, makeRoom } = await held(700);
		await makeRoom();
		const own = envFor(sender.organizationId);
		// The first chunk never reaches the database; the second one is carried out, but its answer is lost.
		const outcomes = ["refused", "lost"];
		const DB = withMembers(own.DB, {
			async batch(statements: D1PreparedStatement[]) {
				const outcome = statements.length > 1 ? outcomes.shift() : undefined;
				const results = outcome === "refused" ? [] : await own.DB.batch(statements);
				if (outcome) throw new Error("Network connection lost.");
				return results;
			},
		});
		for (const count of [0, 500]) {
			await expect(allChunks({ ...own, DB })).rejects.toThrow();
			expect(await events()).toHaveLength(count);
		}
		await allChunks({ ...own, DB });
		const ids = await events();
		expect(ids).toHaveLength(700);
		expect(new Set(ids).size).toBe(700);
		expect(
			await sender.db.prepare("SELECT heldFrom FROM webhooks WHERE id = ?").bind(hook).first("heldFrom"),
		).toBeNull();
		const [{ n } = { n: 0 }] = await run(
			"SELECT count(*) AS n FROM deliveries WHERE webhookId = ? AND leaseUntil IS NOT NULL AND test = 0",
			hook,
		);
		expect(n, "in flight").toBeLessThanOrEqual(20);
	});

	it("go on where the organization has room while another has none, a chunk of each webhook in turn", async () => {
		const [stuck, free] = [await held(100), await held(100)];
		const second = await free.subscribe("lead.deleted");
		await free.sender.db
			.prepare("UPDATE webhooks SET heldFrom = (SELECT heldFrom FROM webhooks WHERE id = ?) WHERE id = ?")
			.bind(free.hook, second)
			.run();
		await free.makeRoom();
		for (const shard of shards) await allChunks(bindingsOf(shard));
		expect(await free.events()).toHaveLength(100);
		expect(await free.made(second)).toHaveLength(100);
		expect(await stuck.events()).toHaveLength(0);
	});

	it("keep their events from being purged", async () => {
		const { hook, events, makeRoom, catchUp } = await held(100);
		// Otherwise its delivery would keep them.
		await run("DELETE FROM deliveries WHERE webhookId = ?", hook);
		await purgeAll(Date.now() + 200 * DAY_MS);
		await makeRoom();
		await catchUp();
		expect(await events()).toHaveLength(100);
	});
});
