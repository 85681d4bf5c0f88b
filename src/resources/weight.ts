// What one record may weigh. Its row, and each event that speaks of it, must fit what D1 takes: 2,000,000 bytes a value
// and a row. An update's event holds the record up to three times: whole, and what each field was and is.
import type { Caller } from "../context.ts";
import { AppError } from "../errors.ts";
import { BLOCK } from "../quotas/bytes.ts";

const encoder = new TextEncoder();

/**
 * Refuses a record that weighs more than it may.
 * @param after its columns as they are to be stored
 * @param before those that are stored; one that is too heavy already (the limit was lowered) may become lighter
 * @throws AppError 413
 */
export function checkWeight(
	{ recordBytes: limit }: Pick<Caller, "recordBytes">,
	noun: string,
	after: object,
	before: object | null,
): void {
	const weight = weightOf(after, limit);
	if (weight <= limit || (before && weight < weightOf(before, limit))) return;
	throw new AppError(
		"PAYLOAD_TOO_LARGE",
		`This ${noun} would be heavier than the ${limit} bytes of JSON that the quota recordBytes allows.`,
	);
}

/** Whether a row becomes heavier, and is no light one then (quotas/bytes.ts). */
export function becomesHeavier(before: object, after: object): boolean {
	const weight = weightOf(after, BLOCK.record);
	return weight > BLOCK.record && weight > weightOf(before, BLOCK.record);
}

/** Bytes of a row as JSON in UTF-8; some number below the limit where it is certain that they are fewer. */
function weightOf(columns: object, limit: number): number {
	const text = JSON.stringify(columns);
	// A UTF-16 unit is at most three bytes.
	return text.length * 3 <= limit ? text.length : encoder.encode(text).length;
}
