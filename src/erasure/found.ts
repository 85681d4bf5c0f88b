// Where an erased record is spoken of, or named: which rows, by which index, and by which rule they are rid of it.
import { type SQL, sql } from "drizzle-orm";
import { isLink } from "../db/links.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { links } from "../db/schema/bookkeeping.ts";
import { clients } from "../db/schema/clients.ts";
import { conversations } from "../db/schema/conversations.ts";
import { deals } from "../db/schema/deals.ts";
import { formResponses } from "../db/schema/forms.ts";
import { leads } from "../db/schema/leads.ts";
import { invoices, quotations } from "../db/schema/sales.ts";
import { tasks } from "../db/schema/tasks.ts";
import { isRow, ownedBy, rowsOf } from "../db/tenant.ts";
import { TIME_DIGITS } from "../ids.ts";
import type { Item } from "./queue.ts";
import type { RuleName } from "./rules.ts";

/** A chunk of the rows of one kind, in the order of their ids. */
interface Place {
	readonly rule: RuleName;
	/** A query for the `id` of those after `item.after`. */
	readonly rows: (item: Item, limit: number) => SQL;
}

/** Rows that hold the record's id in a column, deleted ones too. */
const by = (rule: RuleName, table: OwnedTable, column: string, more = sql``): Place => ({
	rule,
	rows: ({ organizationId, root, after }, limit) =>
		sql`SELECT ${table.id} AS "id" FROM ${rowsOf(table, organizationId)}
			AND ${sql.identifier(column)} = ${root}${more} AND ${table.id} > ${after} ORDER BY ${table.id} LIMIT ${limit}`,
});

/** A response and the lead made of it were made in the same instant, so their ids begin alike. */
const responses: Place = {
	rule: "responses",
	rows({ organizationId, root, after }, limit) {
		const alike = `frs_${root.slice(root.indexOf("_") + 1).slice(0, TIME_DIGITS)}`;
		return sql`SELECT "id" FROM ${rowsOf(formResponses, organizationId)} AND "id" >= ${alike} AND "id" < ${`${alike}~`}
			AND "id" > ${after} AND "leadId" = ${root} ORDER BY "id" LIMIT ${limit}`;
	},
};

const contacts: Place = {
	rule: "deals.contactIds",
	rows: ({ organizationId, root, after }, limit) =>
		sql`SELECT ${links.fromId} AS "id" FROM ${links} WHERE ${isLink(organizationId, "deals.contactIds")}
			AND ${links.toId} = ${root} AND ${links.fromId} > ${after} ORDER BY ${links.fromId} LIMIT ${limit}`,
};

/** Where to look for what speaks of a lead or a client. What is found twice is entered by the first. */
export const places: Readonly<Record<"leads" | "clients", readonly Place[]>> = {
	leads: [
		by("tasks", tasks, "entityId", sql` AND "entity" = 'leads'`),
		by("conversations", conversations, "leadId"),
		responses,
		by("deals.leadId", deals, "leadId"),
	],
	clients: [
		by("tasks", tasks, "entityId", sql` AND "entity" = 'clients'`),
		by("conversations", conversations, "clientId"),
		by("deals", deals, "clientId"),
		by("quotations", quotations, "clientId"),
		by("invoices", invoices, "clientId"),
		by("quotations.contactId", quotations, "contactId"),
		contacts,
		by("clients.companyId", clients, "companyId"),
	],
};

/**
 * Deals that are called as the lead is, because they were made of it: their titles speak of the person. To be asked while
 * the lead is still there.
 */
export const namesakes = (organizationId: string, id: string): SQL =>
	sql`SELECT deal."id" FROM ${leads} AS lead CROSS JOIN ${deals} AS deal ON ${ownedBy("deal", sql`lead."organizationId"`)} AND deal."leadId" = lead."id"
		WHERE ${isRow("lead", organizationId, id)} AND deal."title" IN (lead."name", lead."title")`;
