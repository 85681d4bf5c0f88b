// A row of an organization in every table, and all rows of all databases, to see what becomes of them.
import { organizations } from "../../src/db/schema/organizations.ts";
import { movables } from "../../src/moving/tables.ts";
import { bindingsOf, shards } from "../support/shards.ts";

/** Tables of the full-text indexes and of the process itself. */
const IGNORED = /_search|^sqlite_|^_cf_|^d1_migrations$|^moves$|^move_changes$/;

/** Not every event names its organization. */
const OWNER = ', (SELECT id FROM organizations WHERE ordinal = "key" >> 40) AS owner';

/** What is queried of the full-text tables: the words of an organization. */
const wordsOf = (organizationId: string) => `organization : "${organizationId.slice("org_".length)}"`;

const query = async <Row>(shard: number, text: string, ...values: unknown[]): Promise<Row[]> =>
	(
		await bindingsOf(shard)
			.DB.prepare(text)
			.bind(...values)
			.all<Row>()
	).results;

/** Gives an organization a made-up row in each table in which it has none. Ids in it contain the organization's, and are newer than any that a chore removes. */
export async function fillTables(organizationId: string, shard: number): Promise<void> {
	for (const { name } of movables.filter(({ table }) => table !== organizations)) {
		const columns = await query<{ name: string; type: string }>(
			shard,
			`SELECT name, type FROM pragma_table_xinfo(?) WHERE hidden = 0 AND ("notnull" = 1 AND dflt_value IS NULL OR name = 'organizationId')`,
			name,
		);
		const madeUp = (column: string, type: string) => {
			if (column === "organizationId") return `'${organizationId}'`;
			if (/^id$|Id$/.test(column)) return `'z_${organizationId}'`;
			if (name === "event_log" && column === "key")
				return `((SELECT ordinal FROM organizations WHERE id = '${organizationId}') << 40) + 999999`;
			if (!/INT|REAL/i.test(type)) return "'[]'";
			return column === "value" ? "1" : String(Date.now());
		};
		const values = columns.map((column) => madeUp(column.name, column.type));
		await query(
			shard,
			`INSERT OR IGNORE INTO "${name}" (${columns.map((column) => `"${column.name}"`)}) VALUES (${values})`,
		);
	}
}

/** All rows of all databases, as `shard table values`; those of an organization contain its id. */
export async function everyRow(): Promise<string[]> {
	const rows: string[] = [];
	for (const shard of shards) {
		const tables = await query<{ name: string }>(
			shard,
			"SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'",
		);
		for (const { name } of tables.filter((table) => !IGNORED.test(table.name)))
			for (const row of await query<Record<string, unknown>>(
				shard,
				`SELECT *${name === "event_log" ? OWNER : ""} FROM "${name}"`,
			))
				rows.push(`${shard} ${name} ${JSON.stringify(row)}`);
	}
	// Full-text indexes that are to be merged belong to nobody.
	return rows.filter((row) => !row.includes(' erasures {"organizationId":"",')).sort();
}

/** In how many rows of the full-text tables an organization's words are. */
export async function wordsIn(organizationId: string): Promise<number> {
	let count = 0;
	for (const shard of shards) {
		const tables = await query<{ name: string }>(
			shard,
			"SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'",
		);
		for (const { name } of tables) {
			const [row] = await query<{ n: number }>(
				shard,
				`SELECT count(*) AS n FROM "${name}" WHERE "${name}" MATCH ?`,
				wordsOf(organizationId),
			);
			count += row?.n ?? 0;
		}
	}
	return count;
}

/** The rows that are only before, or only after, each in short. */
export function differences(before: readonly string[], after: readonly string[]): string[] {
	const [earlier, later] = [new Set(before), new Set(after)];
	return [
		...before.filter((row) => !later.has(row)).map((row) => `- ${row.slice(0, 300)}`),
		...after.filter((row) => !earlier.has(row)).map((row) => `+ ${row.slice(0, 300)}`),
	];
}
