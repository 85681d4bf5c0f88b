// What an operator sees of the two secrets in a database, and has encrypted again.
import { getTableName, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { apiKeys } from "../../src/db/schema/api-keys.ts";
import { idempotencyKeys } from "../../src/db/schema/bookkeeping.ts";
import { organizations } from "../../src/db/schema/organizations.ts";
import { resealings } from "../../src/db/schema/resealings.ts";
import { sealedTables } from "../../src/db/sealed-tables.ts";
import type { OperatorDatabase } from "./database.ts";

/** The operator's functions on what was made with the secrets. */
export function sealedValuesIn({ db, shard }: OperatorDatabase) {
	return {
		/** Has the Worker's cron trigger seal everything anew that is not sealed under the first ENCRYPTION_KEY (src/resealing). */
		async reseal() {
			const begin = { organizationId: "", id: "", found: 0 };
			for (const table of sealedTables.map((sealed) => getTableName(sealed.table)))
				await db
					.insert(resealings)
					.values({ table, ...begin })
					.onConflictDoUpdate({ target: resealings.table, set: begin });
		},

		/** What is made with which key of the two secrets, and which tables are still being sealed anew. */
		async secretsInUse() {
			const kindOf = (table: SQLiteTable) => (table === idempotencyKeys ? "answers" : getTableName(table));
			const all = [
				// One SELECT for each table: D1 takes five in a UNION.
				...sealedTables.map(({ table, columns }) => {
					const values = columns.map(({ column }) => sql`${sql.identifier(column)}`);
					return sql`SELECT ${kindOf(table)} AS "kind", substr(value, 4, instr(substr(value, 4), '.') - 1) AS "key"
						FROM ${table}, json_each(json_array(${sql.join(values, sql`, `)})) WHERE substr(value, 1, 3) = 'v1.'`;
				}),
				// Those that an organization has left behind lead to where it is, and are counted there.
				sql`SELECT 'apiKeys', ${apiKeys.pepperId} FROM ${apiKeys} WHERE ${apiKeys.deletedAt} IS NULL AND EXISTS (
					SELECT 1 FROM ${organizations} WHERE ${organizations.id} = ${apiKeys.organizationId} AND coalesce(${organizations.home}, -1) < 0)`,
			];
			const rows = await db.all<[kind: string, key: string, count: number]>(
				sql`SELECT "kind", "key", count(*) FROM (${sql.join(all, sql` UNION ALL `)}) GROUP BY 1, 2 ORDER BY 1, 2`,
			);
			const kinds = [...sealedTables.map(({ table }) => kindOf(table)), "apiKeys"];
			const counts: Record<string, Record<string, number>> = Object.fromEntries(
				kinds.map((kind) => [kind, {}]),
			);
			for (const [kind, key, count] of rows) Object.assign(counts[kind] ?? {}, { [key]: count });
			const unfinished = await db.select({ table: resealings.table }).from(resealings);
			return { shard, ...counts, resealing: unfinished.map(({ table }) => table) };
		},
	};
}
