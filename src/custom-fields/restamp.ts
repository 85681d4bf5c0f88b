// Deleting or restoring a definition changes what the records show that hold a value of it. Their ETags say so at once (see
// with-custom-fields.ts); `updatedAt`, which copies go by, follows in slices that the sweeper does, since there may be many.
import { getTableName, type SQL, sql } from "drizzle-orm";
import type { Chore } from "../chore.ts";
import { batch } from "../db/client.ts";
import type { Write } from "../db/commit.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { ownedTables } from "../db/owned-tables.ts";
import { customFields as table } from "../db/schema/custom-fields.ts";
import { stamp } from "../db/stamps.ts";
import { isRow, ownedBy, rowsOf } from "../db/tenant.ts";
import type { Env } from "../env.ts";

/** Records looked at by one slice: where all of them hold a value, some 40 ms of the one writer. */
const SLICE = 1_000;

/** The write of a definition, from which on the records that hold a value are stamped anew. */
export function restamped<W extends Write<typeof table.$inferSelect>>(write: W): W {
	const { organizationId, id } = write.value;
	const begin = sql`UPDATE ${table} SET "restampedTo" = '' WHERE ${isRow(table, organizationId, id)}`;
	return { ...write, statements: [...write.statements, { query: begin }] };
}

/** The chore of stamping what holds values; any one definition's turn, so that no organization's records keep others waiting. */
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
		await batch(DB, sliceOf(now, organizationId ?? "", id ?? "", entity ?? "", from ?? ""));
		return true;
	},
});

/** What stamps the holders among the records next to the id `from`, and keeps how far that is; another sweep may be first. */
function sliceOf(now: number, organizationId: string, id: string, entity: string, from: string): SQL[] {
	const records = ownedTables.find((one: OwnedTable) => getTableName(one) === entity);
	if (!records) throw new Error(`No table ${entity} has custom fields.`);
	const definition = sql`${isRow(table, organizationId, id)} AND "restampedTo" = ${from}`;
	const slice = sql`SELECT "id", "custom" FROM ${rowsOf(records, organizationId)} AND "id" > ${from} ORDER BY "id" LIMIT ${SLICE}`;
	return [
		sql`UPDATE ${records} SET "updatedAt" = ${stamp(records, organizationId, now)}
			WHERE ${ownedBy(records, organizationId)} AND "id" IN (SELECT "id" FROM (${slice}) WHERE "custom"->${id} IS NOT NULL)
				AND EXISTS (SELECT 1 FROM ${table} WHERE ${definition})`,
		sql`UPDATE ${table} SET "restampedTo" = (SELECT max("id") FROM (${slice})) WHERE ${definition}`,
	];
}
