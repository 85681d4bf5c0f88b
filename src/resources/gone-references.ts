// Rows that refer to what does not exist any more: a deletion is refused while something refers to the row, but an erasure is not.
import type { WriteAttempt } from "../context.ts";
import { batch } from "../db/client.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { checkReferences, withoutItemLists } from "../db/references.ts";
import { conflict } from "../errors.ts";

/**
 * Refuses to write a row whose references come from a stored row and not from the caller. They are only looked up after the
 * batch has refused the row: that they are gone is rare.
 * @param noun what the stored row is
 * @param table the table of the row to write
 * @throws AppError 409 that names the first of these fields
 */
export async function refuseGoneReferences(
	{ isRetry, env, caller }: WriteAttempt,
	noun: string,
	table: OwnedTable,
	row: object,
): Promise<void> {
	if (!isRetry) return;
	const { queries, errorsFrom } = checkReferences(caller.organizationId, table, [
		withoutItemLists(table, row),
	]);
	const answers = await batch(env.DB, queries);
	const [gone] = errorsFrom(answers.flat())(0);
	if (gone) throw conflict(`A record that this ${noun} refers to no longer exists (${gone.path}).`, gone);
}
