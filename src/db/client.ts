// Access to D1. Queries are `sql` templates (sql.ts): values are always bound, identifiers come from the tables.
// Several queries are sent as one batch, because at the edge each round trip costs 20 to 290 ms.
import { AppError, unavailable } from "../errors.ts";
import { bound, type SQL } from "./sql.ts";

export type RawRow = Record<string, unknown>;

/** Messages of transient faults; D1 has no codes for them. */
const TRANSIENT =
	/overloaded|network connection lost|storage caused object to be reset|code was updated|transient issue/i;

/** Turns a query into a D1 statement with its values bound. */
function prepare(db: D1Database, query: SQL): D1PreparedStatement {
	const { text, params } = bound(query);
	return db.prepare(text).bind(...params);
}

/** Whether an error of `batch` is transient. It is unknown whether the batch was committed. */
export const isTransient = (error: unknown): boolean =>
	error instanceof AppError && error.code === "SERVICE_UNAVAILABLE";

/**
 * Runs statements as one D1 batch: one round trip, one transaction, all or nothing. Whoever writes calls `commit` or `write`
 * of commit.ts instead.
 * @returns the rows of each statement, in order
 * @throws AppError 503 when D1 is overloaded or was interrupted; other errors of D1 unchanged
 */
export async function batch(db: D1Database, queries: readonly SQL[]): Promise<RawRow[][]> {
	if (queries.length === 0) return [];
	try {
		const results = await db.batch<RawRow>(queries.map((query) => prepare(db, query)));
		return results.map((result) => result.results);
	} catch (error) {
		if (error instanceof Error && TRANSIENT.test(error.message)) throw unavailable(error);
		throw error;
	}
}

/** What batches are sent to: a database or a session. */
export type BatchTarget = Pick<D1Database, "batch">;

/** A database whose batches, and those of its sessions, are sent by `send`; it gets what they were to be sent to. */
export function withBatch(
	db: D1Database,
	send: <T>(statements: D1PreparedStatement[], target: BatchTarget) => Promise<D1Result<T>[]>,
): D1Database {
	const over = <Target extends BatchTarget>(target: Target): Target =>
		new Proxy(target, {
			get(_, name) {
				if (name === "batch") return (statements: D1PreparedStatement[]) => send(statements, target);
				if (name === "withSession") return (start?: string) => over(db.withSession(start));
				const found: unknown = Reflect.get(target, name);
				return typeof found === "function" ? found.bind(target) : found;
			},
		});
	return over(db);
}
