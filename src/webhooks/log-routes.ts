// The endpoints of the delivery log.

import { z } from "@hono/zod-openapi";
import type { Ctx } from "../context.ts";
import type { Position } from "../db/list-query.ts";
import { pageSchema } from "../http/crud.ts";
import { cursorParameter, pageAnswer, readCursor } from "../http/cursor.ts";
import { type Endpoint, endpoint } from "../http/endpoint.ts";
import { instant } from "../http/fields.ts";
import { limitParameter, repeatable } from "../http/list-query.ts";
import { identities } from "../identities.ts";
import { listEventDeliveries } from "./event-deliveries.ts";
import { getDelivery, listDeliveries } from "./log.ts";
import { Delivery, DeliverySummary, deliveryStatuses } from "./log-schema.ts";

const of = identities.webhooks;

/** The definition that all endpoints of one delivery share. */
export const oneDelivery = {
	of,
	ids: { deliveryId: { prefix: "whd", noun: "delivery" } },
	conditionalScopes: "the read scope of the resource that the event is about, e.g. `leads:read`",
};

const DELIVERIES = {
	description: "One page.",
	schema: pageSchema("Delivery", DeliverySummary),
	headers: ["Link"],
};

/** Answers with a page of deliveries that `read` returns; `path` identifies the list in cursors and links. */
async function pageFrom<Q extends Record<string, unknown>>(
	ctx: Ctx,
	path: string,
	query: Q,
	url: string,
	read: (query: Q & { readonly after: Position | null }) => ReturnType<typeof listDeliveries>,
) {
	const page = await read({ ...query, after: await readCursor(ctx, path, query) });
	return pageAnswer(ctx, path, query, url, page);
}

const deliveries = endpoint(
	{
		method: "get",
		path: "/webhooks/{id}/deliveries",
		of,
		operationId: "listDeliveries",
		summary: "List deliveries",
		description: "The webhook's delivery log, newest first.",
		conditionalScopes:
			"the read scope of each resource whose events are to be shown: their deliveries are left out otherwise",
		message: "Deliveries listed successfully",
		query: z.strictObject({
			cursor: cursorParameter,
			limit: limitParameter,
			status: repeatable(deliveryStatuses, "Only deliveries with this status."),
			event: repeatable(z.string().max(100), "Only deliveries of this event."),
			statusCode: repeatable(
				z
					.string()
					.regex(/^[1-5]\d\d$/, "Expected an HTTP status code.")
					.transform(Number)
					.openapi({ type: "integer" }),
				"Only those whose last attempt was answered with this status code.",
			),
			since: instant().optional().describe("Only deliveries created at or after this time."),
			until: instant().optional().describe("Only deliveries created at or before this time."),
		}),
		answers: { 200: DELIVERIES },
	},
	({ ctx, id, query, request }) =>
		pageFrom(ctx, `webhooks/${id}/deliveries`, query, request.url, (asked) => listDeliveries(ctx, id, asked)),
);

const delivery = endpoint(
	{
		...oneDelivery,
		method: "get",
		path: "/webhooks/{id}/deliveries/{deliveryId}",
		operationId: "getDelivery",
		summary: "Get a delivery",
		description:
			"One delivery with its body and every attempt: what was sent and what the receiver answered.",
		message: "Delivery retrieved successfully",
		answers: { 200: { description: "The delivery.", schema: Delivery } },
	},
	async ({ ctx, ids: { id = "", deliveryId = "" } }) => ({
		status: 200,
		body: await getDelivery(ctx, id, deliveryId),
	}),
);

const eventDeliveries = endpoint(
	{
		method: "get",
		path: "/events/{id}/deliveries",
		of: identities.events,
		scope: "webhooks:read",
		operationId: "listEventDeliveries",
		summary: "List an event's deliveries",
		description:
			"The deliveries of an event to each webhook that subscribed to it, as long as the delivery log is kept.",
		conditionalScopes: oneDelivery.conditionalScopes,
		message: "Deliveries listed successfully",
		query: z.strictObject({ cursor: cursorParameter, limit: limitParameter }),
		answers: { 200: DELIVERIES },
	},
	({ ctx, id, query, request }) =>
		pageFrom(ctx, `events/${id}/deliveries`, query, request.url, (asked) =>
			listEventDeliveries(ctx, id, asked),
		),
);

export const deliveryEndpoints: readonly Endpoint[] = [deliveries, delivery, eventDeliveries];
