// The types of custom fields. All that distinguishes one type from another is in this table.

import { z } from "@hono/zod-openapi";
import { type SQL, sql } from "../db/sql.ts";
import * as field from "../http/fields.ts";
import { keysOf } from "../keys.ts";
import { emailKey } from "../text/email.ts";
import { textKey } from "../text/fold.ts";
import { phoneKey } from "../text/phone.ts";

interface FieldType {
	/** The schema of a value in bodies. */
	value(options: readonly string[]): z.ZodType;
	/** The schema of a value in answers, if it is another: an option that was removed later is still shown. */
	answer?(options: readonly string[]): z.ZodType;
	/** The schema of a filter's text, a value in a query string, if it is another. */
	parameter?(): z.ZodType;
	/** What is equal for texts that are the same value in several spellings. */
	readonly key?: (text: string) => string;
	/** Whether values are linked, so that lists can filter by them; default is true. */
	readonly isLinked?: false;
	/** Whether lists can be sorted by values. */
	readonly isSortable?: true;
	/** Whether values can be unique; default is true. */
	readonly canBeUnique?: false;
	/** Whether values are chosen from options. */
	readonly hasOptions?: true;
	/** Whether a value is a list, of which an empty one is no value. */
	readonly isList?: true;
	/** Whether people write values in their own words, which may be personal data. */
	readonly isFreeText?: true;
}

/** A number in a query string: what JSON allows, as bodies do. */
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

const number = () => z.number().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
const amount = () => field.money(-field.MAX_MONEY);

const numeric = (value: () => z.ZodNumber) =>
	({
		value,
		parameter: () =>
			z
				.string()
				.regex(NUMBER, "Expected a number.")
				.transform(Number)
				.pipe(value())
				.openapi({ type: "number" }),
		isSortable: true,
	}) as const;

const inAnswers = (options: readonly string[]) =>
	`One of ${options.join(", ")}, or an option that was removed later.`;

/** Every type by its name. */
const fieldTypes = {
	text: { value: field.name, key: textKey, isFreeText: true },
	longText: { value: () => field.text().min(1), isLinked: false, canBeUnique: false, isFreeText: true },
	number: numeric(number),
	date: { value: field.day, isSortable: true },
	boolean: { value: () => z.boolean(), parameter: field.booleanParameter, canBeUnique: false },
	singleSelect: {
		value: (options) => z.enum(options),
		answer: (options) => field.name().describe(inAnswers(options)),
		// Rows may still have options that were removed, so any name is allowed.
		parameter: field.name,
		hasOptions: true,
	},
	multiSelect: {
		value: (options) =>
			z
				.array(z.enum(options))
				.refine((list) => new Set(list).size === list.length, "The same option twice.")
				.openapi({ uniqueItems: true }),
		answer: (options) => z.array(field.name()).describe(inAnswers(options)),
		parameter: field.name,
		canBeUnique: false,
		hasOptions: true,
		isList: true,
	},
	email: { value: field.email, key: emailKey, isFreeText: true },
	phone: { value: field.phone, key: phoneKey, isFreeText: true },
	url: { value: field.website, isFreeText: true },
	currency: numeric(amount),
} satisfies Readonly<Record<string, FieldType>>;

export type FieldTypeName = keyof typeof fieldTypes;

export const fieldTypeNames = keysOf(fieldTypes);

const byName = new Map<string, FieldType>(Object.entries(fieldTypes));

/** The type with this name; only those of `fieldTypeNames` are stored. */
export const fieldType = (name: string): FieldType => byName.get(name) ?? fieldTypes.text;

/** Whether records can be matched by values of a type: each record has one value at most, and it can be looked up. */
export const isMatchable = (name: string): boolean => {
	const { isLinked = true, isList = false } = fieldType(name);
	return isLinked && !isList;
};

/** The types that meet a condition, as a list in SQL. */
export const fieldTypesWhere = (meets: (type: FieldType) => unknown): SQL =>
	sql`(SELECT value FROM ${sql.each(fieldTypeNames.filter((name) => meets(fieldType(name))))})`;

/** The types whose values are linked, as a list in SQL. */
export const LINKED_TYPES = fieldTypesWhere(({ isLinked = true }) => isLinked);

/** What is wrong with the options of a field; null if nothing is. */
export function optionsProblem({
	type,
	options,
}: {
	type: string;
	options: readonly string[];
}): string | null {
	const { hasOptions = false } = fieldType(type);
	if (hasOptions === options.length > 0) return null;
	return hasOptions ? "A select needs at least one option." : "Only selects have options.";
}
