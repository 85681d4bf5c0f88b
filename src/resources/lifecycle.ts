// The events that most resources have: one of them was created, updated or deleted, and a field that is news of its own changed.

import type { EventCtx } from "../context.ts";
import type { OwnedRow } from "../db/store.ts";
import { identities, type Noun, type Path } from "../identities.ts";
import type { EventType } from "../outbox/names.ts";
import { type EventDraft, envelope } from "../outbox/record.ts";
import { present, type Transition } from "./resource.ts";

/** The resources that the catalogue has these events of. */
type Announced = { [P in Path]: `${Noun<P>}.deleted` extends EventType ? P : never }[Path];

/**
 * The events of one write of a resource.
 * @param news the events of a changed field, by the field; they come besides the update's
 */
export function lifecycle<P extends Announced>(path: P, news: Readonly<Record<string, EventType>> = {}) {
	const typeOf = (verb: "created" | "updated" | "deleted") => `${identities[path].noun}.${verb}` as EventType;
	return (
		ctx: EventCtx,
		{ before, after, changes }: Transition<OwnedRow>,
	): Omit<EventDraft, "entityId">[] => {
		const tell = (type: EventType, row: OwnedRow, changed?: object) => ({
			type,
			payload: envelope(ctx, type, present(row), changed),
		});
		if (!after) return before ? [tell(typeOf("deleted"), before)] : [];
		if (!before) return [tell(typeOf("created"), after)];
		const told = Object.entries(news).filter(([field]) => field in changes);
		return [
			tell(typeOf("updated"), after, changes),
			...told.map(([field, type]) => tell(type, after, { [field]: changes[field] })),
		];
	};
}
