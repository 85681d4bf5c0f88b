import { type ShownWebhook, showWebhook } from "../delivery/receiver.ts";
import { type Answer, resourceAnswer } from "../http/answer.ts";
import { answerUnlessCurrentUncached } from "../http/conditions.ts";
import { pageSchema, readAnswers, readQuery } from "../http/crud.ts";
import { pageAnswer } from "../http/cursor.ts";
import { listOperation, recordOperation } from "../http/definition.ts";
import { endpoint } from "../http/endpoint.ts";
import { listQuerySchema, toListQuery } from "../http/list-query.ts";
import { once } from "../http/once.ts";
import { DELETED_AT_CAUSE, registerServerSetFields } from "../http/server-set-fields.ts";
import { gone, writeEndpoint } from "../http/write.ts";
import { identities } from "../identities.ts";
import { actionEndpoints } from "./action-routes.ts";
import { deliveryEndpoints } from "./log-routes.ts";
import { resendEndpoints } from "./resend-routes.ts";
import { Webhook, WebhookCreate, WebhookCreated, WebhookUpdate } from "./schema.ts";
import { allWebhookStats, webhookStats } from "./stats-routes.ts";
import * as webhookVerbs from "./verbs.ts";
import { webhooks } from "./webhooks.ts";

const location = (id: string) => `/api/v1/webhooks/${id}`;
const webhookAnswer = (status: 200 | 201, webhook: ShownWebhook): Answer =>
	resourceAnswer(status, webhook, status === 201 ? location(webhook.id) : undefined);

const causes = {
	secretPrefix: "Send POST /webhooks/{id}/rotate-secret.",
	secret: "Send POST /webhooks/{id}/rotate-secret.",
	previousSecretExpiresAt: "Send POST /webhooks/{id}/activate-secret.",
	disabledAt: "Set `status`.",
	disabledReason: "Set `status`.",
	deletedAt: DELETED_AT_CAUSE,
};
registerServerSetFields(WebhookCreate, Webhook, causes);
registerServerSetFields(WebhookUpdate, Webhook, causes, WebhookCreate);

const list = endpoint(
	{
		...listOperation(identities.webhooks),
		query: once(() => listQuerySchema(webhooks)),
		answers: {
			200: {
				description: "One page.",
				schema: once(() => pageSchema("Webhook", Webhook)),
				headers: ["Link"],
			},
		},
	},
	async ({ ctx, query, request }) =>
		pageAnswer(
			ctx,
			"webhooks",
			query,
			request.url,
			await webhookVerbs.list(ctx, await toListQuery(ctx, "webhooks", query)),
		),
);

const create = writeEndpoint(
	{
		...recordOperation(identities.webhooks, "create"),
		description:
			"Subscribes a URL to events. If no secret is given, one is generated; it is only shown in this answer. With `null` the deliveries are not signed.",
		conditionalScopes:
			"the read scope of each resource whose events it subscribes to or whose names it adds (`expand`)",
		body: WebhookCreate,
		answers: { 201: { description: "Created.", schema: WebhookCreated, headers: ["ETag", "Location"] } },
	},
	({ ctx, body }) => webhookVerbs.create(ctx, body),
	(webhook) => ({ ...webhookAnswer(201, webhook), secret: true }),
);

const get = endpoint(
	{
		...recordOperation(identities.webhooks, "get"),
		description:
			"One webhook by its id. Sensitive header values are shown as `***`, and the secret only by its prefix. The figures about its deliveries change without a new version: to see them, leave out `If-None-Match`.",
		query: readQuery,
		answers: readAnswers("webhook", Webhook),
	},
	async ({ ctx, id, query, request }) =>
		answerUnlessCurrentUncached(
			request,
			await showWebhook(ctx.env, await webhookVerbs.get(ctx, id, query.includeDeleted)),
		),
);

const update = writeEndpoint(
	{
		...recordOperation(identities.webhooks, "update"),
		description:
			"Changes the fields in the body. `headers` replaces all headers; the value `***` keeps the stored one. If the webhook is disabled, waiting deliveries are skipped; `recover` sends them later. Enabling it is answered 409 while more than 10,000 of them are still to be skipped, which takes the server a minute for each 10,000.",
		conditionalScopes:
			"for another `url`, `events`, `filter` or `expand`, the read scope of each resource whose events or names it gets, before or afterwards",
		body: WebhookUpdate,
		answers: { 200: { description: "Updated.", schema: Webhook, headers: ["ETag"] } },
	},
	({ ctx, id, body, condition }) => webhookVerbs.update(ctx, id, body, condition),
	(webhook) => webhookAnswer(200, webhook),
);

const remove = writeEndpoint(
	{
		...recordOperation(identities.webhooks, "delete"),
		description: "Ends the subscription. Pending deliveries are cancelled; the delivery log stays readable.",
		answers: { 204: { description: "Deleted." } },
	},
	({ ctx, id, condition }) => webhookVerbs.remove(ctx, id, condition),
	gone,
);

const restore = writeEndpoint(
	{
		...recordOperation(identities.webhooks, "restore"),
		description:
			"Restores a deleted webhook. Cancelled deliveries stay cancelled. Answered 409 while more than 10,000 are still to be cancelled, which takes the server a minute for each 10,000.",
		answers: { 200: { description: "Restored.", schema: Webhook, headers: ["ETag"] } },
	},
	({ ctx, id, condition }) => webhookVerbs.restore(ctx, id, condition),
	(webhook) => webhookAnswer(200, webhook),
);

export const webhookEndpoints = [
	list,
	// Before `/webhooks/{id}`.
	allWebhookStats,
	create,
	get,
	update,
	remove,
	restore,
	...actionEndpoints,
	...deliveryEndpoints,
	...resendEndpoints,
	webhookStats,
];
