// Values of custom fields that are copied when a record is converted to another resource.
import { fieldOf } from "../resources/changes.ts";
import type { Definition } from "./definitions.ts";
import { valueErrors } from "./values.ts";

export type FieldValues = Readonly<Record<string, unknown>>;

/** The definitions in `to` that have the key and type of one in `from`. */
const shared = (from: readonly Definition[], to: readonly Definition[]): Definition[] => {
	const types = new Map(from.map(({ key, type }) => [key, type]));
	return to.filter(({ key, type }) => types.get(key) === type);
};

/**
 * The values of a row that another resource can take, by key: those that are set, whose field the other resource has too,
 * and that are valid there (it may lack an option).
 * @param from the definitions of the row's own resource
 * @param to the definitions of the other resource
 */
export function copiedValues(row: object, from: readonly Definition[], to: readonly Definition[]) {
	return Object.fromEntries(
		shared(from, to).flatMap((definition) => {
			const value = fieldOf(row, definition.key) ?? null;
			return value === null || valueErrors(definition, value).length > 0 ? [] : [[definition.key, value]];
		}),
	);
}

/** The values whose fields are unset in a row. */
export const valuesForUnset = (row: object, values: FieldValues): FieldValues =>
	Object.fromEntries(Object.entries(values).filter(([key]) => fieldOf(row, key) === null));

/** The values whose keys are not in `others`. */
export const remainingValues = (values: FieldValues, others: FieldValues): FieldValues =>
	Object.fromEntries(Object.entries(values).filter(([key]) => !(key in others)));
