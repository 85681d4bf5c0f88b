import { z } from "@hono/zod-openapi";
import { listSchema } from "../http/crud.ts";
import { listOperation, recordOperation } from "../http/definition.ts";
import { endpoint } from "../http/endpoint.ts";
import { instant } from "../http/fields.ts";
import { directionParameter, repeatable } from "../http/list-query.ts";
import { pageEndpoint, pageQuery } from "../http/page.ts";
import { identities } from "../identities.ts";
import { matchesAny } from "../outbox/event-types.ts";
import { getEvent, listEvents } from "./feed.ts";
import { historyEndpoints } from "./history.ts";
import { EventSchema } from "./schema.ts";
import { testSend } from "./test-send.ts";
import { topics } from "./topics.ts";

const EventPage = listSchema(
	"Event",
	EventSchema,
	100,
	"Send it as `cursor` for the next page. With `orderDir=asc` there always is one: if `hasMore` is false, send it later for new events. With `desc` it is `null` on the last page.",
);

const type = z
	.string()
	.max(100)
	.refine((name) => matchesAny(name), "There is no such event.")
	.openapi({ example: "lead.*" });

const list = pageEndpoint(
	{
		...listOperation(identities.events),
		description:
			"The events of all resources that the key may read, in the order of commits, newest first. To follow them, read with `orderDir=asc` and store `nextCursor`: the last page, with `hasMore: false`, has one too, which returns later events. No event is missing or repeated. A cursor after which events are no longer kept is refused with `BAD_REQUEST`, which says how to start again.",
		conditionalScopes: "the read scope of each resource whose events are to be shown: others are left out",
		query: pageQuery(() => ({
			orderDir: directionParameter,
			type: repeatable(type, "Only events of this name, or `<noun>.*`."),
			since: instant().optional().describe("Only events at or after this time."),
		})),
		page: EventPage,
	},
	listEvents,
);

const get = endpoint(
	{
		...recordOperation(identities.events, "get"),
		description: "One event, as long as it is kept.",
		conditionalScopes: "the read scope of the resource that the event is about, e.g. `leads:read`",
		answers: { 200: { description: "The event.", schema: EventSchema } },
	},
	async ({ ctx, id }) => ({ status: 200, body: await getEvent(ctx, id) }),
);

export const eventEndpoints = [list, get, testSend, ...historyEndpoints];

/** Must be registered before `/webhooks/{id}`. */
export const topicEndpoints = [topics];
