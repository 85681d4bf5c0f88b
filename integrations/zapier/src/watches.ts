// What can be watched: which events a trigger subscribes to, and which of them it wants.
import type { PlainInputField } from "zapier-platform-core";
import { dealFields, leadFields } from "./fields.ts";
import * as samples from "./samples.ts";

type Conditions = Readonly<Record<string, readonly unknown[]>>;

export interface Watch {
	readonly key: string;
	readonly noun: string;
	readonly label: string;
	readonly when: string;
	readonly path: string;
	readonly events: readonly string[];
	/** Conditions of the webhook's filter. */
	readonly filter?: Conditions;
	/** Fields of a record that the user can limit it to. */
	readonly fields?: readonly PlainInputField[];
	/** Which records the API shows as examples. */
	readonly params?: Readonly<Record<string, string>>;
	readonly sample: { readonly id: string } & Readonly<Record<string, unknown>>;
}

const pick = (fields: readonly PlainInputField[], ...keys: readonly string[]) =>
	fields
		.filter(({ key }) => keys.includes(key))
		.map((field): PlainInputField => ({ ...field, required: false, helpText: "By default any." }));

const dealLimits = pick(dealFields, "pipelineId", "stageId");
const leadLimits = pick(leadFields, "stageId", "sourceId");

/** A deal enters a status by a move, or is created in it. */
const ended = (status: "WON" | "LOST") => ({
	events: ["deal.created", "deal.stageChanged"],
	filter: { "data.status": [status], "changes.status.from": [{ not: [status] }] },
	params: { status },
});

const lead = { noun: "Lead", path: "leads", sample: samples.lead };
const client = { noun: "Client", path: "clients", sample: samples.client };
const deal = { noun: "Deal", path: "deals", sample: samples.deal };
const task = { noun: "Task", path: "tasks", sample: samples.task };

const created = { when: "is created" };
const updated = { when: "is changed" };

export const watches: readonly Watch[] = [
	{
		...lead,
		...created,
		key: "lead_created",
		label: "New Lead",
		events: ["lead.created"],
		fields: leadLimits,
	},
	{ ...lead, ...updated, key: "lead_updated", label: "Updated Lead", events: ["lead.updated"] },
	{
		...lead,
		key: "lead_stage_changed",
		label: "Lead Moved to Another Stage",
		when: "moves to another stage",
		events: ["lead.stageChanged"],
		fields: leadLimits,
	},
	{ ...client, ...created, key: "client_created", label: "New Client", events: ["client.created"] },
	{ ...client, ...updated, key: "client_updated", label: "Updated Client", events: ["client.updated"] },
	{
		...deal,
		...created,
		key: "deal_created",
		label: "New Deal",
		events: ["deal.created"],
		fields: dealLimits,
	},
	{ ...deal, ...updated, key: "deal_updated", label: "Updated Deal", events: ["deal.updated"] },
	{
		...deal,
		key: "deal_stage_changed",
		label: "Deal Moved to Another Stage",
		when: "moves to another stage",
		events: ["deal.stageChanged"],
		fields: dealLimits,
	},
	{ ...deal, ...ended("WON"), key: "deal_won", label: "Deal Won", when: "is won" },
	{ ...deal, ...ended("LOST"), key: "deal_lost", label: "Deal Lost", when: "is lost" },
	{ ...task, ...created, key: "task_created", label: "New Task", events: ["task.created"] },
	{ ...task, ...updated, key: "task_updated", label: "Updated Task", events: ["task.updated"] },
	{
		...task,
		key: "task_completed",
		label: "Task Completed",
		when: "is completed",
		events: ["task.updated"],
		filter: { "changes.status.to": ["COMPLETED"] },
		params: { status: "COMPLETED" },
	},
	{
		key: "form_response_created",
		noun: "Form Response",
		label: "New Form Response",
		when: "is created",
		path: "form-responses",
		events: ["form.response.created"],
		sample: samples.formResponse,
	},
	{
		key: "invoice_paid",
		noun: "Invoice",
		label: "Invoice Paid",
		when: "is paid in full",
		path: "invoices",
		events: ["invoice.paid"],
		params: { status: "PAID" },
		sample: samples.invoice,
	},
];
