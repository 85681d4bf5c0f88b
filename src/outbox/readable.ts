// Whose events a caller may be shown: an event tells all of its resource, so it takes that resource's read scope.
import type { Caller } from "../context.ts";
import { covers, requireScope } from "../scopes.ts";
import { type EventType, entityOf, eventTypes, matchesAny } from "./names.ts";

const scopeOf = (type: EventType) => `${entityOf(type)}:read`;

/** The events that a caller may be shown: those of the resources it may read. */
export const readableTypes = ({ scopes }: Pick<Caller, "scopes">) =>
	eventTypes.filter((type) => covers(scopes, scopeOf(type)));

/**
 * A caller may be shown, or have sent somewhere, every event that one of the subscriptions (`lead.created`, `lead.*`, `*`)
 * can ever match.
 * @throws AppError 403 that names the scope it lacks
 */
export function requireReadable(caller: Caller, subscriptions: readonly string[]): void {
	for (const type of eventTypes)
		if (subscriptions.some((wanted) => matchesAny(wanted, [type]))) requireScope(caller, scopeOf(type));
}
