// Weighs the rows that were stored before the quota on bytes existed: a table's rows in the order of their keys, a slice at a
// time. The table `weighings` stores the progress. A slice and its progress are one transaction, so every row is counted once;
// the triggers (retention/weights.ts) skip rows beyond the progress, because a later slice counts them.

import { getTableName } from "drizzle-orm";
import type { Chore } from "../chore.ts";
import { batch } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { weighings } from "../db/schema/weighings.ts";
import { type SQL, sql } from "../db/sql.ts";
import type { Env } from "../env.ts";
import { addExcess, excessBytes, isBeyondProgress, type WeighedTable, weighedTables } from "./weights.ts";

/** Rows per slice. SQLite reads only the length of a long text. */
const ROWS_PER_SLICE = 1_000;

/** The weighing chore: one slice of any table. */
export const weighChore = (slice = ROWS_PER_SLICE): Chore => ({
	name: "weigh",
	due: sql`SELECT 1 FROM ${weighings}`,
	async run({ DB }: Env) {
		const [rows] = await batch(DB, [sql`SELECT "table" FROM ${weighings} ORDER BY random() LIMIT 1`]);
		const name = rows?.[0]?.table;
		const one = weighedTables.find(({ table }) => getTableName(table) === name);
		if (!one) return false;
		await write(DB, weighNext(one, slice));
		return true;
	},
});

/** Statements that weigh the next slice of a table and store the progress. */
function weighNext(one: WeighedTable, slice: number): SQL[] {
	const name = getTableName(one.table);
	const key = sql.list(one.key.map((column) => sql`row.${sql.identifier(column.name)}`));
	const next = (columns: SQL) =>
		sql`SELECT ${columns} FROM ${weighings} AS weighing CROSS JOIN ${one.table} AS row
			WHERE weighing."table" = ${name} AND ${isBeyondProgress(one, "row")} ORDER BY ${key} LIMIT CAST(${slice} AS INTEGER)`;
	const heavy = next(sql`${one.owner("row")} AS "owner", ${excessBytes(one, "row")} AS "bytes"`);
	const keys = next(sql`json_array(${key}) AS "key"`);
	return [
		addExcess(one, sql`SELECT "owner", sum("bytes") AS "bytes" FROM (${heavy}) WHERE "bytes" > 0 GROUP BY 1`),
		sql`UPDATE ${weighings} SET "after" = coalesce((SELECT "key" FROM (${keys}) LIMIT 1 OFFSET CAST(${slice - 1} AS INTEGER)), '') WHERE "table" = ${name}`,
		sql`DELETE FROM ${weighings} WHERE "table" = ${name} AND "after" = ''`,
	];
}
