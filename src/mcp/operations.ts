// Tools for operations other than reading and writing records: reports, actions on records and actions on webhooks. Each
// tool offers operations by their operationId.
import { z } from "@hono/zod-openapi";
import { badRequest } from "../errors.ts";
import type { Endpoint } from "../http/endpoint.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { Call } from "./ask.ts";
import type { Directory } from "./directory.ts";
import { withoutUnset } from "./show.ts";
import {
	ACTION_HINTS,
	anyObject,
	type IsUsable,
	idempotencyKey,
	ifVersion,
	READ_HINTS,
	SEND_HINTS,
	type Tool,
	type ToolHints,
	tool,
} from "./tool.ts";

const anything = z.looseObject({});
const id = z.string().max(40).optional();
const deliveryId = id.describe("One of its deliveries (whd_…), for operations on a single delivery.");

const choice = (operations: ReadonlyMap<string, Endpoint>, usable: IsUsable) =>
	z.enum([...operations.values()].filter(usable).map(({ operationId }) => operationId));

/** An answer without unset fields, also in the records inside it. */
function withoutUnsetInside(answer: JsonObject): JsonObject {
	return withoutUnset(
		Object.fromEntries(
			Object.entries(answer).map(([name, value]) => [
				name,
				isJsonObject(value) && typeof value.id === "string" ? withoutUnset(value) : value,
			]),
		),
	);
}

/** The tools that call an operation by its `operationId`: what is neither a verb of a resource nor a list. */
export function operationTools({ reports, actions, sends }: Directory): readonly Tool[] {
	const actionTool = (
		about: { name: string; title: string; description: string; hints: ToolHints },
		operations: ReadonlyMap<string, Endpoint>,
		more: { deliveryId?: typeof deliveryId },
	) =>
		tool({
			...about,
			endpoints: [...operations.values()],
			input: (usable) =>
				z.strictObject({
					action: choice(operations, usable),
					id: id.describe("The record or webhook that the action is about."),
					...more,
					fields: anyObject.optional().describe("The fields of the action; describe_resource shows them."),
					ifVersion,
					idempotencyKey,
				}),
			output: anything,
			async run({ ask }, { action, id: target, fields, ifVersion: version, idempotencyKey: key, ...rest }) {
				const endpoint = operationIn(operations, "action", action);
				const { deliveryId: one } = rest;
				const ids = { id: target, ...(typeof one === "string" ? { deliveryId: one } : {}) };
				const call: Call = { ids, within: ["fields", fields], ifVersion: version, idempotencyKey: key };
				return { words: `Done: ${endpoint.summary}.`, data: withoutUnsetInside(await ask(endpoint, call)) };
			},
		});

	return [
		tool({
			name: "get_report",
			title: "Get a report",
			description:
				"Everything that is not a record: totals of deals, the organization and its usage, statistics of webhooks, one full delivery.",
			hints: READ_HINTS,
			endpoints: [...reports.values()],
			input: (usable) =>
				z.strictObject({
					report: choice(reports, usable),
					id: id.describe("The webhook, for its statistics."),
					deliveryId,
					filters: anyObject.optional().describe("describe_resource shows the filters."),
				}),
			output: anything,
			async run({ ask }, { report, filters, ...ids }) {
				const endpoint = operationIn(reports, "report", report);
				const data = withoutUnsetInside(await ask(endpoint, { ids, within: ["filters", filters] }));
				return { words: `${endpoint.summary}.`, data };
			},
		}),
		actionTool(
			{
				name: "run_action",
				title: "Run an action",
				description:
					"Actions other than a change of fields: convert a lead into a client and, with fields.deal, a deal; invoice a quotation; pay an invoice (fields.amount) or void it; add a message to a conversation; change the organization.",
				hints: ACTION_HINTS,
			},
			actions,
			{},
		),
		actionTool(
			{
				name: "webhook_action",
				title: "Act on a webhook",
				description:
					"redeliver sends one delivery again now, whatever its status; recoverDeliveries sends again what failed or was skipped since fields.since; resumeWebhook ends a pause; testWebhook sends a test event. Fix the receiver first; call explain_delivery seconds later.",
				hints: SEND_HINTS,
			},
			sends,
			{ deliveryId },
		),
	];
}

function operationIn(operations: ReadonlyMap<string, Endpoint>, path: string, name: string): Endpoint {
	const endpoint = operations.get(name);
	if (!endpoint) throw badRequest(path, `Expected one of ${[...operations.keys()].join(", ")}.`);
	return endpoint;
}
