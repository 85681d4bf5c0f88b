// No table is forgotten when an organization moves: each is in the list, or has a reason here.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { bound } from "../../src/db/sql.ts";
import { countOf, removalOfSome, rowsWithKeys, sliceAfter } from "../../src/moving/rows.ts";
import { columnsOf, movables } from "../../src/moving/tables.ts";

const OTHERS: Readonly<Record<string, string>> = {
	d1_migrations: "the database's own",
	refolds: "a walk over all organizations' rows",
	weighings: "a walk over all organizations' rows",
	resealings: "a walk over all organizations' rows",
	moves: "the move itself",
	move_changes: "the move itself",
	events: "nothing is added; an organization moves after it is empty",
};

const tables = async () => {
	const { results } = await env.DB.prepare(
		`SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND substr(name, 1, 4) <> '_cf_'`,
	).all<{ name: string }>();
	return results.map(({ name }) => name);
};

it("lists every table", async () => {
	const known = [...movables.map(({ name }) => name), ...Object.keys(OTHERS)];
	expect((await tables()).toSorted()).toEqual(known.toSorted());
});

it.each(movables)("finds an organization's rows of $name by an index, in its order", async (movable) => {
	const sorted = /^SCAN (?:row|webhook|delivery)\b|TEMP B-TREE/;
	const found = /^SCAN (?:row|webhook|delivery)\b/;
	for (const [query, forbidden] of [
		[sliceAfter(movable, "org_1", movable.start), sorted],
		[rowsWithKeys(movable, "org_1", ["[1, 2, 3]"]), found],
		[countOf(movable, "org_1"), found],
		[removalOfSome(movable, "org_1", 1), found],
	] as const) {
		const { text, params } = bound(query);
		const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${text}`)
			.bind(...params)
			.all<{ detail: string }>();
		const details = results.map(({ detail }) => detail);
		expect(details.length).toBeGreaterThan(0);
		expect(details.filter((one) => forbidden.test(one))).toEqual([]);
	}
});

it.each(movables)("copies every column of $name that is not generated or local", async (movable) => {
	const { results } = await env.DB.prepare("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0")
		.bind(movable.name)
		.all<{ name: string }>();
	const local = results.map(({ name }) => name).filter((name) => !columnsOf(movable).includes(name));
	const expected: Readonly<Record<string, readonly string[]>> = {
		organizations: ["ordinal", "home"],
		deliveries: ["leaseUntil", "lease"],
	};
	expect(local).toEqual(
		expected[movable.name] ?? (results.some(({ name }) => name === "seq") ? ["seq"] : []),
	);
});
