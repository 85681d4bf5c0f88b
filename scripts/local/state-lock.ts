// A folder of local data is used by one process at a time: workerd doesn't wait for SQLite's locks, so of two either would fail. Who
// has it is told by a lock on a file beside the data, which the system drops when its process ends, however that ends.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { plain } from "../tools/tools.ts";

export interface StateLock {
	release(): void;
}

/**
 * Locks a folder of data for this process, until it ends or releases it.
 * @param by the command that needs it, as it is told to others
 * @returns null while another process has it
 * @throws Error in plain words if there can be no lock
 */
export function lockState(stateDir: string, by: string): StateLock | null {
	const path = pathOf(stateDir);
	const file = new DatabaseSync(path, { timeout: 0 });
	try {
		// Nothing in it must survive a loss of power.
		file.exec("PRAGMA synchronous = OFF");
		// Others can read who has it while it is locked, but only what is committed.
		file.exec("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS holder (name TEXT); DELETE FROM holder");
		file.prepare("INSERT INTO holder VALUES (?)").run(`${by} (process ${process.pid})`);
		file.exec("COMMIT; BEGIN IMMEDIATE");
		return { release: () => file.close() };
	} catch (error) {
		file.close();
		if (isLocked(error)) return null;
		throw new Error(`The file ${path} can't be used: ${plain(error)}. It can be deleted while nothing runs.`);
	}
}

/** Who has a folder: `npm start (process 12)`. */
export function holderOf(stateDir: string): string {
	try {
		const file = new DatabaseSync(pathOf(stateDir), { timeout: 0, readOnly: true });
		try {
			return String(file.prepare("SELECT name FROM holder").get()?.name);
		} finally {
			file.close();
		}
	} catch {
		// Its name is just being written, or it is of a version that writes none.
		return "another process";
	}
}

/** Said of a database of a folder that this process has locked: what else uses it knows nothing of that. */
export const USED_ELSEWHERE =
	"Another program, such as sqlite3 or wrangler, seems to use the file of the database. Close it, and try again.";

/** Whether an error says that another program is using a database; workerd says so in the last of these ways, too. */
export const isLocked = (error: unknown): boolean =>
	/database is locked|SQLITE_BUSY|Failed to get session commit token/.test(plain(error));

const pathOf = (stateDir: string) => join(stateDir, "lock.sqlite");
