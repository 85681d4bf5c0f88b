// Deleting or restoring a definition changes what records with a value of it show. Their ETags change at once (see
// with-custom-fields.ts). Their `updatedAt`, which copies rely on, is updated by the sweeper in slices, as there may be many.
import { getTableName } from "drizzle-orm";
import type { Chore } from "../chore.ts";
import { batch } from "../db/client.ts";
import { type Write, write } from "../db/commit.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { ownedTables } from "../db/owned-tables.ts";
import { customFields as table } from "../db/schema/custom-fields.ts";
import { type SQL, sql } from "../db/sql.ts";
import { nextStamp } from "../db/stamps.ts";
import { isRow, ownedBy, rowsOf } from "../db/tenant.ts";
import type { Env } from "../env.ts";

/** Records that one slice reads. If all of them have a value, it takes D1 about 40 ms. */
const SLICE = 1_000;

/** The write of a definition, with a mark that starts the new stamps of its records. */
export function withRestamp<W extends Write<typeof table.$inferSelect>>(write: W): W {
	const { organizationId, id } = write.value;
	const begin = sql`UPDATE ${table} SET "restampedTo" = '' WHERE ${isRow(table, organizationId, id)}`;
	return { ...write, statements: [...write.statements, begin] };
}

/** The chore that stamps records. Each run takes a random definition, so that no organization blocks the others. */
export const restampChore = (now: number): Chore => ({
	name: "restamped",
	due: sql`SELECT 1 FROM ${table} WHERE "restampedTo" IS NOT NULL`,
	async run({ DB }: Env) {
		const [rows] = await batch(DB, [
			sql`SELECT "organizationId", "id", "entity", "restampedTo" FROM ${table} WHERE "restampedTo" IS NOT NULL ORDER BY random() LIMIT 1`,
		]);
		const [definition] = rows ?? [];
		if (!definition) return false;
		const [organizationId, id, entity, from] = ["organizationId", "id", "entity", "restampedTo"].map((name) =>
			String(definition[name]),
		);
		await write(DB, sliceOf(now, organizationId ?? "", id ?? "", entity ?? "", from ?? ""));
		return true;
	},
});

/** Stamps the next records after the id `from` that have a value, and stores the progress unless another sweep was first. */
function sliceOf(now: number, organizationId: string, id: string, entity: string, from: string): SQL[] {
	const records = ownedTables.find((one: OwnedTable) => getTableName(one) === entity);
	if (!records) throw new Error(`No table ${entity} has custom fields.`);
	const definition = sql`${isRow(table, organizationId, id)} AND "restampedTo" = ${from}`;
	const slice = sql`SELECT "id", "custom" FROM ${rowsOf(records, organizationId)} AND "id" > ${from} ORDER BY "id" ${sql.limit(SLICE)}`;
	return [
		sql`UPDATE ${records} SET "updatedAt" = ${nextStamp(records, organizationId, now)}
			WHERE ${ownedBy(records, organizationId)} AND "id" IN (SELECT "id" FROM (${slice}) WHERE "custom"->${id} IS NOT NULL)
				AND EXISTS (SELECT 1 FROM ${table} WHERE ${definition})`,
		sql`UPDATE ${table} SET "restampedTo" = (SELECT max("id") FROM (${slice})) WHERE ${definition}`,
	];
}
