// `client.sync` and `leadwire sync`: a copy that is stopped and continued, and in the end equals what the API shows.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { createClient, type SyncPage } from "leadwire";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { RequestPace } from "../src/cli/pace.ts";
import { allLeads, idParameter, seedLeads, startFront } from "./copying.ts";
import { serve } from "./setup.ts";

const main = join(repositoryRoot, "sdk", "dist", "cli", "main.js");
const folder = mkdtempSync(join(tmpdir(), "leadwire-copy-"));
const server = await serve();
after(async () => {
	rmSync(folder, { recursive: true });
	await server.dispose();
});

async function organization() {
	const { key, organizationId } = await server.newKey();
	const { key: other } = await server.newKey(organizationId);
	return { key, client: createClient({ apiKey: other, baseUrl: server.url }) };
}

function start(args: readonly string[], key: string, url = server.url): ChildProcess {
	return spawn(process.execPath, [main, "sync", ...args], {
		cwd: folder,
		env: { PATH: process.env.PATH, LEADWIRE_URL: url, LEADWIRE_API_KEY: key },
	});
}

const call = (args: readonly string[], key: string) => ended(start(args, key));

async function ended(child: ChildProcess) {
	if (!child.stdout || !child.stderr) throw new Error("It has no output.");
	const [output, errors, [code]] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		once(child, "exit"),
	]);
	return { code, output, errors };
}

const rows = (file: string) =>
	readFileSync(join(folder, file), "utf8")
		.split("\n")
		.filter(Boolean)
		.map((line) => JSON.parse(line));

test("the iterator yields everything once, then only changes, and each page's cursor continues after it", async () => {
	const { client } = await organization();
	const [first = "", second = ""] = await seedLeads(client, 100);
	const [third = ""] = await seedLeads(client, 5);
	const copy = new Map<string, unknown>();
	let cursor: string | undefined;
	const take = ({ changes, cursor: next }: SyncPage<"leads">) => {
		for (const change of changes) {
			if (change.type === "upsert") copy.set(change.id, change.record);
			else copy.delete(change.id);
		}
		cursor = next;
	};
	// Stopped after the first page, while rows are written.
	for await (const page of client.sync("leads")) {
		take(page);
		break;
	}
	assert.equal(copy.size, 100);
	await client.DELETE("/leads/{id}", idParameter(first));
	await client.PATCH("/leads/{id}", { ...idParameter(second), body: { score: 1 } });
	for await (const page of client.sync("leads", { cursor })) take(page);
	assert.deepEqual([...copy.keys()].length, 104);
	let changes = 0;
	for await (const page of client.sync("leads", { cursor })) {
		changes += page.changes.length;
		take(page);
	}
	assert.equal(changes, 0);
	await client.DELETE("/leads/{id}", idParameter(third));
	await client.POST("/leads/{id}/restore", idParameter(first));
	const seen: string[] = [];
	for await (const page of client.sync("leads", { cursor })) {
		seen.push(...page.changes.map(({ type, id }) => `${type} ${id}`));
		take(page);
	}
	assert.deepEqual(seen, [`delete ${third}`, `upsert ${first}`]);
	assert.deepEqual(
		[...copy].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, lead]) => lead),
		await allLeads(client),
	);
});

test("a resource without events is followed by updatedSince", async () => {
	const { client } = await organization();
	const { data: tag } = await client.POST("/tags", { body: { name: "One" } });
	let cursor: string | undefined;
	const run = async () => {
		const seen: string[] = [];
		for await (const page of client.sync("tags", { cursor })) {
			seen.push(...page.changes.map(({ type, id }) => `${type} ${id}`));
			cursor = page.cursor;
		}
		return seen;
	};
	assert.deepEqual(await run(), [`upsert ${tag.id}`]);
	await client.DELETE("/tags/{id}", idParameter(tag.id));
	assert.deepEqual(await run(), [`delete ${tag.id}`]);
});

test("a cursor of another resource is refused", async () => {
	const { client } = await organization();
	for (const cursor of ["nonsense", btoa('{"resource":"deals"}'), btoa("null")])
		await assert.rejects(client.sync("leads", { cursor }).next(), /not a cursor of a copy of leads/);
});

test("the command keeps a file up to date, one record per line", async () => {
	const { key, client } = await organization();
	const [first = "", second = ""] = await seedLeads(client, 3);
	const made = await call(["leads", "--to", "leads.ndjson"], key);
	assert.deepEqual([made.code, made.output], [0, "leads.ndjson has 3 records: 3 read, 0 removed.\n"]);
	assert.deepEqual(rows("leads.ndjson"), await allLeads(client));
	await client.DELETE("/leads/{id}", idParameter(first));
	await client.PATCH("/leads/{id}", { ...idParameter(second), body: { score: 9 } });
	const again = await call(["leads", "--to", "leads.ndjson", "--json"], key);
	assert.deepEqual(JSON.parse(again.output), {
		resource: "leads",
		file: "leads.ndjson",
		records: 2,
		upsert: 1,
		delete: 1,
		erase: 0,
	});
	assert.deepEqual(rows("leads.ndjson"), await allLeads(client));
	// A line that was only written in part is ignored.
	appendFileSync(join(folder, "leads.ndjson.sync"), '{"cursor":"x","chan');
	await client.PATCH("/leads/{id}", { ...idParameter(second), body: { score: 10 } });
	assert.equal((await call(["leads", "--to", "leads.ndjson"], key)).code, 0);
	assert.deepEqual(rows("leads.ndjson"), await allLeads(client));
	// A file that was removed is made again, whatever its journal says.
	rmSync(join(folder, "leads.ndjson"));
	assert.equal((await call(["leads", "--to", "leads.ndjson"], key)).code, 0);
	assert.deepEqual(rows("leads.ndjson"), await allLeads(client));
});

test("a copy older than the stored events is made again from the beginning", async () => {
	const { key, client } = await organization();
	await seedLeads(client, 3);
	assert.equal((await call(["leads", "--to", "old.ndjson"], key)).code, 0);
	// The server's answer when events after the cursor have been removed.
	const gone = {
		code: "BAD_REQUEST",
		message: "cursor: Events after it are no longer kept.",
		requestId: "r",
	};
	let refusals = 1;
	const front = await startFront(server.url, {
		change(path, reply) {
			const refused = path.includes("/events?") && path.includes("cursor=") && refusals-- > 0;
			return refused ? { ...reply, status: 400, body: JSON.stringify(gone) } : reply;
		},
	});
	const journal = join(folder, "old.ndjson.sync");
	writeFileSync(journal, readFileSync(journal, "utf8").replace(server.url, front.url));
	await client.DELETE("/leads/{id}", idParameter(rows("old.ndjson")[0].id));
	const { code, errors } = await ended(start(["leads", "--to", "old.ndjson"], key, front.url));
	front.close();
	assert.equal(code, 0, errors);
	assert.match(errors, /no longer kept\. The copy is made anew\./);
	assert.deepEqual(rows("old.ndjson"), await allLeads(client));
});

test("a copy is continued with keys of its organization only, also with those that may not read it", async () => {
	const [one, two] = [await server.newKey(), await server.newKey()];
	const narrow = async ({ organizationId }: typeof one) =>
		(await server.newKey(organizationId, ["tags:read", "leads:read", "events:read"])).key;
	for (const { key } of [one, two]) {
		const client = createClient({ apiKey: key, baseUrl: server.url });
		await client.POST("/tags", { body: { name: `Of ${key}` } });
		await seedLeads(client, 2);
	}
	for (const resource of ["tags", "leads"]) {
		const args = [resource, "--to", `own-${resource}`];
		assert.equal((await call(args, resource === "tags" ? one.key : await narrow(one))).code, 0);
		const before = rows(`own-${resource}`);
		for (const key of [two.key, await narrow(two)]) {
			const { code, errors } = await call(args, key);
			const said = `is a copy of ${resource} of ${one.organizationId}, and this key is of ${two.organizationId}. `;
			assert.deepEqual([code, errors.includes(said)], [2, true], errors);
			assert.deepEqual(rows(`own-${resource}`), before);
		}
		assert.equal((await ended(start(args, await narrow(one), `${server.url}/`))).code, 0);
		assert.equal((await call([...args, "--anew"], two.key)).code, 0);
		assert.notDeepEqual(rows(`own-${resource}`), before);
	}
	// One of a version that stored the host as it was given, and no organization.
	const journal = join(folder, "own-tags.sync");
	const { organization, ...stored } = JSON.parse(readFileSync(journal, "utf8"));
	writeFileSync(journal, `${JSON.stringify({ ...stored, host: `${server.url}/` })}\n`);
	assert.equal((await call(["tags", "--to", "own-tags"], two.key)).code, 0);
	assert.equal(JSON.parse(readFileSync(journal, "utf8")).organization, organization);
});

test("a wrong call prints the usage and changes no foreign file", async () => {
	const { key } = await organization();
	const wrong = async (...args: string[]) => {
		const { code, errors } = await call(args, key);
		assert.equal(code, 2, errors);
		return errors;
	};
	assert.match(await wrong(), /leadwire sync <resource> --to <file>.*leads/);
	assert.match(await wrong("lead", "--to", "x"), /Say what to copy/);
	assert.match(await wrong("leads"), /--to leads\.ndjson/);
	assert.match(await wrong("leads", "--to", "no/such/folder/x"), /ENOENT|no such file/);
	writeFileSync(join(folder, "mine.txt"), "precious");
	assert.match(await wrong("leads", "--to", "mine.txt"), /is there, and is not a copy/);
	assert.equal(readFileSync(join(folder, "mine.txt"), "utf8"), "precious");
	assert(!existsSync(join(folder, "mine.txt.sync")));
	assert.match(await wrong("leads", "--to", ".", "--anew"), /^\. is a folder\.$/m);
	writeFileSync(join(folder, "null.sync"), "null\n");
	assert.match(await wrong("leads", "--to", "null"), /^null\.sync is not a journal of this command\./);
	assert.equal((await call(["leads", "--to", "of-leads"], key)).code, 0);
	assert.match(await wrong("deals", "--to", "of-leads"), /is a copy of leads/);
});

test("a follower sends at most 20 requests in any minute, and at most five at once", () => {
	let now = 0;
	const pace = new RequestPace(() => now);
	const made: number[] = [];
	// First idle, then as fast as allowed.
	for (let look = 0; look < 30; look += 1) {
		now += pace.take();
		made.push(now);
		now += 4_000;
	}
	for (let look = 0; look < 100; look += 1) {
		now += pace.take();
		made.push(now);
	}
	for (const at of made) assert(made.filter((one) => one >= at && one < at + 60_000).length <= 20);
	const busy = new RequestPace(() => now);
	assert.deepEqual(
		Array.from({ length: 6 }, () => Math.ceil(busy.take())),
		[0, 0, 0, 0, 0, 4_000],
	);
});
