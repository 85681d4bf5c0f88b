// The events an organization has, as they were recorded.
import type { Json } from "./api.ts";
import { dbOf } from "./shards.ts";

export interface Recorded {
	readonly id: string;
	readonly type: string;
	readonly entityId: string;
	readonly payload: Json;
}

/** Whether an event is of the organization that is bound. */
export const OWN = "key >> 40 = (SELECT ordinal FROM organizations WHERE id = ?)";

/** All of them, or those after the first `skip`, in order. */
export async function eventsOf(organizationId: string, skip = 0): Promise<Recorded[]> {
	const { results } = await dbOf(organizationId)
		.prepare(`SELECT id, type, entityId, payload FROM event_log WHERE ${OWN} ORDER BY key LIMIT -1 OFFSET ?`)
		.bind(organizationId, skip)
		.all<Recorded>();
	return results.map((event) => ({ ...event, payload: JSON.parse(event.payload) }));
}

/** Their names, in order. */
export async function eventTypesOf(organizationId: string, skip = 0): Promise<string[]> {
	return (await eventsOf(organizationId, skip)).map(({ type }) => type);
}

/** Puts an organization's events where they were kept before, with the ids of then. */
export async function asBefore(organizationId: string): Promise<void> {
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
		db.prepare(`DELETE FROM event_log WHERE ${OWN}`).bind(organizationId),
	]);
}
