// Side effects of a write: further statements in its batch.
import type { Ctx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { Statement } from "../db/commit.ts";
import type { SQL } from "../db/sql.ts";

/** A row that is created (`before` is null) or changed. */
export interface Written<Row> {
	readonly before: Row | null;
	readonly after: Row;
}

/**
 * Further statements of a resource's creates and updates; null if these inputs need none.
 * @param ids the ids of the rows that may be updated: what IN takes between parentheses; null for creates
 */
export type SideEffects<Row, Input, Fact> = (
	ctx: Ctx,
	inputs: readonly Input[],
	ids: SQL | null,
) => {
	/** Read in the round trip of the write itself. */
	readonly queries: readonly SQL[];
	/** The statements to add. Throws the AppError of a write that is not allowed. */
	statements(
		written: readonly Written<Row>[],
		answers: readonly (readonly RawRow[])[],
		fact: Fact,
	): readonly Statement[];
} | null;
