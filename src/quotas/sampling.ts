// Counts bytes without a write for each row: of small amounts only a sample is counted.
import { chance } from "../chance.ts";
import { type NumberOperand, type SQL, sql } from "../db/sql.ts";

/**
 * The bytes that an amount is counted with: itself if it is at least `unit`; else `unit`, with a probability that makes the
 * expected sum right, or 0. So on average a counter is written at most once per `unit` bytes.
 */
export function sampleBytes(bytes: number, unit: number): number {
	if (bytes >= unit) return bytes;
	return chance.random() * unit < bytes ? unit : 0;
}

/**
 * The same in SQL, for rows of so many `bytes` that one statement writes: samples are `unit` bytes apart, from a random beginning,
 * and a row is counted with those that fall on it.
 * @param place the row's number, from 1
 * @param begin a random number from 0 to 1
 */
export function sampleRows(
	place: SQL,
	bytes: SQL,
	unit: number,
	begin: NumberOperand = chance.random(),
): SQL {
	const samplesTo = (rows: SQL) => sql`CAST(${begin} + ${rows} * ${bytes} / ${unit} AS INTEGER)`;
	return sql`((${samplesTo(place)} - ${samplesTo(sql`(${place} - 1)`)}) * ${unit})`;
}

/** What SQLite stores of a long row in the table's own page; for the rest it uses whole pages. */
const MAX_LOCAL_BYTES = 1_000;
const SPILLED_LOCAL_BYTES = 489;
const PAGE_BYTES = 4_096;

/** The bytes that a row takes in a WITHOUT ROWID table, including the room that its page has left. Measured with dbstat. */
export function storedBytes(bytes: number): number {
	if (bytes <= MAX_LOCAL_BYTES) return Math.ceil(1.25 * bytes);
	const spilledPages = Math.ceil((bytes - SPILLED_LOCAL_BYTES) / PAGE_BYTES);
	return Math.ceil(1.25 * SPILLED_LOCAL_BYTES) + PAGE_BYTES * spilledPages;
}
