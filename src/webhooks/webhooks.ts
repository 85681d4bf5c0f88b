// Webhooks: who is told of what, and what every row of one begins with.
import { sql } from "drizzle-orm";
import { organizationRow } from "../db/tenant.ts";
import { type WebhookRow, webhookStore } from "../delivery/receiver.ts";
import { identities } from "../identities.ts";
import { expectWithin } from "../quotas/expectations.ts";
import { limitOf, webhooksCounted } from "../quotas/quotas.ts";
import { type FieldsOf, given, type Resource } from "../resources/resource.ts";
import { webhookStatuses } from "./schema.ts";
import { refuseUnknownTopics, topicsOf } from "./topics.ts";

/** What a create or update says of a webhook, its secret and headers already sealed. */
export type Sealed = { readonly [K in keyof FieldsOf<WebhookRow>]?: FieldsOf<WebhookRow>[K] | undefined };

/** A clean slate: what a webhook begins with, and again when its owner turns it on. */
export const unburdened = {
	consecutiveFailures: 0,
	failingSince: null,
	exhausted: 0,
	pausedUntil: null,
	pauseSeconds: null,
};

const blank: FieldsOf<WebhookRow> = {
	name: null,
	url: "",
	events: [],
	description: null,
	method: "POST",
	headers: null,
	status: "active",
	skipSystem: false,
	secret: null,
	secretPrefix: null,
	previousSecret: null,
	previousSecretExpiresAt: null,
	disabledAt: null,
	disabledReason: null,
	lastDeliveredAt: null,
	slowUntil: null,
	...unburdened,
};

export const webhooks: Resource<WebhookRow, Sealed, Sealed, readonly string[]> = {
	...identities.webhooks,
	store: webhookStore,
	list: {
		sorts: [],
		filters: { status: { by: "facet", field: "status", schema: webhookStatuses } },
	},
	/** The topics the operator allows this organization. */
	fact: {
		query: (organizationId) => sql`(SELECT "topics" FROM ${organizationRow(organizationId)})`,
		read: topicsOf,
	},
	fields(input, before, topics) {
		if (input.events) refuseUnknownTopics(input.events, topics);
		return { ...(before ?? blank), ...given(input) };
	},
	bounds(before, { organizationId }) {
		const live = webhooksCounted(organizationId);
		return before ? [] : [expectWithin(live, limitOf(organizationId, "webhooks"), "webhooks")];
	},
};
