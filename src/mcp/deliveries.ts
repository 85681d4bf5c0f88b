// Tools around the delivery log: which webhooks are failing, and why; webhook_action does something about it.
import { z } from "@hono/zod-openapi";
import type { Endpoint } from "../http/endpoint.ts";
import type { Delivery, DeliverySummary } from "../webhooks/log-schema.ts";
import type { Webhook } from "../webhooks/schema.ts";
import type { Ask, Shown } from "./ask.ts";
import type { Directory } from "./directory.ts";
import { explain } from "./explain.ts";
import { aRecord } from "./records.ts";
import { withoutUnset } from "./show.ts";
import { READS, type Tool, tool } from "./tool.ts";

/** An organization has at most 50 webhooks, so one page has them all; of many failing ones, the first tell enough. */
const ALL_WEBHOOKS = 100;
const MOST_FAILING = 10;
const FEW_DELIVERIES = 5;
const LAST_ATTEMPTS = 5;

/** What tells enough of a webhook, and of a delivery. */
const OF_WEBHOOK: ReadonlySet<string> = new Set([
	"id",
	"name",
	"url",
	"status",
	"disabledReason",
	"consecutiveFailures",
	"failingSince",
	"lastDeliveredAt",
	"pausedUntil",
]);
const OF_DELIVERY: ReadonlySet<string> = new Set([
	"id",
	"event",
	"status",
	"createdAt",
	"nextAttemptAt",
	"lastStatusCode",
	"attemptCount",
]);
const pick = (names: ReadonlySet<string>, record: object): Shown =>
	withoutUnset(Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name))));

const Failing = z.object({
	failing: z.array(z.looseObject({ id: z.string(), deliveries: z.array(aRecord) })),
	notShown: z.int().optional().describe("How many more are failing."),
	healthy: z.int(),
});

/** The operations that these tools ask. */
type Log = Readonly<Record<"list" | "one" | "deliveries" | "delivery", Endpoint>>;

const listFailingWebhooks = ({ list, deliveries }: Log) =>
	tool({
		name: "list_failing_webhooks",
		title: "List failing webhooks",
		description:
			"The webhooks whose last attempts failed, that are paused because of that, or that were disabled for it, each with its newest undelivered deliveries. Take their ids to explain_delivery.",
		hints: READS,
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
				failing.slice(0, MOST_FAILING).map(async (webhook) => ({
					...pick(OF_WEBHOOK, webhook),
					deliveries: await undelivered(ask, deliveries, webhook.id),
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
	});

async function undelivered(ask: Ask, deliveries: Endpoint, id: string): Promise<Shown[]> {
	const own = { status: ["failed", "pending"], limit: FEW_DELIVERIES };
	const { items } = await ask(deliveries, { ids: { id }, own });
	return (items as readonly z.output<typeof DeliverySummary>[]).map((delivery) =>
		pick(OF_DELIVERY, delivery),
	);
}

const Ids = z.strictObject({
	webhookId: z.string().max(40).describe("The webhook, webhook_…"),
	deliveryId: z.string().max(40).describe("The delivery, whd_…; receivers see it as X-Webhook-ID."),
});
const Explained = z.object({
	explanation: z.string(),
	advice: z.array(z.string()).describe("What to do, the most likely to help first."),
	delivery: z.looseObject({ body: z.string().describe("What is sent, as JSON text.") }),
	webhook: aRecord,
	attempts: z.array(z.looseObject({})).describe("The last ones, oldest first."),
});

const explainDelivery = ({ one, delivery: get }: Log) =>
	tool({
		name: "explain_delivery",
		title: "Explain a delivery",
		description:
			"What was sent to a webhook's receiver, what came back, why it failed, and when it is tried again or what to do: in plain words, with the attempts as they were.",
		hints: READS,
		endpoints: [get],
		input: () => Ids,
		output: Explained,
		async run({ ask }, { webhookId: id, deliveryId }) {
			const [delivery, webhook] = (await Promise.all([
				ask(get, { ids: { id, deliveryId } }),
				ask(one, { ids: { id }, own: { includeDeleted: true } }),
			])) as [z.output<typeof Delivery>, z.output<typeof Webhook>];
			const { explanation, advice } = explain(delivery, webhook);
			const attempts = delivery.attempts.slice(-LAST_ATTEMPTS);
			return {
				words: [explanation, ...advice.map((line) => `- ${line}`)].join("\n"),
				data: {
					explanation,
					advice,
					delivery: {
						...pick(OF_DELIVERY, delivery),
						test: delivery.test,
						body: JSON.stringify(delivery.payload),
					},
					webhook: pick(OF_WEBHOOK, webhook),
					attempts: attempts.map(({ requestHeaders, responseHeaders, ...attempt }, index) => ({
						...attempt,
						// Those of the newest say enough, and they are long.
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
	if (!list || !one || !deliveries || !delivery) throw new Error("The delivery log has lost an operation");
	const log = { list, one, deliveries, delivery };
	return [listFailingWebhooks(log), explainDelivery(log)];
}
