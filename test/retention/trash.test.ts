import { beforeEach, describe, expect, it, vi } from "vitest";
import { purge } from "../../src/sweeper/purge.ts";
import { DAY_MS } from "../../src/time.ts";
import { hasOperations } from "../contract/operations.ts";
import { referencesOf } from "../contract/references.ts";
import { resources } from "../contract/resources.ts";
import { bodyOf, createRow, withRemovedQuery } from "../contract/rows.ts";
import type { Api } from "../support/api.ts";
import { withMembers } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { create, createClient, createDeal, createPipeline } from "../support/deals.ts";
import { purgeAll } from "../support/purge.ts";
import { usageOf } from "../support/quotas.ts";
import { dbOf, envFor, run, total } from "../support/shards.ts";

/** The purge as it will be run in so many days. */
const purgeIn = (days: number) => purgeAll(Date.now() + days * DAY_MS);

const linksFrom = (id: string) => total("SELECT count(*) AS n FROM links WHERE fromId = ?", id);

const tableOf = (path: string) => path.replaceAll("-", "_");

/** Whether the row is in the database at all. */
const there = (path: string, id: string) =>
	total(`SELECT count(*) AS n FROM ${tableOf(path)} WHERE id = ?`, id);

const customized = ["leads", "clients", "deals", "tasks", "quotations", "invoices"];

/** Values of every type that has links, and one that has none. */
async function fieldsOf(api: Api, entity: string): Promise<Record<string, unknown>> {
	const define = (type: string, label: string, options: string[] = []) =>
		create(api, "/custom-fields", { entity, type, label, options });
	const select = ["One", "Two"];
	await define("number", "Number");
	await define("boolean", "Boolean");
	await define("email", "Mail");
	await define("longText", "Long");
	await define("singleSelect", "Single", select);
	await define("multiSelect", "Multi", select);
	return {
		cf_number: -2.5,
		cf_boolean: true,
		cf_mail: "Jane@Example.com",
		cf_long: "long",
		cf_single: "One",
		cf_multi: select,
	};
}

describe.each(resources.filter(hasOperations("create", "remove")))("a deleted row of $path", (resource) => {
	it("is kept for 90 days, and then removed for good with its links and values", async () => {
		const api = await createCaller({ keys: 2 });
		const custom = customized.includes(resource.path) ? await fieldsOf(api, resource.path) : {};
		const held: Record<string, unknown> = {};
		for (const { target, kind: only, withIds: holding } of referencesOf(resource).filter(
			({ many }) => many,
		)) {
			const one = await createRow(api, target, { ...(await bodyOf(api, target)), ...only?.body });
			Object.assign(held, holding(one.id));
		}
		const { id } = await createRow(api, resource, { ...(await bodyOf(api, resource)), ...held, ...custom });
		const other = await createRow(api, resource);
		const { used } = await usageOf(api, `records.${resource.path}`);
		const linked =
			Object.values(held).filter((value) => Array.isArray(value) && typeof value[0] === "string").length +
			(customized.includes(resource.path) ? 6 : 0);
		expect(await linksFrom(id)).toBe(linked);
		expect((await api.delete(`/${resource.path}/${id}`)).status).toBeLessThan(300);

		await purgeIn(89);
		expect(await there(resource.path, id)).toBe(1);
		expect((await usageOf(api, `records.${resource.path}`)).used).toBe(used);

		await purgeIn(91);
		expect(await there(resource.path, id)).toBe(0);
		expect(await linksFrom(id)).toBe(0);
		expect((await usageOf(api, `records.${resource.path}`)).used).toBe(Number(used) - 1);
		expect((await api.get(`/${resource.path}/${id}${withRemovedQuery(resource)}`)).status).toBe(404);
		expect(await there(resource.path, other.id)).toBe(1);
		await createRow(api, resource);
	});
});

describe("what is kept", () => {
	let api: Api;
	beforeEach(async () => {
		api = await createCaller();
	});

	it("is a deleted row that a live one refers to", async () => {
		await createPipeline(api);
		const deal = await createDeal(api);
		await run("UPDATE clients SET deletedAt = ? WHERE id = ?", Date.now(), deal.clientId);
		await purgeIn(91);
		expect(await there("clients", deal.clientId)).toBe(1);
		await api.delete(`/deals/${deal.id}`);
		await purgeIn(91);
		expect(await there("clients", deal.clientId)).toBe(0);
	});

	it("is a row that is restored in the meantime", async () => {
		const client = await createClient(api);
		await api.delete(`/clients/${client.id}`);
		await api.post(`/clients/${client.id}/restore`);
		await purgeIn(91);
		expect((await api.get(`/clients/${client.id}`)).status).toBe(200);
	});

	it("is a webhook as long as its log", async () => {
		const { id } = await create(api, "/webhooks", {
			url: "https://hooks.example.com/a",
			events: ["lead.created"],
		});
		await create(api, "/leads", { name: "Jane" });
		await api.delete(`/webhooks/${id}`);
		await purgeAll(Date.now() + 91 * DAY_MS, { DELIVERY_RETENTION_DAYS: "200" });
		expect(await there("webhooks", id)).toBe(1);
		await purgeIn(91);
		expect(await there("webhooks", id)).toBe(0);
		expect(await total("SELECT count(*) AS n FROM deliveries WHERE webhookId = ?", id)).toBe(0);
	});
});

describe("a field that is removed", () => {
	it("removes the links of its values, and keeps those of others", async () => {
		const api = await createCaller();
		const define = (label: string) => create(api, "/custom-fields", { entity: "leads", type: "text", label });
		const [a, b] = [await define("A"), await define("B")];
		for (let n = 0; n < 3; n += 1) await create(api, "/leads", { name: "Jane", cf_a: "x", cf_b: "y" });
		await api.delete(`/custom-fields/${a.id}`);
		await purgeIn(91);
		const links = (id: string) =>
			total("SELECT count(*) AS n FROM links WHERE field = ?", `leads.custom.${id}`);
		expect([await links(a.id), await links(b.id)]).toEqual([0, 3]);
		expect(await there("custom-fields", a.id)).toBe(0);
		expect((await api.get("/leads?cf_b=y")).body.items).toHaveLength(3);
	});
});

describe("the full-text index", () => {
	it.each(["leads", "clients", "products", "tasks"])("of %s loses what is removed", async (path) => {
		const api = await createCaller();
		const entries = () =>
			total(`SELECT count(*) AS n FROM ${path}_search('organization:${api.organizationId.slice(4)}')`);
		const resource = resources.find((one) => one.path === path);
		if (!resource) throw new Error(path);
		const { id } = await createRow(api, resource);
		const before = await entries();
		await api.delete(`/${path}/${id}`);
		await purgeIn(91);
		expect(before - (await entries())).toBe(1);
	});
});

describe("the purge", () => {
	const fill = async (rows: number, organizationId: string) => {
		await dbOf(organizationId)
			.prepare(
				`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
			INSERT INTO idempotency_keys (organizationId, key, fingerprint, claimedBy, claimedAt)
			SELECT ?1, 'old' || i, '', '', ?3 FROM n`,
			)
			.bind(organizationId, rows, Date.now())
			.run();
		await dbOf(organizationId)
			.prepare(
				`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
			INSERT INTO tags (organizationId, id, version, createdAt, updatedAt, deletedAt, name)
			SELECT ?1, 'tag_' || printf('%026d', i), 1, 0, 0, ?3, 'T' FROM n`,
			)
			.bind(organizationId, rows, Date.now())
			.run();
	};
	const left = async (organizationId: string) => [
		await total("SELECT count(*) AS n FROM idempotency_keys WHERE organizationId = ?", organizationId),
		await total("SELECT count(*) AS n FROM tags WHERE organizationId = ?", organizationId),
	];

	it("continues with each table until no row is left", async () => {
		const { organizationId } = await createCaller();
		await fill(2_300, organizationId);
		await purgeIn(91);
		expect(await left(organizationId)).toEqual([0, 0]);
	});

	it("removes a hundred rows that each have a value in a hundred fields", async () => {
		const api = await createCaller({ keys: 3 });
		const labels = Array.from({ length: 100 }, (_, index) => `Text ${index}`);
		const keys: string[] = [];
		for (const label of labels)
			keys.push((await create(api, "/custom-fields", { entity: "leads", type: "text", label })).key);
		const lead = { name: "Jane", ...Object.fromEntries(keys.map((key) => [key, "€".repeat(40)])) };
		const items = Array.from({ length: 50 }, () => lead);
		for (const part of [items, items])
			expect((await api.post("/leads/batch", { items: part })).body.created).toBe(50);
		const links = () => total("SELECT count(*) FROM links WHERE organizationId = ?", api.organizationId);
		expect(await links()).toBe(10_000);
		await run("UPDATE leads SET deletedAt = ? WHERE organizationId = ?", Date.now(), api.organizationId);
		await purgeIn(91);
		expect(await links()).toBe(0);
		expect(await total("SELECT count(*) FROM leads WHERE organizationId = ?", api.organizationId)).toBe(0);
	});

	it("removes rows with very many values within what one invocation may send", async () => {
		const api = await createCaller({ keys: 3 });
		const options = Array.from({ length: 200 }, (_, index) => `o${index}`);
		const lead: Record<string, unknown> = { name: "Jane" };
		for (let count = 0; count < 20; count += 1) {
			const label = `Many ${count}`;
			const { key } = await create(api, "/custom-fields", {
				entity: "leads",
				type: "multiSelect",
				label,
				options,
			});
			lead[key] = options;
		}
		for (let count = 0; count < 15; count += 1) await create(api, "/leads", lead);
		await run("UPDATE leads SET deletedAt = ? WHERE organizationId = ?", Date.now(), api.organizationId);
		const batches: number[] = [];
		const { DB, ...env } = envFor(api.organizationId);
		const counted = withMembers(DB, {
			batch(statements: D1PreparedStatement[]) {
				batches.push(statements.length);
				return DB.batch(statements);
			},
		});
		await purge({ ...env, DB: counted }, Date.now() + 91 * DAY_MS);
		expect(Math.max(...batches)).toBeLessThan(20);
		expect(await total("SELECT count(*) FROM leads WHERE organizationId = ?", api.organizationId)).toBe(0);
		expect(await total("SELECT count(*) FROM links WHERE organizationId = ?", api.organizationId)).toBe(0);
	});

	it("goes on with the other tables when one fails, and says so", async () => {
		const { organizationId } = await createCaller();
		await fill(1, organizationId);
		const faults = vi.spyOn(console, "error").mockReturnValue();
		const { DB, ...env } = envFor(organizationId);
		const refusing = withMembers(DB, {
			prepare(text: string) {
				if (text.startsWith('DELETE FROM "idempotency_keys"')) throw new Error("D1_ERROR: database is full");
				return DB.prepare(text);
			},
		});
		await purge({ ...env, DB: refusing }, Date.now() + 91 * DAY_MS);
		expect(await left(organizationId)).toEqual([1, 0]);
		expect(faults.mock.calls.flat().join()).toContain('"what":"chore_failed"');
		faults.mockRestore();
		await purgeIn(91);
		expect(await left(organizationId)).toEqual([0, 0]);
	});

	it("stops when its time is used up, logs that, and continues in the next sweep", async () => {
		const { organizationId } = await createCaller();
		await fill(2_300, organizationId);
		const logged = vi.spyOn(console, "log").mockImplementation(() => {});
		const clock = vi.spyOn(Date, "now");
		const start = performance.timeOrigin + performance.now();
		for (const at of [0, 0, 0]) clock.mockReturnValueOnce(start + at);
		clock.mockReturnValue(start + 60_000);
		await purge(envFor(organizationId), start + 91 * DAY_MS);
		clock.mockRestore();
		expect(logged.mock.calls.flat().join()).toContain('"type":"purge"');
		logged.mockRestore();
		const [keys = 0, tags = 0] = await left(organizationId);
		expect(keys).toBe(1_800);
		expect(tags).toBe(2_200);
		await purgeIn(91);
		expect(await left(organizationId)).toEqual([0, 0]);
	});
});
