// The three ways to keep a copy (`client.sync`, `leadwire sync`, the guide's program), killed in each phase: before the answer
// to a certain request arrives, which is after everything that the answer before it caused. What others write
// meanwhile is in the copy that the next run completes.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { createClient, type LeadwireClient } from "leadwire";
import { readGuides } from "../../scripts/assets/pages.ts";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { allLeads, idParameter, seedLeads, startFront } from "./copying.ts";
import { serve } from "./setup.ts";

const folder = mkdtempSync(join(tmpdir(), "leadwire-killed-"));
const server = await serve();
after(async () => {
	rmSync(folder, { recursive: true });
	await server.dispose();
});

const dist = join(repositoryRoot, "sdk", "dist");
const guide = readGuides().find(({ slug }) => slug === "sync")?.markdown ?? "";

/** A program that stores the changes of a page and its cursor together, as `SyncPage` asks. */
const SDK_PROGRAM = `
	import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
	import { createClient } from ${JSON.stringify(pathToFileURL(join(dist, "index.js")))};
	const client = createClient({ baseUrl: process.env.LEADWIRE_URL, apiKey: process.env.LEADWIRE_API_KEY });
	const copy = existsSync("sdk.json") ? JSON.parse(readFileSync("sdk.json", "utf8")) : { leads: {} };
	for await (const { changes, cursor } of client.sync("leads", { cursor: copy.cursor })) {
		for (const change of changes)
			if (change.type === "upsert") copy.leads[change.id] = change.record;
			else delete copy.leads[change.id];
		writeFileSync("sdk.json.new", JSON.stringify({ ...copy, cursor }));
		renameSync("sdk.json.new", "sdk.json");
	}`;

const parse = (file: string) => JSON.parse(readFileSync(file, "utf8"));

/** How a copy is made in a folder, and how its rows are read. */
const ways = {
	"client.sync": {
		files: { "sdk.mjs": SDK_PROGRAM },
		program: ["sdk.mjs"],
		rows: (at: string) => Object.values(parse(join(at, "sdk.json")).leads),
	},
	"leadwire sync": {
		files: {},
		program: [join(dist, "cli", "main.js"), "sync", "leads", "--to", "leads.ndjson"],
		rows: (at: string) =>
			readFileSync(join(at, "leads.ndjson"), "utf8")
				.split("\n")
				.filter(Boolean)
				.map((line) => JSON.parse(line)),
	},
	"the guide's program": {
		files: { "copy-leads.mjs": /^```js copy-leads.mjs\n(.*?)^```$/ms.exec(guide)?.[1] ?? "" },
		program: ["copy-leads.mjs"],
		rows: (at: string) => Object.values(parse(join(at, "leads.json")).leads),
	},
};

/** Finding the end of the feed, reading all rows, reading the changes since; and the changes only, in a later run. */
const phases = ["start", "full copy", "following", "a later run"] as const;
type Phase = (typeof phases)[number];

/** Names the phase of each request of a run. */
function phaseReader(isLater: boolean): (path: string) => Phase | null {
	let listed = false;
	return (path) => {
		if (path === "/api/v1/organization") return null;
		if (path.startsWith("/api/v1/leads")) listed = true;
		else if (isLater) return "a later run";
		else return listed ? "following" : "start";
		return "full copy";
	};
}

/** Changes, deletes, restores and creates leads: more events than a page of the feed has. */
async function writeMuch(client: LeadwireClient, ids: readonly string[]): Promise<void> {
	const [first = "", second = "", third = ""] = ids;
	await client.PATCH("/leads/{id}", { ...idParameter(first), body: { score: 7 } });
	await client.DELETE("/leads/{id}", idParameter(second));
	await client.POST("/leads/{id}/restore", idParameter(second));
	await client.DELETE("/leads/{id}", idParameter(third));
	await seedLeads(client, 100);
}

/** Makes an organization with two pages of leads, and a folder with the program. */
async function prepare(way: (typeof ways)[keyof typeof ways]) {
	const { key, organizationId } = await server.newKey();
	const { key: other } = await server.newKey(organizationId);
	const client = createClient({ apiKey: other, baseUrl: server.url });
	const ids = [...(await seedLeads(client, 100)), ...(await seedLeads(client, 20))];
	const at = mkdtempSync(join(folder, "copy-"));
	for (const [name, content] of Object.entries(way.files)) writeFileSync(join(at, name), content);

	let onRequest: (path: string) => Promise<void>;
	const front = await startFront(server.url, { before: (path) => onRequest(path) });

	/** Runs the program to its end. */
	const begin = (before: (path: string) => Promise<void> = async () => {}) => {
		onRequest = before;
		const child = spawn(process.execPath, way.program, {
			cwd: at,
			env: { PATH: process.env.PATH, LEADWIRE_URL: front.url, LEADWIRE_API_KEY: key },
			stdio: ["ignore", "ignore", "pipe"],
		});
		return { child, ended: Promise.all([once(child, "exit"), text(child.stderr)]) };
	};
	const run = async () => {
		const [[code], errors] = await begin().ended;
		assert.equal(code, 0, errors);
	};
	/** Kills the program before the `nth` answer of a phase. When it has read a page of rows, others write. */
	const runKilledIn = async (phase: Phase, nth: number, isLater: boolean) => {
		const phaseOf = phaseReader(isLater);
		let [seen, listed] = [0, 0];
		const { child, ended } = begin(async (path) => {
			const now = phaseOf(path);
			if (now === "full copy") listed += 1;
			if (now === "full copy" && listed === 2) await writeMuch(client, ids);
			if (now === phase) seen += 1;
			if (now !== phase || seen < nth) return;
			child.kill("SIGKILL");
			await new Promise(() => {});
		});
		const [[, signal], errors] = await ended;
		assert.equal(signal, "SIGKILL", `It ended before request ${nth} of its phase "${phase}". ${errors}`);
	};
	return { at, client, ids, run, runKilledIn, close: front.close };
}

for (const [name, way] of Object.entries(ways))
	for (const phase of phases)
		for (const nth of [1, 2])
			test(`${name}, killed before the answer to request ${nth} of: ${phase}`, async () => {
				const { at, client, ids, run, runKilledIn, close } = await prepare(way);
				const isLater = phase === "a later run";
				if (isLater) {
					await run();
					await writeMuch(client, ids);
				}
				await runKilledIn(phase, nth, isLater);
				await writeMuch(client, ids.slice(3));
				await run();
				close();
				const byId = (rows: readonly unknown[]) =>
					Object.fromEntries((rows as { id: string }[]).map((row) => [row.id, row]));
				assert.deepEqual(byId(way.rows(at)), byId(await allLeads(client)));
			});
