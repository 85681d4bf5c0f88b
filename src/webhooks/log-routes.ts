// What a webhook has sent, and sending again.

import { z } from "@hono/zod-openapi";
import type { Ctx } from "../context.ts";
import type { Position } from "../db/list-query.ts";
import { ifMatch } from "../http/conditions.ts";
import { pageOf } from "../http/crud.ts";
import { type Endpoint, endpoint } from "../http/endpoint.ts";
import { instant } from "../http/fields.ts";
import { cursorParameter, limitParameter, pageAnswer, repeatable, startOf } from "../http/page.ts";
import { perform } from "../http/write.ts";
import { identities } from "../identities.ts";
import { deliveriesOfEvent } from "./event-deliveries.ts";
import { deliveriesOf, deliveryOf, redeliver } from "./log.ts";
import { Delivery, DeliverySummary, deliveryStatuses, Recover, Recovered } from "./log-schema.ts";
import { recover } from "./recovery.ts";
import { statsOf, statsOfAll } from "./stats.ts";
import { DeliveryStats, StatsQuery } from "./stats-schema.ts";

const { tag } = identities.webhooks;
const read = "webhooks:read";
const write = "webhooks:write";
const ids = { id: identities.webhooks };
const alsoNeeds = "the read scope of the resource that the event is about, e.g. `leads:read`";
const both = { ...ids, deliveryId: { prefix: "whd", noun: "delivery" } };

const DELIVERIES = {
	description: "One page.",
	schema: pageOf("Delivery", DeliverySummary),
	headers: ["Link"],
};

/** Answers a page of the deliveries at a path, which `read` finds. */
async function pageFrom<Q extends Record<string, unknown>>(
	ctx: Ctx,
	path: string,
	query: Q,
	url: string,
	read: (query: Q & { readonly after: Position | null }) => ReturnType<typeof deliveriesOf>,
) {
	const page = await read({ ...query, after: await startOf(ctx, path, query) });
	return pageAnswer(ctx, path, query, url, page);
}

const deliveries = endpoint(
	{
		method: "get",
		path: "/webhooks/{id}/deliveries",
		scope: read,
		tag,
		operationId: "listDeliveries",
		summary: "List deliveries",
		description: "The webhook's delivery log, newest first.",
		alsoNeeds:
			"the read scope of each resource whose events are to be shown: their deliveries are left out otherwise",
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
			since: instant().optional().describe("Only deliveries made at or after this instant."),
			until: instant().optional().describe("Only deliveries made at or before this instant."),
		}),
		answers: { 200: DELIVERIES },
	},
	({ ctx, ids: { id = "" }, query, request }) =>
		pageFrom(ctx, `webhooks/${id}/deliveries`, query, request.url, (asked) => deliveriesOf(ctx, id, asked)),
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
		alsoNeeds,
		message: "Delivery retrieved successfully",
		ids: both,
		answers: { 200: { description: "The delivery.", schema: Delivery } },
	},
	async ({ ctx, ids: { id = "", deliveryId = "" } }) => ({
		status: 200,
		body: await deliveryOf(ctx, id, deliveryId),
	}),
);

const ofEvent = endpoint(
	{
		method: "get",
		path: "/events/{id}/deliveries",
		scope: read,
		tag: identities.events.tag,
		operationId: "listEventDeliveries",
		summary: "List an event's deliveries",
		description:
			"What became of an event: its delivery to each webhook that wanted it, as long as the delivery log is kept.",
		alsoNeeds,
		message: "Deliveries listed successfully",
		ids: { id: identities.events },
		query: z.strictObject({ cursor: cursorParameter, limit: limitParameter }),
		answers: { 200: DELIVERIES },
	},
	({ ctx, ids: { id = "" }, query, request }) =>
		pageFrom(ctx, `events/${id}/deliveries`, query, request.url, (asked) =>
			deliveriesOfEvent(ctx, id, asked),
		),
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
			"One attempt now, under the same id, whatever the delivery's status and also while the webhook is disabled; while another attempt is under way, right after it. Its success ends a pending schedule.",
		alsoNeeds,
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

const recoverAll = endpoint(
	{
		method: "post",
		path: "/webhooks/{id}/recover",
		scope: write,
		tag,
		operationId: "recoverDeliveries",
		summary: "Recover failed deliveries",
		description:
			"Runs the schedule anew for each delivery that was made in a window and failed, or was skipped because the webhook was disabled; at most 10,000 at once, the oldest first. Those that succeeded since are left out, and so are test sends.",
		message: "Recovery accepted",
		ids,
		body: Recover,
		conditional: true,
		answers: { 202: { description: "On their way.", schema: Recovered } },
	},
	({ ctx, ids: { id = "" }, body, request }) =>
		perform(
			ctx,
			() => recover(ctx, id, body, ifMatch(request)),
			(recovered) => ({ status: 202, body: recovered }),
		),
);

const hours = endpoint(
	{
		method: "get",
		path: "/webhooks/{id}/stats",
		scope: read,
		tag,
		operationId: "getWebhookStats",
		summary: "Get a webhook's statistics",
		description:
			"What came of its attempts, hour by hour, oldest first and all on one page, and in all. Hours without attempts are left out.",
		message: "Statistics retrieved successfully",
		ids,
		query: StatsQuery,
		answers: { 200: { description: "The hours.", schema: DeliveryStats } },
	},
	async ({ ctx, ids: { id = "" }, query }) => ({ status: 200, body: await statsOf(ctx, id, query.since) }),
);

/** Stands before `/webhooks/{id}`. */
export const allHours = endpoint(
	{
		method: "get",
		path: "/webhooks/stats",
		scope: read,
		tag,
		operationId: "getAllWebhookStats",
		summary: "Get the statistics of all webhooks",
		description:
			"What came of the attempts of all your webhooks together, hour by hour, oldest first and all on one page, and in all. Hours without attempts and deleted webhooks are left out.",
		message: "Statistics retrieved successfully",
		query: StatsQuery,
		answers: { 200: { description: "The hours.", schema: DeliveryStats } },
	},
	async ({ ctx, query }) => ({ status: 200, body: await statsOfAll(ctx, query.since) }),
);

export const deliveryEndpoints: readonly Endpoint[] = [
	deliveries,
	delivery,
	ofEvent,
	again,
	recoverAll,
	hours,
];
