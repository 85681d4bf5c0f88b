// The keys and indexes of tables of an organization's rows, each named after its table and field. A field that has a key
// column (columns.ts) is indexed by that.
import { sql } from "drizzle-orm";
import {
	type IndexBuilder,
	index,
	primaryKey,
	type SQLiteColumn,
	uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { keyColumnName } from "./columns.ts";

type Columns<Field extends string> = Readonly<
	Record<"organizationId" | "id" | "updatedAt" | "deletedAt" | Field, SQLiteColumn>
>;

const keyOf = <Field extends string>(table: Columns<Field>, field: Field): SQLiteColumn =>
	new Map<string, SQLiteColumn>(Object.entries(table)).get(keyColumnName(field)) ?? table[field];

/** The index of a field without the rows that have no value: an index row is money. A generated column is made of one that has. */
const ofValues = (
	whole: IndexBuilder,
	{ notNull, generated }: SQLiteColumn,
	key: SQLiteColumn,
): IndexBuilder => (notNull || generated ? whole : whole.where(sql`${sql.identifier(key.name)} IS NOT NULL`));

/**
 * What every such table has: its key (beside the rowid of a full-text index a unique index), the order by each field that
 * its list is sorted by, in which `id` decides among equals, and deleted rows by when they were: what the purge goes by.
 * Rows without a value come last in a list, in the order of the table's key. Live rows are not in that one, so a create writes nothing there.
 */
export const keyed = <Field extends string = never>(
	name: string,
	table: Columns<Field>,
	...sorts: readonly Field[]
) => [
	"seq" in table
		? uniqueIndex(`${name}_id`).on(table.organizationId, table.id)
		: primaryKey({ columns: [table.organizationId, table.id] }),
	...(["updatedAt", ...sorts] as const).map((field) => {
		const key = keyOf<Field | "updatedAt">(table, field);
		return ofValues(index(`${name}_${field}`).on(table.organizationId, key, table.id), table[field], key);
	}),
	index(`${name}_deletedAt`).on(table.deletedAt).where(sql`"deletedAt" IS NOT NULL`),
];

/** Indexes of a field each, in which the rows with a value stand in an order. */
const finding =
	(...order: ("deletedAt" | "id")[]) =>
	<Field extends string>(name: string, table: Columns<Field>, ...fields: Field[]) =>
		fields.map((field) => {
			const key = keyOf(table, field);
			const whole = index(`${name}_${field}`).on(table.organizationId, key, ...order.map((of) => table[of]));
			return ofValues(whole, table[field], key);
		});

/** What finds the rows with a value of each field. */
export const filteredBy = finding("id");

/**
 * The same where something must be sure to meet a live row at once: who refers to a row, or has a value that only one may
 * have. Live ones come first, in the order of their ids, and the deleted ones behind them.
 */
export const foundBy = finding("deletedAt", "id");
