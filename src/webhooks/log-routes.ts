// The endpoints of the delivery log.

import { pageSchema } from "../http/crud.ts";
import { endpoint } from "../http/endpoint.ts";
import { pageEndpoint, pageQuery } from "../http/page.ts";
import { identities } from "../identities.ts";
import { listEventDeliveries } from "./event-deliveries.ts";
import { getDelivery, listDeliveries } from "./log.ts";
import { Delivery, DeliveryQuery, DeliverySummary } from "./log-schema.ts";

const of = identities.webhooks;

/** The definition that all endpoints of one delivery share. */
export const oneDelivery = {
	of,
	ids: { deliveryId: { prefix: "whd", noun: "delivery" } },
	conditionalScopes: "the read scope of the resource that the event is about, e.g. `leads:read`",
};

const page = pageSchema("Delivery", DeliverySummary);

const deliveries = pageEndpoint(
	{
		path: "/webhooks/{id}/deliveries",
		of,
		operationId: "listDeliveries",
		summary: "List deliveries",
		description: "The webhook's delivery log, newest first.",
		conditionalScopes:
			"the read scope of each resource whose events are to be shown: their deliveries are left out otherwise",
		message: "Deliveries listed successfully",
		query: DeliveryQuery,
		page,
	},
	listDeliveries,
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

const eventDeliveries = pageEndpoint(
	{
		path: "/events/{id}/deliveries",
		of: identities.events,
		scope: "webhooks:read",
		operationId: "listEventDeliveries",
		summary: "List an event's deliveries",
		description:
			"The deliveries of an event to each webhook that subscribed to it, as long as the delivery log is kept.",
		conditionalScopes: oneDelivery.conditionalScopes,
		message: "Deliveries listed successfully",
		query: pageQuery(() => ({})),
		page,
	},
	listEventDeliveries,
);

export const deliveryEndpoints = [deliveries, delivery, eventDeliveries];
