// The fields that hold ids, each with the table it points at.
import { clients } from "./schema/clients.ts";
import { conversations } from "./schema/conversations.ts";
import { deals, pipelines } from "./schema/deals.ts";
import { leads } from "./schema/leads.ts";
import { leadSources, leadStages, products, tags, users } from "./schema/reference.ts";
import { invoices, quotations } from "./schema/sales.ts";
import { tasks } from "./schema/tasks.ts";
import type { OwnedTable } from "./store.ts";

/** A field that holds an id, or several. */
export interface Reference {
	readonly from: OwnedTable;
	/** The field that holds the id, or the list. */
	readonly field: string;
	readonly kind: "one" | "list" | "items";
	readonly to: OwnedTable;
	/** What the target is called in messages. */
	readonly noun: string;
	/** `items`: the field of each list item that holds the id. */
	readonly key?: string;
	/** The field that says which table the id is of, where it may be one of several. */
	readonly when?: { readonly field: string; readonly is: string };
	/** What the target's own field must be, where not every row of its table will do. */
	readonly only?: { readonly field: string; readonly is: string };
}

const one = (from: OwnedTable, field: string, to: OwnedTable, noun: string): Reference => ({
	from,
	field,
	kind: "one",
	to,
	noun,
});

/** A list of ids, kept as links. */
const list = (from: OwnedTable, field: string, to: OwnedTable, noun: string): Reference => ({
	from,
	field,
	kind: "list",
	to,
	noun,
});

/** Ids inside the items of a list. */
const items = (from: OwnedTable, field: string, key: string, to: OwnedTable, noun: string): Reference => ({
	from,
	field,
	kind: "items",
	key,
	to,
	noun,
});

/** The id of what a row is about, in `entityId`; of which table it is says `entity`. */
const about = (from: OwnedTable, entity: string, to: OwnedTable, noun: string): Reference => ({
	...one(from, "entityId", to, noun),
	when: { field: "entity", is: entity },
});

/** The same reference, only to clients that are contacts. */
const contact = (reference: Reference): Reference => ({
	...reference,
	noun: "contact",
	only: { field: "type", is: "contact" },
});

/** The same reference, only to clients that are companies. */
const company = (reference: Reference): Reference => ({
	...reference,
	noun: "company",
	only: { field: "type", is: "company" },
});

/** Every reference there is. */
export const references: readonly Reference[] = [
	one(leads, "sourceId", leadSources, "lead source"),
	one(leads, "stageId", leadStages, "lead stage"),
	one(leads, "ownerId", users, "user"),
	list(leads, "assigneeIds", users, "user"),
	list(leads, "tagIds", tags, "tag"),
	company(one(clients, "companyId", clients, "company")),
	one(clients, "ownerId", users, "user"),
	one(clients, "sourceId", leadSources, "lead source"),
	list(clients, "tagIds", tags, "tag"),
	one(deals, "clientId", clients, "client"),
	one(deals, "pipelineId", pipelines, "pipeline"),
	one(deals, "leadId", leads, "lead"),
	one(deals, "sourceId", leadSources, "lead source"),
	one(deals, "ownerId", users, "user"),
	list(deals, "assigneeIds", users, "user"),
	contact(list(deals, "contactIds", clients, "contact")),
	list(deals, "tagIds", tags, "tag"),
	items(deals, "lineItems", "productId", products, "product"),
	one(tasks, "ownerId", users, "user"),
	list(tasks, "assigneeIds", users, "user"),
	list(tasks, "tagIds", tags, "tag"),
	about(tasks, "leads", leads, "lead"),
	about(tasks, "deals", deals, "deal"),
	about(tasks, "clients", clients, "client"),
	one(conversations, "leadId", leads, "lead"),
	one(conversations, "clientId", clients, "client"),
	one(quotations, "clientId", clients, "client"),
	contact(one(quotations, "contactId", clients, "contact")),
	one(quotations, "dealId", deals, "deal"),
	one(quotations, "ownerId", users, "user"),
	list(quotations, "tagIds", tags, "tag"),
	items(quotations, "lineItems", "productId", products, "product"),
	one(invoices, "clientId", clients, "client"),
	one(invoices, "quotationId", quotations, "quotation"),
	one(invoices, "dealId", deals, "deal"),
	one(invoices, "ownerId", users, "user"),
	list(invoices, "tagIds", tags, "tag"),
	items(invoices, "lineItems", "productId", products, "product"),
];
