import {
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from "n8n-workflow";
import { loadOptions } from "../shared/load-options";
import { isSigned } from "./signature";
import { isSubscribed, type Remembered, subscribe, unsubscribe } from "./subscription";

/** Starts a workflow when something happens, by a webhook that is made and deleted with it. */
export class LeadwireTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: "Leadwire Trigger",
		name: "leadwireTrigger",
		icon: { light: "file:../../icons/leadwire.svg", dark: "file:../../icons/leadwire.dark.svg" },
		group: ["trigger"],
		version: 1,
		subtitle: '={{$parameter["events"].join(", ")}}',
		description: "Starts the workflow when something happens in Leadwire",
		defaults: { name: "Leadwire Trigger" },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: "leadwireApi", required: true }],
		webhooks: [{ name: "default", httpMethod: "POST", responseMode: "onReceived", path: "webhook" }],
		properties: [
			{
				displayName: "Event Names or IDs",
				name: "events",
				type: "multiOptions",
				typeOptions: { loadOptionsMethod: "getEvents" },
				required: true,
				default: [],
				description:
					'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
			},
			{
				displayName: "Options",
				name: "options",
				type: "collection",
				placeholder: "Add Option",
				default: {},
				options: [
					{
						displayName: "Filter",
						name: "filter",
						type: "json",
						default: '{ "data.status": ["WON"] }',
						description: "Conditions that an event must meet to be sent, as in the guide to webhooks",
					},
					{
						displayName: "Names Beside IDs",
						name: "expand",
						type: "multiOptions",
						default: [],
						options: [
							{ name: "Clients", value: "clients" },
							{ name: "Deals", value: "deals" },
							{ name: "Lead Sources", value: "lead-sources" },
							{ name: "Lead Stages", value: "lead-stages" },
							{ name: "Leads", value: "leads" },
							{ name: "Pipelines and Their Stages", value: "pipelines" },
							{ name: "Tags", value: "tags" },
							{ name: "Users", value: "users" },
						],
						description: "Adds ownerName beside ownerId, and so on, for these resources",
					},
				],
			},
		],
	};

	methods = { loadOptions };

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return isSubscribed(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return subscribe(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return unsubscribe(this);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { secret } = this.getWorkflowStaticData("node") as Remembered;
		const { rawBody } = this.getRequestObject();
		if (!secret || !rawBody || !isSigned(secret, this.getHeaderData(), rawBody)) {
			this.getResponseObject().status(401).send("The signature is not valid.").end();
			return { noWebhookResponse: true };
		}
		return { workflowData: [this.helpers.returnJsonArray(this.getBodyData())] };
	}
}
