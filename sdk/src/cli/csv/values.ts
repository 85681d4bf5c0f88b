// Values of fields as texts of cells, and back.
import { escapeCell, unescapeCell } from "./cells.ts";
import type { Field } from "./fields.ts";
import { plain } from "./mapping.ts";

/** Finds the id of the record that a field means by its name. A text that is an id, or no such name, is returned as it is. */
export type FindId = (field: Field, text: string) => string;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const BOOLEANS: Readonly<Record<string, boolean>> = {
	...{ true: true, yes: true, y: true, x: true, "1": true },
	...{ false: false, no: false, n: false, "0": false },
};

/** The cell of a value; empty for `null`. */
export function cellOf(value: unknown): string {
	if (value === null || value === undefined) return "";
	if (typeof value === "string") return escapeCell(value);
	if (!Array.isArray(value)) return typeof value === "object" ? JSON.stringify(value) : String(value);
	const isPlain = value.every((item) => typeof item === "string" && /^[^;[\s](?:[^;]*[^;\s])?$/.test(item));
	if (!isPlain) return JSON.stringify(value);
	return value.length > 0 ? escapeCell(value.join(";")) : "";
}

/**
 * The value of a cell; undefined for an empty one. A text that is not a value of the field is returned as it is: the API then says
 * what is wrong with it.
 */
export function valueIn(field: Field, cell: string, findId: FindId): unknown {
	if (cell.trim() === "") return undefined;
	const text = unescapeCell(cell);
	const word = text.trim();
	switch (field.kind) {
		case "number":
			return NUMBER.test(word) ? Number(word) : text;
		case "boolean":
			return BOOLEANS[word.toLowerCase()] ?? text;
		case "list":
			return listOf(field, word).map((item) => itemOf(field, item, findId));
		case "json":
			return parsed(word) ?? text;
		default:
			// Blanks around a text are part of it, unless a text of this form can't have any.
			return itemOf(field, hasForm(field) ? word : text, findId);
	}
}

function hasForm({ values, schema: { pattern = "\\S", format } }: Field): boolean {
	return values !== undefined || format !== undefined || pattern !== "\\S";
}

function listOf(field: Field, text: string): string[] {
	const list = text.startsWith("[") ? parsed(text) : undefined;
	if (Array.isArray(list)) return list.map(String);
	if (field.values?.includes(text)) return [text];
	return text
		.split(field.prefix ? /[;,]/ : ";")
		.map((item) => item.trim())
		.filter(Boolean);
}

function itemOf(field: Field, text: string, findId: FindId): string {
	return field.list ? findId(field, text) : (chosen(field, text) ?? text);
}

/** The one of a field's values that a text means, whatever its case and punctuation. */
function chosen({ values = [] }: Field, text: string): string | undefined {
	const similar = plain(text) ? values.filter((value) => plain(value) === plain(text)) : [];
	return values.find((value) => value === text) ?? (similar.length === 1 ? similar[0] : undefined);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
