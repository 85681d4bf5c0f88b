// Deleted rows: how long they are kept, and what is removed with them.
import { beforeEach, describe, expect, it } from "vitest";
import { DAY_MS } from "../../src/time.ts";
import { hasOperations } from "../contract/operations.ts";
import { referencesOf } from "../contract/references.ts";
import { resources } from "../contract/resources.ts";
import { bodyOf, createRow, withRemovedQuery } from "../contract/rows.ts";
import type { Api } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { create, createClient, createDeal, createPipeline } from "../support/deals.ts";
import { purgeAll } from "../support/purge.ts";
import { usageOf } from "../support/quotas.ts";
import { run, total } from "../support/shards.ts";

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
