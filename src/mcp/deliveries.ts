// Tools around the delivery log: which webhooks are failing, why, and what can be done.
import { z } from "@hono/zod-openapi";
import { badRequest } from "../errors.ts";
import { parse } from "../http/validate.ts";
import type { Delivery, DeliverySummary } from "../webhooks/log-schema.ts";
import type { Webhook } from "../webhooks/schema.ts";
import type { Ask, Shown } from "./ask.ts";
import { explain } from "./explain.ts";
import { withoutUnset } from "./show.ts";
import { direct, READS, SENDS, schemaOf, type Tool } from "./tool.ts";

/** An organization has at most 50 webhooks, so one page has them all; of many failing ones, the first tell enough. */
const ALL_WEBHOOKS = 100;
const MOST_FAILING = 10;
const FEW_DELIVERIES = 5;
const LAST_ATTEMPTS = 5;

const webhookState = {
	id: z.string(),
	name: z.string().optional(),
	url: z.string(),
	status: z.enum(["active", "disabled"]),
	disabledReason: z.string().optional(),
	consecutiveFailures: z.int(),
	failingSince: z.string().optional(),
	lastDeliveredAt: z.string().optional(),
	pausedUntil: z.string().optional().describe("Until then nothing is sent; then one delivery probes."),
};
const deliveryState = {
	id: z.string(),
	event: z.string(),
	status: z.enum(["pending", "success", "failed", "skipped", "cancelled"]),
	createdAt: z.string(),
	nextAttemptAt: z.string().optional(),
	lastStatusCode: z.int().optional().describe("Left out when no answer came."),
	attemptCount: z.int(),
};
const pick = (shape: object, record: object): Shown =>
	withoutUnset(Object.fromEntries(Object.entries(record).filter(([name]) => name in shape)));

const Nothing = z.strictObject({});
const Failing = z.object({
	failing: z.array(
		z.object({
			...webhookState,
			deliveries: z.array(z.object(deliveryState)).describe("The newest that failed or are waiting."),
		}),
	),
	notShown: z.int().optional().describe("How many more are failing."),
	healthy: z.int(),
});

const listFailingWebhooks: Tool = {
	name: "list_failing_webhooks",
	title: "List failing webhooks",
	description:
		"The webhooks whose last attempts failed, that are paused because of that, or that were disabled for it, each with its newest undelivered deliveries. Take their ids to explain_delivery.",
	hints: READS,
	scopes: ["webhooks:read"],
	input: () => schemaOf(Nothing, "input"),
	output: () => schemaOf(Failing, "output"),
	async run(ask, input) {
		parse(Nothing, input);
		const { items } = await ask("listWebhooks", { limit: ALL_WEBHOOKS });
		const webhooks = items as readonly z.output<typeof Webhook>[];
		const failing = webhooks.filter(
			({ consecutiveFailures, pausedUntil }) => consecutiveFailures > 0 || pausedUntil !== null,
		);
		const shown = await Promise.all(
			failing.slice(0, MOST_FAILING).map(async (webhook) => ({
				...pick(webhookState, webhook),
				deliveries: await undelivered(ask, webhook.id),
			})),
		);
		const healthy = webhooks.length - failing.length;
		const notShown = failing.length - shown.length;
		return {
			words:
				failing.length === 0
					? `No webhook is failing, of ${healthy} in all.`
					: `${failing.length} of ${webhooks.length} webhooks ${failing.length === 1 ? "is" : "are"} failing.`,
			data: { failing: shown, ...(notShown > 0 ? { notShown } : {}), healthy },
		};
	},
};

async function undelivered(ask: Ask, id: string): Promise<Shown[]> {
	const { items } = await ask("listDeliveries", { id, status: ["failed", "pending"], limit: FEW_DELIVERIES });
	return (items as readonly z.output<typeof DeliverySummary>[]).map((delivery) =>
		pick(deliveryState, delivery),
	);
}

const Ids = z.strictObject({
	webhookId: z.string().max(40).describe("The webhook, webhook_…"),
	deliveryId: z.string().max(40).describe("The delivery, whd_…; receivers see it as X-Webhook-ID."),
});
const Explained = z.object({
	explanation: z.string().describe("What happened and what will happen."),
	advice: z.array(z.string()).describe("What to do, the most likely to help first."),
	delivery: z.object({
		...deliveryState,
		test: z.boolean(),
		body: z.string().describe("What is sent, as JSON text."),
	}),
	webhook: z.object(webhookState),
	attempts: z
		.array(z.looseObject({ number: z.int(), at: z.string() }))
		.describe("The last ones, oldest first."),
});

const explainDelivery: Tool = {
	name: "explain_delivery",
	title: "Explain a delivery",
	description:
		"What was sent to a webhook's receiver, what came back, why it failed, and when it is tried again or what to do: in plain words, with the attempts as they were.",
	hints: READS,
	scopes: ["webhooks:read"],
	input: () => schemaOf(Ids, "input"),
	output: () => schemaOf(Explained, "output"),
	async run(ask, input) {
		const { webhookId: id, deliveryId } = parse(Ids, input);
		const [delivery, webhook] = (await Promise.all([
			ask("getDelivery", { id, deliveryId }),
			ask("getWebhook", { id, includeDeleted: true }),
		])) as [z.output<typeof Delivery>, z.output<typeof Webhook>];
		const { explanation, advice } = explain(delivery, webhook);
		const attempts = delivery.attempts.slice(-LAST_ATTEMPTS);
		return {
			words: [explanation, ...advice.map((line) => `- ${line}`)].join("\n"),
			data: {
				explanation,
				advice,
				delivery: {
					...pick(deliveryState, delivery),
					test: delivery.test,
					body: JSON.stringify(delivery.payload),
				},
				webhook: pick(webhookState, webhook),
				attempts: attempts.map(({ requestHeaders, responseHeaders, ...attempt }, index) => ({
					...attempt,
					// Those of the newest say enough, and they are long.
					...(index === attempts.length - 1 ? { requestHeaders, responseHeaders } : {}),
				})),
			},
		};
	},
};

const redeliver = direct({
	name: "redeliver",
	operationId: "redeliver",
	scope: "webhooks:write",
	title: "Send a delivery again",
	description:
		"Sends one delivery again now, with the same id and body, whatever its status and also while its webhook is disabled or paused. Look at explain_delivery some seconds later for what came of it.",
	hints: SENDS,
	without: ["payload", "attempts"],
	words: (data) => `${data.id} is on its way again; explain_delivery will tell what came of it.`,
});

const recoverDeliveries = direct({
	name: "recover_deliveries",
	operationId: "recoverDeliveries",
	scope: "webhooks:write",
	title: "Recover deliveries",
	description:
		'Runs the whole schedule anew for every delivery of one webhook that was made since an instant and failed (or, with status "skipped", wasn\'t sent because the webhook was disabled). Mend the receiver first, and see that the webhook is active.',
	hints: SENDS,
	words: ({ recovered }) =>
		`${recovered === 1 ? "1 delivery is" : `${recovered} deliveries are`} on the way again.`,
});

export const deliveryTools: readonly Tool[] = [
	listFailingWebhooks,
	explainDelivery,
	renamed(redeliver),
	renamed(recoverDeliveries),
];

/** The path's `id` is a webhook's, and says so. */
function renamed(tool: Tool): Tool {
	return {
		...tool,
		input(schemas) {
			const { properties: { id, ...properties } = {}, required = [], ...rest } = tool.input(schemas);
			return {
				...rest,
				type: "object",
				properties: { ...(id ? { webhookId: id } : {}), ...properties },
				required: required.map((name) => (name === "id" ? "webhookId" : name)),
			};
		},
		async run(ask, { webhookId, ...rest }, caller) {
			if (typeof webhookId !== "string") throw badRequest({ path: "webhookId", message: "Required." });
			return tool.run((operationId, input) => ask(operationId, { ...input, id: webhookId }), rest, caller);
		},
	};
}
