// Writes values into SQL text, for `wrangler d1 execute --command`, which can't bind values.

/** Formats a value as a SQLite literal. Throws a TypeError for values that have none. */
export function sqlLiteral(value: unknown): string {
	if (value === null) return "NULL";
	if (typeof value === "number" && Number.isFinite(value)) return String(value);
	// SQLite ends a statement's text at U+0000, quoted or not.
	if (typeof value === "string" && !value.includes("\0")) return `'${value.replaceAll("'", "''")}'`;
	throw new TypeError("There is no SQL literal for this value.");
}

/** Replaces each `?` outside quotes by a value. Throws a TypeError if their numbers differ. */
export function inlineValues(sql: string, values: readonly unknown[]): string {
	let next = 0;
	const text = sql.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'|\?/g, (token) =>
		token === "?" ? sqlLiteral(values[next++]) : token,
	);
	if (next !== values.length) throw new TypeError(`Expected ${next} values, got ${values.length}.`);
	return text;
}
