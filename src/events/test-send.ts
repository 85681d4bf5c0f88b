// Sends the example of an event to a webhook.

import type { Ctx } from "../context.ts";
import { batch } from "../db/client.ts";
import { factsQuery, textOrNull } from "../db/fact.ts";
import { sql } from "../db/sql.ts";
import { bodyOf } from "../delivery/body.ts";
import { type Names, withNames } from "../delivery/names.ts";
import { webhookStore } from "../delivery/receiver.ts";
import { badRequest, notFound } from "../errors.ts";
import { exampleId } from "../http/fields.ts";
import { accepted, writeEndpoint } from "../http/write.ts";
import { identities } from "../identities.ts";
import { newId } from "../ids.ts";
import { trustMs } from "../outbox/backlog.ts";
import { eventTypes } from "../outbox/event-types.ts";
import { insertDeliveries } from "../outbox/fan-out.ts";
import { insertEvents } from "../outbox/record.ts";
import { expectBytes } from "../quotas/expectations.ts";
import { expectLogRoom } from "../quotas/log.ts";
import { requireVersion, type VersionCondition } from "../resources/condition.ts";
import { showSummary } from "../webhooks/log.ts";
import { Delivery, TestSend } from "../webhooks/log-schema.ts";
import { allowedTopics } from "../webhooks/topics.ts";
import { catalogue } from "./catalogue.ts";

export const testSend = writeEndpoint(
	{
		method: "post",
		path: "/webhooks/{id}/test",
		of: identities.webhooks,
		operationId: "testWebhook",
		summary: "Send a test event",
		description:
			"Sends the event's example payload like a real event, also while the webhook is disabled. The delivery is marked as `test`; its result neither pauses the webhook nor ends a pause.",
		message: "Test event accepted",
		body: TestSend,
		conditional: true,
		answers: { 202: { description: "Accepted; read the delivery for its result.", schema: Delivery } },
	},
	({ ctx, id, body, condition }) => planTestSend(ctx, id, body.event, condition),
	accepted,
);

/**
 * Plans a test send: the event's example, sent like a real event, also to a disabled webhook.
 * @throws AppError 404 for an unknown webhook, 400 for an event that is not among the organization's topics, 409 when the quota
 *   on bytes is used up
 */
async function planTestSend(ctx: Ctx, webhookId: string, event: string, condition: VersionCondition | null) {
	const { organizationId } = ctx.caller;
	const facts = factsQuery(organizationId, { topics: allowedTopics });
	const [webhook, answer] = await batch(ctx.env.DB, [
		webhookStore.byId(organizationId, webhookId),
		facts.query,
	]);
	if (!webhook?.[0]) throw notFound("webhook");
	requireVersion(webhook[0], condition);
	const type = eventTypes.find((name) => name === event);
	if (!type || !facts.read(answer).topics.fact.includes(type))
		throw badRequest("event", "There is no such event to subscribe to.");
	const eventId = newId("evt", ctx.now);
	const id = newId("whd", ctx.now);
	const example = examplePayload(catalogue[type].example, organizationId, new Date(ctx.now).toISOString());
	const payload = JSON.parse(withNames(JSON.stringify(example), exampleNames(webhook[0].expand)));
	const template = textOrNull(webhook[0].template);
	return {
		value: {
			...showSummary({
				id,
				webhookId,
				event,
				eventId,
				status: "pending",
				test: 1,
				createdAt: ctx.now,
				nextAttemptAt: ctx.now,
				lastStatusCode: null,
				attemptCount: 0,
			}),
			payload: JSON.parse(
				bodyOf({ deliveryId: id, payload: JSON.stringify(payload), template, names: null }),
			),
			attempts: [],
		},
		statements: [
			...expectBytes(ctx),
			expectLogRoom(organizationId),
			...insertEvents(ctx, [{ id: eventId, test: 1, type, entityId: webhookId, payload }]),
			insertDeliveries(
				ctx,
				sql`VALUES (${webhookId}, ${id}, ${organizationId}, ${eventId}, ${type}, 'pending', 1, ${ctx.now}, ${ctx.now}, 0, 0, 0, ${ctx.now}, ${ctx.now},
					${ctx.now} + ${trustMs(sql`${Number(webhook[0].slowUntil) > ctx.now ? 1 : 0}`)}, ${template})`,
			),
		],
	};
}

/** Names for the ids in examples, so that a test send shows where they will be. */
const NAMES_OF_EXAMPLES = {
	usr: "Ann Lee",
	ld: "Jane Smith",
	clt: "Acme Corp",
	dl: "Website relaunch",
	dpl: "Sales",
	dps: "Proposal",
	lstg: "New",
	src: "Website",
	tag: "Newsletter",
};

const exampleNames = (expand: unknown): Names => ({
	expand: JSON.parse(String(expand)),
	byId: new Map(Object.entries(NAMES_OF_EXAMPLES).map(([prefix, name]) => [exampleId(prefix), name])),
});

/** The example of an event with this organization's id and the current time. */
function examplePayload(example: object, organizationId: string, timestamp: string): object {
	return "webhookId" in example ? { ...example, organizationId, timestamp, webhookId: "" } : example;
}
