// Where other rows contain or refer to an erased record: which rows, found by which index, and erased by which rule.
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
import { type SQL, sql } from "../db/sql.ts";
import { isRow, ownedBy, rowsOf } from "../db/tenant.ts";
import { TIME_DIGITS } from "../ids.ts";
import type { QueueItem } from "./queue.ts";
import type { RuleName } from "./rules.ts";

/** The rows of one kind, read in chunks in the order of their ids. */
interface Mention {
	readonly rule: RuleName;
	/** A query for the `id` of the rows after `item.after`. */
	readonly rows: (item: QueueItem, limit: number) => SQL;
}

/** Rows with the entry's id in a column, deleted ones too. */
const rowsWith = (rule: RuleName, table: OwnedTable, column: string, more = sql``): Mention => ({
	rule,
	rows: ({ organizationId, entityId, after }, limit) =>
		sql`SELECT ${table.id} AS "id" FROM ${rowsOf(table, organizationId)}
			AND ${sql.identifier(column)} = ${entityId}${more} AND ${table.id} > ${after} ORDER BY ${table.id} ${sql.limit(limit)}`,
});

/**
 * A form response and the lead that is made of it are created at the same instant, so their ids begin with the same digits. Those
 * that were added to a lead later are in an index.
 */
const responses: Mention = {
	rule: "responses",
	rows({ organizationId, entityId, after }, limit) {
		const alike = `frs_${entityId.slice(entityId.indexOf("_") + 1).slice(0, TIME_DIGITS)}`;
		const ofLead = sql`"leadId" = ${entityId} AND "id" > ${after}`;
		return sql`SELECT "id" FROM ${rowsOf(formResponses, organizationId)} AND "id" >= ${alike} AND "id" < ${`${alike}~`} AND ${ofLead}
			UNION ALL SELECT "id" FROM ${rowsOf(formResponses, organizationId, "form_responses_lead")} AND ${ofLead}
				AND substr("leadId", 4, 10) <> substr("id", 5, 10) ORDER BY "id" ${sql.limit(limit)}`;
	},
};

const contacts: Mention = {
	rule: "deals.contactIds",
	rows: ({ organizationId, entityId, after }, limit) =>
		sql`SELECT ${links.fromId} AS "id" FROM ${links} WHERE ${isLink(organizationId, "deals.contactIds")}
			AND ${links.toId} = ${entityId} AND ${links.fromId} > ${after} ORDER BY ${links.fromId} ${sql.limit(limit)}`,
};

/**
 * The places to search for a lead, a client, or a deal that loses its title. A row that is found twice is entered by the first.
 */
export const mentions: Readonly<Record<"leads" | "clients" | "deals", readonly Mention[]>> = {
	leads: [
		rowsWith("tasks", tasks, "entityId", sql` AND "entity" = 'leads'`),
		rowsWith("conversations", conversations, "leadId"),
		responses,
		rowsWith("deals.leadId", deals, "leadId"),
	],
	clients: [
		rowsWith("tasks", tasks, "entityId", sql` AND "entity" = 'clients'`),
		rowsWith("conversations", conversations, "clientId"),
		rowsWith("deals", deals, "clientId"),
		rowsWith("quotations", quotations, "clientId"),
		rowsWith("invoices", invoices, "clientId"),
		rowsWith("quotations.contactId", quotations, "contactId"),
		contacts,
		rowsWith("clients.companyId", clients, "companyId"),
	],
	deals: [
		rowsWith("tasks.entityId", tasks, "entityId", sql` AND "entity" = 'deals'`),
		rowsWith("quotations.dealId", quotations, "dealId"),
		rowsWith("invoices.dealId", invoices, "dealId"),
	],
};

/** Deals that have the lead's name as title, because they were made from it. The query needs the lead's row. */
export const dealsNamedAfterLead = (organizationId: string, id: string): SQL =>
	sql`SELECT deal."id" FROM ${leads} AS lead CROSS JOIN ${deals} AS deal ON ${ownedBy("deal", sql`lead."organizationId"`)} AND deal."leadId" = lead."id"
		WHERE ${isRow("lead", organizationId, id)} AND deal."title" IN (lead."name", lead."title")`;
