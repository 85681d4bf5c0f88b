import { z } from "@hono/zod-openapi";
import { type Answer, resource as shown } from "../http/answer.ts";
import { ifMatch } from "../http/conditions.ts";
import { includeDeleted, pageOf } from "../http/crud.ts";
import { type Endpoint, endpoint } from "../http/endpoint.ts";
import { instant } from "../http/fields.ts";
import {
	cursorParameter,
	limitParameter,
	listQuerySchema,
	pageAnswer,
	repeatable,
	startOf,
	toListQuery,
} from "../http/page.ts";
import { perform } from "../http/write.ts";
import { deliveriesOf, deliveryOf, redeliver, testSend } from "./log.ts";
import {
	Delivery,
	DeliverySummary,
	deliveryStatuses,
	TestSend,
	Topic,
	Webhook,
	WebhookCreate,
	WebhookCreated,
	WebhookUpdate,
	webhookStatuses,
} from "./schema.ts";
import { topicsFor } from "./topics.ts";
import * as webhooks from "./webhooks.ts";

const tag = "Webhooks";
const read = "webhooks:read";
const write = "webhooks:write";
const ids = { id: { prefix: "webhook", noun: "webhook" } };
const both = { ...ids, deliveryId: { prefix: "whd", noun: "delivery" } };
const location = (id: string) => `/api/v1/webhooks/${id}`;
const one = (status: 200 | 201, webhook: webhooks.ShownWebhook): Answer =>
	shown(status, webhook, status === 201 ? location(webhook.id) : undefined);

const list = endpoint(
	{
		method: "get",
		path: "/webhooks",
		scope: read,
		tag,
		operationId: "listWebhooks",
		summary: "List webhooks",
		description: "A page of the organization's webhooks, newest first unless sorted otherwise.",
		message: "Webhooks listed successfully",
		query: listQuerySchema({ sorts: [], filters: { status: webhookStatuses }, searchIn: null }),
		answers: { 200: { description: "One page.", schema: pageOf("Webhook", Webhook), headers: ["Link"] } },
	},
	async ({ ctx, query, request }) =>
		pageAnswer(
			ctx,
			"webhooks",
			query,
			request.url,
			await webhooks.list(ctx, await toListQuery(ctx, "webhooks", query)),
		),
);

const topics = endpoint(
	{
		method: "get",
		path: "/webhooks/topics",
		scope: read,
		tag,
		operationId: "listTopics",
		summary: "List topics",
		description:
			"The events this organization may subscribe to, all on one page. What each carries is under *Webhook events* and, as JSON schemas, at `/api/v1/webhook-events`.",
		message: "Topics listed successfully",
		query: z.strictObject({}),
		answers: { 200: { description: "All of them.", schema: pageOf("Topic", Topic) } },
	},
	async ({ ctx }) => ({
		status: 200,
		body: { items: await topicsFor(ctx), nextCursor: null, hasMore: false },
	}),
);

const create = endpoint(
	{
		method: "post",
		path: "/webhooks",
		scope: write,
		tag,
		operationId: "createWebhook",
		summary: "Create a webhook",
		description:
			"Subscribes a URL to events. A secret is made unless one is given, and is shown in this answer only; `null` leaves the deliveries unsigned.",
		message: "Webhook created successfully",
		body: WebhookCreate,
		answers: { 201: { description: "Created.", schema: WebhookCreated, headers: ["ETag", "Location"] } },
	},
	({ ctx, body }) =>
		perform(
			ctx,
			(again) => webhooks.create(ctx, body, again),
			(webhook) => ({ ...one(201, webhook), secret: true }),
		),
);

const get = endpoint(
	{
		method: "get",
		path: "/webhooks/{id}",
		scope: read,
		tag,
		operationId: "getWebhook",
		summary: "Get a webhook",
		description:
			"One webhook by its id. Sensitive header values read as `***`, the secret only by its prefix.",
		message: "Webhook retrieved successfully",
		ids,
		query: z.strictObject({ includeDeleted }),
		answers: { 200: { description: "The webhook.", schema: Webhook, headers: ["ETag"] } },
	},
	async ({ ctx, ids: { id = "" }, query }) =>
		one(200, await webhooks.show(ctx.env, await webhooks.get(ctx, id, query.includeDeleted))),
);

const update = endpoint(
	{
		method: "patch",
		path: "/webhooks/{id}",
		scope: write,
		tag,
		operationId: "updateWebhook",
		summary: "Update a webhook",
		description:
			"Changes what the body names. `headers` replaces the whole set; a value of `***` keeps the one stored. Disabling cancels what is pending.",
		message: "Webhook updated successfully",
		ids,
		body: WebhookUpdate,
		conditional: true,
		answers: { 200: { description: "Updated.", schema: Webhook, headers: ["ETag"] } },
	},
	({ ctx, ids: { id = "" }, body, request }) =>
		perform(
			ctx,
			() => webhooks.update(ctx, id, body, ifMatch(request)),
			(webhook) => one(200, webhook),
		),
);

const remove = endpoint(
	{
		method: "delete",
		path: "/webhooks/{id}",
		scope: write,
		tag,
		operationId: "deleteWebhook",
		summary: "Delete a webhook",
		description: "Ends the subscription; what is pending is cancelled, the delivery log stays readable.",
		message: "Webhook deleted successfully",
		ids,
		conditional: true,
		answers: { 204: { description: "Deleted." } },
	},
	({ ctx, ids: { id = "" }, request }) =>
		perform(
			ctx,
			() => webhooks.remove(ctx, id, ifMatch(request)),
			() => ({ status: 204 }),
		),
);

const restore = endpoint(
	{
		method: "post",
		path: "/webhooks/{id}/restore",
		scope: write,
		tag,
		operationId: "restoreWebhook",
		summary: "Restore a webhook",
		description: "Brings a deleted webhook back as it was. What was cancelled stays cancelled.",
		message: "Webhook restored successfully",
		ids,
		answers: { 200: { description: "Restored.", schema: Webhook, headers: ["ETag"] } },
	},
	({ ctx, ids: { id = "" } }) =>
		perform(
			ctx,
			(again) => webhooks.restore(ctx, id, again),
			(webhook) => one(200, webhook),
		),
);

const test = endpoint(
	{
		method: "post",
		path: "/webhooks/{id}/test",
		scope: write,
		tag,
		operationId: "testWebhook",
		summary: "Send a test event",
		description:
			"Sends the event's example payload through the same pipe as the real thing; the delivery is marked `test`.",
		message: "Test event accepted",
		ids,
		body: TestSend,
		answers: { 202: { description: "On its way; follow the delivery.", schema: Delivery } },
	},
	({ ctx, ids: { id = "" }, body }) =>
		perform(
			ctx,
			() => testSend(ctx, id, body.event),
			(delivery) => ({ status: 202, body: delivery }),
		),
);

const deliveries = endpoint(
	{
		method: "get",
		path: "/webhooks/{id}/deliveries",
		scope: read,
		tag,
		operationId: "listDeliveries",
		summary: "List deliveries",
		description: "The webhook's delivery log, newest first.",
		message: "Deliveries listed successfully",
		ids,
		query: z.strictObject({
			cursor: cursorParameter,
			limit: limitParameter,
			status: repeatable(deliveryStatuses, "Only deliveries in this status."),
			event: repeatable(z.string().max(100), "Only deliveries of this event."),
			statusCode: repeatable(
				z
					.string()
					.regex(/^[1-5]\d\d$/, "Expected an HTTP status code.")
					.transform(Number)
					.openapi({ type: "integer" }),
				"Only those whose last attempt was answered with this status code.",
			),
			since: instant().optional().openapi({ description: "Only deliveries made at or after this instant." }),
			until: instant().optional().openapi({ description: "Only deliveries made at or before this instant." }),
		}),
		answers: {
			200: { description: "One page.", schema: pageOf("Delivery", DeliverySummary), headers: ["Link"] },
		},
	},
	async ({ ctx, ids: { id = "" }, query, request }) => {
		const feed = `webhooks/${id}/deliveries`;
		const page = await deliveriesOf(ctx, id, { ...query, after: await startOf(ctx, feed, query) });
		return pageAnswer(ctx, feed, query, request.url, page);
	},
);

const delivery = endpoint(
	{
		method: "get",
		path: "/webhooks/{id}/deliveries/{deliveryId}",
		scope: read,
		tag,
		operationId: "getDelivery",
		summary: "Get a delivery",
		description: "One delivery with its body and every attempt: what was sent and what came back.",
		message: "Delivery retrieved successfully",
		ids: both,
		answers: { 200: { description: "The delivery.", schema: Delivery } },
	},
	async ({ ctx, ids: { id = "", deliveryId = "" } }) => ({
		status: 200,
		body: await deliveryOf(ctx, id, deliveryId),
	}),
);

const again = endpoint(
	{
		method: "post",
		path: "/webhooks/{id}/deliveries/{deliveryId}/redeliver",
		scope: write,
		tag,
		operationId: "redeliver",
		summary: "Send a delivery again",
		description:
			"One attempt now, under the same id, whatever the delivery's status and also while the webhook is disabled. Its success ends a pending schedule.",
		message: "Redelivery accepted",
		ids: both,
		answers: { 202: { description: "On its way.", schema: Delivery } },
	},
	({ ctx, ids: { id = "", deliveryId = "" } }) =>
		perform(
			ctx,
			() => redeliver(ctx, id, deliveryId),
			(found) => ({ status: 202, body: found }),
		),
);

export const webhookEndpoints: readonly Endpoint[] = [
	list,
	// Before `/webhooks/{id}`.
	topics,
	create,
	get,
	update,
	remove,
	restore,
	test,
	deliveries,
	delivery,
	again,
];
