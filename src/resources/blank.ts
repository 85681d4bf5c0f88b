// The fields of a new row, before its input is merged.
import { getTableColumns } from "drizzle-orm";
import type { OwnedRow, OwnedTable } from "../db/owned-row.ts";
import type { FieldsOf } from "./resource.ts";

/** The fields that may be null. */
export type Nullable<Fields> = { [F in keyof Fields]: null extends Fields[F] ? F : never }[keyof Fields];

/** These fields, and null for every other that may be unset, in the order of the columns. */
export function blankFields<Row extends OwnedRow, Given extends Partial<FieldsOf<Row>>>(
	table: OwnedTable & { readonly $inferSelect: Row },
	given: Given,
) {
	const values = new Map<string, unknown>(Object.entries(given));
	const fields = Object.entries(getTableColumns(table)).flatMap(([field, { notNull, generated }]) => {
		const isOptional = !notNull && !generated && field !== "folded" && field !== "deletedAt";
		return isOptional || values.has(field) ? [[field, values.get(field) ?? null]] : [];
	});
	return Object.fromEntries(fields) as Pick<
		FieldsOf<Row>,
		Nullable<FieldsOf<Row>> | (keyof Given & keyof FieldsOf<Row>)
	>;
}
