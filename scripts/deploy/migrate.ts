// Migrates the deployed databases, before the Worker that needs the new schema is deployed.
import type { Wrangler } from "../admin/channel.ts";
import { type DeployedDatabase, isMade } from "../local/config.ts";
import { atOnce } from "../tools/at-once.ts";
import { plain } from "../tools/tools.ts";

const AT_ONCE = 4;

/**
 * Applies the missing migrations to each database, four at a time. After a failure no further database is begun.
 * @param print gets one line per database
 * @throws Error in plain words that says which databases are left
 */
export async function migrate(
	databases: readonly DeployedDatabase[],
	wrangler: Wrangler,
	print: (line: string) => void,
): Promise<void> {
	const unmade = databases.filter((database) => !isMade(database));
	if (unmade.length > 0)
		throw new Error(
			`${unmade.map(({ binding, name }) => `${binding} (${name})`).join(", ")} has no database_id in wrangler.toml: make it by npx wrangler d1 create, and put in the id that this prints.`,
		);
	const done = new Set<string>();
	const faults: string[] = [];
	await atOnce(AT_ONCE, databases, async ({ binding }) => {
		try {
			const output = await wrangler(["d1", "migrations", "apply", binding, "--remote"]);
			done.add(binding);
			print(`${binding}: ${/no migrations to apply/i.test(output) ? "up to date" : "migrated"}`);
		} catch (error) {
			faults.push(`${binding}: ${plain(error)}`);
			throw error;
		}
	}).catch(() => undefined);
	if (faults.length === 0) return;
	const left = databases.filter(({ binding }) => !done.has(binding)).map(({ binding }) => binding);
	throw new Error(
		[
			...faults,
			`\nThe Worker was not replaced. Up to date: ${[...done].join(", ") || "none"}; not yet: ${left.join(", ")}. Run npm run deploy again to go on.`,
		].join("\n"),
	);
}
