// Values inside SQL text, for the one channel that can't bind them: `wrangler d1 execute --command`.

/** A value as a SQLite literal. Throws a TypeError for what has none. */
export function literal(value: unknown): string {
	if (value === null) return "NULL";
	if (typeof value === "number" && Number.isFinite(value)) return String(value);
	// SQLite ends a statement's text at U+0000, quoted or not.
	if (typeof value === "string" && !value.includes("\0")) return `'${value.replaceAll("'", "''")}'`;
	throw new TypeError("There is no SQL literal for this value.");
}

/** Puts values in the places of the `?` outside quotes. Throws a TypeError unless there are as many of both. */
export function inline(sql: string, values: readonly unknown[]): string {
	let next = 0;
	const text = sql.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'|\?/g, (token) =>
		token === "?" ? literal(values[next++]) : token,
	);
	if (next !== values.length) throw new TypeError(`Expected ${next} values, got ${values.length}.`);
	return text;
}
