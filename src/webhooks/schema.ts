// Webhooks, deliveries and attempts on the wire.
import { z } from "@hono/zod-openapi";
import { saveLeadExample } from "../crm/leads/schema.ts";
import { common, commonExample, id, name, nullish, optional, text, timestamp } from "../http/fields.ts";

const methods = z.enum(["POST", "PUT", "PATCH"]);
export const webhookStatuses = z.enum(["active", "disabled"]);

const subscription = z.string().min(1).max(100).openapi({ example: "lead.created" });

const settable = {
	url: z.string().max(2_048).openapi({
		description: "https, port 443 or 8443, a public host name.",
		example: "https://api.yourcompany.com/webhooks/leadwire",
	}),
	events: z
		.array(subscription)
		.min(1)
		.max(100)
		.openapi({ description: "Event names, `<noun>.*`, or `*`.", example: ["lead.created", "lead.updated"] }),
};

const choices = {
	method: methods.openapi({ description: "How it is sent; POST unless said otherwise." }),
	headers: z.record(z.string(), z.string().openapi({ maxLength: 4_096 })).openapi({
		maxProperties: 20,
		description:
			"Headers to send along, at most 20. Sensitive ones read back as `***`; sending `***` keeps the stored value.",
		example: { authorization: "Bearer 123" },
	}),
	status: webhookStatuses,
	skipSystem: z
		.boolean()
		.openapi({ description: "Turns off the built-in processes of the subscribed events." }),
};

const words = { name: name(), description: text() };

const secret = z
	.string()
	.regex(/^[\x21-\x7e]{16,256}$/, "Expected 16 to 256 visible ASCII characters.")
	.openapi({
		description: "Left out: made for you and returned this once. `null`: unsigned.",
		example: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
	});

export const webhookExample = {
	...commonExample("webhook"),
	name: "Production",
	url: "https://api.yourcompany.com/webhooks/leadwire",
	events: ["lead.created", "lead.updated"],
	description: "Production webhook endpoint",
	method: "POST",
	headers: { authorization: "***" },
	status: "active",
	skipSystem: false,
	secretPrefix: "whsec_abc",
	previousSecretExpiresAt: null,
	disabledAt: null,
	disabledReason: null,
	lastDeliveredAt: null,
	consecutiveFailures: 0,
};

export const WebhookCreate = z
	.strictObject({ ...settable, ...optional(choices), ...nullish(words), secret: secret.nullish() })
	.openapi("WebhookCreate", {
		example: {
			url: "https://api.yourcompany.com/webhooks/leadwire",
			events: ["lead.created", "lead.updated"],
			description: "Production webhook endpoint",
		},
	});

export const WebhookUpdate = z
	.strictObject({ ...optional(settable), ...optional(choices), ...nullish(words) })
	.openapi("WebhookUpdate", { example: { events: ["lead.created"], status: "active" } });

export const Webhook = z
	.object({
		...common("webhook"),
		name: name().nullable(),
		...settable,
		description: text().nullable(),
		...choices,
		secretPrefix: z
			.string()
			.nullable()
			.openapi({ description: "The beginning of the secret; `null` for an unsigned webhook." }),
		previousSecretExpiresAt: timestamp().nullable(),
		disabledAt: timestamp().nullable(),
		disabledReason: z.string().nullable(),
		lastDeliveredAt: timestamp().nullable(),
		consecutiveFailures: z
			.int()
			.openapi({ description: "Failed attempts since the last that succeeded.", minimum: 0 }),
	})
	.openapi("Webhook", { example: webhookExample });

export const WebhookCreated = Webhook.extend({
	secret: z.string().optional().openapi({ description: "Shown this once; left out of an unsigned webhook." }),
}).openapi("WebhookCreated", {
	example: { ...webhookExample, secretPrefix: "whsec_C2F", secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD" },
});

export const Topic = z
	.object({
		event: z.string(),
		description: z.string(),
		entity: z.string().openapi({ description: "The resource it speaks of." }),
		process: z
			.string()
			.nullable()
			.openapi({ description: "The built-in process that `skipSystem` turns off." }),
	})
	.openapi("Topic", {
		example: {
			event: "lead.created",
			description: "A lead was created.",
			entity: "leads",
			process: null,
		},
	});

export const TestSend = z
	.strictObject({ event: z.string().max(100).openapi({ example: "lead.created" }) })
	.openapi("TestSend", { example: { event: "lead.created" } });

const attemptExample = {
	number: 1,
	at: "2026-01-31T12:00:01.000Z",
	trigger: "scheduled" as const,
	url: "https://api.yourcompany.com/webhooks/leadwire",
	requestHeaders: { "content-type": "application/json", "x-webhook-event": "save_lead" },
	statusCode: 200,
	durationMs: 184,
	error: null,
	responseHeaders: { "content-type": "text/plain" },
	responseBody: "ok",
	responseTruncated: false,
};

export const Attempt = z
	.object({
		number: z.int().openapi({ description: "From 1.", minimum: 1 }),
		at: timestamp(),
		trigger: z.enum(["scheduled", "manual"]),
		url: z.string(),
		requestHeaders: z
			.record(z.string(), z.string())
			.openapi({ description: "As sent, sensitive values masked." }),
		statusCode: z
			.int()
			.nullable()
			.openapi({ description: "`null` when no answer came.", minimum: 100, maximum: 599 }),
		durationMs: z.int().openapi({ description: "Milliseconds until the headers came.", minimum: 0 }),
		error: z.string().nullable().openapi({
			description: "`http_status`, `timeout`, `connection_failed`, `blocked_target` …; `null` on success.",
		}),
		responseHeaders: z.record(z.string(), z.string()).nullable(),
		responseBody: z.string().nullable().openapi({ description: "At most 16 KiB of it." }),
		responseTruncated: z.boolean().openapi({ description: "Whether there was more of it." }),
	})
	.openapi("Attempt", { example: attemptExample });

export const deliveryStatuses = z.enum(["pending", "success", "failed", "skipped", "cancelled"]);

export const DeliverySummary = z
	.object({
		id: id("whd"),
		webhookId: id("webhook"),
		event: z.string().openapi({ example: "save_lead" }),
		eventId: id("evt").openapi({ description: "The event; all its deliveries share it." }),
		status: deliveryStatuses.openapi({
			description:
				"`skipped`: the webhook was disabled when it happened. `cancelled`: it was disabled or deleted since.",
			example: "success",
		}),
		test: z.boolean().openapi({ description: "Whether it was sent by hand, for a test." }),
		createdAt: timestamp(),
		nextAttemptAt: timestamp().nullable().openapi({ description: "`null` when no attempt is planned." }),
		lastStatusCode: z.int().nullable().openapi({
			description: "What the last attempt was answered with.",
			minimum: 100,
			maximum: 599,
			example: 200,
		}),
		attemptCount: z.int().openapi({ description: "Attempts made so far.", minimum: 0, example: 1 }),
	})
	.openapi("DeliverySummary");

export const Delivery = DeliverySummary.extend({
	payload: z.looseObject({}).openapi({
		description: "The body, the same on every attempt; its schema is the event's, under *Webhook events*.",
		additionalProperties: true,
		example: saveLeadExample,
	}),
	attempts: z.array(Attempt).openapi({ description: "In order." }),
}).openapi("Delivery");
