// Webhooks: which URLs receive which events. Their secrets and headers are sealed in the row and opened only to be sent.
import { webhooks as table } from "../db/schema/webhooks.ts";
import { type WebhookRow, webhookStore } from "../delivery/receiver.ts";
import { identities } from "../identities.ts";
import { expectWithin } from "../quotas/expectations.ts";
import { limitOf, webhookCount } from "../quotas/quotas.ts";
import { blankFields } from "../resources/blank.ts";
import { type FieldsOf, type Resource, withoutUndefined } from "../resources/resource.ts";
import { checkFormat, withoutTemplate } from "./format.ts";
import { webhookStatuses } from "./schema.ts";
import { allowedTopics, refuseUnknownTopics } from "./topics.ts";

/** The input of a create or update, with the secret and the headers already sealed. */
export type SealedInput = {
	readonly [K in keyof FieldsOf<WebhookRow>]?: FieldsOf<WebhookRow>[K] | undefined;
};

/** The health of a new webhook, and of one that its owner enables again. */
export const initialHealth = {
	consecutiveFailures: 0,
	failingSince: null,
	exhausted: 0,
	pausedUntil: null,
	pauseSeconds: null,
};

const blank = blankFields(table, {
	url: "",
	events: [],
	method: "POST",
	status: "active",
	skipSystem: false,
	format: "json",
	expand: [],
	ordered: false,
	...initialHealth,
});

export const webhooks: Resource<WebhookRow, SealedInput, SealedInput, readonly string[]> = {
	...identities.webhooks,
	store: webhookStore,
	list: {
		sorts: [],
		filters: { status: { by: "facet", field: "status", schema: () => webhookStatuses } },
	},
	fact: allowedTopics,
	fields(input, before, topics) {
		if (input.events) refuseUnknownTopics(input.events, before?.events ?? [], topics);
		const fields = { ...(before ?? blank), ...withoutTemplate(input), ...withoutUndefined(input) };
		checkFormat(fields);
		return fields;
	},
	quotaExpectations(before, { organizationId }) {
		const live = webhookCount(organizationId);
		return before ? [] : [expectWithin(live, limitOf(organizationId, "webhooks"), "webhooks")];
	},
};
