// The built-in processes that events set off, whom their own events name as actor, and who turns them off: `skipSystem` on a webhook that gets the event.
// Whether there is such a webhook is a fact, so that the batch of the write asserts it.
import { sql } from "drizzle-orm";
import type { Actor, Ctx } from "../context.ts";
import type { FactSource } from "../db/fact.ts";
import { organizations } from "../db/schema/organizations.ts";
import { webhooks } from "../db/schema/webhooks.ts";
import { isOrganization, ownedBy } from "../db/tenant.ts";
import type { EventType } from "./names.ts";
import { subscribed } from "./record.ts";

/** What each of our processes is called in the events that it causes. */
const PROCESSES = {
	"form-response": "Form response",
	"call-follow-up": "Follow-up of missed calls",
	"deal-won": "Deal won",
	"webhook-health": "Webhook health",
} as const;

export type Process = keyof typeof PROCESSES;

/** A process of ours as actor. */
export const actorFor = (process: Process): Actor => ({
	type: "system",
	id: process,
	name: PROCESSES[process],
});

/** The same request, with a process of ours acting in its stead. */
export const actingAs = (ctx: Ctx, process: Process): Ctx => ({ ...ctx, actor: actorFor(process) });

/** Those of the events whose process an active webhook of the organization turns off: their processes must not run. */
export const skippedOf = (events: readonly EventType[]): FactSource<readonly string[]> => ({
	query: (
		organizationId,
	) => sql`(SELECT json_group_array(asked.value) FROM json_each(${JSON.stringify(events)}) AS asked WHERE EXISTS
		(SELECT 1 FROM ${webhooks} AS webhook INDEXED BY "webhooks_live" CROSS JOIN ${organizations} AS organization
			WHERE ${ownedBy("webhook", organizationId)} AND webhook."deletedAt" IS NULL
			AND webhook."status" = 'active' AND webhook."skipSystem" = 1
			AND ${isOrganization("organization", organizationId)} AND ${subscribed(sql`asked.value`)}))`,
	read: (scalar) => JSON.parse(String(scalar)),
});
