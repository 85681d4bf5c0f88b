// `leadwire import` against a running server.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, test } from "node:test";
import { type LeadwireClient, paginate, type Schemas } from "leadwire";
import { command, fileFolder, organizationOf } from "./importing.ts";
import { serve } from "./setup.ts";

const server = await serve();
const { at, write, read, remove } = fileFolder();
after(async () => {
	remove();
	await server.dispose();
});

async function leadsOf(client: LeadwireClient): Promise<Schemas["Lead"][]> {
	const leads = [];
	for await (const lead of paginate(client, "/leads", { query: { limit: 100, orderDir: "asc" } }))
		leads.push(lead);
	return leads;
}

const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le");

test("files are read as spreadsheets and other programs write them", async () => {
	const { call, client } = await organizationOf(server);
	const files: Record<string, [name: string, content: string | Uint8Array, flags?: string[]]> = {
		plain: ["Jörg", "name,notes\nJörg,\n"],
		"with a mark, semicolons and \\r\\n": ["Jörg; A", '\uFEFFname;notes\r\n"Jörg; A";\r\n'],
		"windows-1252": ["Jörg €", Buffer.from([...Buffer.from("name\nJ\xf6rg ", "latin1"), 0x80, 0x0a])],
		"UTF-16 with tabs": ["Jörg", utf16("name\tnotes\r\nJörg\tx\r\n")],
		"UTF-16, big end first": ["Jörg", utf16("name,notes\nJörg,\n").swap16()],
		"UTF-16 without a mark": ["Jörg", utf16("name,notes\nJörg,\n").subarray(2)],
		"UTF-16 without a mark, big end first": ["Jörg", utf16("name,notes\nJörg,\n").swap16().subarray(2)],
		"two columns of a name, the second given": [
			"Ann",
			"name,name\nFirst,Ann\n",
			["--map", write("second.json", '{ "name": null, "name (2)": "name" }')],
		],
		"of Excel, which names the delimiter": ["A, B", "sep=|\r\nname|notes\r\nA, B|x\r\n"],
		"old Macintosh": ["Ann", "name,notes\rAnn,x\r"],
		"quotes, and a line end inside of them": ['A "B"\nC', '"name","notes"\n"A ""B""\nC",""\n'],
		"a stray quote": ['5" pipe', 'name,notes\n5" pipe,\n'],
		"empty rows, and a row that is short": ["Ann", "notes,name,company\n,,\n\n,Ann\n,,\n"],
		"given encoding and delimiter": [
			"Łódź",
			Buffer.from("name:notes\n\xa3\xf3d\xbc:\n", "latin1"),
			[...["--encoding", "iso-8859-2", "--delimiter", ":"]],
		],
	};
	for (const [index, [kind, [name, content, flags = []]]] of Object.entries(files).entries()) {
		const file = write(`form-${index}.csv`, content);
		const { code, output, errors } = await call("import", "leads", file, ...flags);
		assert.deepEqual({ code, errors }, { code: 0, errors: "" }, kind);
		assert.match(output, /\n1 row: 1 created, 0 updated, 0 refused\.$/, kind);
		assert.equal((await leadsOf(client)).at(-1)?.name, name, kind);
		assert.deepEqual(
			[existsSync(`${file}.import`), existsSync(at(`form-${index}.rejected.csv`))],
			[false, false],
		);
	}
});

test("what can't be imported is said before anything is sent", async () => {
	const { call, client } = await organizationOf(server);
	const good = write("good.csv", "E-mail,Fax\na@x.example,1\n");
	let maps = 0;
	const map = (content: unknown) => ["--map", write(`map-${maps++}.json`, JSON.stringify(content))];
	const wrong: [args: string[], words: RegExp][] = [
		[["leads", at("nowhere.csv")], /nowhere\.csv can't be read: ENOENT/],
		[
			["leads", write("book.csv", "PK\u0003\u0004")],
			/book\.csv is not a CSV file\. If it is a workbook, save/,
		],
		[["leads", write("empty.csv", "name,email\n,\n")], /empty\.csv has no rows below the names/],
		[["leads", write("quote.csv", 'name\n"Ann\nBob\n')], /quote\.csv can't be read: Quote Not Closed/],
		[
			["leads", write("wide.csv", `a${",b".repeat(1_000)}\n1\n`)],
			/wide\.csv can't be read: It has 1001 columns;/,
		],
		[
			["leads", write("odd.csv", `\u001b[31mA${",B".repeat(40)}\n1\n`)],
			/Its columns are \[31mA, B, .*, and 11 more;/,
		],
		[["leads", good, "--encoding", "klingon"], /--encoding is "klingon"/],
		[["leads", good, "--match-by", "mobile"], /--match-by is mobile, and no column of .*good\.csv is for it/],
		[["leads", good, ...map({ Mail: "email" })], /There is no column "Mail"\. There are: E-mail, Fax\./],
		[["leads", good, ...map({ Fax: "fax" })], /There is no field "fax"\. There are: name, firstName, /],
		[["leads", good, ...map([1])], /map-2\.json is not a map like \{ "E-mail 1": "email"/],
		[
			["leads", good, ...map({ "E-mail": null })],
			/No column of .*good\.csv has the name of a field\. Its columns are/,
		],
		[
			["deals", write("deal.csv", "Amount\n1\n")],
			/title is required, and no column of .*deal\.csv is for it\. Its columns are Amount;/,
		],
		[["users", good], /import has no action "users"\.\n\nActions:\n {2}import leads <file>/],
		[["leads"], /Expected <file> after "import leads"/],
	];
	for (const [args, words] of wrong) {
		const { code, output, errors } = await call("import", ...args);
		assert.match(errors, words);
		assert.deepEqual({ code, output }, { code: 2, output: "" }, errors);
	}
	assert.deepEqual(await leadsOf(client), []);
});

test("a dry run shows what the columns become, checks every row, and sends nothing", async () => {
	const { call, client } = await organizationOf(server);
	const rows = Array.from({ length: 12 }, (_, index) => `Lead ${index},none,x`).join("\n");
	const file = write("dry.csv", `Full name,Email,Phone\nAnn,a@x.example,\n${rows}\nBob,,\n`);
	const { code, output, errors } = await call("import", "leads", file, "--dry-run", "--match-by", "email");
	assert.deepEqual({ code, errors }, { code: 1, errors: "13 of 14 rows would be refused." });
	assert.match(
		output,
		/^.*dry\.csv: 14 rows, utf-8, delimiter ,\n\ncolumn {5}field {3}first row\nFull name {2}name {4}Ann\n/,
	);
	assert.match(
		output,
		/\nPhone {6}mobile\n\nline 3: email: Expected a text like jane@example\.com\. mobile: Expected/,
	);
	assert.match(output, /\n… and 3 more\n1 of 14 rows are ready\. Nothing was sent\.$/);
	const { problems, map } = JSON.parse(
		(await call("import", "leads", file, "--dry-run", "--match-by", "email", "--json")).output,
	);
	assert.deepEqual(problems.at(-1), { line: 15, reason: "email: A value is required." });
	const again = await call(
		"import",
		"leads",
		file,
		"--dry-run",
		"--json",
		"--map",
		write("map.json", JSON.stringify(map)),
	);
	assert.deepEqual(JSON.parse(again.output).map, map);
	assert.deepEqual(await leadsOf(client), []);
	assert.equal(existsSync(`${file}.import`), false);
});

test("a text that nothing can store is refused alone, and before it is sent", async () => {
	const { call, client } = await organizationOf(server);
	const file = write("zero.csv", "name,fax\nJa\0ne,1\nAnn,2\0\n");
	const dry = await call("import", "leads", file, "--dry-run");
	assert.match(dry.output, /\nline 2: name: Must not contain U\+0000\.\n1 of 2 rows are ready\./);
	assert.match((await call("import", "leads", file)).output, /\n2 rows: 1 created, 0 updated, 1 refused\.$/);
	assert.deepEqual(
		(await leadsOf(client)).map(({ name }) => name),
		["Ann"],
	);
});

test("known records are updated, refused rows are written with the reason, and imported once they are corrected", async () => {
	const { call, client } = await organizationOf(server);
	await client.POST("/custom-fields", { body: { entity: "leads", label: "Shoe size", type: "number" } });
	await client.POST("/leads", { body: { name: "Ann", email: "a@x.example", company: "Acme", score: 1 } });
	const file = write(
		"some.csv",
		"E-mail;Name;Score;Shoe size;Company\nA@X.example;;7;36,5;\nb@x.example;Bob;high;;\nc@x.example;Cid;;44.5;\n;Dan;;;\ne@x.example;Eve;;;;odd\n",
	);
	const { code, output, errors } = await call("import", "leads", file, "--match-by", "email");
	assert.equal(code, 1);
	assert.match(output, /\n5 rows: 1 created, 0 updated, 4 refused\.$/);
	assert.match(errors, /^The refused rows are in .*some\.rejected\.csv, each with the reason\./);
	const reasons = read("some.rejected.csv");
	assert.equal(
		reasons,
		`refused because;E-mail;Name;Score;Shoe size;Company
cf_shoe_size: Expected a number.;A@X.example;;7;36,5;
score: Expected a number.;b@x.example;Bob;high;;
email: Required, because \`matchBy\` names it.;;Dan;;;
It has 6 cells, but there are 5 columns.;e@x.example;Eve;;;;odd
`,
	);
	const refusal = await call("import", "leads", file, "--match-by", "email");
	assert.match(refusal.errors, /some\.rejected\.csv is there already\. Rename or remove it first\./);
	const corrected = write(
		"corrected.csv",
		reasons.replace("36,5", "36.5").replace("high", "8").replace("odd", ""),
	);
	const second = await call("import", "leads", corrected, "--match-by", "email", "--json");
	assert.deepEqual(
		{ ...JSON.parse(second.output), file: "", rejected: "" },
		{ resource: "leads", file: "", rows: 4, created: 2, updated: 1, refused: 1, rejected: "" },
	);
	assert.match(
		read("corrected.rejected.csv"),
		/^refused because;E-mail;Name;Score;Shoe size;Company\nemail: Required, because `matchBy` names it.;;Dan;;;\n$/,
	);
	const leads = await leadsOf(client);
	assert.deepEqual(
		leads.map((lead) => [lead.name, lead.company, lead.score, lead.cf_shoe_size]),
		[
			["Ann", "Acme", 7, 36.5],
			["Cid", null, null, 44.5],
			["Bob", null, 8, null],
			["Eve", null, null, null],
		],
	);
});

test("names stand for what they name: sources, stages, users, tags; also the stages of a pipeline", async () => {
	const { call, client } = await organizationOf(server);
	const { data: user } = await client.POST("/users", { body: { name: "Sue Rep", email: "sue@x.example" } });
	const { data: hot } = await client.POST("/tags", { body: { name: "Hot" } });
	const { data: big } = await client.POST("/tags", { body: { name: "Big" } });
	for (const _ of [1, 2]) await client.POST("/tags", { body: { name: "Twice" } }).catch(() => {});
	const { data: sources } = await client.GET("/lead-sources", {});
	const source = sources.items[0];
	const file = write(
		"names.csv",
		`Name,Source,Owner,Tags\nAnn,${source?.name.toUpperCase()},sue@x.example,"hot, Big"\nBob,${source?.id},Sue Rep,${big.id}\nCid,Nowhere,,\n`,
	);
	const { output } = await call("import", "leads", file, "--json");
	assert.deepEqual(
		{ ...JSON.parse(output), file: "", rejected: "" },
		{
			...{ resource: "leads", file: "", rows: 3, created: 2, updated: 0, refused: 1, rejected: "" },
		},
	);
	assert.match(
		read("names.rejected.csv"),
		/\nsourceId: Expected an id that begins with src_\.,Cid,Nowhere,,\n$/,
	);
	const [ann, bob] = await leadsOf(client);
	assert.deepEqual([ann?.sourceId, ann?.ownerId, ann?.tagIds], [source?.id, user.id, [hot.id, big.id]]);
	assert.deepEqual([bob?.sourceId, bob?.ownerId, bob?.tagIds], [source?.id, user.id, [big.id]]);

	const { data: pipelines } = await client.GET("/pipelines", {});
	const won = pipelines.items[0]?.stages.find(({ type }) => type === "WON");
	const { data: acme } = await client.POST("/clients", { body: { name: "Acme" } });
	const deals = write("deals.csv", `Deal name,clientId,Stage,Amount\nRoof,${acme.id},${won?.name},12.5\n`);
	assert.equal((await call("import", "deals", deals)).errors, "");
	const { data: found } = await client.GET("/deals", {});
	assert.deepEqual(
		[found.items[0]?.stageId, found.items[0]?.status, found.items[0]?.price],
		[won?.id, "WON", 12.5],
	);
});

/** A terminal that gives one answer, and what it has shown. */
function terminalOf(answer: string) {
	const shown: string[] = [];
	const ask = async (question: string) => {
		shown.push(question);
		return answer;
	};
	return { shown, terminal: { ask, show: (line: string) => void shown.push(line) } };
}

test("a person is asked first, unless --yes is given, and sees how far it is", async () => {
	const { key, client } = await organizationOf(server);
	const file = write("asked.csv", `name\n${"Ann\n".repeat(150)}`);
	const args = ["import", "leads", file];
	const no = terminalOf("n");
	assert.match(
		(await command({ url: server.url, key }, args, no.terminal)).output,
		/\nNothing was imported\.$/,
	);
	assert.deepEqual(no.shown, ["Import 150 rows? [y/N] "]);
	assert.deepEqual(await leadsOf(client), []);
	for (const [answer, more, count] of [
		["y", [], 3],
		["n", ["--yes"], 2],
	] as const) {
		const { shown, terminal } = terminalOf(answer);
		assert.equal((await command({ url: server.url, key }, [...args, ...more], terminal)).code, 0);
		const bars = shown.filter((line) => line.startsWith("["));
		assert.equal(bars.length, 2);
		assert.match(bars[0] ?? "", /^\[#{16} {8}\] 100 of 150 rows, [\d,]+ a second, \d+ s left$/);
		assert.equal(shown.filter(Boolean).length, count);
	}
	assert.equal((await leadsOf(client)).length, 300);
});
