// The recorded sizes of large rows must equal their real sizes after any sequence of writes.
import { env } from "cloudflare:workers";
import { getTableColumns, getTableName } from "drizzle-orm";
import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import { describe, expect, it } from "vitest";
import { BLOCK } from "../../src/quotas/bytes.ts";
import { weighChore } from "../../src/retention/weigh.ts";
import { weighedTables, weightTriggers } from "../../src/retention/weights.ts";
import { purge } from "../../src/sweeper/purge.ts";
import type { Api, Json } from "../support/api.ts";
import { withMembers } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { createConversation } from "../support/conversations.ts";
import { create } from "../support/deals.ts";
import { contactField, createForm } from "../support/forms.ts";
import { firstShard } from "../support/shards.ts";

const DAY_MS = 86_400_000;
const encoder = new TextEncoder();

function seededRandom(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

/** Text of so many bytes, some of them more than one to a character. */
const text = (bytes: number) => "\u20ac".repeat(bytes / 3) + "x".repeat(bytes % 3);

const run = async (query: string, ...values: unknown[]) =>
	(
		await env.DB.prepare(query)
			.bind(...values)
			.all<Json>()
	).results;

const blocksBeyond = (bytes: number, block: number) => Math.floor((bytes - 1) / block) * block;

/** What the rows of an organization weigh beyond light ones, by table: counted row by row, outside of the database. */
async function truth(organizationId: string): Promise<Record<string, number>> {
	const found: Record<string, number> = {};
	for (const { table, block, linked, searched } of weighedTables) {
		const name = getTableName(table);
		const texts = Object.values(getTableColumns(table))
			.filter((column) => /^text/i.test(column.getSQLType()) && !column.generated)
			.map((column) => column.name);
		const own =
			name === "event_log"
				? "key >> 40 = (SELECT ordinal FROM organizations WHERE id = ?)"
				: "organizationId = ?";
		let sum = 0;
		for (const row of await run(`SELECT * FROM ${name} WHERE ${own}`, organizationId)) {
			const bytes = texts.map((field) => {
				const times = !searched.includes(field) ? 1 : field === "lineItems" ? 3 : 5;
				return encoder.encode(row[field] ?? "").length * times;
			});
			for (const field of linked) bytes.push(128 * linksIn(JSON.parse(row[field] ?? "[]")));
			sum += blocksBeyond(
				bytes.reduce((all, one) => all + one, 0),
				block,
			);
		}
		if (sum > 0) found[name] = sum;
	}
	return found;
}

/** How many ids and values there are beside the first of each list. */
function linksIn(value: object): number {
	const items = Object.values(value);
	const lists = items.filter((item) => Array.isArray(item)).map(linksIn);
	return lists.reduce((all, one) => all + one, Math.max(0, items.length - 1));
}

const counted = async (organizationId: string): Promise<Record<string, number>> =>
	Object.fromEntries(
		(
			await run(
				"SELECT resource, excess FROM counters WHERE organizationId = ? AND excess <> 0",
				organizationId,
			)
		).map(({ resource, excess }) => [resource, excess]),
	);

const OPTIONS = Array.from({ length: 100 }, (_, n) => `"${n}`);

/** A field whose values are hardly any text, but many links. */
const manyLinks = (api: Api) =>
	create(api, "/custom-fields", { entity: "leads", type: "multiSelect", label: "Many", options: OPTIONS });

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
			remove();
			return;
		case 6:
			await purge(firstShard, Date.now() + below(2) * 91 * DAY_MS);
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

/** A heavy one of what has no verb above, each about the lead. */
async function aboutLead(api: Api, leadId: string): Promise<void> {
	const talk = await createConversation(api, { conversationType: "chat", leadId, summary: text(20_000) });
	for (const bytes of [10, 1_500, 29_000])
		await create(api, `/conversations/${talk.id}/messages`, { role: "visitor", text: text(bytes) });
	await create(api, "/tasks", {
		title: "Call",
		description: text(20_000),
		entity: "leads",
		entityId: leadId,
	});
	const form = await createForm(api, [...contactField, { label: "More", key: "more", type: "longText" }]);
	await create(api, "/form-responses", { formId: form.id, answers: { your_name: "Jo", more: text(20_000) } });
	await create(api, "/tags", { name: "A tag" });
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

	it("is exact for every kind of row, also when a person is erased of them", async () => {
		const api = await createCaller({ keys: 3, scopes: ["*", "leads:erase"] });
		const lead = await create(api, "/leads", { name: "Jane", notes: text(20_000) });
		await aboutLead(api, lead.id);
		const before = await counted(api.organizationId);
		expect(Object.keys(before).sort()).toEqual(
			["conversations", "event_log", "form_responses", "leads", "messages", "tasks"].sort(),
		);
		expect(before).toEqual(await truth(api.organizationId));
		expect((await api.post(`/leads/${lead.id}/erase`)).status).toBe(204);
		for (let round = 0; round < 5; round += 1) await purge(firstShard, Date.now() + round * 120_000);
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
			const { meta } = await env.DB.prepare("UPDATE forms SET fields = ? WHERE id = ?")
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
		const dialect = new SQLiteSyncDialect();
		const there = await run(
			"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_weight_%'",
		);
		const wanted = weighedTables.flatMap((one) =>
			Object.entries(weightTriggers(one)).map(([name, query]) => [name, dialect.sqlToQuery(query).sql]),
		);
		expect(Object.fromEntries(there.map((row) => [row.name, row.sql]))).toEqual(Object.fromEntries(wanted));
	});
});

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
			for (let slices = 0; slices < 12; slices += 1) await weighChore(3).run(firstShard);
			await api.patch(`/leads/${lead(below(10))}`, { notes: text(below(29_000)) });
			await api.patch(`/leads/${lead(10 + below(10))}`, { notes: text(below(29_000)) });
			ids.push((await create(api, "/leads", { name: "J", notes: text(20_000) })).id);
			expect((await api.post(`/leads/${lead(19 - round)}/erase`)).status).toBe(204);
		}
		await purge(firstShard, Date.now());
		expect(await run("SELECT * FROM weighings")).toEqual([]);
		for (const { organizationId } of [api, other])
			expect(await counted(organizationId)).toEqual(await truth(organizationId));
		expect((await counted(other.organizationId)).leads).toBe(2 * BLOCK.record);
	});

	it("are found along their keys, wherever a table has been left", async () => {
		await forget();
		const sent: [string, unknown[]][] = [];
		const DB = withMembers(env.DB, {
			prepare: (query: string) => ({
				bind(...values: unknown[]) {
					sent.push([query, values]);
					return env.DB.prepare(query).bind(...values);
				},
			}),
		});
		while (await weighChore().run({ ...firstShard, DB }));
		const looks = sent.filter(([query]) => query.includes(" AS row"));
		expect(looks).toHaveLength(2 * weighedTables.length);
		for (const [query, values] of looks) {
			const plan = (await run(`EXPLAIN QUERY PLAN ${query}`, ...values)).map(({ detail }) => detail);
			expect(
				plan.find((step: string) => / row /.test(step)),
				query,
			).toMatch(/^SEARCH row USING .*(?:\(rowid>\?\)|\((?:\w+,)+\w+\)>\((?:\?,)+\?\))/);
			expect(plan.filter((step: string) => step.includes("FOR ORDER BY"))).toEqual([]);
		}
	});
});
