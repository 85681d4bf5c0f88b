// `npm run deploy` migrates every database. Something else answers for wrangler.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { migrate } from "../../scripts/deploy/migrate.ts";

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
