// Counts the statements sent to D1: the platform allows a thousand per invocation.

/** A database, and the number of statements sent to it so far. */
export interface Meter {
	readonly db: D1Database;
	readonly used: number;
}

/** Counts the statements of batches; `batch` (client.ts) sends all statements that way. */
export function metered(db: D1Database): Meter {
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
		get used() {
			return used;
		},
	};
}
