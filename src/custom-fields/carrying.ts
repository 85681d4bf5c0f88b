// Values of custom fields that go along when a record of one kind becomes one of another.
import type { Definition } from "./definitions.ts";
import { problems } from "./values.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** The definitions of one kind's custom fields that the other has too, by key and type. */
const shared = (from: readonly Definition[], to: readonly Definition[]): Definition[] => {
	const known = new Map(from.map(({ key, type }) => [key, type]));
	return to.filter(({ key, type }) => known.get(key) === type);
};

/**
 * The values of a row that another kind of row has the same field for, as its input takes them: those that are set, and that
 * fit there (an option may be unknown to it).
 * @param from the definitions of the row's own resource
 * @param to those of the other
 */
export function carriedValues(row: object, from: readonly Definition[], to: readonly Definition[]): Fields {
	const values = new Map<string, unknown>(Object.entries(row));
	return Object.fromEntries(
		shared(from, to).flatMap((definition) => {
			const value = values.get(definition.key) ?? null;
			return value === null || problems(definition, value).length > 0 ? [] : [[definition.key, value]];
		}),
	);
}

/** The values of `carrying` that a row has not set by itself. */
export const valuesForUnset = (row: object, carrying: Fields): Fields =>
	Object.fromEntries(
		Object.entries(carrying).filter(
			([key]) => new Map<string, unknown>(Object.entries(row)).get(key) === null,
		),
	);

/** The values of `carrying` that no field of another kind takes. */
export const valuesNotIn = (carrying: Fields, taken: Fields): Fields =>
	Object.fromEntries(Object.entries(carrying).filter(([key]) => !(key in taken)));
