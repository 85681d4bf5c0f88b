// Creates without writing the counter of numbers (numbers.ts): an isolate remembers how many reserved numbers are left, and
// expects in the batch that the number of its row is one of them. If it isn't, the write is planned again, and writes the counter.
import { getTableName } from "drizzle-orm";
import { Memory } from "../memory.ts";
import { HOUR_MS } from "../time.ts";
import { expect, LostRace, type PlannedQuery, type Statement } from "./commit.ts";
import { isNumbered, type NumberedTable, numberCounter } from "./numbers.ts";
import { oncePerTable } from "./row-columns.ts";
import { type SQL, sql } from "./sql.ts";
import { type Operand, rowOf } from "./tenant.ts";

const MEMORY_MS = HOUR_MS;

/** A scalar: how many reserved numbers are left after that of a row. */
const numbersLeft = (table: NumberedTable, organizationId: Operand, id: Operand, condition = sql``): SQL =>
	sql`(SELECT "value" - (SELECT "number" FROM ${rowOf(table, organizationId, id)}) ${numberCounter(table, organizationId)}${condition})`;

const isReserved = oncePerTable((table: NumberedTable) =>
	sql.prepared<[organizationId: string, id: string]>(
		(organizationId, id) =>
			sql`${numbersLeft(table, organizationId, id, sql` AND "lastNumber" IS NOT NULL AND "upTo" < ${id}`)} >= 0`,
	),
);

/** By organization and table: how many numbers are left, as far as this isolate knows. */
const remembered = new Memory<number>();

const keyOf = (table: NumberedTable, organizationId: string) => `${organizationId} ${getTableName(table)}`;

/** Whether a row can be inserted without `reserveNumbers`, if `expectReserved` follows. */
export function takeNumber(table: NumberedTable, organizationId: string, now: number): boolean {
	if (!isNumbered(table)) return false;
	const key = keyOf(table, organizationId);
	const left = remembered.get(key, now) ?? 0;
	if (left > 0) remembered.set(key, left - 1, now, MEMORY_MS);
	return left > 0;
}

/** Expects that the number of a row that was just inserted was reserved before; if not, the write must be planned again. */
export const expectReserved = (table: NumberedTable, organizationId: string, id: string): Statement =>
	expect(isReserved(table)(organizationId, id), () => {
		remembered.delete(keyOf(table, organizationId));
		return new LostRace();
	});

/** Reads how many numbers are left after that of a row, for `takeNumber`. */
export function noteNumbersLeft(
	table: NumberedTable,
	organizationId: string,
	id: string,
	now: number,
): PlannedQuery {
	const name = `numbers left in ${getTableName(table)}`;
	return {
		query: sql`${numbersLeft(table, organizationId, id)} AS ${sql.identifier(name)}`,
		isScalar: true,
		onCommitted: ([row]) => {
			remembered.set(keyOf(table, organizationId), Number(row?.[name] ?? 0), now, MEMORY_MS);
		},
	};
}
