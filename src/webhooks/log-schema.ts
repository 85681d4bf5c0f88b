// Schemas of deliveries, attempts, test sends and recovery.

import { z } from "@hono/zod-openapi";
import { saveLeadExample } from "../crm/leads/schema.ts";
import { FAILURE_CODES } from "../delivery/failure-code.ts";
import { exampleId, id, instant, timestamp } from "../http/fields.ts";
import { repeatable, statusParameter } from "../http/list-query.ts";
import { objectOf, strictObjectOf } from "../http/objects.ts";
import { pageQuery } from "../http/page.ts";

export const TestSend = strictObjectOf(() => ({
	event: z.string().max(100).openapi({ description: "The event's name.", example: "lead.created" }),
})).openapi("TestSend", { example: { event: "lead.created" } });

/** Attempts that an answer shows; redelivered by hand, a delivery may have any number. */
export const MAX_ATTEMPTS = 100;

const attemptExample = {
	number: 1,
	at: "2026-01-31T12:00:01.000Z",
	trigger: "scheduled" as const,
	url: "https://hooks.example.com/leadwire",
	requestHeaders: { "content-type": "application/json", "x-webhook-event": "save_lead" },
	statusCode: 200,
	durationMs: 184,
	error: null,
	responseHeaders: { "content-type": "text/plain" },
	responseBody: "ok",
	responseTruncated: false,
};

export const Attempt = objectOf(() => ({
	number: z.int().openapi({ description: "The number of the attempt, from 1.", minimum: 1 }),
	at: timestamp().describe("When the attempt was made."),
	trigger: z
		.enum(["scheduled", "manual"])
		.describe("Whether the attempt was made by the schedule or requested by a person."),
	url: z.string().max(2_048).describe("Where it was sent; empty if the quota `logBytes` was nearly used up."),
	requestHeaders: z
		.record(z.string(), z.string().max(4_096))
		.describe("The headers as sent, with sensitive values masked."),
	statusCode: z.int().nullable().openapi({
		description: "The status of the answer; `null` without an answer.",
		minimum: 100,
		maximum: 999,
	}),
	durationMs: z
		.int()
		.openapi({ description: "Milliseconds until the headers of the answer arrived.", minimum: 0 }),
	error: z
		.enum(FAILURE_CODES)
		.nullable()
		.describe(
			"Why it failed; `null` on success. `http_status`: the answer was not 2xx. `timeout`: there was no answer in time. `dns_failed`, `tls_failed`, `connection_refused`, `connection_reset`: the receiver could not be reached for this reason; `connection_failed`: for an unknown reason. If Cloudflare reported the error, its 52x or 530 is the `statusCode`. `blocked_target`: nothing was sent, because the URL is not allowed.",
		),
	responseHeaders: z
		.record(z.string(), z.string().max(1_024))
		.nullable()
		.describe("The headers of the answer, at most 50 and 16 KiB in total; `null` without an answer."),
	responseBody: z.string().max(16_384).nullable().describe("The body of the answer, at most 16 KiB of it."),
	responseTruncated: z.boolean().describe("Whether the body or the headers were longer than what is stored."),
})).openapi("Attempt", { example: attemptExample });

const deliveryStatuses = z.enum(["pending", "success", "failed", "skipped", "cancelled"]);

/** The query of the delivery log. */
export const DeliveryQuery = pageQuery(() => ({
	status: repeatable(deliveryStatuses, "Only deliveries with this status."),
	event: repeatable(z.string().max(100), "Only deliveries of this event."),
	statusCode: statusParameter("Only those whose last attempt was answered with this status code."),
	recordId: z
		.string()
		.max(40)
		.regex(/^[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}$/, "Expected the id of a record.")
		.optional()
		.openapi({ description: "Only deliveries of the events of this record.", example: exampleId("ld") }),
	since: instant().optional().describe("Only deliveries created at or after this time."),
	until: instant().optional().describe("Only deliveries created at or before this time."),
}));

export const DeliverySummary = objectOf(() => ({
	id: id("whd").describe("The delivery's id, which receivers get as `webhookId`."),
	webhookId: id("webhook").describe("Id of the webhook it goes to."),
	event: z.string().max(100).openapi({ description: "The event's name.", example: "save_lead" }),
	eventId: id("evt").describe("The event; all its deliveries share it."),
	status: deliveryStatuses.openapi({
		description:
			"`skipped`: the webhook was disabled; `recover` sends it later. `cancelled`: the webhook was deleted or answered 410, or the person was erased.",
		example: "success",
	}),
	test: z.boolean().describe("Whether it is a test send."),
	createdAt: timestamp().describe("When it was created."),
	nextAttemptAt: timestamp().nullable().describe("When the next attempt is planned; `null` for none."),
	lastStatusCode: z.int().nullable().openapi({
		description: "The status of the answer to the last attempt.",
		minimum: 100,
		maximum: 999,
		example: 200,
	}),
	attemptCount: z.int().openapi({ description: "Attempts made so far.", minimum: 0, example: 1 }),
})).openapi("DeliverySummary");

export const Delivery = objectOf(() => ({
	...DeliverySummary.shape,
	payload: z.looseObject({}).openapi({
		description:
			'The body, the same on every attempt. Its schema is that of the event, under *Webhook events*; for a webhook with the format `slack` it is `{ "text": … }`.',
		additionalProperties: true,
		example: saveLeadExample,
	}),
	attempts: z.array(Attempt).max(MAX_ATTEMPTS).describe(`In order, the last ${MAX_ATTEMPTS} of them.`),
})).openapi("Delivery");

export const Recover = strictObjectOf(() => ({
	since: instant().openapi({
		description: "The start of the period, at most 14 days before `until`.",
		example: "2026-01-31T00:00:00Z",
	}),
	until: instant().optional().describe("The end of the period. Default: now."),
	status: z
		.enum(["failed", "skipped"])
		.optional()
		.describe(
			"The deliveries to recover: those that failed (the default), or those skipped while the webhook was disabled.",
		),
})).openapi("Recover", { example: { since: "2026-01-31T00:00:00Z", until: "2026-02-01T00:00:00Z" } });

export const Recovered = objectOf(() => ({
	recovered: z
		.int()
		.openapi({ description: "The number of deliveries whose schedule starts again.", minimum: 0 }),
})).openapi("Recovered", { example: { recovered: 42 } });
