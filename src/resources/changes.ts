// What differs between two states of a row.
import { ownedColumns } from "../db/columns.ts";
import { isSameJson } from "../json.ts";
import type { Changes } from "./resource.ts";

/** Fields whose changes are no changes of the record. */
const OWNED = new Set([...Object.keys(ownedColumns()), "number", "custom", "outdated", "hidden"]);

/** The fields that a change gives another value, without those that only the server sets. */
export function changesBetween(before: object, after: object): Changes {
	const from = new Map<string, unknown>(Object.entries(before));
	return Object.fromEntries(
		Object.entries(after).flatMap(([field, to]) =>
			OWNED.has(field) || isSameJson(from.get(field), to)
				? []
				: [[field, { from: from.get(field) ?? null, to }]],
		),
	);
}

/** A field of a row by its name. */
export const fieldOf = (row: object, field: string): unknown => Reflect.get(row, field);
