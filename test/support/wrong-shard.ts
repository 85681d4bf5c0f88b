// Checks that every row is in the database of its organization. A new table is checked, or needs an entry here.
import { bound, sql } from "../../src/db/sql.ts";
import { movables } from "../../src/moving/tables.ts";
import { bindingsOf, shards } from "./shards.ts";

/** Tables without organizations, and the one with their shards. */
const NOBODYS = new Set(["d1_migrations", "refolds", "weighings", "resealings", "organizations"]);

/** What stays where an organization has been, because its keys and sessions from before lead there. */
const FORWARDING = new Set(["api_keys"]);

/** SQL for the owner of the rows of a table without the column; undefined when the table isn't in the list of those that move. */
function ownerOf(table: string): string | undefined {
	const movable = movables.find(({ name }) => name === table);
	if (!movable) return undefined;
	const { text: belongs } = bound(sql.inline(movable.belongs(table)));
	return `(SELECT "id" FROM "organizations" AS owner WHERE ${belongs})`;
}

/** Rows in the wrong database, as `shard table organization`. */
export async function misplacedRows(): Promise<string[]> {
	const stray: string[] = [];
	const homes = new Set<string>();
	for (const shard of shards) {
		const { DB } = bindingsOf(shard);
		const own = await DB.prepare('SELECT "id" FROM "organizations" WHERE "home" IS NULL').all<{
			id: string;
		}>();
		for (const { id } of own.results) {
			if (homes.has(id)) stray.push(`${id} is at home twice`);
			homes.add(id);
		}
		const { results } = await DB.prepare(
			`SELECT entity.name, EXISTS (SELECT 1 FROM pragma_table_info(entity.name) WHERE name = 'organizationId') AS owned
				FROM pragma_table_list AS entity WHERE entity.type = 'table' AND entity.schema = 'main'
				AND entity.name NOT LIKE 'sqlite_%' AND substr(entity.name, 1, 4) <> '_cf_'`,
		).all<{ name: string; owned: number }>();
		for (const { name, owned } of results) {
			const owner = owned ? `"organizationId"` : ownerOf(name);
			if (NOBODYS.has(name)) continue;
			if (owner === undefined) {
				stray.push(`nobody knows whose the rows of ${name} are`);
				continue;
			}
			const known = `SELECT "id" FROM "organizations"${FORWARDING.has(name) ? "" : ' WHERE "home" IS NULL'}`;
			// Entries for the full-text indexes, which all organizations share, have an empty owner.
			const shared = name === "erasures" ? " UNION ALL SELECT ''" : "";
			const found = await DB.prepare(
				`SELECT DISTINCT coalesce(${owner}, 'nobody') AS "organization" FROM "${name}"
					WHERE coalesce(${owner}, 'nobody') NOT IN (${known}${shared})`,
			).all<{ organization: string }>();
			stray.push(...found.results.map(({ organization }) => `${shard} ${name} ${organization}`));
		}
	}
	return stray;
}
