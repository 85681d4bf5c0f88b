// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Whose rows a query means, and whether deleted ones, is said by db/tenant.ts alone. What every statement really binds is checked as it is sent
// (support/tenants.ts); this reads the source, so that the filter has one form and one place.
import { describe, expect, it } from "vitest";

const sources: Record<string, string> = Object.fromEntries(
	Object.entries(
		import.meta.glob<string>("../../src/**/*.ts", { query: "?raw", import: "default", eager: true }),
	).map(([path, text]) => [path.replace("../../src/", ""), text]),
);

/** The column, however a query spells it, with or without its table. */
const COLUMN = String.raw`(?:(?:\w+\.|"\w+"\.|\$\{\w+\}\.)?"organizationId"|\$\{\w+\.organizationId\})`;
const OPERATOR = String.raw`(?:=|<|>|!=|IS\b|IN\b|NOT\b|LIKE\b|GLOB\b|BETWEEN\b)`;

/** Filters written by hand. */
const forms = [
	new RegExp(String.raw`${COLUMN}\s*${OPERATOR}`, "g"),
	new RegExp(String.raw`[=<>]\s*${COLUMN}`, "g"),
	new RegExp(String.raw`\([^()]*${COLUMN}[^()]*\)\s*${OPERATOR}`, "g"),
	/[=<>]\s*\$\{(?:\w+\.)*organizationId\}/g,
	/\$\{organizations\}(?: AS \w+)? WHERE (?:\w+\.)?"id"|\borganization\."id"\s*=|\$\{organizations\.id\}\s*=/g,
];

const exceptions = [
	{
		path: "erasure/queue.ts",
		because: "the full-text indexes, which all organizations share, are entered under an empty id",
		statement: "sql` AND \"organizationId\" IN (${organizationId}, '')`",
	},
	{
		path: "resealing/reseal.ts",
		because: "it notes how far it has come, in a table whose rows are nobody's",
		statement: 'SET "organizationId" = ${owner}',
	},
	{
		path: "retention/refold.ts",
		because: "it goes through a whole table in the order of its key",
		statement: '("organizationId", "id") > (${position})',
	},
	{
		path: "retention/refold.ts",
		because: "it notes how far it has come, in a table whose rows are nobody's",
		statement:
			'UPDATE ${refolds} SET "organizationId" = ${last.organizationId}, "id" = ${last.id} WHERE ${refolds.table}',
	},
];

/** The filters by hand in a source, comments and types aside. */
const filtersIn = (text: string): string[] => {
	const code = text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, "").replace(/\b(?:Pick|Omit|Record)<[^>]*>/g, "");
	return forms.flatMap((form) => [...code.matchAll(form)].map(([found]) => found));
};

/** The condition that rows are not deleted, written by hand. */
const DELETION = /"deletedAt"\s+IS\s+NULL|deletedAt\}\s+IS\s+NULL/;

describe("the filter of deleted rows", () => {
	it("is written in db/tenant.ts, and by the partial indexes that answer it", () => {
		const found = Object.entries(sources)
			.filter(([, text]) => DELETION.test(text))
			.map(([path]) => path);
		expect(found.filter((path) => !path.startsWith("db/schema/"))).toEqual([]);
	});

	it.each([
		'sql`SELECT 1 FROM ${leads} WHERE "deletedAt" IS NULL`',
		'sql`ON webhook."id" = ${id} AND webhook."deletedAt"\n\t\t\tIS NULL`',
		"sql`SELECT 1 FROM ${table} WHERE ${table.deletedAt} IS NULL`",
	])("is found by hand in %s", (text) => {
		expect(text).toMatch(DELETION);
	});
});

describe("the filter by organization", () => {
	it("is written in db/tenant.ts alone", () => {
		const others = Object.entries(sources).filter(([path]) => path !== "db/tenant.ts");
		expect(others.length).toBeGreaterThan(200);
		const found = others.flatMap(([path, text]) => {
			const excepted = exceptions.filter((one) => one.path === path);
			const rest = excepted.reduce((left, { statement }) => left.replace(statement, ""), text);
			return filtersIn(rest).map((filter) => `${path}: ${filter}`);
		});
		expect(found).toEqual([]);
	});

	it.each(exceptions)("has an exception in $path, because $because", ({ path, statement }) => {
		expect(sources[path]).toContain(statement);
		expect(filtersIn(statement)).not.toEqual([]);
	});

	it.each([
		'sql`SELECT 1 FROM ${leads} WHERE "organizationId" = ${owner}`',
		"sql`SELECT 1 FROM ${leads} WHERE ${leads.organizationId} = ${owner}`",
		'sql`SELECT 1 FROM ${leads} AS lead WHERE lead."organizationId" IN (${owners})`',
		'sql`CROSS JOIN ${deals} ON lead."organizationId" = ${deals}."organizationId"`',
		'sql`SELECT 1 FROM ${leads} WHERE ${owner} = "leads"."organizationId"`',
		'sql`DELETE FROM ${leads} WHERE ("organizationId", "id")\n\t\t\tIN (${gone})`',
		"sql`SELECT 1 FROM ${leads} WHERE ${owner} = ${ctx.caller.organizationId}`",
		'sql`SELECT "topics" FROM ${organizations} WHERE "id" = ${owner}`',
		'sql`SELECT "topics" FROM ${organizations} AS organization WHERE organization."id" = ${owner}`',
	])("is found by hand in %s", (text) => {
		expect(filtersIn(text)).not.toEqual([]);
	});

	it.each([
		'sql`INSERT INTO ${links} ("organizationId", "field") VALUES (${organizationId}, ${field})`',
		'sql`SELECT gone."organizationId", gone."id" FROM (${gone}) AS gone`',
		'readonly caller: Pick<Caller, "organizationId">;',
		"sql`SELECT 1 FROM ${rowOf(leads, ctx.caller.organizationId, id)}`",
	])("is not found in %s", (text) => {
		expect(filtersIn(text)).toEqual([]);
	});
});
