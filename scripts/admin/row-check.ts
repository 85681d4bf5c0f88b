// Whether the rows of a file fit into a database, before any of it is changed: tables and columns are those of this version, and
// rows that are found by a webhook or a delivery are of one that the file has and nobody else.
import { getTableName } from "drizzle-orm";
import { apiKeys } from "../../src/db/schema/api-keys.ts";
import { attempts, deliveries, deliveryHours, webhooks } from "../../src/db/schema/webhooks.ts";
import { type SQL, sql } from "../../src/db/sql.ts";
import { ownedBy } from "../../src/db/tenant.ts";
import { columnsOf, movables } from "../../src/moving/tables.ts";
import type { Section } from "./organization-file.ts";
import type { Query } from "./query.ts";

/** Ids that one query asks for: as JSON they are far from the longest statement. */
const IDS_AT_ONCE = 1_000;

/** What a row has in a column. */
type Value = (column: string) => string;

/** Gathers what a file has of webhooks, deliveries and keys; `conclude` compares. */
export function rowCheck() {
	const webhookIds = new Set<string>();
	/** The webhooks that other tables name. */
	const named = new Set<string>();
	const deliveryIds = new Set<string>();
	/** The deliveries of which the file has attempts, or removes them. */
	const attempted = new Set<string>();
	/** The numbers of attempts that come before their delivery: it has changed, or both were removed, while the file was written. */
	const awaited = new Map<string, Set<string>>();
	const keyIds = new Set<string>();

	const noteRow: Readonly<Record<string, (value: Value) => void>> = {
		[getTableName(webhooks)]: (value) => webhookIds.add(value("id")),
		[getTableName(deliveryHours)]: (value) => named.add(value("webhookId")),
		[getTableName(apiKeys)]: (value) => keyIds.add(value("id")),
		[getTableName(deliveries)](value) {
			named.add(value("webhookId"));
			deliveryIds.add(value("id"));
			awaited.delete(value("id"));
		},
		[getTableName(attempts)](value) {
			const id = value("deliveryId");
			attempted.add(id);
			if (deliveryIds.has(id)) return;
			awaited.set(id, (awaited.get(id) ?? new Set()).add(value("number")));
		},
	};
	const noteWebhook = ([webhookId]: readonly unknown[]) => named.add(String(webhookId));
	const noteRemoved: Readonly<Record<string, (key: readonly unknown[]) => void>> = {
		[getTableName(deliveries)]: noteWebhook,
		[getTableName(deliveryHours)]: noteWebhook,
		[getTableName(attempts)]([id, number]) {
			attempted.add(String(id));
			awaited.get(String(id))?.delete(String(number));
		},
	};
	let problem: string | undefined;
	let note: ((values: readonly unknown[]) => void) | undefined;

	function begin(section: Section): void {
		note = undefined;
		const name = "removed" in section ? section.removed : section.table;
		const movable = movables.find((one) => one.name === name);
		if (!movable) {
			problem ??= `The file has a table ${name}, which this version does not know.`;
			return;
		}
		if ("removed" in section) {
			if (movable.last) problem ??= `The file removes rows of ${name}, which no export does.`;
			note = noteRemoved[name];
			return;
		}
		const columns = columnsOf(movable);
		if (JSON.stringify(section.columns) !== JSON.stringify(columns))
			problem ??= `The file has other columns of ${name} than this version.`;
		note = (values) => noteRow[name]?.((column) => String(values[columns.indexOf(column)]));
	}

	return {
		/** The ids of the deliveries in the file, and of the keys. */
		deliveryIds: deliveryIds as ReadonlySet<string>,
		keyIds: keyIds as ReadonlySet<string>,
		/** Gets the lines of a file. */
		inspect(line: string): void {
			if (!line.startsWith("[")) begin(JSON.parse(line) as Section);
			else note?.(JSON.parse(line) as unknown[]);
		},
		/** Throws an Error in plain words when the rows can't be written into this database. */
		async conclude(query: Query, organizationId: string): Promise<void> {
			if (problem !== undefined) throw new Error(problem);
			const unknown = [...named].find((id) => !webhookIds.has(id));
			if (unknown !== undefined)
				throw new Error(`The file has deliveries of the webhook ${unknown}, but not the webhook.`);
			const [unsent] = [...awaited].find(([, numbers]) => numbers.size > 0) ?? [];
			if (unsent !== undefined)
				throw new Error(`The file has attempts of the delivery ${unsent}, but not the delivery.`);
			const foreignWebhook = await firstFound(
				query,
				webhookIds,
				(ids) =>
					sql`SELECT "id" FROM ${webhooks} WHERE "id" IN ${ids} AND NOT ${ownedBy(webhooks, organizationId)}`,
			);
			if (foreignWebhook !== undefined)
				throw new Error(`The webhook ${foreignWebhook} of the file is another organization's.`);
			const foreignDelivery = await firstFound(
				query,
				[...attempted].filter((id) => deliveryIds.has(id)),
				(
					ids,
				) => sql`SELECT "deliveryId" FROM ${attempts} AS attempt WHERE "deliveryId" IN ${ids} AND NOT EXISTS (
					SELECT 1 FROM ${webhooks} AS webhook CROSS JOIN ${deliveries} AS delivery
						ON delivery."webhookId" = webhook."id" AND delivery."id" = attempt."deliveryId" WHERE ${ownedBy("webhook", organizationId)})`,
			);
			if (foreignDelivery !== undefined)
				throw new Error(`The delivery ${foreignDelivery} of the file is another organization's.`);
		},
	};
}

/** The first value that a query finds, which gets the ids as an SQL list, some at a time. */
async function firstFound(
	query: Query,
	ids: Iterable<string>,
	find: (list: SQL) => SQL,
): Promise<string | undefined> {
	const all = [...ids];
	for (let start = 0; start < all.length; start += IDS_AT_ONCE) {
		const some = JSON.stringify(all.slice(start, start + IDS_AT_ONCE));
		const [found] = await query(sql`${find(sql`(SELECT value FROM json_each(${some}))`)} LIMIT 1`);
		if (found) return String(found[0]);
	}
	return undefined;
}
