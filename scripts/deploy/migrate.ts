// Bringing the deployed databases up to date, before the Worker that wants it is there.
import type { Wrangler } from "../admin/channel.ts";
import type { DeployedDatabase } from "../local/config.ts";
import { atOnce } from "../tools/at-once.ts";
import { plain } from "../tools/tools.ts";

const AT_ONCE = 4;

/** Whether a database has an id that was given to it, and not the zeros that stand for one. */
export const isMade = ({ id }: DeployedDatabase): boolean => /[^0-]/.test(id);

/**
 * Applies the migrations that each database lacks, to four at a time. Where one fails none is begun any more.
 * @param print takes a line for each
 * @throws Error in plain words that says what is still to be done
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
