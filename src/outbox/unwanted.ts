// Events that no webhook of an organization subscribes to. Making deliveries is the longest statement of a write, and most often
// makes none: an isolate remembers of which events that was so, and then expects in the batch that it still is. When it is not,
// the write is planned again, with deliveries, and this isolate does not expect it again for a while.
import { expect, LostRace, type PlannedQuery, type Statement } from "../db/commit.ts";
import { sql } from "../db/sql.ts";
import { Memory } from "../memory.ts";
import { HOUR_MS } from "../time.ts";
import { subscribersTo, typesOf, type WithType } from "./subscribers.ts";

const MEMORY_MS = HOUR_MS;

/** By organization and types of events: whether no delivery was made of them. */
const remembered = new Memory<boolean>();

const keyOf = (organizationId: string, events: readonly WithType[]) => `${organizationId} ${typesOf(events)}`;

/** Whether it may be expected that nobody subscribes to any of these events. */
export const isUnwanted = (organizationId: string, events: readonly WithType[], now: number): boolean =>
	remembered.get(keyOf(organizationId, events), now) === true;

/** Expects that nobody subscribes to any of these events; if somebody does, the write must be planned again. */
export const expectUnwanted = (organizationId: string, events: readonly WithType[], now: number): Statement =>
	expect(sql`NOT EXISTS (${subscribersTo(organizationId, events)})`, () => {
		remembered.set(keyOf(organizationId, events), false, now, MEMORY_MS);
		return new LostRace();
	});

/** The statement that makes deliveries of these events; if it makes none, this is remembered. */
export function noteUnwanted(
	{ query, onCommitted }: PlannedQuery,
	organizationId: string,
	events: readonly WithType[],
	now: number,
): Statement {
	const key = keyOf(organizationId, events);
	return {
		query,
		onCommitted(rows) {
			onCommitted?.(rows);
			// Where it was expected in vain, a filter keeps out what is subscribed to, and would again.
			if (remembered.get(key, now) === undefined) remembered.set(key, rows.length === 0, now, MEMORY_MS);
		},
	};
}
