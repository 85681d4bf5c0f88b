// `npm run deploy` migrates every database. Something else answers for wrangler.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { migrate } from "../../scripts/deploy/migrate.ts";
import { migrationPlan } from "../../scripts/deploy/plan.ts";

/** Databases to deploy, and a wrangler that applies migrations to them and remembers to which; it fails on those in `broken`. */
function account(count: number) {
	const databases = Array.from({ length: count }, (_, shard) => ({
		binding: shard === 0 ? "DB" : `DB_${shard}`,
		name: `leadwire-${shard}`,
		id: `1${"0".repeat(35)}`,
	}));
	const state = { migrated: new Set<string>(), broken: new Set<string>(), most: 0, under: 0 };
	const wrangler = async ([, , , binding = "", where]: readonly string[]) => {
		assert.equal(where, "--remote");
		if (state.broken.has(binding)) throw new Error("D1 is not there");
		state.under += 1;
		state.most = Math.max(state.most, state.under);
		await sleep(5);
		state.under -= 1;
		if (state.migrated.has(binding)) return "✅ No migrations to apply!";
		state.migrated.add(binding);
		return "🌀 Executed 3 commands";
	};
	return { databases, state, wrangler };
}

test("every database is migrated, four at a time; where one fails the others under way end, and the next run goes on", async () => {
	const { databases, state, wrangler } = account(10);
	state.broken.add("DB_2");
	const lines: string[] = [];
	await assert.rejects(
		migrate(databases, wrangler, (line) => lines.push(line)),
		(error: Error) => {
			assert.match(error.message, /^DB_2: D1 is not there$/m);
			assert.match(
				error.message,
				/The Worker was not replaced\. Up to date: DB, DB_1, DB_3; not yet: DB_2, DB_4, .*DB_9\./,
			);
			return true;
		},
	);
	assert.deepEqual([...state.migrated], ["DB", "DB_1", "DB_3"]);
	state.broken.clear();
	await migrate(databases, wrangler, (line) => lines.push(line));
	assert.equal(state.migrated.size, 10);
	assert.equal(state.most, 4);
	assert.ok(lines.includes("DB_1: up to date") && lines.includes("DB_2: migrated"));
});

test("nothing is migrated while a database is yet to be made", async () => {
	const { databases, state, wrangler } = account(3);
	const unmade = [
		...databases,
		{ binding: "DB_3", name: "leadwire-3", id: "00000000-0000-0000-0000-000000000000" },
	];
	await assert.rejects(
		migrate(unmade, wrangler, () => undefined),
		/DB_3 \(leadwire-3\) has no database_id/,
	);
	assert.equal(state.migrated.size, 0);
});

test("a dry run lists the migrations of each database: those it lacks, or all where that can't be known", async () => {
	const folder = mkdtempSync(join(tmpdir(), "leadwire-plan-"));
	for (const name of ["0001_b.sql", "0000_a.sql", "notes.md"]) writeFileSync(join(folder, name), "");
	const { databases } = account(5);
	const [first, ...others] = databases;
	const asked: string[] = [];
	const wrangler = async (args: readonly string[]) => {
		const [, command, binding = "", , , , sql = ""] = args;
		assert.deepEqual([command, ...args.slice(3, 6)], ["execute", "--remote", "--json", "--command"]);
		assert.match(sql, /^SELECT /, "it only reads");
		asked.push(binding);
		if (binding === "DB_2") throw new Error("no such table: d1_migrations: SQLITE_ERROR");
		if (binding === "DB_3") throw new Error("fetch failed");
		const names = { DB: ["0000_a.sql"], DB_1: ["0000_a.sql", "0001_b.sql"] }[binding] ?? [
			"0000_a.sql",
			"0002_c.sql",
		];
		return JSON.stringify([{ results: names.map((name) => ({ name })) }]);
	};
	const unmade = { binding: "DB_5", name: "leadwire-5", id: "00000000-0000-0000-0000-000000000000" };
	try {
		const id = first?.id;
		assert.deepEqual(await migrationPlan([...databases, unmade], folder, wrangler), [
			`DB (leadwire-0, ${id}) would get:`,
			"  0001_b.sql",
			`DB_1 (leadwire-1, ${id}) has all migrations.`,
			`DB_2 (leadwire-2, ${id}) would get:`,
			"  0000_a.sql",
			"  0001_b.sql",
			`DB_3 (leadwire-3, ${id}) can't be asked which migrations it has. Of these it would get what it lacks:`,
			"  0000_a.sql",
			"  0001_b.sql",
			"  It can't be asked because of this: fetch failed",
			`DB_4 (leadwire-4, ${id}) would get:`,
			"  0001_b.sql",
			"It also has these, which are not here; it was deployed from a later version:",
			"  0002_c.sql",
			"DB_5 (leadwire-5) is yet to be made and would get all migrations:",
			"  0000_a.sql",
			"  0001_b.sql",
		]);
		assert.deepEqual(asked.sort(), ["DB", ...others.map(({ binding }) => binding)]);
	} finally {
		rmSync(folder, { recursive: true });
	}
});
