// What became of the rows of a batch.
import { csvLine, escapeCell } from "./cells.ts";
import type { Entry } from "./parts.ts";

/** The header of the column that says why a row was refused, in a file of such rows. */
const REASON = "refused because";

interface ItemError {
	readonly code: string;
	readonly message: string;
	readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** The answer to a batch. */
export interface BatchResult {
	readonly created: number;
	readonly updated: number;
	readonly results: readonly { readonly error?: ItemError }[];
}

export const NO_RESULT: BatchResult = { created: 0, updated: 0, results: [] };

/** Refused rows, and why. */
export interface Refused extends Entry {
	readonly reason: string;
}

/** The rows of a group that were refused, before they were sent or by the API. */
export function refusedOf(entries: readonly Entry[], { results }: BatchResult): Refused[] {
	const outcomes = results.values();
	return entries.flatMap((entry) => {
		const error = entry.item ? outcomes.next().value?.error : undefined;
		const reason = error ? reasonOf(error) : entry.reason;
		return reason === undefined ? [] : [{ ...entry, reason }];
	});
}

/** The message of a quota that is used up, so that sending more is of no use; null if none is. */
export function usedUpQuota({ results }: BatchResult): string | null {
	const errors = results.flatMap(({ error }) => error ?? []);
	return (
		errors.find(({ code, message }) => code === "CONFLICT" && message.includes("quota"))?.message ?? null
	);
}

function reasonOf({ message, errors }: ItemError): string {
	return errors?.map(({ path, message: problem }) => `${path}: ${problem}`).join(" ") || message;
}

/** The lines of a file of refused rows: each as it was, after its reason; that of an earlier import is replaced. */
export function refusedLines(headers: readonly string[], rows: readonly Refused[], delimiter: string) {
	const skipped = headers[0] === REASON ? 1 : 0;
	const line = (reason: string, cells: readonly string[]) =>
		`${csvLine([escapeCell(reason), ...cells.slice(skipped)], delimiter)}\n`;
	return {
		header: line(REASON, headers),
		rows: rows.map(({ reason, cells }) => line(reason, cells)).join(""),
	};
}
