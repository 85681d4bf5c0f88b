// Tools for what is more than reading and writing records: figures, what is done with a record, and what is done with
// webhooks. Each offers operations by their operationId.
import { z } from "@hono/zod-openapi";
import type { ToolAnnotations } from "@modelcontextprotocol/server";
import { badRequest } from "../errors.ts";
import type { Endpoint } from "../http/endpoint.ts";
import type { Call, Shown } from "./ask.ts";
import type { Directory } from "./directory.ts";
import { isRecord, withoutUnset } from "./show.ts";
import {
	ACTS,
	anyObject,
	idempotencyKey,
	ifVersion,
	READS,
	SENDS,
	type Tool,
	tool,
	type Usable,
} from "./tool.ts";

const anything = z.looseObject({});
const id = z.string().max(40).optional();
const deliveryId = id.describe("With one of its deliveries (whd_…): that one.");

const choice = (operations: ReadonlyMap<string, Endpoint>, usable: Usable) =>
	z.enum([...operations.values()].filter(usable).map(({ operationId }) => operationId));

/** An answer of an operation, whose records are a level deeper where it shows several. */
function shown(answer: Shown): Shown {
	return withoutUnset(
		Object.fromEntries(
			Object.entries(answer).map(([name, value]) => [
				name,
				isRecord(value) && typeof value.id === "string" ? withoutUnset(value) : value,
			]),
		),
	);
}

/** The tools of a directory's other operations. */
export function operationTools({ reports, actions, sends }: Directory): readonly Tool[] {
	const acting = (
		about: { name: string; title: string; description: string; hints: ToolAnnotations },
		operations: ReadonlyMap<string, Endpoint>,
		more: { deliveryId?: typeof deliveryId },
	) =>
		tool({
			...about,
			endpoints: [...operations.values()],
			input: (usable) =>
				z.strictObject({
					action: choice(operations, usable),
					id: id.describe("What it is done with."),
					...more,
					fields: anyObject.optional().describe("What it takes; describe_resource tells."),
					ifVersion,
					idempotencyKey,
				}),
			output: anything,
			async run({ ask }, { action, id: target, fields, ifVersion: version, idempotencyKey: key, ...rest }) {
				const endpoint = operationIn(operations, "action", action);
				const { deliveryId: one } = rest;
				const ids = { id: target, ...(typeof one === "string" ? { deliveryId: one } : {}) };
				const call: Call = { ids, within: ["fields", fields], ifVersion: version, idempotencyKey: key };
				return { words: `Done: ${endpoint.summary}.`, data: shown(await ask(endpoint, call)) };
			},
		});

	return [
		tool({
			name: "get_report",
			title: "Get a report",
			description:
				"What is not a record: totals of deals, the organization and its usage, figures of webhooks, one delivery as it is.",
			hints: READS,
			endpoints: [...reports.values()],
			input: (usable) =>
				z.strictObject({
					report: choice(reports, usable),
					id: id.describe("The webhook, for its figures."),
					deliveryId,
					filters: anyObject.optional().describe("describe_resource tells which there are."),
				}),
			output: anything,
			async run({ ask }, { report, filters, ...ids }) {
				const endpoint = operationIn(reports, "report", report);
				const data = shown(await ask(endpoint, { ids, within: ["filters", filters] }));
				return { words: `${endpoint.summary}.`, data };
			},
		}),
		acting(
			{
				name: "run_action",
				title: "Run an action",
				description:
					"What is more than a change of fields: a lead is converted into a client and, with fields.deal, a deal; an invoice is paid (fields.amount) or voided; a conversation gets a message; the organization is changed.",
				hints: ACTS,
			},
			actions,
			{},
		),
		acting(
			{
				name: "webhook_action",
				title: "Act on a webhook",
				description:
					"redeliver sends one delivery again now, whatever its status; recoverDeliveries sends again what failed or was skipped since fields.since; resumeWebhook ends a pause; testWebhook sends a test event. Mend the receiver first, and look at explain_delivery some seconds later.",
				hints: SENDS,
			},
			sends,
			{ deliveryId },
		),
	];
}

function operationIn(operations: ReadonlyMap<string, Endpoint>, path: string, name: string): Endpoint {
	const endpoint = operations.get(name);
	if (!endpoint) throw badRequest({ path, message: `Expected one of ${[...operations.keys()].join(", ")}.` });
	return endpoint;
}
