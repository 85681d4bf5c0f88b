// `leadwire import`, stopped on the way: killed before a batch arrives, killed before the answer to one that was carried out, held up by
// a limit. The next run goes on, and in the end each row was imported once.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { allLeads, startFront } from "./copying.ts";
import { command, fileFolder, organizationOf } from "./importing.ts";
import { serve } from "./setup.ts";

const main = join(repositoryRoot, "sdk", "dist", "cli", "main.js");
const server = await serve();
const { at, write, read, remove } = fileFolder();
after(async () => {
	remove();
	await server.dispose();
});

const ROWS = 500;
const numbers = Array.from({ length: ROWS }, (_, index) => index);
/** Every hundredth is refused, at other places than the ends of batches. */
const isWrong = (index: number) => index % 100 === 42;
const rowOf = (index: number) => `Lead ${index},${isWrong(index) ? "none" : `l${index}@x.example`}`;

for (const matchBy of [[], ["--match-by", "email"]]) {
	test(`killed twice: ${matchBy.join(" ") || "only creating"}`, async () => {
		const { key, client } = await organizationOf(server);
		const known = matchBy.length > 0 ? numbers.filter((index) => index % 2 === 0 && !isWrong(index)) : [];
		for (let from = 0; from < known.length; from += 100) {
			const items = known
				.slice(from, from + 100)
				.map((index) => ({ name: "Known", email: `l${index}@x.example` }));
			await client.POST("/leads/batch", { body: { items } });
		}
		const name = `killed-${matchBy.length}`;
		write(`${name}.csv`, ["name,email", ...numbers.map(rowOf)].join("\n"));
		let batches = 0;
		let kill = (): unknown => undefined;
		const stop = async () => {
			kill();
			await new Promise(() => {});
		};
		const front = await startFront(server.url, {
			// The second batch isn't carried out, the fourth is.
			async before(path) {
				if (path.endsWith("/batch") && ++batches === 2) await stop();
			},
			async change(path, reply) {
				if (path.endsWith("/batch") && batches === 4) await stop();
				return reply;
			},
		});
		const run = async () => {
			const child = spawn(process.execPath, [main, "import", "leads", at(`${name}.csv`), ...matchBy], {
				env: { PATH: process.env.PATH, LEADWIRE_URL: front.url, LEADWIRE_API_KEY: key },
			});
			kill = () => child.kill("SIGKILL");
			const [output, errors, ended] = await Promise.all([
				text(child.stdout),
				text(child.stderr),
				once(child, "exit"),
			]);
			return { output, errors, ended };
		};
		assert.deepEqual((await run()).ended, [null, "SIGKILL"]);
		assert.deepEqual((await run()).ended, [null, "SIGKILL"]);
		const { output, errors, ended } = await run();
		front.close();
		assert.deepEqual(ended, [1, null], errors);
		const refused = numbers.filter(isWrong);
		const counts = `${ROWS - known.length - refused.length} created, ${known.length} updated, ${refused.length} refused.`;
		assert(output.endsWith(`\n${ROWS} rows: ${counts}\n`), output);
		const lines = read(`${name}.rejected.csv`).trimEnd().split("\n");
		assert.deepEqual(
			lines.slice(1),
			refused.map((index) => `email: Expected an e-mail address.,${rowOf(index)}`),
		);
		const leads = (await allLeads(client)) as { name: string; email: string }[];
		const expected = numbers.filter((index) => !isWrong(index)).map(rowOf);
		assert.deepEqual(leads.map((lead) => `${lead.name},${lead.email}`).sort(), expected.sort());
	});
}

test("when the key's limit is used up, it waits as long as the API says, without being refused", async () => {
	const { key } = await organizationOf(server);
	const sent: number[] = [];
	const front = await startFront(server.url, {
		async before(path) {
			if (path.endsWith("/batch")) sent.push(performance.now());
		},
		change: (_, reply) => ({
			...reply,
			headers: { ...reply.headers, "ratelimit-remaining": "0", "ratelimit-reset": "1" },
		}),
	});
	const file = write("limit.csv", `name\n${"Ann\n".repeat(201)}`);
	const { code } = await command({ url: front.url, key }, ["import", "leads", file]);
	front.close();
	assert.equal(code, 0);
	assert.equal(sent.length, 3);
	for (const [index, time] of sent.slice(1).entries()) assert(time - (sent[index] ?? 0) >= 990);
});

test("a stopped import goes on with the same file and columns only, and not when that could create twice", async () => {
	const { key, newKey, client } = await organizationOf(server);
	const file = write(
		"stopped.csv",
		`name,email\n${Array.from({ length: 150 }, (_, i) => `Ann,a${i}@x.example\n`).join("")}`,
	);
	let batches = 0;
	const front = await startFront(server.url, {
		change: (path, reply) =>
			path.endsWith("/batch") && ++batches === 2 ? { ...reply, status: 400, body: "{}" } : reply,
	});
	const through = (apiKey: string, ...more: string[]) =>
		command({ url: front.url, key: apiKey }, ["import", "leads", file, ...more]);
	assert.equal((await through(key)).code, 1);
	// The second batch was stored, but its answer didn't say so.
	assert.equal((await allLeads(client)).length, 150);
	const unsure = await through(await newKey());
	assert.match(
		unsure.errors,
		/^Whether lines 102 to 151 were stored is not known any more: .* Go on with --match-by/,
	);
	const other = await through(key, "--map", write("map.json", '{ "email": null }'));
	assert.match(
		other.errors,
		/stopped\.csv\.import is of another import of .*: the file, its columns or the host have changed/,
	);
	const { output, errors } = await through(await newKey(), "--match-by", "email");
	assert.equal(errors, "It goes on after 100 rows.");
	assert.match(output, /\n150 rows: 100 created, 50 updated, 0 refused\.$/);
	front.close();
	assert.equal((await allLeads(client)).length, 150);
});

test("a stopped import doesn't go on with a key of another organization, nor without the names of columns in a new file", async (t) => {
	const [one, two] = [await organizationOf(server), await organizationOf(server)];
	const file = write("two.csv", `name,email\n${numbers.map(rowOf).join("\n")}`);
	let batches = 0;
	const front = await startFront(server.url, {
		// The answer to the third, which was carried out, doesn't say so.
		change: (path, reply) =>
			path.endsWith("/batch") && ++batches === 3 ? { ...reply, status: 403, body: "{}" } : reply,
	});
	t.after(front.close);
	const through = (key: string, ...more: string[]) =>
		command({ url: front.url, key }, ["import", "leads", file, ...more]);
	assert.equal((await through(one.key, "--match-by", "email")).code, 1);
	const narrow = async ({ organizationId }: typeof one) =>
		(await server.newKey(organizationId, ["leads:write", "leads:read"])).key;
	for (const key of [two.key, await narrow(two)]) {
		const { code, errors } = await through(key, "--match-by", "email");
		assert.equal(code, 2);
		assert.match(
			errors,
			/two\.csv\.import is of an import into org_\w+, and this key is of org_\w+\. Go on with a key of that/,
		);
	}
	assert.deepEqual(await allLeads(two.client), []);
	rmSync(at("two.rejected.csv"));
	const { output } = await through(await narrow(one), "--match-by", "email");
	assert.match(output, /\n500 rows: 396 created, 99 updated, 5 refused\.$/);
	assert.match(read("two.rejected.csv"), /^refused because,name,email\n(?:email: .*,none\n){3}$/);
	assert.equal((await allLeads(one.client)).length, 495);
});

test("when a quota is used up it stops, and goes on when there is room", async () => {
	const { organizationId, call, client } = await organizationOf(server);
	await server.setLimits(organizationId, { records: 120 });
	const file = write("quota.csv", `name\n${"Ann\n".repeat(250)}`);
	const stopped = await call("import", "leads", file);
	assert.equal(stopped.code, 1);
	assert.match(
		stopped.errors,
		/quota records\.leads; .* The import has stopped after 200 rows; run it again to go on\.$/,
	);
	assert.equal(read("quota.rejected.csv").split("\n").length, 1 + 80 + 1);
	await server.setLimits(organizationId, { records: 1_000 });
	const { output } = await call("import", "leads", file);
	assert.match(output, /\n250 rows: 170 created, 0 updated, 80 refused\.$/);
	assert.equal((await allLeads(client)).length, 170);
});
