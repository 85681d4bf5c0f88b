import { z } from "@hono/zod-openapi";
import { pageOf } from "../http/crud.ts";
import { type Endpoint, endpoint } from "../http/endpoint.ts";
import { exampleId, id, instant, timestamp } from "../http/fields.ts";
import {
	cursorParameter,
	directionParameter,
	limitParameter,
	pageAnswer,
	repeatable,
	startOf,
} from "../http/page.ts";
import { catalogue, eventTypes, matchesAny } from "./catalogue.ts";
import { eventsOf } from "./feed.ts";

const { webhookId: _, ...payload } = { webhookId: "", ...catalogue["lead.created"].example };

const Event = z
	.object({
		id: id("evt").openapi({ description: "The event; its deliveries name it as `eventId`." }),
		type: z.enum(eventTypes),
		entityId: z.string().max(40).openapi({ description: "The id of what it happened to." }),
		createdAt: timestamp(),
		payload: z.looseObject({}).openapi({
			additionalProperties: true,
			description:
				"What webhooks get, without `webhookId`; its schema is the event's, under *Webhook events*.",
		}),
	})
	.openapi("Event", {
		example: {
			id: exampleId("evt"),
			type: "lead.created",
			entityId: exampleId("ld"),
			createdAt: "2026-01-31T12:00:00.000Z",
			payload,
		},
	});

const type = z
	.string()
	.max(100)
	.refine((name) => matchesAny(name), "There is no such event.")
	.openapi({ example: "lead.*" });

const list = endpoint(
	{
		method: "get",
		path: "/events",
		scope: "events:read",
		tag: "Events",
		operationId: "listEvents",
		summary: "List events",
		description:
			"Everything that happened to what the key may read, newest first. To follow it, read with `orderDir=asc` to the end, then again with `since` a minute before the last one seen, and leave out the ids you know: writes of the same instant may become visible in another order than their ids have.",
		alsoNeeds: "the read scope of each resource whose events are to be shown: others are left out",
		message: "Events listed successfully",
		query: z.strictObject({
			cursor: cursorParameter,
			limit: limitParameter,
			orderDir: directionParameter,
			type: repeatable(type, "Only events of this name, or `<noun>.*`."),
			since: instant().optional().openapi({ description: "Only events at or after this instant." }),
		}),
		answers: { 200: { description: "One page.", schema: pageOf("Event", Event), headers: ["Link"] } },
	},
	async ({ ctx, query, request }) => {
		const after = await startOf(ctx, "events", query);
		const page = await eventsOf(ctx, { ...query, ascending: query.orderDir === "asc", after });
		return pageAnswer(ctx, "events", query, request.url, page);
	},
);

export const eventEndpoints: readonly Endpoint[] = [list];
