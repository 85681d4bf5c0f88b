// Rows written before their text was folded: the sweeper folds them, a slice at a time, while others write.
import { beforeEach, expect, it } from "vitest";
import { refoldChores } from "../../src/retention/refold.ts";
import { cutKey, textKey } from "../../src/text/fold.ts";
import type { Api, Json } from "../support/api.ts";
import { withMembers } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { create, createPipeline } from "../support/deals.ts";
import { purgeAll } from "../support/purge.ts";
import { firstShard, run } from "../support/shards.ts";

const TABLES = [
	...["leads", "clients", "deals", "tasks", "products", "quotations", "invoices"],
	...["tags", "lead_stages", "lead_sources", "users", "pipelines", "forms"],
];

/** Makes rows what they were before there was a folding, and all of it to be done. */
async function forget(): Promise<void> {
	for (const table of TABLES) {
		await run(`UPDATE ${table} SET folded = NULL`);
		await run("INSERT OR REPLACE INTO refolds VALUES (?, '', '')", table);
	}
}

/** The tables that are to be done in the first database. */
const left = async (): Promise<Json[]> =>
	(await firstShard.DB.prepare("SELECT * FROM refolds").all()).results;
const found = async (api: Api, path: string, query: Record<string, string>): Promise<number> =>
	(await api.get(`/${path}?${new URLSearchParams(query)}`)).body.items.length;

/** The chore of one table in the first database. */
const refold = (table: string, DB = firstShard.DB) => {
	const chore = refoldChores().find(({ name }) => name === `refold ${table}`);
	if (!chore) throw new Error(`no chore of ${table}`);
	return chore.run({ ...firstShard, DB });
};

beforeEach(async () => {
	await run("DELETE FROM refolds");
});

it("a new database has every table to be done, and one sweep does it", async () => {
	await forget();
	expect((await left()).map(({ table }) => table).sort()).toEqual(TABLES.toSorted());
	expect(
		refoldChores()
			.map(({ name }) => name.slice("refold ".length))
			.sort(),
	).toEqual(TABLES.toSorted());
	await purgeAll(Date.now());
	expect(await left()).toEqual([]);
});

it("finds, sorts and looks up every kind of row as if it had been written today", async () => {
	const api = await createCaller({ keys: 5 });
	await createPipeline(api, { name: "Łódź" });
	const client = await create(api, "/clients", {
		name: "Łódź",
		phone: "+1 415 555 0123",
		email: "a@MÜLLER.de",
	});
	const person = { name: "x", firstName: "Łódź", mobile: "+1 415 555 0123", email: "a@müller.de" };
	const lead = await create(api, "/leads", person);
	await create(api, "/deals", { title: "Łódź", clientId: client.id });
	await create(api, "/tasks", { title: "x", description: "Łódź" });
	await create(api, "/products", { name: "x", price: 1, description: "東京商事", sku: "Łódź" });
	const lineItems = [{ name: "Łódź", quantity: 1, price: 1 }];
	await create(api, "/quotations", { clientId: client.id, date: "2026-01-31", lineItems });
	await create(api, "/invoices", {
		clientId: client.id,
		date: "2026-01-31",
		dueDate: "2026-02-28",
		subject: "Łódź",
		lineItems,
	});
	await create(api, "/users", { name: "Łódź", email: "u@MÜLLER.de" });
	const before = (await api.get(`/leads/${lead.id}`)).body;
	const kept = new Map<string, unknown>();
	for (const table of TABLES) kept.set(table, await run(`SELECT id, folded FROM ${table}`));
	await forget();
	expect(await found(api, "clients", { search: "lodz" })).toBe(0);

	await purgeAll(Date.now());
	expect(await left()).toEqual([]);
	for (const table of TABLES)
		expect(await run(`SELECT id, folded FROM ${table}`), table).toEqual(kept.get(table));
	for (const path of ["clients", "leads", "deals", "tasks", "quotations", "invoices"])
		expect(await found(api, path, { search: "lodz" }), path).toBe(1);
	expect(await found(api, "products", { search: "商事" })).toBe(1);
	expect(await found(api, "products", { sku: "lodz" })).toBe(1);
	expect(await found(api, "leads", { mobile: "+14155550123", email: "A@xn--mller-kva.de" })).toBe(1);
	expect(await found(api, "clients", { phone: "+14155550123", search: "(415) 555-0123" })).toBe(1);
	expect((await api.get(`/leads/${lead.id}`)).body).toEqual(before);
});

it("looks custom values up in their new form, and no longer in the old one", async () => {
	const api = await createCaller();
	const { organizationId } = api;
	const forms = {
		text: ["Łódź", "Łódź"],
		email: ["a@MÜLLER.de", "a@müller.de"],
		phone: ["+1 415 555 0123", "+1 415 555 0123"],
	};
	const values: Record<string, string> = {};
	const fields = new Map<string, string>();
	for (const [type, [value = ""]] of Object.entries(forms)) {
		const { id, key } = await create(api, "/custom-fields", { entity: "leads", label: type, type });
		values[key] = value;
		fields.set(type, `leads.custom.${id}`);
	}
	const { id } = await create(api, "/leads", { name: "Jane", ...values });
	await create(api, "/leads", { name: "Plain" });
	const gone = await create(api, "/leads", { name: "Gone", ...values });
	await api.delete(`/leads/${gone.id}`);
	for (const [type, [, former]] of Object.entries(forms))
		await run(
			"UPDATE links SET toId = ? WHERE organizationId = ? AND field = ?",
			former,
			organizationId,
			fields.get(type),
		);
	await forget();
	expect(await found(api, "leads", { cf_text: "lodz" })).toBe(0);
	await purgeAll(Date.now());
	for (const [key, value] of Object.entries({
		cf_text: "LODZ",
		cf_email: "A@xn--mller-kva.de",
		cf_phone: "+14155550123",
	}))
		expect(await found(api, "leads", { [key]: value }), key).toBe(1);
	const results = await run("SELECT toId FROM links WHERE fromId = ? ORDER BY toId", id);
	expect(results.map(({ toId }) => toId)).toEqual(["+14155550123", "a@xn--mller-kva.de", "lodz"]);
	expect(await run("SELECT toId FROM links WHERE fromId = ?", gone.id), "a deleted lead").toEqual([]);
});

it("gives cut keys their digests, and removes the links that had none", async () => {
	const api = await createCaller({ shard: 0 });
	const [one, other] = ["a", "b"].map((end) => "\u{20BB7}".repeat(210) + end);
	const { id: definitionId } = await create(api, "/custom-fields", {
		...{ entity: "leads", label: "text", type: "text", unique: true },
	});
	const { id } = await create(api, "/leads", { name: one, cf_text: one });
	const link = `SELECT toId FROM links WHERE field = 'leads.custom.${definitionId}' AND fromId = ?`;
	const [kept] = await run(link, id);
	await run(`UPDATE links SET toId = ? WHERE fromId = ? AND toId = ?`, cutKey(one ?? ""), id, kept?.toId);
	await run("UPDATE leads SET folded = json_set(folded, '$.name', ?) WHERE id = ?", cutKey(one ?? ""), id);
	await run("INSERT OR REPLACE INTO refolds VALUES ('leads', '', '')");
	while (await refold("leads"));
	expect(await run(link, id)).toEqual([kept]);
	const [{ nameKey } = {}] = await run("SELECT nameKey FROM leads WHERE id = ?", id);
	expect(nameKey).toBe(textKey(one ?? ""));
	expect(await found(api, "leads", { cf_text: one ?? "" })).toBe(1);
	expect((await api.post("/leads", { name: "x", cf_text: other })).status).toBe(201);
});

it("continues where it stopped, slice by slice, over organizations, and changes no version", async () => {
	const [api, other] = [await createCaller({ keys: 5, shard: 0 }), await createCaller({ keys: 5, shard: 0 })];
	for (const one of [api, other])
		for (let batch = 0; batch < 2; batch += 1) {
			const items = Array.from({ length: 80 }, (_, index) => ({ name: `Łódź ${batch} ${index}` }));
			expect((await one.post("/leads/batch", { items })).body.created).toBe(80);
		}
	await forget();
	const unfolded = async () =>
		(await run("SELECT count(*) AS n FROM leads WHERE folded IS NULL AND name LIKE '%dź %'"))[0]?.n;
	const had = Number(await unfolded());
	expect(had).toBeGreaterThanOrEqual(320);
	expect(await refold("leads")).toBe(true);
	expect(had - Number(await unfolded())).toBeLessThanOrEqual(100);
	for (let slice = 0; await refold("leads"); slice += 1) expect(slice).toBeLessThan(20);
	expect(await unfolded()).toBe(0);
	expect((await left()).some(({ table }) => table === "leads")).toBe(false);
	for (const one of [api, other])
		expect(await found(one, "leads", { search: "lodz", limit: "100" })).toBe(100);
	expect((await run("SELECT max(version) AS v FROM leads WHERE name LIKE '%dź %'"))[0]?.v).toBe(1);
});

it("leaves a row alone that changes meanwhile, and comes back to it", async () => {
	const api = await createCaller({ shard: 0 });
	const { id } = await create(api, "/leads", { name: "Łódź", company: "Acme" });
	await forget();
	let calls = 0;
	const racing = withMembers(firstShard.DB, {
		async batch(statements: D1PreparedStatement[]) {
			calls += 1;
			if (calls === 2) expect((await api.patch(`/leads/${id}`, { company: "Ødegård" })).status).toBe(200);
			return firstShard.DB.batch(statements);
		},
	});
	await refold("leads", racing);
	expect(calls).toBe(2);
	expect((await left()).some(({ table }) => table === "leads")).toBe(true);
	while (await refold("leads"));
	for (const search of ["lodz", "odegard"]) expect(await found(api, "leads", { search }), search).toBe(1);
	expect(await found(api, "leads", { search: "acme" })).toBe(0);
	expect((await left()).some(({ table }) => table === "leads")).toBe(false);
});
