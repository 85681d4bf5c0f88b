// The column `folded`: of each text that rows are searched, sorted or looked up by, what it is under the one folding
// (text/fold.ts). Only what differs from the text in more than ASCII case, which NOCASE and the full-text index see to by
// themselves; so of most rows it is null. The full-text index (migrations/0015) and the key columns read it.
import { getTableColumns, getTableName, type Table } from "drizzle-orm";
import { emailKey } from "../text/email.ts";
import { fold } from "../text/fold.ts";
import { phoneDigits, phoneKey } from "../text/phone.ts";
import { keyName } from "./columns.ts";

type Fields = Readonly<Record<string, unknown>>;

/** How `folded` is made of a table's rows. */
export interface Folding {
	/** The fields that it is made of. */
	readonly fields: readonly string[];
	/** The column as JSON; null for a row that needs none. */
	of(row: Fields): string | null;
}

/** One text of `folded`: the fields it is made of, and what they make; null for a row that needs none. */
interface Entry {
	readonly fields: readonly string[];
	of(row: Fields): string | null;
}

const asciiLower = (text: string) => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());

function differing(text: unknown, form: (text: string) => string): string | null {
	if (typeof text !== "string") return null;
	const other = form(text);
	return other === asciiLower(text) || other === text ? null : other;
}

const entry = (field: string, form: (text: string) => string): Entry => ({
	fields: [field],
	of: (row) => differing(row[field], form),
});

const texts = (...fields: readonly string[]): Record<string, Entry> =>
	Object.fromEntries(fields.map((field) => [field, entry(field, fold)]));

/** The name that first and last name make; empty where there is neither. */
export const fullName = (...parts: readonly unknown[]): string => parts.filter(Boolean).join(" ");

/** How people are found besides their names: by the parts of one that isn't made of them, by an address in either spelling, by digits. */
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
			// The index has the numbers as typed, and the key of the first.
			const there = [...typed, ...typed.slice(0, 1).map(phoneKey)].flatMap(
				(text) => text.match(/\d+/g) ?? [],
			);
			const digits = typed.flatMap(phoneDigits).filter((number) => !there.includes(number));
			return digits.length > 0 ? digits.join(" ") : null;
		},
	},
});

const namesOf = (items: unknown) =>
	Array.isArray(items) ? items.map(({ name }: { readonly name: string }) => name).join(" ") : null;

/** What rows are found by besides their keys, by table. */
const FOUND = new Map<string, Readonly<Record<string, Entry>>>([
	["leads", { ...texts("company", "title"), ...person("mobile", "secondaryMobile") }],
	["clients", person("phone")],
	["tasks", texts("description")],
	["products", texts("description")],
	[
		"quotations",
		{
			...texts("subject"),
			items: { fields: ["lineItems"], of: ({ lineItems }) => differing(namesOf(lineItems), fold) },
		},
	],
	["invoices", texts("subject")],
]);

/** The folding of a table; null where it has no such column. */
export function foldingOf(table: Table): Folding | null {
	const columns = getTableColumns(table);
	if (!("folded" in columns)) return null;
	const keys = Object.keys(columns).flatMap((field): [string, Entry][] => {
		const key = columns[keyName(field)];
		return key?.generated ? [[field, entry(field, (text) => String(key.mapToDriverValue(text)))]] : [];
	});
	const entries = [...keys, ...Object.entries(FOUND.get(getTableName(table)) ?? {})];
	return {
		fields: [...new Set(entries.flatMap(([, { fields }]) => fields))],
		of(row) {
			const folded = entries.map(([name, { of }]) => [name, of(row)]).filter(([, text]) => text !== null);
			return folded.length > 0 ? JSON.stringify(Object.fromEntries(folded)) : null;
		},
	};
}
