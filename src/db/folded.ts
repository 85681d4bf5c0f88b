// The column `folded`: the folded forms (text/fold.ts) of the texts that rows are searched, sorted or looked up by. It has
// only those that differ from the text in more than ASCII case, which NOCASE and the full-text index ignore anyway; for most
// rows it is null. The full-text index (migrations/0015) and the key columns read it.
import { getTableColumns, getTableName, type Table } from "drizzle-orm";
import { emailKey } from "../text/email.ts";
import { fold } from "../text/fold.ts";
import { phoneDigits, phoneKey } from "../text/phone.ts";
import { keyColumnName } from "./columns.ts";

type Fields = Readonly<Record<string, unknown>>;

/** How a table's `folded` is computed. */
export interface Folding {
	/** The fields it is computed from. */
	readonly fields: readonly string[];
	/** The column as JSON; null if all texts are their own folded forms. */
	of(row: Fields): string | null;
}

/** One text of `folded`: the fields it is computed from, and its value; null for a row that needs none. */
interface Entry {
	readonly fields: readonly string[];
	of(row: Fields): string | null;
}

const asciiLower = (text: string) => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());

function foldedOrNull(text: unknown, form: (text: string) => string): string | null {
	if (typeof text !== "string") return null;
	const folded = form(text);
	return folded === asciiLower(text) || folded === text ? null : folded;
}

const entry = (field: string, form: (text: string) => string): Entry => ({
	fields: [field],
	of: (row) => foldedOrNull(row[field], form),
});

const texts = (...fields: readonly string[]): Record<string, Entry> =>
	Object.fromEntries(fields.map((field) => [field, entry(field, fold)]));

/** First and last name, joined; empty if there is neither. */
export const fullName = (...parts: readonly unknown[]): string => parts.filter(Boolean).join(" ");

/** How people are found other than by `name`: by first and last name where `name` differs, by both forms of the e-mail address, by phone digits. */
const person = (...phones: readonly string[]): Record<string, Entry> => ({
	parts: {
		fields: ["name", "firstName", "lastName"],
		of: ({ name, firstName, lastName }) => {
			const parts = fullName(firstName, lastName);
			return parts === "" || parts === name ? null : fold(parts);
		},
	},
	address: entry("email", (typed) => [...new Set([fold(typed), emailKey(typed)])].join(" ")),
	digits: {
		fields: phones,
		of: (row) => {
			const typed = phones.map((field) => row[field]).filter((phone) => typeof phone === "string");
			// The index already has the numbers as typed, and the key of the first.
			const indexed = [...typed, ...typed.slice(0, 1).map(phoneKey)].flatMap(
				(text) => text.match(/\d+/g) ?? [],
			);
			const digits = typed.flatMap(phoneDigits).filter((number) => !indexed.includes(number));
			return digits.length > 0 ? digits.join(" ") : null;
		},
	},
});

const namesOf = (items: unknown) =>
	Array.isArray(items) ? items.map(({ name }: { readonly name: string }) => name).join(" ") : null;

/** The searched texts besides the key columns, by table. */
const SEARCHED_TEXTS = new Map<string, Readonly<Record<string, Entry>>>([
	["leads", { ...texts("company", "title"), ...person("mobile", "secondaryMobile") }],
	["clients", person("phone")],
	["tasks", texts("description")],
	["products", texts("description")],
	[
		"quotations",
		{
			...texts("subject"),
			items: { fields: ["lineItems"], of: ({ lineItems }) => foldedOrNull(namesOf(lineItems), fold) },
		},
	],
	["invoices", texts("subject")],
]);

/** The folding of a table; null if it has no column `folded`. */
export function foldingOf(table: Table): Folding | null {
	const columns = getTableColumns(table);
	if (!("folded" in columns)) return null;
	const keys = Object.keys(columns).flatMap((field): [string, Entry][] => {
		const key = columns[keyColumnName(field)];
		return key?.generated ? [[field, entry(field, (text) => String(key.mapToDriverValue(text)))]] : [];
	});
	const entries = [...keys, ...Object.entries(SEARCHED_TEXTS.get(getTableName(table)) ?? {})];
	return {
		fields: [...new Set(entries.flatMap(([, { fields }]) => fields))],
		of(row) {
			const folded = entries.map(([name, { of }]) => [name, of(row)]).filter(([, text]) => text !== null);
			return folded.length > 0 ? JSON.stringify(Object.fromEntries(folded)) : null;
		},
	};
}
