// Counts the statements sent to D1: the platform allows a thousand per invocation.

/** A database, and the number of statements sent to it so far. */
export interface StatementCounter {
	readonly db: D1Database;
	readonly statementCount: number;
}

/** Counts the statements of batches; `batch` (client.ts) sends all statements that way. */
export function countStatements(db: D1Database): StatementCounter {
	let used = 0;
	const batch: D1Database["batch"] = (statements) => {
		used += statements.length;
		return db.batch(statements);
	};
	const counting = new Proxy(db, {
		get(target, name) {
			const found = name === "batch" ? batch : Reflect.get(target, name);
			return typeof found === "function" ? found.bind(target) : found;
		},
	});
	return {
		db: counting,
		get statementCount() {
			return used;
		},
	};
}
