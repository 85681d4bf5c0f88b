// `leadwire import` against a running server: what is created, updated and refused, and what a person is asked.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { command, fileFolder, leadsOf, organizationOf } from "./importing.ts";
import { serve } from "./setup.ts";

const server = await serve();
const { write, read, remove } = fileFolder();
after(async () => {
	remove();
	await server.dispose();
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
