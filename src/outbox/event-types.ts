// All event types and the resource that each is about. Their payloads are in the catalogue (events/catalogue.ts), which is
// above the features because it imports their schemas.

import { identities, type Noun, type Path } from "../identities.ts";
import { keysOf } from "../keys.ts";

const LIFECYCLE_VERBS = ["created", "updated", "deleted"] as const;

type LifecycleVerb = (typeof LIFECYCLE_VERBS)[number];

/** Something for each of the three events that most resources have. */
export const perLifecycleEvent = <P extends Path, T>(
	path: P,
	make: (verb: LifecycleVerb, type: string) => T,
) =>
	Object.fromEntries(
		LIFECYCLE_VERBS.map((verb) => {
			const type = `${identities[path].noun}.${verb}`;
			return [type, make(verb, type)];
		}),
	) as Record<`${Noun<P>}.${LifecycleVerb}`, T>;

const lifecycleEvents = <P extends Path>(path: P) => perLifecycleEvent(path, () => path);

const entities = {
	...lifecycleEvents("leads"),
	"lead.stageChanged": "leads",
	save_lead: "leads",
	"lead.erased": "leads",
	...lifecycleEvents("clients"),
	"client.erased": "clients",
	...lifecycleEvents("deals"),
	"deal.stageChanged": "deals",
	...lifecycleEvents("tasks"),
	...lifecycleEvents("quotations"),
	"quotation.statusChanged": "quotations",
	...lifecycleEvents("invoices"),
	"invoice.statusChanged": "invoices",
	"invoice.paid": "invoices",
	"form.response.created": "form-responses",
	"call.completed": "conversations",
	"call.failed": "conversations",
	"call.busy": "conversations",
	"call.no-answer": "conversations",
	"chat.completed": "conversations",
	"chat.resolved": "conversations",
	"chat.abandoned": "conversations",
	"chat.message.received": "conversations",
	"webhook.disabled": "webhooks",
	"webhook.exhausted": "webhooks",
	"webhook.recovered": "webhooks",
} as const satisfies Record<string, Path>;

export type EventType = keyof typeof entities;

export const eventTypes = keysOf(entities);

/** The resource that an event is about, by its path. */
export const entityOf = (type: EventType): Path => entities[type];

/** Whether a subscription (`lead.created`, `lead.*`, `*`) can ever match an event. */
export function matchesAny(subscription: string, types: readonly string[] = eventTypes): boolean {
	if (subscription === "*") return types.length > 0;
	if (subscription.endsWith(".*")) return types.some((type) => type.startsWith(subscription.slice(0, -1)));
	return types.includes(subscription);
}
