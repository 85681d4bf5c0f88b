// Lists the events that an organization may subscribe to, with their descriptions.
import { z } from "@hono/zod-openapi";
import type { Ctx } from "../context.ts";
import { batch } from "../db/client.ts";
import { factsQuery } from "../db/fact.ts";
import { pageSchema } from "../http/crud.ts";
import { endpoint } from "../http/endpoint.ts";
import { identities } from "../identities.ts";
import { entityOf, eventTypes } from "../outbox/event-types.ts";
import { Topic } from "../webhooks/schema.ts";
import { allowedTopics } from "../webhooks/topics.ts";
import { catalogue } from "./catalogue.ts";

export const topics = endpoint(
	{
		method: "get",
		path: "/webhooks/topics",
		of: identities.webhooks,
		operationId: "listTopics",
		summary: "List topics",
		description:
			"The events that this organization may subscribe to, on one page. Their bodies are described under *Webhook events* and, as JSON schemas, at `/api/v1/webhook-events`.",
		message: "Topics listed successfully",
		query: z.strictObject({}),
		answers: { 200: { description: "All topics.", schema: pageSchema("Topic", Topic) } },
	},
	async ({ ctx }) => ({
		status: 200,
		body: { items: await topicsFor(ctx), nextCursor: null, hasMore: false },
	}),
);

/** The catalogue's entries that the caller's organization may subscribe to. */
async function topicsFor(ctx: Ctx) {
	const facts = factsQuery(ctx.caller.organizationId, { topics: allowedTopics });
	const [rows] = await batch(ctx.env.DB, [facts.query]);
	const { topics: allowed } = facts.read(rows);
	return eventTypes
		.filter((event) => allowed.fact.includes(event))
		.map((event) => {
			const { description, process } = catalogue[event];
			return { event, description, entity: entityOf(event), process };
		});
}
