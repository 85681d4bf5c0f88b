// The events that writes to leads create.
import { expect } from "vitest";
import { catalogue } from "../../src/events/catalogue.ts";
import type { EventType } from "../../src/outbox/event-types.ts";
import type { Api, Json } from "./api.ts";
import { OF_ORGANIZATION } from "./events.ts";
import { dbOf } from "./shards.ts";

export interface Event {
	readonly type: EventType;
	readonly entityId: string;
	readonly payload: Json;
}

/** The organization's events in order; each payload is validated against its published schema. */
async function events({ organizationId }: Api): Promise<Event[]> {
	const query = dbOf(organizationId).prepare(
		`SELECT id, type, entityId, createdAt, test, payload FROM event_log WHERE ${OF_ORGANIZATION} ORDER BY key`,
	);
	const { results } = await query.bind(organizationId).all<Json>();
	return results.map(({ id, type, entityId, createdAt, test, payload }) => {
		expect(id).toMatch(/^evt_[0-9a-hjkmnp-tv-z]{26}$/);
		expect(test).toBe(0);
		const parsed = JSON.parse(payload);
		catalogue[type as EventType].payload.parse(parsed);
		if (type !== "save_lead") expect(Date.parse(parsed.timestamp)).toBe(createdAt);
		return { type, entityId, payload: parsed };
	});
}

/** Runs `work` and returns the events that it created. */
export async function eventsOfWork(api: Api, work: () => Promise<unknown>): Promise<Event[]> {
	const before = (await events(api)).length;
	await work();
	return (await events(api)).slice(before);
}

export const typesOf = (found: readonly Event[]) => found.map(({ type }) => type);

export const createLead = async (api: Api, body: object = {}): Promise<Json> =>
	(await api.post("/leads", { name: "Jane", ...body })).body;
