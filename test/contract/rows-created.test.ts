// What a create writes in D1, by what D1 itself counts: nearly all of what it costs. A row is a row of a table, of an index, or of
// the full-text index.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { withMembers, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { wrapDatabases } from "../support/shards.ts";

/** A caller, and the rows that a request of it writes. */
async function metered() {
	let written = 0;
	const databases = wrapDatabases((db) =>
		withMembers(db, {
			async batch(statements: D1PreparedStatement[]) {
				const results = await db.batch(statements);
				written += results.reduce((sum, { meta }) => sum + meta.rows_written, 0);
				return results;
			},
		}),
	);
	const api = (await createCaller()).via(workerWith({ ...env, ...databases }));
	return {
		api,
		/** Those of the second of two creates: the first of an organization begins its counter, which is a row too. */
		rowsOf: async (path: string, body: object) => {
			await create(api, path, body);
			written = 0;
			await create(api, path, body);
			return written;
		},
	};
}

it("a create writes as few rows as its lists, its number and its events allow", async () => {
	const { api, rowsOf } = await metered();
	await create(api, "/lead-stages", { name: "New", type: "NEW" });
	const { id: clientId } = await create(api, "/clients", { type: "company", name: "Acme" });
	await create(api, "/pipelines", {
		name: "Sales",
		isDefault: true,
		stages: ["ACTIVE", "WON", "LOST"].map((type) => ({ name: type, type })),
	});
	const lead = { name: "Jane Smith", email: "jane@example.com", company: "Acme" };
	const lines = { clientId, date: "2026-01-31", lineItems: [{ name: "Work", quantity: 1, price: 1 }] };
	expect({
		lead: await rowsOf("/leads", lead),
		scored: await rowsOf("/leads", { ...lead, score: 5 }),
		client: await rowsOf("/clients", { type: "contact", name: "Jane Smith" }),
		deal: await rowsOf("/deals", { title: "A deal", clientId }),
		task: await rowsOf("/tasks", { title: "Call" }),
		quotation: await rowsOf("/quotations", lines),
		invoice: await rowsOf("/invoices", { ...lines, dueDate: "2026-02-28" }),
		tag: await rowsOf("/tags", { name: "A tag" }),
	}).toEqual({ lead: 10, scored: 11, client: 8, deal: 11, task: 9, quotation: 11, invoice: 12, tag: 3 });
});

it("no index is the beginning of another", async () => {
	const query =
		"SELECT name, tbl_name AS owner, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";
	const { results } = await env.DB.prepare(query).all<{ name: string; owner: string; sql: string }>();
	const all = results.map(({ name, owner, sql }) => {
		const [, columns = "", where = ""] = sql.match(/ \((.*?)\)(?: WHERE (.*))?$/) ?? [];
		return { name, owner, isUnique: sql.includes("UNIQUE"), columns: `${columns},`, where };
	});
	expect(all.length).toBeGreaterThan(100);
	const covered = all.filter((one) =>
		all.some(
			(other) =>
				!one.isUnique &&
				other.name !== one.name &&
				other.owner === one.owner &&
				other.where === one.where &&
				other.columns.startsWith(one.columns),
		),
	);
	expect(covered.map(({ name }) => name)).toEqual([]);
});
