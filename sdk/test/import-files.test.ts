// What `leadwire import` makes of a file before it sends anything: encodings, columns, and texts that can't be stored.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, test } from "node:test";
import { fileFolder, leadsOf, organizationOf } from "./importing.ts";
import { serve } from "./setup.ts";

const server = await serve();
const { at, write, remove } = fileFolder();
after(async () => {
	remove();
	await server.dispose();
});

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
		[
			["leads", write("quote.csv", 'name,notes\r\n,\r\nAnn,"1\r\n2"\r\nBob,"x\r\nCid\r\n')],
			/quote\.csv can't be read: the row that begins on line 5 has a quote that is not closed\.$/,
		],
		[
			["leads", write("long.csv", `name\nAnn\n"Bob\n${"x\n".repeat(1_100_000)}`)],
			/long\.csv can't be read: the row that begins on line 3 has more than 2,000,000 characters\. Is a quote/,
		],
		[
			["leads", write("wide.csv", `a${",b".repeat(1_000)}\n1\n`)],
			/wide\.csv can't be read: It has 1001 columns;/,
		],
		[
			["leads", write("odd.csv", `\u001b[31mA${",B".repeat(40)}\n1\n`)],
			/Its columns are \[31mA, B, .*, and 11 more;/,
		],
		[["leads", "/dev/null"], /^\/dev\/null is not a file, which can be read more than once\.$/],
		[
			["leads", good, "--delimiter", ""],
			/^--delimiter is what separates the columns, such as ";" or "\\t"\.$/,
		],
		[["leads", good, "--delimiter", '"'], /^--delimiter is what separates/],
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
	const known = write("known.csv", "name\nAnn\n");
	for (const journal of ["", "null", "{}"]) {
		write("known.csv.import", journal);
		const { code, errors } = await call("import", "leads", known);
		assert.equal(code, 2);
		assert.match(errors, /known\.csv\.import can't be read\. Add --anew to begin the import again\.$/);
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
