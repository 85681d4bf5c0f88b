// The webhook that belongs to one trigger, and what n8n remembers of it.
import { type IDataObject, type IHookFunctions, NodeOperationError } from "n8n-workflow";
import { call } from "../shared/api";

/** What the workflow's static data has of it. */
export interface Remembered extends IDataObject {
	webhookId?: string;
	secret?: string;
}

const addressOf = (id: string) => `webhooks/${encodeURIComponent(id)}`;

const rememberedBy = (context: IHookFunctions) => context.getWorkflowStaticData("node") as Remembered;

/** What the user asks for. */
function wanted(context: IHookFunctions): IDataObject {
	const { filter = "", expand = [] } = context.getNodeParameter("options", {}) as {
		filter?: string | object;
		expand?: string[];
	};
	return {
		url: context.getNodeWebhookUrl("default"),
		events: context.getNodeParameter("events") as string[],
		filter: conditionsOf(context, filter),
		expand,
	};
}

function conditionsOf(context: IHookFunctions, filter: string | object): IDataObject | null {
	if (typeof filter !== "string") return filter as IDataObject;
	if (filter.trim() === "") return null;
	try {
		return JSON.parse(filter) as IDataObject;
	} catch {
		throw new NodeOperationError(context.getNode(), "The filter is not JSON", {
			description: 'Write it like { "data.status": ["WON"] }.',
		});
	}
}

/** Whether the webhook is there, is active, and does what is asked for. One that doesn't is deleted, to be made anew. */
export async function isSubscribed(context: IHookFunctions): Promise<boolean> {
	const { webhookId, secret } = rememberedBy(context);
	if (!webhookId || !secret) return false;
	const webhook = await call<IDataObject>(context, addressOf(webhookId), { expected: [404] });
	const facts = (of: IDataObject) => JSON.stringify([of.url, of.events, of.filter, of.expand]);
	if (webhook?.status === "active" && facts(webhook) === facts(wanted(context))) return true;
	await unsubscribe(context);
	return false;
}

export async function subscribe(context: IHookFunctions): Promise<boolean> {
	const name = `n8n: ${context.getWorkflow().name ?? "workflow"}`.slice(0, 255);
	const body = { name, ...wanted(context) };
	const made = await call<{ id: string; secret: string }>(context, "webhooks", { method: "POST", body });
	Object.assign(rememberedBy(context), { webhookId: made?.id, secret: made?.secret });
	return true;
}

/** Deletes the webhook; one that somebody has deleted already is no error. */
export async function unsubscribe(context: IHookFunctions): Promise<boolean> {
	const remembered = rememberedBy(context);
	if (remembered.webhookId)
		await call(context, addressOf(remembered.webhookId), { method: "DELETE", expected: [404] });
	delete remembered.webhookId;
	delete remembered.secret;
	return true;
}
