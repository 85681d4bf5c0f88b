// The events that most resources have: one of them was created, updated or deleted, and a field that is news of its own changed.
import type { EventCtx } from "../context.ts";
import type { OwnedRow } from "../db/store.ts";
import type { EventType } from "../outbox/names.ts";
import { type EventDraft, envelope } from "../outbox/record.ts";
import { present, type Transition } from "./resource.ts";

/** What the catalogue has these events of. */
type Noun = { [Type in EventType]: Type extends `${infer N}.deleted` ? N : never }[EventType];

/**
 * The events of one write.
 * @param news the events of a changed field, by the field; they come besides the update's
 */
export function lifecycle<Row extends OwnedRow>(
	ctx: EventCtx,
	noun: Noun,
	{ before, after, changes }: Transition<Row>,
	news: Readonly<Record<string, EventType>> = {},
): Omit<EventDraft, "entityId">[] {
	const tell = (type: EventType, row: Row, changed?: object) => ({
		type,
		payload: envelope(ctx, type, present(row), changed),
	});
	if (!after) return before ? [tell(`${noun}.deleted`, before)] : [];
	if (!before) return [tell(`${noun}.created`, after)];
	const told = Object.entries(news).filter(([field]) => field in changes);
	return [
		tell(`${noun}.updated`, after, changes),
		...told.map(([field, type]) => tell(type, after, { [field]: changes[field] })),
	];
}
