// What the operations of each resource have in common.
import type { INodeProperties } from "n8n-workflow";
import { clientFields, dealFields, dealStatus, leadFields, taskFields } from "./fields";

export interface Resource {
	readonly name: string;
	readonly path: string;
	readonly fields: readonly INodeProperties[];
	/** Names of the fields that a create needs. */
	readonly required: readonly string[];
	/** By which fields a known record is found before it is created; none: it has no such operation. */
	readonly matchBy: readonly string[];
	/** What a list can be limited to, beside a text. */
	readonly filters: readonly INodeProperties[];
}

const pick = (fields: readonly INodeProperties[], ...names: readonly string[]) =>
	fields.filter(({ name }) => names.includes(name));

/** By the value of the parameter `resource`. */
export const resources: Readonly<Record<string, Resource>> = {
	client: {
		name: "Client",
		path: "clients",
		fields: clientFields,
		required: [],
		matchBy: ["email", "phone"],
		filters: pick(clientFields, "email", "phone", "taxNumber", "type", "companyId", "ownerId", "sourceId"),
	},
	deal: {
		name: "Deal",
		path: "deals",
		fields: dealFields,
		required: ["title", "clientId"],
		matchBy: [],
		filters: [
			...pick(dealFields, "clientId", "leadId", "pipelineId", "stageId", "ownerId", "sourceId", "priority"),
			dealStatus,
		],
	},
	lead: {
		name: "Lead",
		path: "leads",
		fields: leadFields,
		required: [],
		matchBy: ["email", "mobile"],
		filters: pick(leadFields, "email", "mobile", "stageId", "sourceId", "ownerId", "archived"),
	},
	task: {
		name: "Task",
		path: "tasks",
		fields: taskFields,
		required: ["title"],
		matchBy: [],
		filters: pick(taskFields, "status", "type", "priority", "entityId", "ownerId"),
	},
};
