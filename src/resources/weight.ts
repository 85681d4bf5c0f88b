// The maximum size of one record. Its row and each event about it must fit into D1: 2,000,000 bytes a value and a row. An
// update's event has the record up to three times: as it is, and the old and new values of each field.
import { utf8Bytes } from "../bytes.ts";
import type { Caller } from "../context.ts";
import { AppError } from "../errors.ts";
import { BLOCK } from "../quotas/bytes.ts";

/**
 * Refuses a record that is too large.
 * @param after its columns as they will be stored
 * @param before its stored columns; one that is already too large (the limit was lowered) may become smaller
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
		`This ${noun} would be larger than the ${limit} bytes of JSON that the quota recordBytes allows.`,
	);
}

/** Whether what a limit counts of a row is new or has more bytes as JSON. Of rows from before a limit, only growth is checked. */
export const grows = (before: object | null, after: object): boolean =>
	!before || utf8Bytes(JSON.stringify(after)) > utf8Bytes(JSON.stringify(before));

/** Whether a row becomes larger, and is then larger than one block (quotas/bytes.ts). */
export function becomesHeavier(before: object, after: object): boolean {
	const weight = weightOf(after, BLOCK.record);
	return weight > BLOCK.record && weight > weightOf(before, BLOCK.record);
}

/** The bytes of a row as JSON in UTF-8; a lower number if they are certainly below the limit. */
function weightOf(columns: object, limit: number): number {
	const text = JSON.stringify(columns);
	// A UTF-16 unit is at most three bytes.
	return text.length * 3 <= limit ? text.length : utf8Bytes(text);
}
