// The built-in processes that events start. They are the actors of the events that they cause. A webhook with `skipSystem`
// turns them off for the events that it receives; this is read as a fact, so that the batch of the write asserts it.
import type { Actor, Ctx } from "../context.ts";
import type { FactSource } from "../db/fact.ts";
import { sql } from "../db/sql.ts";
import type { EventType } from "./event-types.ts";
import { isSubscribed, webhooksOf } from "./subscribers.ts";

/** The name of each process in the events that it causes. */
const PROCESS_NAMES = {
	"form-response": "Form response",
	"call-follow-up": "Follow-up of missed calls",
	"deal-won": "Deal won",
	"webhook-health": "Webhook health",
} as const;

export type Process = keyof typeof PROCESS_NAMES;

/** A built-in process as an actor. */
export const actorFor = (process: Process): Actor => ({
	type: "system",
	id: process,
	name: PROCESS_NAMES[process],
});

/** The same request context, with a built-in process as the actor. */
export const actingAs = (ctx: Ctx, process: Process): Ctx => ({ ...ctx, actor: actorFor(process) });

/** The events whose process must not run, because an active webhook of the organization turns it off. */
export const skippedProcesses = (events: readonly EventType[]): FactSource<readonly string[]> => ({
	query: (
		organizationId,
	) => sql`(SELECT json_group_array(asked.value) FROM ${sql.each(events)} AS asked WHERE EXISTS
		(SELECT 1 ${webhooksOf(organizationId)} AND webhook."status" = 'active' AND webhook."skipSystem" = 1 AND ${isSubscribed(sql`asked.value`)}))`,
	read: (scalar) => JSON.parse(String(scalar)),
});
