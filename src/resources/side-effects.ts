// What a write sets off: other statements in its own batch.
import type { SQL } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { Statement } from "../db/commit.ts";

/** A row that came to be (`before` is null) or changed. */
interface Written<Row> {
	readonly before: Row | null;
	readonly after: Row;
}

/**
 * What else the creates and updates of a resource do in the same batch; null where these inputs call for nothing.
 * @param id of the row to update; null for creates
 */
export type SideEffects<Row, Input, Fact> = (
	ctx: Ctx,
	inputs: readonly Input[],
	id: string | null,
) => {
	/** Read in the round trip of the write itself. */
	readonly queries: readonly SQL[];
	/** The statements to add. Throws the AppError of a write that must not be. */
	statements(
		written: readonly Written<Row>[],
		answers: readonly (readonly RawRow[])[],
		fact: Fact,
	): readonly Statement[];
} | null;
