import { endpoint } from "../http/endpoint.ts";
import { identities } from "../identities.ts";
import { statsOf, statsOfAll } from "./stats.ts";
import { DeliveryStats, StatsQuery } from "./stats-schema.ts";

const statsEndpoint = {
	method: "get",
	of: identities.webhooks,
	message: "Statistics retrieved successfully",
	query: StatsQuery,
	answers: { 200: { description: "The hours.", schema: DeliveryStats } },
} as const;

export const webhookStats = endpoint(
	{
		...statsEndpoint,
		path: "/webhooks/{id}/stats",
		operationId: "getWebhookStats",
		summary: "Get a webhook's statistics",
		description:
			"The results of its attempts by hour, oldest first and on one page, and in total. Hours without attempts are left out.",
	},
	async ({ ctx, id, query }) => ({ status: 200, body: await statsOf(ctx, id, query.since) }),
);

/** Must be registered before `/webhooks/{id}`. */
export const allWebhookStats = endpoint(
	{
		...statsEndpoint,
		path: "/webhooks/stats",
		operationId: "getAllWebhookStats",
		summary: "Get the statistics of all webhooks",
		description:
			"The results of the attempts of all webhooks by hour, oldest first and on one page, and in total. Hours without attempts and deleted webhooks are left out.",
	},
	async ({ ctx, query }) => ({ status: 200, body: await statsOfAll(ctx, query.since) }),
);
