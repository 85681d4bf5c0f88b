// `npm run bench:chores -- --leads 200000`: how many rows one run of the sweeper brings up to date when there are many: stamps
// after a custom field was deleted, and text after the folding has changed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Local, startLocal } from "../scripts/local/local.ts";
import { newKeyringSecret } from "../src/keyring.ts";
import { grow } from "./grow.ts";
import { fillWithLeads } from "./leads.ts";
import { startTarget } from "./target.ts";

/** Leads that the API makes; the others are copies of them. */
const MADE = 1_000;

interface Work {
	readonly name: string;
	/** Begins it for all leads, as the version that introduces it does. */
	readonly begin: readonly string[];
	/** A query for the number of leads that are done; the one whose id is in `to` is the last of them. */
	readonly to: string;
}

const works: readonly Work[] = [
	{
		name: "stamped, each with a value of a custom field that was deleted",
		begin: [`UPDATE custom_fields SET "restampedTo" = ''`],
		to: `SELECT "restampedTo" AS "to" FROM custom_fields WHERE "restampedTo" IS NOT NULL`,
	},
	{
		name: "folded, each for the first time",
		begin: ["UPDATE leads SET folded = NULL", "INSERT INTO refolds VALUES ('leads', '', '')"],
		to: `SELECT "id" AS "to" FROM refolds WHERE "table" = 'leads'`,
	},
];

/** Fills a database with leads that have a value of a deleted custom field. */
async function fill(stateDir: string, leads: number): Promise<void> {
	const target = await startTarget("ours", stateDir);
	try {
		const organization = await target.organization();
		const field = { entity: "leads", label: "Rank", type: "number" };
		const { id } = (await organization.call<{ id: string }>("POST", "/custom-fields", field)).body;
		await fillWithLeads(organization, MADE, (index) => ({ cf_rank: index }));
		await grow(target, organization, { leads, events: 0 });
		await organization.call("DELETE", `/custom-fields/${id}`);
		await target.execute(`UPDATE custom_fields SET "restampedTo" = NULL`, []);
		await target.execute("DELETE FROM refolds", []);
	} finally {
		await target.stop();
	}
}

/** Runs the sweeper once; returns how many leads it has done, and how long it took (ms). */
async function sweepOnce({ db, runScheduled }: Local, { begin, to }: Work) {
	for (const statement of begin) await db.prepare(statement).run();
	const began = performance.now();
	await runScheduled();
	const took = performance.now() - began;
	const last = await db.prepare(to).first<string>("to");
	const count = `SELECT count(*) AS "done" FROM leads${last === null ? "" : " WHERE id <= ?1"}`;
	const done = await db
		.prepare(count)
		.bind(...(last === null ? [] : [last]))
		.first<number>("done");
	return { done, took };
}

const { values } = parseArgs({ options: { leads: { type: "string", default: "200000" } } });
const folder = mkdtempSync(join(tmpdir(), "leadwire-chores-"));
try {
	await fill(folder, Number(values.leads));
	const secrets = { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() };
	const local = await startLocal({ stateDir: folder, secrets, onLog: console.log });
	for (const work of works) {
		const { done, took } = await sweepOnce(local, work);
		console.log(`${done} of ${values.leads} leads ${work.name}: one sweep of ${(took / 1_000).toFixed(1)} s`);
	}
	await local.dispose();
} finally {
	rmSync(folder, { recursive: true, force: true });
}
