// `npm run bench:migration -- --events 1000000`: moves the events of a database of version 1.0 to their present table, and
// shows the slices, how long each took, and that nothing was lost.
import { createHash } from "node:crypto";
import { cpSync, globSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { readWorkerConfig } from "../scripts/local/config.ts";
import { openDatabases, startLocal } from "../scripts/local/local.ts";
import { repositoryRoot } from "../scripts/tools/tools.ts";
import { catalogue } from "../src/events/catalogue.ts";
import { newId } from "../src/ids.ts";
import { newKeyringSecret } from "../src/keyring.ts";

/** The migration that introduced the order of commits. The benchmark writes events in the form before it. */
const FIRST_NEW = "0010";
/** Organizations: the first has half of the events, the second a quarter, and so on. */
const OWNERS = 3;
/** Events with the same instant, as a batch of leads makes them. */
const PER_INSTANT = 20;

export interface Migrated {
	/** How many events there were before and after, and a digest of their contents in order. */
	readonly before: Census;
	readonly after: Census;
	/** How long the migrations took (ms). */
	readonly migrations: number;
	/** How long each slice took, which is one transaction (ms), and the longest statement of all. */
	readonly slices: readonly number[];
	readonly longestStatement: number;
}

interface Census {
	readonly events: number;
	readonly digest: string;
	/** Whether the numbers of each organization have no gaps. */
	readonly gapless: boolean;
}

/** Builds a database of version 1.0 with `events` events, migrates it, and does the sweeper's work. */
export async function measureMigration(events: number): Promise<Migrated> {
	const folder = mkdtempSync(join(tmpdir(), "leadwire-migration-"));
	const state = join(folder, "state");
	try {
		await (
			await openDatabases(state, { ...readWorkerConfig(), migrationsDir: formerMigrations(folder) })
		).dispose();
		const [file = ""] = globSync("v3/d1/miniflare-D1DatabaseObject/*.sqlite", { cwd: state }).filter(
			(name) => !name.includes("metadata"),
		);
		const within = <T>(use: (db: DatabaseSync) => T): T => {
			const db = new DatabaseSync(join(state, file));
			try {
				return use(db);
			} finally {
				db.close();
			}
		};
		within((db) => fill(db, events));
		const before = within((db) => census(db, "SELECT *, 0 AS step FROM events ORDER BY organizationId, id"));
		const began = performance.now();
		await (await openDatabases(state)).dispose();
		const migrations = performance.now() - began;
		const { url, dispose } = await startLocal({
			main: join(repositoryRoot, "bench/workers/moving.ts"),
			stateDir: state,
			secrets: { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() },
		});
		const slices: number[] = [];
		let longestStatement = 0;
		for (let more = true; more; ) {
			const start = performance.now();
			const done = (await (await fetch(url)).json()) as { more: boolean; statements: number[] };
			slices.push(performance.now() - start);
			longestStatement = Math.max(longestStatement, ...done.statements);
			more = done.more;
		}
		await dispose();
		const after = within((moved) =>
			census(
				moved,
				`SELECT organizations.id AS organizationId, event_log.*, key - lag(key, 1, key - 1) OVER (PARTITION BY ordinal ORDER BY key) - 1 AS step
				FROM organizations JOIN event_log ON key >> 40 = ordinal ORDER BY organizations.id, key`,
			),
		);
		return { before, after, migrations, slices, longestStatement };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** A folder with the migrations before that one. */
function formerMigrations(folder: string): string {
	const { migrationsDir } = readWorkerConfig();
	const former = join(folder, "migrations");
	for (const name of readdirSync(migrationsDir).filter((one) => one.endsWith(".sql") && one < FIRST_NEW))
		cpSync(join(migrationsDir, name), join(former, name));
	return former;
}

/** Writes the events of leads, each with its `save_lead`, as version 1.0 recorded them. */
function fill(db: DatabaseSync, events: number): void {
	const now = Date.now();
	const began = now - events * 10;
	db.exec("BEGIN");
	const owner = db.prepare(
		"INSERT INTO organizations (id, name, timezone, currency, version, createdAt, updatedAt) VALUES (?, ?, 'UTC', 'USD', 1, ?, ?)",
	);
	const event = db.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, 0, ?)");
	const owners = Array.from({ length: OWNERS }, (_, nth) => {
		const id = newId("org", now - nth);
		owner.run(id, `Owner ${nth}`, began, began);
		return id;
	});
	for (let count = 0; count < events; count += 1) {
		const at = began + Math.floor(count / PER_INSTANT) * PER_INSTANT * 10;
		const type = count % 2 === 0 ? "lead.created" : "save_lead";
		const owned = owners[Math.min(OWNERS - 1, Math.clz32(count) - Math.clz32(events))] ?? "";
		const { actor: _, ...payload } = { actor: null, ...catalogue[type].example };
		const body = JSON.stringify({ ...payload, nth: count, said: "ÄÖÜ \u2028 𝄞" });
		event.run(owned, newId("evt", at), type, newId("ld", at), at, body);
	}
	db.exec("COMMIT");
}

/** Counts the rows of a query and computes a digest of their contents. */
function census(db: DatabaseSync, query: string): Census {
	const hash = createHash("sha256");
	let [events, gapless] = [0, true];
	for (const row of db.prepare(query).iterate()) {
		const { organizationId, id, type, entityId, createdAt, test, payload, step } = row;
		hash.update(JSON.stringify([organizationId, id, type, entityId, createdAt, test, payload]));
		gapless &&= step === 0;
		events += 1;
	}
	return { events, digest: hash.digest("hex"), gapless };
}

if (import.meta.main) {
	const { values } = parseArgs({ options: { events: { type: "string", default: "1000000" } } });
	const { before, after, migrations, slices, longestStatement } = await measureMigration(
		Number(values.events),
	);
	const total = slices.reduce((sum, took) => sum + took, 0);
	const isWhole = after.events === before.events && after.digest === before.digest && after.gapless;
	console.log(
		`${after.events} of ${before.events} events moved, ${isWhole ? "all of them as they were" : "NOT as they were"}`,
	);
	console.log(`migrations: ${(migrations / 1_000).toFixed(1)} s, with the start of the runtime`);
	const middle = slices.toSorted((one, other) => one - other)[Math.floor(slices.length / 2)] ?? 0;
	console.log(
		`${slices.length} slices in ${(total / 1_000).toFixed(1)} s: half of them within ${middle.toFixed(0)} ms, all within ${Math.max(...slices).toFixed(0)} ms`,
	);
	console.log(`longest statement: ${longestStatement.toFixed(0)} ms`);
	process.exitCode = isWhole ? 0 : 1;
}
