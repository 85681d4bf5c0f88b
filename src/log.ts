// Logs: one JSON object per request, delivery attempt and fault. Ids only; never a key, secret, header value or body.

type Fields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes one log line. */
export function log(type: string, fields: Fields): void {
	console.log(JSON.stringify({ type, ...fields }));
}

/** Logs an unexpected error: what failed, and the error's name and message. */
export function logFault(what: string, fields: Fields, error: unknown): void {
	const detail =
		error instanceof Error ? { error: error.name, message: error.message } : { error: String(error) };
	console.error(JSON.stringify({ type: "fault", what, ...fields, ...detail }));
}
