// A database that notes how new its answers are, for callers that may read from copies of it. Copies are behind the primary by an
// arbitrary time; D1's bookmarks say how far each answer's database had come, and sort as text.
import { withBatch } from "./client.ts";

/** What no bookmark is older than. */
export const OLDEST = "";

export interface SeenDatabase {
	readonly db: D1Database;
	/** The bookmark of the newest answer so far; null before the first. */
	latest(): string | null;
}

/** The newer of two bookmarks; null is older than any, and of equal ones it is the first. */
const newer = (one: string | null, other: string | null) =>
	(other ?? OLDEST) > (one ?? OLDEST) ? other : one;

/**
 * A database whose batches go to the nearest copy. Where an answer turns out to be older than it may be, or the copy fails (it
 * may lack a migration), the batch is sent again, to the primary. For statements that only read.
 * @param least resolves to the bookmark that answers must have reached; to null if only the primary will do. It is awaited
 *   after the first answer, so that it may be found out meanwhile.
 */
export function nearestDatabase(db: D1Database, least: () => Promise<string | null>): SeenDatabase {
	const primary = primaryDatabase(db);
	let latest: string | null = null;
	const readNearby = async <T>(statements: D1PreparedStatement[]) => {
		if (primary.latest() !== null) return null;
		const answer = await ask<T>(db, "first-unconstrained", statements).catch(() => null);
		const floor = await least();
		if (!answer || floor === null || answer.bookmark < floor || answer.bookmark < (latest ?? OLDEST))
			return null;
		latest = answer.bookmark;
		return answer.results;
	};
	return {
		db: withBatch(
			db,
			async <T>(statements: D1PreparedStatement[]) =>
				(await readNearby<T>(statements)) ?? primary.db.batch<T>(statements),
		),
		// Of batches at the same time, a copy's answer may be newer than the primary's.
		latest: () => newer(primary.latest(), latest),
	};
}

/** A database whose batches go to the primary. */
export function primaryDatabase(db: D1Database): SeenDatabase {
	let latest: string | null = null;
	return {
		db: withBatch(db, async <T>(statements: D1PreparedStatement[]) => {
			const { results, bookmark } = await ask<T>(db, "first-primary", statements);
			latest = newer(bookmark, latest);
			return results;
		}),
		latest: () => latest,
	};
}

/** Sends a batch through a session of its own: only the first of a session is sure to go where it is told. */
async function ask<T>(
	db: D1Database,
	start: "first-unconstrained" | "first-primary",
	statements: D1PreparedStatement[],
) {
	const session = db.withSession(start);
	const results = await session.batch<T>(statements);
	return { results, bookmark: session.getBookmark() ?? OLDEST };
}
