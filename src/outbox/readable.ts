// Which events a caller may read: an event shows its whole resource, so it needs that resource's read scope.
import type { Caller } from "../context.ts";
import { identities, scopeOf } from "../identities.ts";
import { hasScope, requireScope } from "../scopes.ts";
import { type EventType, entityOf, eventTypes, matchesAny } from "./event-types.ts";

const readScopeOf = (type: EventType) => scopeOf(identities[entityOf(type)], "read");

/** The types of events that a caller's scopes let it read. */
export const readableTypes = ({ scopes }: Pick<Caller, "scopes">) =>
	eventTypes.filter((type) => hasScope(scopes, readScopeOf(type)));

/**
 * Requires that the caller may read every event that one of the subscriptions (`lead.created`, `lead.*`, `*`) can match.
 * @throws AppError 403 that names the missing scope
 */
export function requireReadable(caller: Caller, subscriptions: readonly string[]): void {
	for (const type of eventTypes)
		if (subscriptions.some((wanted) => matchesAny(wanted, [type]))) requireScope(caller, readScopeOf(type));
}
