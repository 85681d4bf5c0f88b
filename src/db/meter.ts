// How many statements go to D1: the platform lets one invocation send a thousand, whatever it has to do.

/** A database, and how many statements have gone to it since. */
export interface Meter {
	readonly db: D1Database;
	readonly used: number;
}

/** Counts the statements of batches, which are all that `batch` (client.ts) sends. */
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
