import { afterAll, afterEach, expect, vi } from "vitest";
import { onStatement } from "../../scripts/platform/d1.ts";
import { limits } from "../../scripts/platform/limits.ts";
import { preparationFault } from "./preparations.ts";
import { bindingsOf, shards } from "./shards.ts";
import { createTables } from "./tables.ts";
import { TenantWatch } from "./tenants.ts";
import { writeFault } from "./writes.ts";
import { misplacedRows } from "./wrong-shard.ts";

const STEP_MS = 50;
const QUIET_STEPS = 4;
const MAX_STEPS = 200;

await Promise.all(shards.map((shard) => createTables(bindingsOf(shard).DB)));

// Whoever sends a statement that may mean another organization's rows, writes past db/commit.ts, or is prepared anew each time
// it runs, fails the test that made it do so.
const tenants = new TenantWatch();
const faults = new Set<string>();
onStatement((text, values, invocation) => {
	tenants.check(text, values, invocation);
	for (const fault of [writeFault(text), preparationFault(text)]) if (fault) faults.add(`${fault}: ${text}`);
});
afterEach(() => expect([...tenants.takeProblems(), ...faults]).toEqual([]));

// The queue is real: a delivery that still runs when the runtime is torn down would hang the whole run.
afterAll(async () => {
	vi.useRealTimers();
	for (let step = 0, quiet = 0; step < MAX_STEPS && quiet < QUIET_STEPS; step += 1) {
		await new Promise((resolve) => setTimeout(resolve, STEP_MS));
		quiet = (await underWay()) === 0 ? quiet + 1 : 0;
	}
	for (const shard of shards) expect(await heavyRows(bindingsOf(shard).DB)).toEqual([]);
	if (shards.length > 1) expect(await misplacedRows()).toEqual([]);
	expect(tenants.takeProblems()).toEqual([]);
});

/** The number of deliveries that are being sent. */
async function underWay(): Promise<number> {
	const counts = shards.map((shard) =>
		bindingsOf(shard)
			.DB.prepare("SELECT count(*) AS n FROM deliveries WHERE lease IS NOT NULL")
			.first<number>("n"),
	);
	return (await Promise.all(counts)).reduce((sum: number, count) => sum + Number(count), 0);
}

/** Tables with rows that are too large for D1; rows that were deleted again are not checked. */
async function heavyRows(db: D1Database): Promise<string[]> {
	const { results: columns } = await db
		.prepare(
			`SELECT entity.name AS "table", info.name AS "column" FROM sqlite_schema AS entity, pragma_table_info(entity.name) AS info
			WHERE entity.type = 'table' AND entity.sql NOT LIKE 'CREATE VIRTUAL%' AND substr(entity.name, 1, 4) <> '_cf_'`,
		)
		.all<{ table: string; column: string }>();
	const heavy: string[] = [];
	for (const [table, group] of Map.groupBy(columns, (column) => column.table)) {
		const bytes = group.map(({ column }) => `coalesce(octet_length("${column}"), 0)`).join(" + ");
		const weight = await db.prepare(`SELECT max(${bytes}) AS bytes FROM "${table}"`).first<number>("bytes");
		if (Number(weight) > limits.rowBytes.max) heavy.push(`${table}: ${weight} bytes`);
	}
	return heavy;
}
