// The recorded sizes of large rows must equal their real sizes after any sequence of writes.
import { describe, expect, it, vi } from "vitest";
import { bound } from "../../src/db/sql.ts";
import { BLOCK } from "../../src/quotas/bytes.ts";
import { weighedTables, weightTriggers } from "../../src/retention/weights.ts";
import { DAY_MS } from "../../src/time.ts";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { purgeAll } from "../support/purge.ts";
import { dbOf, firstShard, run, total } from "../support/shards.ts";
import { aboutLead, counted, seededRandom, text, truth } from "../support/weights.ts";

const OPTIONS = Array.from({ length: 100 }, (_, n) => `"${n}`);

/** A field whose values are hardly any text, but many links. */
const manyLinks = (api: Api) =>
	create(api, "/custom-fields", { entity: "leads", type: "multiSelect", label: "Many", options: OPTIONS });

/** Waits for the erasing that goes on after the answer: what is compared here is read one after the other. */
const erased = ({ organizationId }: Api) =>
	vi.waitFor(async () => {
		const due = "SELECT count(*) AS n FROM erasures WHERE organizationId = ? AND dueAt <= ?";
		expect(await total(due, organizationId, Date.now())).toBe(0);
	});

/** Something or other that adds rows, makes them heavier or lighter, or takes them away. */
async function step(api: Api, below: (most: number) => number, ids: string[]): Promise<void> {
	const size = () => [1, 3_000, 4_000, 9_000, 29_000][below(5)] ?? 0;
	const id = ids[below(ids.length)];
	const remove = () => ids.splice(ids.indexOf(id ?? ""), 1);
	switch (id ? below(8) : 0) {
		case 1: {
			const items = Array.from({ length: 3 }, () => ({ name: "Jane", notes: text(size()) }));
			const { body } = await api.post("/leads/batch", { items });
			ids.push(...body.results.map((result: Json) => result.id));
			return;
		}
		case 2:
			await api.patch(`/leads/${id}`, { cf_many: OPTIONS.slice(0, below(100)) });
			return;
		case 3:
			await api.patch(`/leads/${id}`, { notes: below(3) === 0 ? null : text(size()) });
			return;
		case 4:
			await api.delete(`/leads/${id}`);
			if (below(2) === 0) await api.post(`/leads/${id}/restore`);
			else remove();
			return;
		case 5:
			expect((await api.post(`/leads/${id}/erase`)).status).toBe(204);
			await erased(api);
			remove();
			return;
		case 6:
			await purgeAll(Date.now() + below(2) * 91 * DAY_MS);
			return;
		case 7:
			await api.post("/leads/upsert", {
				matchBy: "email",
				email: "jill@example.com",
				name: "Jill",
				notes: text(size()),
			});
			return;
		default:
			ids.push((await create(api, "/leads", { name: "Jane", notes: text(size()) })).id);
	}
}

describe("what heavy rows weigh", () => {
	it.each([1, 2, 3])("is exact after whatever was written (%i)", async (seed) => {
		const below = seededRandom(seed);
		const api = await createCaller({ keys: 5, scopes: ["*", "leads:erase"] });
		const ids: string[] = [];
		await manyLinks(api);
		for (let n = 0; n < 30; n += 1) {
			await step(api, below, ids);
			expect(await counted(api.organizationId), `step ${n}`).toEqual(await truth(api.organizationId));
		}
	});

	it("is exact for every kind of row, also when a person is erased", async () => {
		const api = await createCaller({ keys: 3, scopes: ["*", "leads:erase"] });
		const lead = await create(api, "/leads", { name: "Jane", notes: text(20_000) });
		await aboutLead(api, lead.id);
		const before = await counted(api.organizationId);
		expect(Object.keys(before).sort()).toEqual(
			["conversations", "event_log", "form_responses", "leads", "messages", "tasks"].sort(),
		);
		expect(before).toEqual(await truth(api.organizationId));
		expect((await api.post(`/leads/${lead.id}/erase`)).status).toBe(204);
		for (let round = 0; round < 5; round += 1) await purgeAll(Date.now() + round * 120_000);
		const after = await counted(api.organizationId);
		expect(after).toEqual(await truth(api.organizationId));
		expect(Object.keys(after).sort()).toEqual(["event_log", "form_responses"]);
	});

	it("includes links, which weigh more than the lists they are of", async () => {
		const api = await createCaller();
		await manyLinks(api);
		await create(api, "/custom-fields", { entity: "leads", type: "longText", label: "Long" });
		// A comma and quotation marks in a text are no list.
		await create(api, "/leads", { name: "Jane", cf_long: '","'.repeat(300), cf_many: OPTIONS.slice(0, 5) });
		expect((await counted(api.organizationId)).leads).toBeUndefined();
		await create(api, "/leads", { name: "Jane", cf_many: OPTIONS.slice(0, 70) });
		expect((await counted(api.organizationId)).leads).toBe(2 * BLOCK.record);
		expect(await counted(api.organizationId)).toEqual(await truth(api.organizationId));
	});

	it("includes the search index, which weighs more than the texts that it is of", async () => {
		const api = await createCaller();
		await create(api, "/tasks", { title: "Call", description: "x".repeat(700) });
		expect((await counted(api.organizationId)).tasks).toBeUndefined();
		await create(api, "/tasks", { title: "Call", description: "x".repeat(900) });
		expect((await counted(api.organizationId)).tasks).toBe(BLOCK.record);
		expect(await counted(api.organizationId)).toEqual(await truth(api.organizationId));
	});

	it("writes nothing for light rows, nor for heavy ones that stay in their blocks", async () => {
		const api = await createCaller({ keys: 2 });
		const { id } = await create(api, "/leads", { name: "Jane" });
		await api.patch(`/leads/${id}`, { notes: text(300) });
		await create(api, "/tags", { name: "A tag" });
		await api.delete(`/leads/${id}`);
		const rows = await run("SELECT * FROM counters WHERE organizationId = ?", api.organizationId);
		expect(rows.map(({ resource, excess }) => [resource, excess])).toEqual([["leads", 0]]);

		const heavy = await create(api, "/forms", { title: "F", fields: [{ label: "Name", mapTo: "name" }] });
		const written = async (fields: object[]) => {
			const { meta } = await dbOf(api.organizationId)
				.prepare("UPDATE forms SET fields = ? WHERE id = ?")
				.bind(JSON.stringify(fields), heavy.id)
				.run();
			return meta.rows_written;
		};
		const ordinary = await written(fieldsOf(3_001));
		expect(await written(fieldsOf(9_000))).toBe(ordinary + 1);
		expect(await written(fieldsOf(9_001))).toBe(ordinary);
		expect(await counted(api.organizationId)).toEqual(await truth(api.organizationId));
	});
});

const fieldsOf = (bytes: number) => [{ label: "Name", key: "name", type: "text", helpText: text(bytes) }];

describe("the triggers", () => {
	it("are what the schema calls for: a new column or table is weighed too", async () => {
		const { results: there } = await firstShard.DB.prepare(
			"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_weight_%'",
		).all<Json>();
		const wanted = weighedTables.flatMap((one) =>
			Object.entries(weightTriggers(one)).map(([name, query]) => [name, bound(query).text]),
		);
		expect(Object.fromEntries(there.map((row) => [row.name, row.sql]))).toEqual(Object.fromEntries(wanted));
	});
});
