// `npm run bench:export -- --leads 35000`: exports a large organization, imports it into an empty system, and exports it again. Shows
// the time and the memory of each command, which runs in a process of its own, and fails if the two files have different rows.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { closeSync, createReadStream, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { linesOf } from "../scripts/admin/organization-file.ts";
import { bytesOf, executeOn } from "../scripts/admin/query.ts";
import { serveControl } from "../scripts/local/control.ts";
import { openDatabases } from "../scripts/local/local.ts";
import { repositoryRoot } from "../scripts/tools/tools.ts";
import { newKeyringSecret } from "../src/keyring.ts";
import { grow } from "./grow.ts";
import { fillWithLeads } from "./leads.ts";
import { startTarget } from "./target.ts";

const MB = 1_024;
/** The maximum of a command's memory, in megabytes. */
const BOUND = 256;

const MEASURING = join(import.meta.dirname, "max-memory.ts");
/** What `npm run admin` runs, without `node`. */
const adminCommand = (
	JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8")) as { scripts: { admin: string } }
).scripts.admin
	.split(" ")
	.slice(1);

interface Run {
	readonly seconds: number;
	/** The maximum of its resident memory, in megabytes. */
	readonly memory: number;
}

const secrets = { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() };

/** Runs an admin command on a state directory, with files for its input and output. */
async function admin(
	stateDir: string,
	args: readonly string[],
	files: { input?: string; output?: string },
): Promise<Run> {
	const began = performance.now();
	const input = files.input ? openSync(files.input, "r") : "ignore";
	const output = files.output ? openSync(files.output, "w") : "ignore";
	const child = spawn(process.execPath, ["--import", MEASURING, ...adminCommand, ...args], {
		cwd: repositoryRoot,
		env: { ...process.env, ...secrets, STATE_DIR: stateDir },
		stdio: [input, output, "pipe"],
	});
	const { stderr } = child;
	if (!stderr) throw new Error("The command has no standard error.");
	const [errors, [code]] = await Promise.all([text(stderr), once(child, "exit")]);
	for (const fd of [input, output]) if (typeof fd === "number") closeSync(fd);
	if (code !== 0) throw new Error(errors);
	const memory = Number(/^max memory (\d+)$/m.exec(errors)?.[1]) / MB;
	return { seconds: (performance.now() - began) / 1_000, memory };
}

/** The number of rows of a file, and a digest of them. */
async function rowsOf(path: string): Promise<{ rows: number; digest: string }> {
	const hash = createHash("sha256");
	let rows = 0;
	for await (const line of linesOf(createReadStream(path))) {
		if (!line.startsWith("[")) continue;
		hash.update(`${line}\n`);
		rows += 1;
	}
	return { rows, digest: hash.digest("hex") };
}

/** Serves the database of a state directory to admin commands, as `npm start` does, so that these have only their own memory. */
async function serve(stateDir: string) {
	const { db, dispose } = await openDatabases(stateDir);
	// A new database has no rows to be folded, but only the sweeper would say so.
	await db.exec("DELETE FROM refolds");
	await serveControl(stateDir, {
		shards: [0],
		on: () => executeOn(db),
		bytesOf: () => bytesOf(db),
		endKey: async () => undefined,
	});
	return dispose;
}

/** Measures with so many leads, each with two events. */
export async function measureExport(leads: number) {
	const folder = mkdtempSync(join(tmpdir(), "leadwire-export-"));
	const [first, second] = [join(folder, "first"), join(folder, "second")];
	const [file, copy] = [join(folder, "first.ndjson"), join(folder, "second.ndjson")];
	try {
		const target = await startTarget("ours", first);
		const organization = await target.organization(100);
		await fillWithLeads(organization, Math.min(leads, 1_000));
		await grow(target, organization, { leads, events: 2 * leads });
		const { id } = (await organization.call<{ id: string }>("GET", "/organization")).body;
		await target.stop();
		mkdirSync(second);
		const ends = [await serve(first), await serve(second)];
		const exported = await admin(first, ["org", "export", "--id", id], { output: file });
		const imported = await admin(second, ["org", "import"], { input: file });
		const again = await admin(second, ["org", "export", "--id", id], { output: copy });
		for (const end of ends) await end();
		const [original, copied] = [await rowsOf(file), await rowsOf(copy)];
		return {
			rows: original.rows,
			isSame: original.digest === copied.digest,
			runs: { exported, imported, again },
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

if (import.meta.main) {
	const { values } = parseArgs({ options: { leads: { type: "string", default: "35000" } } });
	const { rows, isSame, runs } = await measureExport(Number(values.leads));
	console.log(`${rows} rows${isSame ? "" : ", and others in the copy"}`);
	for (const [name, { seconds, memory }] of Object.entries(runs))
		console.log(`${name.padEnd(10)} ${seconds.toFixed(1)} s, ${memory.toFixed(0)} MB of at most ${BOUND}`);
	process.exitCode = isSame && Object.values(runs).every(({ memory }) => memory <= BOUND) ? 0 : 1;
}
