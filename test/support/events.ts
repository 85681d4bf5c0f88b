// The events an organization has, as they were recorded.
import { env } from "cloudflare:workers";
import type { Json } from "./api.ts";

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
	const { results } = await env.DB.prepare(
		`SELECT id, type, entityId, payload FROM event_log WHERE ${OWN} ORDER BY key LIMIT -1 OFFSET ?`,
	)
		.bind(organizationId, skip)
		.all<Recorded>();
	return results.map((event) => ({ ...event, payload: JSON.parse(event.payload) }));
}

/** Their names, in order. */
export async function eventTypesOf(organizationId: string, skip = 0): Promise<string[]> {
	return (await eventsOf(organizationId, skip)).map(({ type }) => type);
}
