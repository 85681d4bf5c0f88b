// What an agent gets to see: the API's answer without the fields that are unset, and never more than a model should have
// to read at once.
import { AppError } from "../errors.ts";
import type { Shown } from "./ask.ts";

/** In characters of JSON; about eight thousand tokens. */
export const MOST_CHARACTERS = 32_768;

/** How long texts and lists may be, from mild to harsh, until the whole fits. */
const LEVELS = [
	{ text: 2_000, list: 100 },
	{ text: 500, list: 50 },
	{ text: 200, list: 20 },
	{ text: 60, list: 5 },
];

/** A record without its unset fields, and a page of such records; what stands deeper inside stays as it is. */
export function withoutUnset(body: Shown): Shown {
	return Object.fromEntries(
		Object.entries(body).flatMap(([name, value]) => {
			if (value === null) return [];
			const items = name === "items" && Array.isArray(value);
			return [[name, items ? value.map((item) => (isRecord(item) ? withoutUnset(item) : item)) : value]];
		}),
	);
}

/**
 * A value that is short enough: where it isn't, long texts and lists inside it are cut; texts say so.
 * @throws AppError 413 for records that are too many even so
 */
export function bounded(value: Shown): Shown {
	if (sizeOf(value) <= MOST_CHARACTERS) return value;
	for (const level of LEVELS) {
		const shorter = cut(value, level);
		if (isRecord(shorter) && sizeOf(shorter) <= MOST_CHARACTERS) return shorter;
	}
	throw new AppError(
		"PAYLOAD_TOO_LARGE",
		"This is too much to show at once: ask again with a smaller limit.",
	);
}

const sizeOf = (value: unknown) => JSON.stringify(value).length;

/** Whether a value is a JSON object. */
export const isRecord = (value: unknown): value is Shown =>
	typeof value === "object" && value !== null && !Array.isArray(value);

function cut(value: unknown, level: (typeof LEVELS)[number]): unknown {
	if (typeof value === "string") {
		const left = value.length - level.text;
		return left > 0 ? `${value.slice(0, level.text).toWellFormed()} … [${left} more characters]` : value;
	}
	if (Array.isArray(value)) return value.slice(0, level.list).map((item) => cut(item, level));
	if (!isRecord(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, item]) => {
			// A cut cursor is worth nothing, and the next page's would pass over records that were dropped from this one.
			if (name === "nextCursor") return [name, item];
			const page = name === "items" && Array.isArray(item);
			return [name, page ? item.map((one) => cut(one, level)) : cut(item, level)];
		}),
	);
}
