// All events: when each happens, its payload's schema and an example. The OpenAPI document, the test sends and the tests of
// real deliveries use them.

import { z } from "@hono/zod-openapi";
import { Client, clientExample } from "../crm/clients/schema.ts";
import { Deal, dealExample } from "../crm/deals/schema.ts";
import { FormResponse, formResponseExample } from "../crm/form-responses/schema.ts";
import { Invoice, invoiceExample } from "../crm/invoices/schema.ts";
import { Lead, leadExample, SaveLeadPayload, saveLeadExample } from "../crm/leads/schema.ts";
import { Quotation, quotationExample } from "../crm/quotations/schema.ts";
import { Task, taskExample } from "../crm/tasks/schema.ts";
import { EXAMPLE_TIME, exampleId, ID_DESCRIPTION, id } from "../http/fields.ts";
import { type ErasablePath, type Identity, identities } from "../identities.ts";
import type { EventType } from "../outbox/event-types.ts";
import { Webhook, webhookExample } from "../webhooks/schema.ts";
import { conversationEvents } from "./conversation-events.ts";
import { crmEvent, type EventEntry, lifecycleEntries } from "./entry.ts";

const stageChange = (prefix: string) => ({
	stageId: { from: exampleId(prefix).replace(/z$/, "a"), to: exampleId(prefix) },
});
const statusChange = { status: { from: "SENT", to: "PAID" } };

/** An erasure event: it tells receivers to remove their copies too. */
const erasureEvent = ({ noun, prefix }: Identity<ErasablePath>) =>
	crmEvent(
		`${noun}.erased`,
		z.strictObject({ id: id(prefix).describe(ID_DESCRIPTION) }),
		{ id: exampleId(prefix) },
		`A ${noun} was erased for good. Remove all data that you have about it; \`data\` only contains its id.`,
	);

export const catalogue: Readonly<Record<EventType, EventEntry>> = {
	...lifecycleEntries(
		"leads",
		Lead,
		leadExample,
		{ score: { from: 60, to: 80 } },
		"changed, restored or converted",
	),
	"lead.stageChanged": crmEvent(
		"lead.stageChanged",
		Lead,
		leadExample,
		"A lead moved to another stage; sent in addition to `lead.updated`.",
		stageChange("lstg"),
	),
	save_lead: {
		description: "A lead was created or updated, in the short form of the `save_lead` webhook.",
		process: null,
		payload: SaveLeadPayload,
		example: saveLeadExample,
	},
	"lead.erased": erasureEvent(identities.leads),
	...lifecycleEntries("clients", Client, clientExample, { phone: { from: null, to: "+14155550100" } }),
	"client.erased": erasureEvent(identities.clients),
	...lifecycleEntries("deals", Deal, dealExample, { price: { from: 10000, to: 12500 } }),
	"deal.stageChanged": {
		...crmEvent(
			"deal.stageChanged",
			Deal,
			dealExample,
			"A deal moved to another stage; sent in addition to `deal.updated`.",
			stageChange("dps"),
		),
		process: "When the deal is won, its lead, if any, is converted.",
	},
	...lifecycleEntries("tasks", Task, taskExample, { status: { from: "OPEN", to: "IN_PROGRESS" } }),
	...lifecycleEntries("quotations", Quotation, quotationExample, {
		status: { from: "SENT", to: "ACCEPTED" },
	}),
	"quotation.statusChanged": crmEvent(
		"quotation.statusChanged",
		Quotation,
		quotationExample,
		"The status of a quotation changed; sent in addition to `quotation.updated`.",
		{ status: { from: "SENT", to: "ACCEPTED" } },
	),
	...lifecycleEntries("invoices", Invoice, invoiceExample, statusChange, "changed, paid, voided or restored"),
	"invoice.statusChanged": crmEvent(
		"invoice.statusChanged",
		Invoice,
		invoiceExample,
		"The status of an invoice changed; sent in addition to `invoice.updated`.",
		statusChange,
	),
	"invoice.paid": crmEvent(
		"invoice.paid",
		Invoice,
		invoiceExample,
		"An invoice is paid in full; sent in addition to `invoice.updated` and `invoice.statusChanged`.",
	),
	"form.response.created": {
		...crmEvent(
			"form.response.created",
			FormResponse,
			formResponseExample,
			"A response to a form was created.",
		),
		process: "A lead is created from the answers that are mapped to its fields.",
	},
	...conversationEvents,
	"webhook.disabled": crmEvent(
		"webhook.disabled",
		Webhook,
		{
			...webhookExample,
			status: "disabled",
			disabledAt: EXAMPLE_TIME,
			disabledReason: "The receiver answered 410 Gone.",
		},
		"A webhook was disabled because its receiver answered 410 or has failed for days; never sent to that webhook itself.",
	),
	"webhook.exhausted": crmEvent(
		"webhook.exhausted",
		Webhook,
		webhookExample,
		"A delivery failed on its last attempt; never sent to that webhook itself, nor for events of this type.",
	),
	"webhook.recovered": crmEvent(
		"webhook.recovered",
		Webhook,
		{ ...webhookExample, lastDeliveredAt: EXAMPLE_TIME },
		"A webhook that was paused because of failures received a delivery again; never sent to that webhook itself.",
	),
};
