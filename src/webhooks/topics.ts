// What an organization may subscribe to: every event there is, unless its operator has narrowed it.
import { sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { batch } from "../db/client.ts";
import { organizations } from "../db/schema/organizations.ts";
import { refuse } from "../errors.ts";
import { catalogue, eventTypes, matchesAny } from "../events/catalogue.ts";

/** What an organization may subscribe to: every event, or those its operator names. */
export function topicsOf(stored: unknown): readonly string[] {
	return typeof stored === "string" ? JSON.parse(stored) : eventTypes;
}

/** The catalogue's entries of what the caller's organization may subscribe to. */
export async function topicsFor(ctx: Ctx) {
	const { organizationId } = ctx.caller;
	const [rows] = await batch(ctx.env.DB, [
		sql`SELECT "topics" FROM ${organizations} WHERE "id" = ${organizationId}`,
	]);
	const allowed = topicsOf(rows?.[0]?.topics);
	return eventTypes
		.filter((event) => allowed.includes(event))
		.map((event) => {
			const { description, entity, process } = catalogue[event];
			return { event, description, entity, process };
		});
}

/**
 * Subscriptions must each match something that the organization may subscribe to.
 * @throws AppError 400 that names those which don't
 */
export function refuseUnknownTopics(events: readonly string[], topics: readonly string[]): void {
	refuse(
		events.flatMap((event, index) =>
			matchesAny(event, topics)
				? []
				: [{ path: `events.${index}`, message: "There is no such event to subscribe to." }],
		),
	);
}
