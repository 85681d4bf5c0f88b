// Records as rows of a file, and back.
import type { Field } from "./fields.ts";
import type { Column } from "./mapping.ts";
import { cellOf, type FindId, valueIn } from "./values.ts";

type Item = Record<string, unknown>;

/** The body that a row means. Empty cells are left out of it. */
export function itemOf(columns: readonly Column[], cells: readonly string[], findId: FindId): Item {
	const item: Item = {};
	for (const [index, { field }] of columns.entries()) {
		const value = field ? valueIn(field, cells[index] ?? "", findId) : undefined;
		if (!field || value === undefined) continue;
		const [name = "", within] = field.name.split(".");
		item[name] = within === undefined ? value : { ...(item[name] as Item | undefined), [within]: value };
	}
	return item;
}

/** The value of a field in a record. */
export function fieldIn(record: Item, { name }: Pick<Field, "name">): unknown {
	return name.split(".").reduce<unknown>((part, key) => (part as Item | null | undefined)?.[key], record);
}

/** The row of a record. */
export function cellsOf(fields: readonly Field[], record: Item): string[] {
	return fields.map((field) => cellOf(fieldIn(record, field)));
}
