// Schemas of webhooks in requests and answers.

import { z } from "@hono/zod-openapi";
import { commonExample, name, sharedFields, text, timestamp } from "../http/fields.ts";
import { objectOf, strictObjectOf } from "../http/objects.ts";
import { once } from "../http/once.ts";
import { nullish, optional } from "../http/shapes.ts";
import { identities } from "../identities.ts";
import { expand } from "./expand.ts";
import { filter } from "./filter.ts";
import { format, template } from "./format.ts";

const methods = z.enum(["POST", "PUT", "PATCH"]);
export const webhookStatuses = z.enum(["active", "disabled"]);

const subscription = once(() => z.string().min(1).max(100).openapi({ example: "lead.created" }));

const settable = once(() => ({
	url: z.string().max(2_048).openapi({
		description: "An https URL on port 443 or 8443 with a public host name.",
		example: "https://hooks.example.com/leadwire",
	}),
	events: z
		.array(subscription())
		.min(1)
		.max(100)
		.openapi({ description: "Event names, `<noun>.*`, or `*`.", example: ["lead.created", "lead.updated"] }),
}));

const optionalFields = once(() => ({
	method: methods.describe("The HTTP method. Default: POST."),
	headers: z.record(z.string(), z.string().openapi({ maxLength: 4_096 })).openapi({
		maxProperties: 20,
		description:
			"Additional headers to send, at most 20. A PATCH replaces all of them. Sensitive values are shown as `***`; sending `***` keeps the stored value.",
		example: { authorization: "Bearer 123" },
	}),
	status: webhookStatuses.describe("Whether events are sent to it."),
	skipSystem: z.boolean().describe("Turns off the built-in processes of the subscribed events."),
	format: format(),
	expand: expand(),
	ordered: z
		.boolean()
		.describe(
			"Whether each delivery waits until the one before, by the order of the events, has ended: with a success or with its last attempt. Requested attempts don't wait. Default: false.",
		),
}));

const rateLimit = strictObjectOf(() => ({
	count: z.int().min(1).max(1_000).openapi({ description: "How many attempts.", example: 1 }),
	seconds: z.int().min(1).max(3_600).openapi({ description: "In how many seconds.", example: 1 }),
})).describe(
	"At most so many attempts begin in any period of that length; the other deliveries wait, without using up attempts. Requested attempts and test sends are not counted. `null`: no limit. A PATCH replaces the whole object.",
);

const NAME = "The name of the webhook.";
const DESCRIPTION = "Free text about the webhook.";
const texts = once(() => ({ name: name().describe(NAME), description: text().describe(DESCRIPTION) }));
/** Fields that are unset by `null`. */
const openFields = once(() => ({ ...texts(), filter: filter(), template: template(), rateLimit }));

const secret = once(() =>
	z
		.string()
		.regex(/^[\x21-\x7e]{16,256}$/, "Expected 16 to 256 visible ASCII characters.")
		.openapi({
			description:
				"The secret that signs deliveries. Default: one is generated and only shown in this answer. `null`: deliveries are not signed.",
			maxLength: 256,
			example: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
		}),
);

export const webhookExample = {
	...commonExample(identities.webhooks),
	name: "Production",
	url: "https://hooks.example.com/leadwire",
	events: ["lead.created", "lead.updated"],
	description: "Production webhook endpoint",
	method: "POST",
	headers: { authorization: "***" },
	status: "active",
	skipSystem: false,
	filter: null,
	format: "json" as const,
	template: null,
	expand: [],
	rateLimit: null,
	ordered: false,
	secretPrefix: "whsec_abc",
	previousSecretExpiresAt: null,
	disabledAt: null,
	disabledReason: null,
	lastDeliveredAt: null,
	consecutiveFailures: 0,
	failingSince: null,
	pausedUntil: null,
};

export const WebhookCreate = strictObjectOf(() => ({
	...settable(),
	...optional(optionalFields()),
	...nullish(openFields()),
	secret: secret().nullish(),
})).openapi("WebhookCreate", {
	example: {
		url: "https://hooks.example.com/leadwire",
		events: ["lead.created", "lead.updated"],
		description: "Production webhook endpoint",
	},
});

export const WebhookUpdate = strictObjectOf(() => ({
	...optional(settable()),
	...optional(optionalFields()),
	...nullish(openFields()),
})).openapi("WebhookUpdate", { example: { events: ["lead.created"], status: "active" } });

export const Webhook = objectOf(() => ({
	...sharedFields(identities.webhooks),
	name: texts().name.nullable(),
	...settable(),
	description: texts().description.nullable(),
	...optionalFields(),
	filter: filter().nullable(),
	template: template().nullable(),
	rateLimit: z
		.object(rateLimit.shape)
		.describe(rateLimit.description ?? "")
		.nullable(),
	secretPrefix: z
		.string()
		.max(9)
		.nullable()
		.describe("The beginning of the secret; `null` for an unsigned webhook."),
	previousSecretExpiresAt: timestamp()
		.nullable()
		.describe("Until when the previous secret also signs; `null` for none."),
	disabledAt: timestamp().nullable().describe("When it was disabled; `null` while it is active."),
	disabledReason: z
		.string()
		.max(1_000)
		.nullable()
		.describe("Why it was disabled; `null` while it is active."),
	lastDeliveredAt: timestamp()
		.nullable()
		.describe("When a delivery last succeeded, or up to a minute earlier."),
	consecutiveFailures: z.int().openapi({
		description: "Failed attempts since the last that succeeded, to its present URL.",
		minimum: 0,
	}),
	failingSince: timestamp().nullable().describe("When the first of these failures happened."),
	pausedUntil: timestamp()
		.nullable()
		.describe(
			"After ten failures in a row, deliveries wait; one of them is sent at this time, and its success ends the pause.",
		),
})).openapi("Webhook", { example: webhookExample });

export const WebhookCreated = objectOf(() => ({
	...Webhook.shape,
	secret: z
		.string()
		.max(256)
		.optional()
		.describe("The secret, only shown in this answer; missing for an unsigned webhook."),
})).openapi("WebhookCreated", {
	example: {
		...webhookExample,
		secretPrefix: "whsec_C2F",
		secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
	},
});

export const Topic = objectOf(() => ({
	event: z.string().max(100).describe("The event's name."),
	description: z.string().max(1_000).describe("When the event is sent."),
	entity: z.string().max(100).describe("The resource that it is about."),
	process: z.string().max(1_000).nullable().describe("The built-in process that `skipSystem` turns off."),
})).openapi("Topic", {
	example: {
		event: "lead.created",
		description: "A lead was created.",
		entity: "leads",
		process: null,
	},
});

export const SecretRotate = strictObjectOf(() => ({
	secret: secret().optional(),
	graceSeconds: z.int().min(0).max(604_800).optional().openapi({
		description: "How long the old secret also signs, in seconds. Default: one day.",
		example: 86_400,
	}),
})).openapi("SecretRotate", { example: { graceSeconds: 86_400 } });

export const SecretRotated = objectOf(() => ({
	secret: z.string().max(256).describe("The new secret, only shown in this answer."),
	secretPrefix: z.string().max(9).describe("The beginning of the secret, to recognise it."),
	previousSecretExpiresAt: timestamp()
		.nullable()
		.describe(
			"Until when `webhook-signature` has a signature with both secrets, and the older header one with the old secret.",
		),
})).openapi("SecretRotated", {
	example: {
		secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
		secretPrefix: "whsec_C2F",
		previousSecretExpiresAt: "2026-02-01T12:00:00.000Z",
	},
});
