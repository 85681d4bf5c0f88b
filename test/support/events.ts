// Reads an organization's recorded events.
import type { Json } from "./api.ts";
import { dbOf } from "./shards.ts";

export interface RecordedEvent {
	readonly id: string;
	readonly type: string;
	readonly entityId: string;
	readonly payload: Json;
}

/** SQL condition: the event belongs to the bound organization. */
export const OF_ORGANIZATION = "key >> 40 = (SELECT ordinal FROM organizations WHERE id = ?)";

/** The events in order, without the first `skip`. */
export async function eventsOf(organizationId: string, skip = 0): Promise<RecordedEvent[]> {
	const { results } = await dbOf(organizationId)
		.prepare(
			`SELECT id, type, entityId, payload FROM event_log WHERE ${OF_ORGANIZATION} ORDER BY key LIMIT -1 OFFSET ?`,
		)
		.bind(organizationId, skip)
		.all<RecordedEvent>();
	return results.map((event) => ({ ...event, payload: JSON.parse(event.payload) }));
}

/** The types of the events, in order. */
export async function eventTypesOf(organizationId: string, skip = 0): Promise<string[]> {
	return (await eventsOf(organizationId, skip)).map(({ type }) => type);
}

/** Moves an organization's events back to the former table, with ids of the former kind. */
export async function moveToFormerTable(organizationId: string): Promise<void> {
	const db = dbOf(organizationId);
	await db.batch([
		db
			.prepare(
				`INSERT INTO events SELECT ?1, substr(id, 1, 14) || 'e0b' || printf('%013d', key & 1099511627775), type, entityId, createdAt, test, payload
			FROM event_log WHERE key >> 40 = (SELECT ordinal FROM organizations WHERE id = ?1)`,
			)
			.bind(organizationId),
		db
			.prepare(
				`UPDATE deliveries SET eventId = substr(eventId, 1, 14) || 'e0b' || printf('%013d', substr(eventId, -12)) WHERE organizationId = ?`,
			)
			.bind(organizationId),
		db.prepare(`DELETE FROM event_log WHERE ${OF_ORGANIZATION}`).bind(organizationId),
	]);
}
