// `npm run deploy -- --dry-run`: the migrations that each database would get. Nothing is changed, also not where wrangler would
// make the table of migrations first.
import type { Wrangler } from "../admin/channel.ts";
import { type DeployedDatabase, isMade } from "../local/config.ts";
import { migrationsIn } from "../local/migrations.ts";
import { atOnce } from "../tools/at-once.ts";
import { plain } from "../tools/tools.ts";

const AT_ONCE = 4;
const APPLIED = `SELECT "name" FROM "d1_migrations"`;

/**
 * Lists what a deployment would do with each database.
 * @param folder the migrations
 * @returns lines; of a database that can't be asked they have all migrations, and say so
 */
export async function migrationPlan(
	databases: readonly DeployedDatabase[],
	folder: string,
	wrangler: Wrangler,
): Promise<string[]> {
	const files = migrationsIn(folder);
	const plans = await atOnce(AT_ONCE, databases, async (database) => {
		const { binding, name, id } = database;
		if (!isMade(database))
			return linesOf(`${binding} (${name}) is yet to be made and would get all migrations:`, files);
		const what = `${binding} (${name}, ${id})`;
		try {
			const applied = await appliedTo(binding, wrangler);
			const missing = files.filter((file) => !applied.has(file));
			return [
				...linesOf(`${what} ${missing.length > 0 ? "would get:" : "has all migrations."}`, missing),
				...linesOf(
					"It also has these, which are not here; it was deployed from a later version:",
					[...applied].filter((file) => !files.includes(file)),
					true,
				),
			];
		} catch (error) {
			return [
				...linesOf(
					`${what} can't be asked which migrations it has. Of these it would get what it lacks:`,
					files,
				),
				`  It can't be asked because of this: ${plain(error)}`,
			];
		}
	});
	return plans.flat();
}

const linesOf = (head: string, files: readonly string[], onlyWithFiles = false): string[] =>
	files.length === 0 && onlyWithFiles ? [] : [head, ...files.map((file) => `  ${file}`)];

/** The names of the migrations that a database has. */
async function appliedTo(binding: string, wrangler: Wrangler): Promise<ReadonlySet<string>> {
	try {
		const output = await wrangler(["d1", "execute", binding, "--remote", "--json", "--command", APPLIED]);
		const [{ results } = { results: [] }] = JSON.parse(output) as { results: { name: string }[] }[];
		return new Set(results.map(({ name }) => name));
	} catch (error) {
		if (/no such table: d1_migrations/.test(plain(error))) return new Set();
		throw error;
	}
}
