// The fields that contain ids, each with the table it refers to.

import { getTableName } from "drizzle-orm";
import { identityOfTable } from "../identities.ts";
import type { OwnedTable } from "./owned-row.ts";
import { clients } from "./schema/clients.ts";
import { conversations } from "./schema/conversations.ts";
import { deals, pipelines } from "./schema/deals.ts";
import { leads } from "./schema/leads.ts";
import { leadSources, leadStages, products, tags, users } from "./schema/reference.ts";
import { invoices, quotations } from "./schema/sales.ts";
import { tasks } from "./schema/tasks.ts";

/** A field that contains an id, or several. */
export interface Reference {
	readonly from: OwnedTable;
	readonly field: string;
	readonly kind: "one" | "list" | "items";
	readonly to: OwnedTable;
	/** The target's noun in messages. */
	readonly noun: string;
	/** `items`: the field of each list item that contains the id. */
	readonly key?: string;
	/** If the id may belong to one of several tables: the field that names the table, and its value for this one. */
	readonly when?: { readonly field: string; readonly is: string };
	/** If not every row of the target table is allowed: a field of the target and its required value. */
	readonly only?: { readonly field: string; readonly is: string };
}

const referenceBy =
	(kind: Reference["kind"]) =>
	(from: OwnedTable, field: string, to: OwnedTable): Reference => ({
		from,
		field,
		kind,
		to,
		noun: identityOfTable(getTableName(to)).noun,
	});

const one = referenceBy("one");

/** A list of ids, also stored as links. */
const list = referenceBy("list");

/** Ids inside the items of a list. */
const items = (from: OwnedTable, field: string, key: string, to: OwnedTable): Reference => ({
	...referenceBy("items")(from, field, to),
	key,
});

/** The id of the record that a row is about, in `entityId`; `entity` names its table. */
const about = (from: OwnedTable, entity: string, to: OwnedTable): Reference => ({
	...one(from, "entityId", to),
	when: { field: "entity", is: entity },
});

/** The same reference, only to clients of a type. */
const onlyOf =
	(type: "contact" | "company") =>
	(reference: Reference): Reference => ({ ...reference, noun: type, only: { field: "type", is: type } });

const contact = onlyOf("contact");
const company = onlyOf("company");

export const references: readonly Reference[] = [
	one(leads, "sourceId", leadSources),
	one(leads, "stageId", leadStages),
	one(leads, "ownerId", users),
	list(leads, "assigneeIds", users),
	list(leads, "tagIds", tags),
	company(one(clients, "companyId", clients)),
	one(clients, "ownerId", users),
	one(clients, "sourceId", leadSources),
	list(clients, "tagIds", tags),
	one(deals, "clientId", clients),
	one(deals, "pipelineId", pipelines),
	one(deals, "leadId", leads),
	one(deals, "sourceId", leadSources),
	one(deals, "ownerId", users),
	list(deals, "assigneeIds", users),
	contact(list(deals, "contactIds", clients)),
	list(deals, "tagIds", tags),
	items(deals, "lineItems", "productId", products),
	one(tasks, "ownerId", users),
	list(tasks, "assigneeIds", users),
	list(tasks, "tagIds", tags),
	about(tasks, "leads", leads),
	about(tasks, "deals", deals),
	about(tasks, "clients", clients),
	one(conversations, "leadId", leads),
	one(conversations, "clientId", clients),
	one(quotations, "clientId", clients),
	contact(one(quotations, "contactId", clients)),
	one(quotations, "dealId", deals),
	one(quotations, "ownerId", users),
	list(quotations, "tagIds", tags),
	items(quotations, "lineItems", "productId", products),
	one(invoices, "clientId", clients),
	one(invoices, "quotationId", quotations),
	one(invoices, "dealId", deals),
	one(invoices, "ownerId", users),
	list(invoices, "tagIds", tags),
	items(invoices, "lineItems", "productId", products),
];
