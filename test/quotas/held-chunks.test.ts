// Deliveries that a full log has held back: how they are made when it has room.
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../src/time.ts";
import type { Json } from "../support/api.ts";
import { withMembers } from "../support/bindings.ts";
import { purgeAll } from "../support/purge.ts";
import { measureLogsExactly } from "../support/quotas.ts";
import { bindingsOf, envFor, run, shards } from "../support/shards.ts";
import { allChunks, started } from "./holding.ts";

measureLogsExactly();

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
