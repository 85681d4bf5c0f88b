// What an organization may subscribe to: every event there is, unless its operator has narrowed it.
import { refuse } from "../errors.ts";
import { eventTypes, matchesAny } from "../outbox/names.ts";

/** What an organization may subscribe to: every event, or those its operator names. */
export function topicsOf(stored: unknown): readonly string[] {
	return typeof stored === "string" ? JSON.parse(stored) : eventTypes;
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
