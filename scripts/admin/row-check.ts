// Whether the rows of a file fit into a database, before any of it is changed: tables and columns are those of this version, and
// rows that are found by a webhook are of one that the file has and nobody else.
import { getTableName } from "drizzle-orm";
import { apiKeys } from "../../src/db/schema/api-keys.ts";
import { deliveries, deliveryHours, webhooks } from "../../src/db/schema/webhooks.ts";
import { sql } from "../../src/db/sql.ts";
import { ownedBy } from "../../src/db/tenant.ts";
import { columnsOf, movables } from "../../src/moving/tables.ts";
import type { Section } from "./organization-file.ts";
import type { Query } from "./query.ts";

/** Ids that one query asks for: as JSON they are far from the longest statement. */
const IDS_AT_ONCE = 1_000;

/** Gathers what a file has of webhooks and keys; `conclude` compares. */
export function rowCheck() {
	const webhookIds = new Set<string>();
	/** The webhooks that other tables name. */
	const named = new Set<string>();
	const keyIds = new Set<string>();
	const gathered = new Map<string, { readonly column: string; readonly ids: Set<string> }>([
		[getTableName(webhooks), { column: "id", ids: webhookIds }],
		[getTableName(deliveries), { column: "webhookId", ids: named }],
		[getTableName(deliveryHours), { column: "webhookId", ids: named }],
		[getTableName(apiKeys), { column: "id", ids: keyIds }],
	]);
	let problem: string | undefined;
	let gather: ((values: readonly unknown[]) => void) | null = null;

	function begin(section: Section): void {
		gather = null;
		const name = "removed" in section ? section.removed : section.table;
		const movable = movables.find((one) => one.name === name);
		if (!movable) {
			problem ??= `The file has a table ${name}, which this version does not know.`;
			return;
		}
		const wanted = gathered.get(name);
		if ("removed" in section) {
			if (movable.last) problem ??= `The file removes rows of ${name}, which no export does.`;
			// Keys of removed rows begin with the webhook.
			if (wanted?.ids === named) gather = ([id]) => named.add(String(id));
			return;
		}
		const columns = columnsOf(movable);
		if (JSON.stringify(section.columns) !== JSON.stringify(columns))
			problem ??= `The file has other columns of ${name} than this version.`;
		const place = columns.indexOf(wanted?.column ?? "");
		if (wanted) gather = (values) => wanted.ids.add(String(values[place]));
	}

	return {
		/** The ids of the keys in the file. */
		keyIds: keyIds as ReadonlySet<string>,
		/** Gets the lines of a file. */
		inspect(line: string): void {
			if (!line.startsWith("[")) begin(JSON.parse(line) as Section);
			else gather?.(JSON.parse(line) as unknown[]);
		},
		/** Throws an Error in plain words when the rows can't be written into this database. */
		async conclude(query: Query, organizationId: string): Promise<void> {
			if (problem !== undefined) throw new Error(problem);
			const unknown = [...named].find((id) => !webhookIds.has(id));
			if (unknown !== undefined)
				throw new Error(`The file has deliveries of the webhook ${unknown}, but not the webhook.`);
			const ids = [...webhookIds];
			for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
				const some = JSON.stringify(ids.slice(start, start + IDS_AT_ONCE));
				const [foreign] = await query(
					sql`SELECT "id" FROM ${webhooks} WHERE "id" IN (SELECT value FROM json_each(${some})) AND NOT ${ownedBy(webhooks, organizationId)} LIMIT 1`,
				);
				if (foreign) throw new Error(`The webhook ${foreign[0]} of the file is another organization's.`);
			}
		},
	};
}
