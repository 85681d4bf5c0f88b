// `npm run bench:import -- --leads 10000`: imports a CSV file of leads, half of which are known, with one key. The command is killed
// twice on the way. Fails if that takes more than three minutes for 10,000 leads, or if a lead is missing, changed or there twice.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { repositoryRoot } from "../scripts/tools/tools.ts";
import { type Organization, startTarget } from "./target.ts";

const COMMAND = join(repositoryRoot, "sdk", "dist", "cli", "main.js");
/** In seconds, for 10,000 leads. */
const BOUND = 180;
/** The shares of the file at which the command is killed. */
const KILLS = [0.2, 0.6];
const KEYS = 500;

const email = (index: number) => `lead${index}@example.com`;
const isKnown = (index: number) => index % 2 === 0;

/** Creates the known leads. */
async function fill({ call }: Organization, count: number): Promise<void> {
	const known = Array.from({ length: count }, (_, index) => index).filter(isKnown);
	for (let from = 0; from < known.length; from += 100) {
		const items = known.slice(from, from + 100).map((index) => ({ name: "Known", email: email(index) }));
		await call("POST", "/leads/batch", { items });
	}
}

/** All leads, as lines. */
async function read({ call }: Organization): Promise<string[]> {
	const leads: string[] = [];
	for (let cursor = "", more = true; more; ) {
		const { body } = await call<{
			items: { name: string; email: string }[];
			nextCursor: string;
			hasMore: boolean;
		}>("GET", `/leads?limit=100${cursor}`);
		leads.push(...body.items.map((lead) => `${lead.name},${lead.email}`));
		cursor = `&cursor=${body.nextCursor}`;
		more = body.hasMore;
	}
	return leads.sort();
}

/** Imports a file; kills the command when that share of its rows is stored. */
async function runImport(file: string, env: NodeJS.ProcessEnv, rows: number): Promise<number | null> {
	const child = spawn(process.execPath, [COMMAND, "import", "leads", file, "--match-by", "email"], {
		env,
		stdio: "inherit",
	});
	let hasEnded = false;
	const ended = once(child, "exit").finally(() => {
		hasEnded = true;
	});
	while (!hasEnded) {
		await Promise.race([ended, sleep(100)]);
		const journal = `${file}.import`;
		if (existsSync(journal) && JSON.parse(readFileSync(journal, "utf8")).rows >= rows) child.kill("SIGKILL");
	}
	return (await ended)[0];
}

const { values } = parseArgs({ options: { leads: { type: "string", default: "10000" } } });
const count = Number(values.leads);
const folder = mkdtempSync(join(tmpdir(), "leadwire-import-"));
const target = await startTarget("ours");
try {
	const organization = await target.organization(KEYS);
	const [key = ""] = organization.keys(1);
	await fill(organization, count);
	const file = join(folder, "contacts.csv");
	const rows = Array.from({ length: count }, (_, index) => `Lead ${index},${email(index)}`);
	writeFileSync(file, ["Name,E-mail", ...rows].join("\n"));
	const env = { PATH: process.env.PATH, LEADWIRE_URL: target.url, LEADWIRE_API_KEY: key };
	const begun = performance.now();
	const codes: (number | null)[] = [];
	for (const share of [...KILLS, Number.POSITIVE_INFINITY])
		codes.push(await runImport(file, env, share * count));
	const seconds = (performance.now() - begun) / 1_000;
	const isSame = JSON.stringify(await read(organization)) === JSON.stringify(rows.sort());
	const bound = (BOUND * count) / 10_000;
	console.log(
		`${count} leads in ${seconds.toFixed(1)} s of at most ${bound.toFixed(0)}, killed twice${isSame ? "" : "; others are stored"}`,
	);
	process.exitCode = isSame && seconds <= bound && codes.join() === ",,0" ? 0 : 1;
} finally {
	await target.stop();
	rmSync(folder, { recursive: true, force: true });
}
