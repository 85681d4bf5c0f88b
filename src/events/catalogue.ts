// Every event there is: when it happens, what it carries, and an example. The payloads' schemas here are what the
// document publishes, what test sends use, and what the tests hold real deliveries against.
import { z } from "@hono/zod-openapi";
import { Client } from "../crm/clients/schema.ts";
import { Deal } from "../crm/deals/schema.ts";
import { FormResponse } from "../crm/forms/schema.ts";
import { Invoice } from "../crm/invoices/schema.ts";
import { Lead, SaveLeadPayload } from "../crm/leads/schema.ts";
import { Quotation } from "../crm/quotations/schema.ts";
import { Task } from "../crm/tasks/schema.ts";
import { id, timestamp } from "../http/fields.ts";
import { Webhook } from "../webhooks/schema.ts";
import { conversationEvents } from "./conversation-events.ts";
import {
	clientExample,
	dealExample,
	formResponseExample,
	invoiceExample,
	leadExample,
	quotationExample,
	saveLeadExample,
	taskExample,
	webhookExample,
} from "./examples.ts";

export interface EventEntry {
	readonly description: string;
	/** The resource it speaks of. */
	readonly entity: string;
	/** The built-in process that a webhook's `skipSystem` turns off. */
	readonly process: string | null;
	readonly payload: z.ZodType;
	readonly example: object;
}

// Whatever the field holds; an empty schema would say nothing, and that it need not be there.
const anything = z.unknown().openapi({
	type: ["string", "number", "boolean", "array", "object", "null"],
	maxLength: 10_000,
	maxItems: 500,
	items: { type: ["string", "number", "boolean", "object", "null"], maxLength: 10_000 },
});
const change = z.object({ from: anything, to: anything }).required();

const EXAMPLE_ENVELOPE = {
	timestamp: "2026-01-31T12:00:00.000Z",
	webhookId: "whd_01kaj2m5m8f7jt2n3v4w5x6y7z",
	organizationId: "org_01kaj2m5m8f7jt2n3v4w5x6y7z",
};

/** An event in the usual envelope. `changes` is there on updates, as an example of them. */
function crm(
	event: string,
	entity: string,
	data: z.ZodType,
	example: object,
	description: string,
	changes?: object,
): EventEntry {
	return {
		description,
		entity,
		process: null,
		payload: z.strictObject({
			event: z.literal(event),
			timestamp: timestamp().openapi({ description: "When it happened." }),
			webhookId: z.string().max(40).openapi({ description: "The delivery's id, the same on every attempt." }),
			organizationId: id("org"),
			data,
			...(changes
				? {
						changes: z
							.record(z.string(), change)
							.openapi({ description: "What changed, field by field; `null` is unset." }),
					}
				: {}),
		}),
		example: { event, ...EXAMPLE_ENVELOPE, data: example, ...(changes ? { changes } : {}) },
	};
}

const scoreChange = { score: { from: 60, to: 80 } };
const stageChange = {
	stageId: { from: "lstg_01kaj2m5m8f7jt2n3v4w5x6y7a", to: "lstg_01kaj2m5m8f7jt2n3v4w5x6y7z" },
};

const acceptance = { status: { from: "SENT", to: "ACCEPTED" } };
const settlement = { status: { from: "SENT", to: "PAID" } };

const dealStageChange = {
	stageId: { from: "dps_01kaj2m5m8f7jt2n3v4w5x6y7a", to: "dps_01kaj2m5m8f7jt2n3v4w5x6y7z" },
};

const entries = {
	"lead.created": crm("lead.created", "leads", Lead, leadExample, "A lead was created."),
	"lead.updated": crm(
		"lead.updated",
		"leads",
		Lead,
		leadExample,
		"A lead was changed, restored or converted.",
		scoreChange,
	),
	"lead.deleted": crm(
		"lead.deleted",
		"leads",
		Lead,
		leadExample,
		"A lead was deleted; `data` is the lead as it was.",
	),
	"lead.stageChanged": crm(
		"lead.stageChanged",
		"leads",
		Lead,
		leadExample,
		"A lead moved to another stage; sent besides `lead.updated`.",
		stageChange,
	),
	save_lead: {
		description: "A lead was created or updated, in the short form of the `save_lead` webhook.",
		entity: "leads",
		process: null,
		payload: SaveLeadPayload,
		example: saveLeadExample,
	},
	"client.created": crm("client.created", "clients", Client, clientExample, "A client was created."),
	"client.updated": crm(
		"client.updated",
		"clients",
		Client,
		clientExample,
		"A client was changed or restored.",
		{ phone: { from: null, to: "+14155550100" } },
	),
	"client.deleted": crm(
		"client.deleted",
		"clients",
		Client,
		clientExample,
		"A client was deleted; `data` is the client as it was.",
	),
	"deal.created": crm("deal.created", "deals", Deal, dealExample, "A deal was created."),
	"deal.updated": crm("deal.updated", "deals", Deal, dealExample, "A deal was changed or restored.", {
		price: { from: 10000, to: 12500 },
	}),
	"deal.deleted": crm(
		"deal.deleted",
		"deals",
		Deal,
		dealExample,
		"A deal was deleted; `data` is the deal as it was.",
	),
	"deal.stageChanged": {
		...crm(
			"deal.stageChanged",
			"deals",
			Deal,
			dealExample,
			"A deal moved to another stage; sent besides `deal.updated`.",
			dealStageChange,
		),
		process: "When the deal is won, its lead, if it has one, is converted.",
	},
	"task.created": crm("task.created", "tasks", Task, taskExample, "A task was created."),
	"task.updated": crm("task.updated", "tasks", Task, taskExample, "A task was changed or restored.", {
		status: { from: "OPEN", to: "IN_PROGRESS" },
	}),
	"task.deleted": crm(
		"task.deleted",
		"tasks",
		Task,
		taskExample,
		"A task was deleted; `data` is the task as it was.",
	),
	"quotation.created": crm(
		"quotation.created",
		"quotations",
		Quotation,
		quotationExample,
		"A quotation was created.",
	),
	"quotation.updated": crm(
		"quotation.updated",
		"quotations",
		Quotation,
		quotationExample,
		"A quotation was changed or restored.",
		acceptance,
	),
	"quotation.deleted": crm(
		"quotation.deleted",
		"quotations",
		Quotation,
		quotationExample,
		"A quotation was deleted; `data` is the quotation as it was.",
	),
	"quotation.statusChanged": crm(
		"quotation.statusChanged",
		"quotations",
		Quotation,
		quotationExample,
		"A quotation has another status; sent besides `quotation.updated`.",
		acceptance,
	),
	"invoice.created": crm("invoice.created", "invoices", Invoice, invoiceExample, "An invoice was created."),
	"invoice.updated": crm(
		"invoice.updated",
		"invoices",
		Invoice,
		invoiceExample,
		"An invoice was changed, paid, voided or restored.",
		settlement,
	),
	"invoice.deleted": crm(
		"invoice.deleted",
		"invoices",
		Invoice,
		invoiceExample,
		"An invoice was deleted; `data` is the invoice as it was.",
	),
	"invoice.statusChanged": crm(
		"invoice.statusChanged",
		"invoices",
		Invoice,
		invoiceExample,
		"An invoice has another status; sent besides `invoice.updated`.",
		settlement,
	),
	"invoice.paid": crm(
		"invoice.paid",
		"invoices",
		Invoice,
		invoiceExample,
		"An invoice is paid in full; sent besides `invoice.updated` and `invoice.statusChanged`.",
	),
	"form.response.created": {
		...crm(
			"form.response.created",
			"form-responses",
			FormResponse,
			formResponseExample,
			"A form was answered.",
		),
		process: "A lead is made of the answers that map to its fields.",
	},
	...conversationEvents,
	"webhook.disabled": crm(
		"webhook.disabled",
		"webhooks",
		Webhook,
		{
			...webhookExample,
			status: "disabled",
			disabledAt: "2026-01-31T12:00:00.000Z",
			disabledReason: "The receiver answered 410 Gone.",
		},
		"A webhook was disabled because its receiver is gone or has failed for days; never sent to that webhook itself.",
	),
	"webhook.exhausted": crm(
		"webhook.exhausted",
		"webhooks",
		Webhook,
		webhookExample,
		"A delivery failed on its last attempt; never sent to that webhook itself, nor for events of this kind.",
	),
	"webhook.recovered": crm(
		"webhook.recovered",
		"webhooks",
		Webhook,
		{ ...webhookExample, lastDeliveredAt: "2026-01-31T12:00:00.000Z" },
		"A webhook that had been paused for its failures took a delivery again; never sent to that webhook itself.",
	),
} satisfies Record<string, EventEntry>;

export type EventType = keyof typeof entries;

export const catalogue: Readonly<Record<EventType, EventEntry>> = entries;

export const eventTypes = Object.keys(entries) as [EventType, ...EventType[]];

/** Whether a subscription (`lead.created`, `lead.*`, `*`) can ever match an event. */
export function matchesAny(subscription: string, among: readonly string[] = eventTypes): boolean {
	if (subscription === "*") return among.length > 0;
	if (subscription.endsWith(".*")) return among.some((type) => type.startsWith(subscription.slice(0, -1)));
	return among.includes(subscription);
}
