// `leadwire export`, and that an import of its file makes the same records again.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { parse } from "csv-parse/sync";
import { type LeadwireClient, paginate } from "leadwire";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { createFields } from "../src/cli/csv/fields.ts";
import { idParameter, startFront } from "./copying.ts";
import { command, fileFolder, organizationOf } from "./importing.ts";
import { serve } from "./setup.ts";

const server = await serve();
const { at, write, read, remove } = fileFolder();
after(async () => {
	remove();
	await server.dispose();
});

const document = JSON.parse(readFileSync(join(repositoryRoot, "dist", "openapi.json"), "utf8"));
const resources = ["leads", "clients", "deals", "tasks"] as const;
type Row = Readonly<Record<string, unknown>> & { readonly id: string };

async function rowsOf(client: LeadwireClient, resource: (typeof resources)[number]): Promise<Row[]> {
	const rows: Row[] = [];
	for await (const row of paginate(client, `/${resource}`, { query: { orderDir: "asc" } })) rows.push(row);
	return rows;
}

/** The fields of a row that a caller sets. */
function written(resource: string, row: Row): object {
	const names = new Set(createFields(document, resource).map(({ name }) => name.split(".")[0]));
	return Object.fromEntries(
		Object.entries(row).filter(([name]) => names.has(name) || name.startsWith("cf_")),
	);
}

const texts = [
	"=1+1",
	"'=x",
	" -2",
	"",
	"'",
	"+49 30",
	"@a",
	"a,b;c",
	'"q"',
	"line\r\nline",
	"1e3",
	"true",
	"[1]",
	"😀",
];

/** Makes records of each resource with every kind of value, also those that files easily change. */
async function fill(client: LeadwireClient): Promise<void> {
	const field = async (type: string, label: string, options?: string[]) =>
		client.POST("/custom-fields", {
			body: { entity: "leads", label, type, ...(options ? { options } : {}) } as never,
		});
	await Promise.all([
		...["text", "longText", "number", "boolean", "date", "email", "phone", "url", "currency"].map((type) =>
			field(type, type),
		),
		field("singleSelect", "one", ["=A", "b;c", "No"]),
		field("multiSelect", "many", ["=A", "b;c", "[d", "-"]),
	]);
	const { data: user } = await client.POST("/users", { body: { name: "Sue", email: "s@x.example" } });
	const { data: tag } = await client.POST("/tags", { body: { name: "Hot" } });
	const ids = { ownerId: user.id, assigneeIds: [user.id], tagIds: [tag.id] };
	const items = texts.map((notes, index) => ({ name: notes.trim() || `Lead ${index}`, notes }));
	const custom = {
		...{ cf_text: "+1", cf_longtext: "=a\n,;", cf_number: -1.5, cf_boolean: false, cf_date: "2026-12-31" },
		...{ cf_email: "ö@x.example", cf_phone: "+49 30 1", cf_url: "x.example", cf_currency: 0.0001 },
		...{ cf_one: "b;c", cf_many: ["[d", "=A", "b;c", "-"] },
	};
	const whole = {
		name: "Whole",
		score: -5,
		value: 1.2345,
		currency: "EUR",
		archived: true,
		...ids,
		...custom,
	};
	const { data: leads } = await client.POST("/leads/batch", {
		body: { items: [...items, whole, { name: "One", cf_many: ["b;c"] }] },
	});
	assert.equal(leads.failed, 0, JSON.stringify(leads.results));
	const { data: acme } = await client.POST("/clients", {
		body: {
			...{ name: "Acme", openingBalance: 0, tagIds: [tag.id] },
			...{
				billingAddress: { address: "1 Main\nStreet", city: "=Rome" },
				primaryContact: { phone: "+1 415" },
			},
		},
	});
	const { data: ann } = await client.POST("/clients", {
		body: { name: "Ann", type: "contact", companyId: acme.id },
	});
	const { data: product } = await client.POST("/products", {
		body: { name: "Roof", price: 10, type: "PRODUCT" },
	});
	const lineItems = [
		{ name: "Roof", price: 10, productId: product.id, quantity: 1.5 },
		{ name: "=Work", quantity: 2, price: 7.25 },
	];
	await client.POST("/deals", {
		body: {
			...{ title: "Roof", clientId: acme.id, contactIds: [ann.id], priority: "HIGH" },
			...ids,
			lineItems,
		} as never,
	});
	await client.POST("/deals", { body: { title: "Free", clientId: acme.id, price: 0, lostReason: "-" } });
	await client.POST("/tasks", {
		body: {
			title: "Call",
			status: "IN_PROGRESS",
			entity: "clients",
			entityId: acme.id,
			dueDate: "2026-12-31",
			...ids,
		},
	});
}

test("an import of an export makes the same records again, of each resource that can be imported", async () => {
	const { call, client } = await organizationOf(server);
	await fill(client);
	for (const resource of ["tasks", "deals", "leads"] as const) {
		const before = await rowsOf(client, resource);
		assert(before.length > 0);
		const file = at(`${resource}.csv`);
		assert.equal(
			(await call("export", resource, "--to", file)).output,
			`${file} has ${before.length} record${before.length === 1 ? "" : "s"}.`,
		);
		for (const { id } of before) await client.DELETE(`/${resource}/{id}`, idParameter(id));
		const { errors } = await call("import", resource, file);
		assert.equal(
			errors,
			"",
			existsSync(at(`${resource}.rejected.csv`)) ? read(`${resource}.rejected.csv`) : "",
		);
		const again = await rowsOf(client, resource);
		assert.deepEqual(
			again.map((row) => written(resource, row)),
			before.map((row) => written(resource, row)),
		);
	}
});

test("an import of an export changes nothing in the records that are there", async () => {
	const { call, client } = await organizationOf(server);
	await client.POST("/custom-fields", {
		body: { entity: "clients", label: "Key", type: "text", unique: true },
	});
	await client.POST("/clients/batch", {
		body: {
			items: texts.map((description, index) => ({
				...{ name: `Client ${index}`, description, cf_key: String(index) },
				...{
					billingAddress: { address: "1 Main\nStreet", city: "=Rome" },
					primaryContact: { phone: "+1 415" },
				},
			})),
		},
	});
	const before = await rowsOf(client, "clients");
	const file = write("clients.csv", (await call("export", "clients", "--bom")).output);
	assert.equal(read("clients.csv").charCodeAt(0), 0xfeff);
	const { output } = await call("import", "clients", file, "--match-by", "cf_key", "--json");
	assert.equal(JSON.parse(output).updated, texts.length);
	assert.deepEqual(await rowsOf(client, "clients"), before);
});

test("no cell of an export is a formula; NDJSON has the records as they are; filters and formats are known", async () => {
	const { key, call, client } = await organizationOf(server);
	const items = ["=1+1", "+1", "-1", "@a", "\t=1", "＝1"].map((name) => ({ name, title: name, score: -1 }));
	await client.POST("/leads/batch", { body: { items } });
	await client.POST("/leads/batch", {
		body: { items: Array.from({ length: 99 }, () => ({ name: "Ann", score: 2 })) },
	});
	const all = await rowsOf(client, "leads");
	const table = parse((await call("export", "leads", "--format", "csv")).output) as string[][];
	assert.equal(table.length, all.length + 1);
	assert.deepEqual(table[0], Object.keys(all[0] ?? {}));
	for (const cell of table.flat()) assert.match(cell, /^(-1$|[^\s=+\-@＝]|$)/);
	const lines = (await call("export", "leads", "--format", "ndjson")).output.split("\n");
	assert.deepEqual(
		lines.map((line) => JSON.parse(line)),
		all,
	);
	const some = await call(
		"export",
		"leads",
		"--search",
		"Ann",
		"--orderBy",
		"createdAt",
		"--to",
		at("ann.csv"),
		"--json",
	);
	assert.deepEqual(JSON.parse(some.output), { resource: "leads", file: at("ann.csv"), records: 99 });
	assert.match((await call("export", "--help")).output, /export leads +Export leads as CSV or NDJSON/);
	for (const [args, words] of [
		[["leads", "--format", "xlsx"], /^--format is csv or ndjson, not "xlsx"\.$/],
		[["leads", "--to", at("no/where.csv")], /ENOENT/],
		[["leads", "--to", at(".")], / is a folder\.$/],
		[["webhook"], /^export has no action "webhook"/],
	] as const) {
		const { code, errors } = await call("export", ...args);
		assert.match(errors, words);
		assert.equal(code, 2);
	}
	let pages = 0;
	const front = await startFront(server.url, {
		change: (path, reply) =>
			path.includes("/leads?") && ++pages === 2 ? { ...reply, status: 400, body: "{}" } : reply,
	});
	const broken = await command({ url: front.url, key }, ["export", "leads", "--to", at("broken.csv")]);
	front.close();
	assert.deepEqual([broken.code, pages], [1, 2]);
	for (const file of ["broken.csv", "broken.csv.new"]) assert(!existsSync(at(file)), file);
});
