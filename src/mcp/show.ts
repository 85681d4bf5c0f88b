// Shortens answers of the API for agents: without unset fields, and within a maximum length.
import { firstCharacters, hasAtMost } from "../characters.ts";
import { AppError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../json.ts";

/** In characters of JSON; about eight thousand tokens. */
export const MAX_CHARACTERS = 32_768;

/** Maximum lengths of texts and lists. The levels are tried in order until the result is short enough. */
const LEVELS = [
	{ text: 2_000, list: 100 },
	{ text: 500, list: 50 },
	{ text: 200, list: 20 },
	{ text: 60, list: 5 },
];

/** A record, or a page of records, without unset fields. Objects deeper inside are unchanged. */
export function withoutUnset(body: JsonObject): JsonObject {
	return Object.fromEntries(
		Object.entries(body).flatMap(([name, value]) => {
			if (value === null) return [];
			const items = name === "items" && Array.isArray(value);
			return [[name, items ? value.map((item) => (isJsonObject(item) ? withoutUnset(item) : item)) : value]];
		}),
	);
}

/**
 * Cuts long texts and lists inside a value until it is short enough; a cut text says so.
 * @throws AppError 413 if there are too many records even then
 */
export function shortened(value: JsonObject): JsonObject {
	if (sizeOf(value) <= MAX_CHARACTERS) return value;
	for (const level of LEVELS) {
		const shorter = cut(value, level);
		if (isJsonObject(shorter) && sizeOf(shorter) <= MAX_CHARACTERS) return shorter;
	}
	throw new AppError("PAYLOAD_TOO_LARGE", "The result is too large: call again with a smaller limit.");
}

const sizeOf = (value: unknown) => JSON.stringify(value).length;

function cut(value: unknown, level: (typeof LEVELS)[number]): unknown {
	if (typeof value === "string") {
		if (hasAtMost(level.text, value)) return value;
		return `${firstCharacters(level.text, value)} … [${[...value].length - level.text} more characters]`;
	}
	if (Array.isArray(value)) return value.slice(0, level.list).map((item) => cut(item, level));
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, item]) => {
			// A cut cursor is useless. The records of a page are never dropped, as the next page would not contain them.
			if (name === "nextCursor") return [name, item];
			const page = name === "items" && Array.isArray(item);
			return [name, page ? item.map((one) => cut(one, level)) : cut(item, level)];
		}),
	);
}
