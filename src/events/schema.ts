// Events in answers.

import { z } from "@hono/zod-openapi";
import { exampleId, id, timestamp } from "../http/fields.ts";
import { objectOf } from "../http/objects.ts";
import { eventTypes } from "../outbox/event-types.ts";
import { catalogue } from "./catalogue.ts";
import { actorExample, actorShape } from "./entry.ts";

const { webhookId: _, ...payload } = { webhookId: "", ...catalogue["lead.created"].example };

/** In the form of an event's id: db/event-keys.ts. */
const EXAMPLE_ID = "evt_01kgaf6w40e7z8500000000001";

export const EventSchema = objectOf(() => ({
	id: id("evt").describe("The event's id; deliveries refer to it by `eventId`."),
	sequence: z.int().nullable().openapi({
		description:
			"The number of the event within the organization, in the order of commits; each is higher than the one before. Test sends, events of resources that the key can't read and those that a filter leaves out have the numbers between. `null` only for some minutes after an upgrade, while earlier events are sorted.",
		minimum: 1,
		maximum: 999_999_999_999,
	}),
	type: z.enum(eventTypes).describe("The event's name."),
	entityId: z.string().max(40).describe("The id of the record that the event is about."),
	createdAt: timestamp().describe("When it happened."),
	actor: actorShape.nullable().describe("Who did it; `null` for events from before this was recorded."),
	payload: z.looseObject({}).openapi({
		additionalProperties: true,
		description:
			"The body that webhooks get, without `webhookId`. Its schema is that of the event, under *Webhook events*.",
	}),
})).openapi("Event", {
	example: {
		id: EXAMPLE_ID,
		sequence: 500_000_000_001,
		type: "lead.created",
		entityId: exampleId("ld"),
		createdAt: "2026-01-31T12:00:00.000Z",
		actor: actorExample,
		payload,
	},
});
