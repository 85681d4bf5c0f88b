// Counts the statements sent to D1: the platform allows a thousand per invocation.
import { withBatch } from "./client.ts";

/** A database, and the number of statements sent to it so far. */
export interface StatementCounter {
	readonly db: D1Database;
	readonly statementCount: number;
}

/** Counts the statements of batches, also of sessions'; `batch` (client.ts) sends all statements that way. */
export function countStatements(db: D1Database): StatementCounter {
	let used = 0;
	const counting = withBatch(db, (statements, target) => {
		used += statements.length;
		return target.batch(statements);
	});
	return {
		db: counting,
		get statementCount() {
			return used;
		},
	};
}
