// What the actions of each resource have in common.
import type { PlainInputField } from "zapier-platform-core";
import { clientFields, dealFields, leadFields, taskFields } from "./fields.ts";
import * as samples from "./samples.ts";

export interface Resource {
	/** The beginning of the keys of its actions, which never change. */
	readonly key: string;
	readonly noun: string;
	readonly path: string;
	readonly fields: readonly PlainInputField[];
	/** Keys of the fields that a create needs. */
	readonly required: readonly string[];
	/** By which fields a known record is found before it is created; none: it has no such action. */
	readonly matchBy: readonly string[];
	/** Filters of its list that a search offers, beside text and id. */
	readonly filters: readonly string[];
	readonly sample: { readonly id: string } & Readonly<Record<string, unknown>>;
}

export const resources: readonly Resource[] = [
	{
		key: "lead",
		noun: "Lead",
		path: "leads",
		fields: leadFields,
		required: [],
		matchBy: ["email", "mobile"],
		filters: ["email", "mobile", "stageId", "ownerId"],
		sample: samples.lead,
	},
	{
		key: "client",
		noun: "Client",
		path: "clients",
		fields: clientFields,
		required: [],
		matchBy: ["email", "phone"],
		filters: ["email", "phone", "taxNumber", "type"],
		sample: samples.client,
	},
	{
		key: "deal",
		noun: "Deal",
		path: "deals",
		fields: dealFields,
		required: ["title", "clientId"],
		matchBy: [],
		filters: ["clientId", "pipelineId", "stageId", "ownerId"],
		sample: samples.deal,
	},
	{
		key: "task",
		noun: "Task",
		path: "tasks",
		fields: taskFields,
		required: ["title"],
		matchBy: [],
		filters: ["entityId", "status", "type", "ownerId"],
		sample: samples.task,
	},
];
