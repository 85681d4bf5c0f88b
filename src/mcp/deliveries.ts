// Tools for the delivery log: which webhooks fail, and why. webhook_action sends again.
import { z } from "@hono/zod-openapi";
import type { Endpoint } from "../http/endpoint.ts";
import { type JsonObject, pick } from "../json.ts";
import type { Delivery, DeliverySummary } from "../webhooks/log-schema.ts";
import type { Webhook } from "../webhooks/schema.ts";
import type { CallOperation } from "./ask.ts";
import type { Directory } from "./directory.ts";
import { explain } from "./explain.ts";
import { recordSchema } from "./records.ts";
import { withoutUnset } from "./show.ts";
import { READ_HINTS, type Tool, tool } from "./tool.ts";

/** One page has all webhooks of an organization, as their quota is at most 100; results only show the first failing ones. */
const ALL_WEBHOOKS = 100;
const MAX_WEBHOOKS_SHOWN = 10;
const MAX_DELIVERIES_SHOWN = 5;
const MAX_ATTEMPTS_SHOWN = 5;

/** The fields of webhooks and deliveries that results show. */
const WEBHOOK_FIELDS = [
	"id",
	"name",
	"url",
	"status",
	"disabledReason",
	"consecutiveFailures",
	"failingSince",
	"lastDeliveredAt",
	"pausedUntil",
];
const DELIVERY_FIELDS = [
	"id",
	"event",
	"status",
	"createdAt",
	"nextAttemptAt",
	"lastStatusCode",
	"attemptCount",
];

const webhookFields = (webhook: object) => withoutUnset(pick(webhook, WEBHOOK_FIELDS));
const deliveryFields = (delivery: object) => withoutUnset(pick(delivery, DELIVERY_FIELDS));

const Failing = z.object({
	failing: z.array(z.looseObject({ id: z.string(), deliveries: z.array(recordSchema) })),
	notShown: z.int().optional().describe("How many more webhooks are failing."),
	healthy: z.int(),
});

/** The operations that these tools call. */
type LogOperations = Readonly<Record<"list" | "one" | "deliveries" | "delivery", Endpoint>>;

const listFailingWebhooks = ({ list, deliveries }: LogOperations) =>
	tool({
		name: "list_failing_webhooks",
		title: "List failing webhooks",
		description:
			"The webhooks whose last attempts failed, including those paused or disabled because of that, each with its newest undelivered deliveries. Call explain_delivery with their ids.",
		hints: READ_HINTS,
		endpoints: [list],
		input: () => z.strictObject({}),
		output: Failing,
		async run({ ask }) {
			const { items } = await ask(list, { own: { limit: ALL_WEBHOOKS } });
			const webhooks = items as readonly z.output<typeof Webhook>[];
			const failing = webhooks.filter(
				({ consecutiveFailures, pausedUntil }) => consecutiveFailures > 0 || pausedUntil !== null,
			);
			const shown = await Promise.all(
				failing.slice(0, MAX_WEBHOOKS_SHOWN).map(async (webhook) => ({
					...webhookFields(webhook),
					deliveries: await undelivered(ask, deliveries, webhook.id),
				})),
			);
			const healthy = webhooks.length - failing.length;
			const notShown = failing.length - shown.length;
			return {
				words:
					failing.length === 0
						? `None of ${healthy} webhooks is failing.`
						: `${failing.length} of ${webhooks.length} webhooks ${failing.length === 1 ? "is" : "are"} failing.`,
				data: { failing: shown, ...(notShown > 0 ? { notShown } : {}), healthy },
			};
		},
	});

async function undelivered(ask: CallOperation, deliveries: Endpoint, id: string): Promise<JsonObject[]> {
	const own = { status: ["failed", "pending"], limit: MAX_DELIVERIES_SHOWN };
	const { items } = await ask(deliveries, { ids: { id }, own });
	return (items as readonly z.output<typeof DeliverySummary>[]).map(deliveryFields);
}

const Ids = z.strictObject({
	webhookId: z.string().max(40).describe("The webhook, webhook_…"),
	deliveryId: z.string().max(40).describe("The delivery, whd_…; receivers see it as X-Webhook-ID."),
});
const Explained = z.object({
	explanation: z.string(),
	advice: z.array(z.string()).describe("What to do; the most likely remedy first."),
	delivery: z.looseObject({ body: z.string().describe("The body that is sent, as JSON text.") }),
	webhook: recordSchema,
	attempts: z.array(z.looseObject({})).describe("The last attempts, oldest first."),
});

const explainDelivery = ({ one, delivery: get }: LogOperations) =>
	tool({
		name: "explain_delivery",
		title: "Explain a delivery",
		description:
			"Explains in plain words what was sent to a webhook's receiver, what it answered, why it failed, when it is tried again and what to do, with the attempts.",
		hints: READ_HINTS,
		endpoints: [get],
		input: () => Ids,
		output: Explained,
		async run({ ask }, { webhookId: id, deliveryId }) {
			const [delivery, webhook] = (await Promise.all([
				ask(get, { ids: { id, deliveryId } }),
				ask(one, { ids: { id }, own: { includeDeleted: true } }),
			])) as [z.output<typeof Delivery>, z.output<typeof Webhook>];
			const { explanation, advice } = explain(delivery, webhook);
			const attempts = delivery.attempts.slice(-MAX_ATTEMPTS_SHOWN);
			return {
				words: [explanation, ...advice.map((line) => `- ${line}`)].join("\n"),
				data: {
					explanation,
					advice,
					delivery: {
						...deliveryFields(delivery),
						test: delivery.test,
						body: JSON.stringify(delivery.payload),
					},
					webhook: webhookFields(webhook),
					attempts: attempts.map(({ requestHeaders, responseHeaders, ...attempt }, index) => ({
						...attempt,
						// Headers are long, so only the newest attempt shows them.
						...(index === attempts.length - 1 ? { requestHeaders, responseHeaders } : {}),
					})),
				},
			};
		},
	});

/** The tools for webhooks that fail. */
export function deliveryTools({ resources, reports }: Directory): readonly Tool[] {
	const [list] = resources.get("webhooks")?.lists ?? [];
	const one = resources.get("webhooks")?.verbs.get;
	const deliveries = resources.get("deliveries")?.lists.find(({ ids }) => ids.id?.prefix === "webhook");
	const delivery = reports.get("getDelivery");
	if (!list || !one || !deliveries || !delivery)
		throw new Error("An operation of the delivery log is missing");
	const log = { list, one, deliveries, delivery };
	return [listFailingWebhooks(log), explainDelivery(log)];
}
