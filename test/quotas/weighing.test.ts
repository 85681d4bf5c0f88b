// Rows from before there was a quota on bytes are weighed in slices, while others are written.
import { getTableName } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { BLOCK } from "../../src/quotas/bytes.ts";
import { weighChore } from "../../src/retention/weigh.ts";
import { weighedTables } from "../../src/retention/weights.ts";
import { withMembers } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { purgeAll } from "../support/purge.ts";
import { firstShard, inEachShard, planOf, run } from "../support/shards.ts";
import { aboutLead, counted, seededRandom, text, truth } from "../support/weights.ts";

describe("rows from before", () => {
	/** Makes the rows what they were before anything was weighed, and all of it to be done. */
	async function forget(): Promise<void> {
		await run("UPDATE counters SET excess = 0");
		await run("DELETE FROM weighings");
		for (const { table, key } of weighedTables)
			await run(
				"INSERT INTO weighings VALUES (?, ?)",
				getTableName(table),
				JSON.stringify(key.map((column) => (column.dataType === "number" ? 0 : ""))),
			);
	}

	it("are weighed slice by slice, each once, while others are written and removed on both sides of it", async () => {
		const below = seededRandom(7);
		const api = await createCaller({ keys: 5, scopes: ["*", "leads:erase"] });
		const other = await createCaller();
		const ids: string[] = [];
		for (let n = 0; n < 20; n += 1)
			ids.push((await create(api, "/leads", { name: "J", notes: text(9_000) })).id);
		await aboutLead(api, ids[0] ?? "");
		await create(other, "/leads", { name: "J", notes: text(9_000) });
		await forget();
		const lead = (n: number) => ids[n] ?? "";
		for (let round = 0; round < 6; round += 1) {
			for (let slices = 0; slices < 12; slices += 1) await inEachShard((env) => weighChore(3).run(env));
			await api.patch(`/leads/${lead(below(10))}`, { notes: text(below(29_000)) });
			await api.patch(`/leads/${lead(10 + below(10))}`, { notes: text(below(29_000)) });
			ids.push((await create(api, "/leads", { name: "J", notes: text(20_000) })).id);
			expect((await api.post(`/leads/${lead(19 - round)}/erase`)).status).toBe(204);
		}
		await purgeAll(Date.now());
		expect(await run("SELECT * FROM weighings")).toEqual([]);
		for (const { organizationId } of [api, other])
			expect(await counted(organizationId)).toEqual(await truth(organizationId));
		expect((await counted(other.organizationId)).leads).toBe(2 * BLOCK.record);
	});

	it("are found by key, from any position in a table", async () => {
		await forget();
		const sent: [string, unknown[]][] = [];
		const DB = withMembers(firstShard.DB, {
			prepare: (query: string) => ({
				bind(...values: unknown[]) {
					sent.push([query, values]);
					return firstShard.DB.prepare(query).bind(...values);
				},
			}),
		});
		while (await weighChore().run({ ...firstShard, DB }));
		const looks = sent.filter(([query]) => query.includes(" AS row"));
		expect(looks).toHaveLength(2 * weighedTables.length);
		for (const [query, values] of looks) {
			const plan = await planOf({ text: query, params: values });
			expect(
				plan.find((step: string) => / row /.test(step)),
				query,
			).toMatch(/^SEARCH row USING .*(?:\(rowid>\?\)|\((?:\w+,)+\w+\)>\((?:\?,)+\?\))/);
			expect(plan.filter((step: string) => step.includes("FOR ORDER BY"))).toEqual([]);
		}
	});
});
