// Builds entries of the catalogue: an event's description, the schema of its payload, and an example.

import { z } from "@hono/zod-openapi";
import { EXAMPLE_TIME, exampleId, id, timestamp } from "../http/fields.ts";
import { objectOf, strictObjectOf } from "../http/objects.ts";
import { once } from "../http/once.ts";
import { identities, type Path } from "../identities.ts";
import { perLifecycleEvent } from "../outbox/event-types.ts";
import { capitalize, withArticle } from "../words.ts";

export interface EventEntry {
	readonly description: string;
	/** The built-in process that a webhook's `skipSystem` turns off. */
	readonly process: string | null;
	readonly payload: z.ZodType;
	readonly example: object;
}

/** What a field was and is. */
const change = once(() => {
	// Any value that a field can have. Written as alternatives, because strict validators refuse a list of types.
	const types = [
		z.string().max(10_000),
		z.number(),
		z.boolean(),
		z.looseObject({}).openapi({ additionalProperties: true }),
		z.null(),
	] as const;
	const value = z.union([...types, z.array(z.union(types)).max(500)]);
	return z.object({
		from: value.describe("The previous value; `null` if unset."),
		to: value.describe("The new value; `null` if unset."),
	});
});

export const actorExample = { type: "key", id: exampleId("key"), name: "Website integration" };

/** Who caused an event. Without a schema name of its own, so that it can be nullable. */
export const actorShape = objectOf(() => ({
	type: z
		.enum(["key", "session", "form", "system"])
		.describe("An API key, a session of the dashboard, a visitor of a public form, or a built-in process."),
	id: z
		.string()
		.max(40)
		.describe("The id of the key, session or form, or the name of the process, e.g. `form-response`."),
	name: z
		.string()
		.max(255)
		.describe(
			"The name of the key at that time (for a session, of its key), the title of the form, or a description of the process.",
		),
}));

/** Who caused an event. */
const ActorSchema = actorShape.openapi("Actor", { example: actorExample });

const EXAMPLE_ENVELOPE = {
	timestamp: EXAMPLE_TIME,
	webhookId: exampleId("whd"),
	organizationId: exampleId("org"),
};

/** The fields at the beginning of every payload except that of `save_lead`. */
export const commonFields = (event: string) => ({
	event: z.literal(event).describe("The event's name."),
	timestamp: timestamp().describe("When it happened."),
	webhookId: z.string().max(40).describe("The delivery's id, the same on every attempt."),
});

/** An event in the usual envelope. `changes`, for updates, is an example of them. */
export function crmEvent(
	event: string,
	data: z.ZodType,
	example: object,
	description: string,
	changes?: object,
): EventEntry {
	return {
		description,
		process: null,
		// Only made for the document and for tests: the Worker doesn't validate what it sends.
		get payload() {
			return strictObjectOf(() => ({
				...commonFields(event),
				organizationId: id("org").describe("Id of your organization."),
				data: data.describe("The resource as `GET` returns it; for a deletion, as it was before."),
				...(changes
					? {
							changes: z.record(z.string(), change()).describe("The changed fields; `null` means unset."),
						}
					: {}),
				// Events recorded before actors were stored are sent again without one.
				actor: ActorSchema.optional().describe(
					"Who did it: an API key, a session of the dashboard, or a built-in process.",
				),
			}));
		},
		example: {
			event,
			...EXAMPLE_ENVELOPE,
			data: example,
			...(changes ? { changes } : {}),
			actor: actorExample,
		},
	};
}

/**
 * The three events that most resources have: created, updated, deleted.
 * @param changes an example of the changes of an update
 * @param updated what counts as an update, in words
 */
export function lifecycleEntries<P extends Path>(
	path: P,
	data: z.ZodType,
	example: object,
	changes: object,
	updated = "changed or restored",
) {
	const { noun } = identities[path];
	const what = { created: "created", updated, deleted: `deleted; \`data\` is the ${noun} as it was` };
	return perLifecycleEvent(path, (verb, type) => {
		const description = `${capitalize(withArticle(noun))} was ${what[verb]}.`;
		return crmEvent(type, data, example, description, verb === "updated" ? changes : undefined);
	});
}
