// The events that most resources have: created, updated, deleted, and events for changes of certain fields.
import type { EventCtx } from "../context.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { identities, type Noun, type Path } from "../identities.ts";
import type { EventType } from "../outbox/event-types.ts";
import { type EventDraft, envelope } from "../outbox/record.ts";
import { type Transition, toWire } from "./resource.ts";

/** The resources that have these events in the catalogue. */
type PathWithEvents = { [P in Path]: `${Noun<P>}.deleted` extends EventType ? P : never }[Path];

/**
 * The events of one write of a resource.
 * @param fieldEvents the event for a change of a field, by field; sent in addition to the update's event
 */
export function lifecycleEvents<P extends PathWithEvents>(
	path: P,
	fieldEvents: Readonly<Record<string, EventType>> = {},
) {
	const typeOf = (verb: "created" | "updated" | "deleted") => `${identities[path].noun}.${verb}` as EventType;
	return (
		ctx: EventCtx,
		{ before, after, changes }: Transition<OwnedRow>,
	): Omit<EventDraft, "entityId">[] => {
		const event = (type: EventType, row: OwnedRow, changed?: object) => ({
			type,
			payload: envelope(ctx, type, toWire(row), changed),
		});
		if (!after) return before ? [event(typeOf("deleted"), before)] : [];
		if (!before) return [event(typeOf("created"), after)];
		const more = Object.entries(fieldEvents).filter(([field]) => field in changes);
		return [
			event(typeOf("updated"), after, changes),
			...more.map(([field, type]) => event(type, after, { [field]: changes[field] })),
		];
	};
}
