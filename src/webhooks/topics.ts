// Topics: the events that an organization may subscribe to.
import type { FactSource } from "../db/fact.ts";
import { sql } from "../db/sql.ts";
import { organizationRow } from "../db/tenant.ts";
import { throwFieldErrors } from "../errors.ts";
import { eventTypes, matchesAny } from "../outbox/event-types.ts";

/** The events that an organization may subscribe to: all, or those that its operator allows. */
export const allowedTopics: FactSource<readonly string[]> = {
	query: (organizationId) => sql`(SELECT "topics" FROM ${organizationRow(organizationId)})`,
	read: (stored) => (typeof stored === "string" ? JSON.parse(stored) : eventTypes),
};

/**
 * Requires that each subscription matches an event that the organization may subscribe to, except those that there are already:
 * they rest while the operator doesn't allow them, and are sent back as they were read.
 * @throws AppError 400 that names those that don't
 */
export function refuseUnknownTopics(
	events: readonly string[],
	standing: readonly string[],
	topics: readonly string[],
): void {
	throwFieldErrors(
		events.flatMap((event, index) =>
			standing.includes(event) || matchesAny(event, topics)
				? []
				: [{ path: `events.${index}`, message: "There is no such event to subscribe to." }],
		),
	);
}
