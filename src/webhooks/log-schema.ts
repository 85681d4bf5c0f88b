// Schemas of deliveries, attempts, test sends and recovery.
import { z } from "@hono/zod-openapi";
import { saveLeadExample } from "../crm/leads/schema.ts";
import { FAILURES } from "../delivery/failure-code.ts";
import { id, instant, timestamp } from "../http/fields.ts";

export const TestSend = z
	.strictObject({
		event: z.string().max(100).openapi({ description: "The event's name.", example: "lead.created" }),
	})
	.openapi("TestSend", { example: { event: "lead.created" } });

/** Attempts that an answer shows; redelivered by hand, a delivery may have any number. */
export const MOST_ATTEMPTS = 100;

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

export const Attempt = z
	.object({
		number: z.int().openapi({ description: "From 1.", minimum: 1 }),
		at: timestamp().describe("When it was made."),
		trigger: z.enum(["scheduled", "manual"]).describe("Whether the schedule made it or a person."),
		url: z.string().max(2_048).describe("Where it was sent."),
		requestHeaders: z.record(z.string(), z.string().max(4_096)).describe("As sent, sensitive values masked."),
		statusCode: z
			.int()
			.nullable()
			.openapi({ description: "`null` when no answer came.", minimum: 100, maximum: 599 }),
		durationMs: z.int().openapi({ description: "Milliseconds until the headers came.", minimum: 0 }),
		error: z
			.enum(FAILURES)
			.nullable()
			.describe(
				"Why it failed; `null` on success. `http_status`: the answer was no 2xx. `timeout`: none came in time. `dns_failed`, `tls_failed`, `connection_refused`, `connection_reset`: the receiver's server wasn't reached, for this reason; `connection_failed`: for one that isn't known. Where Cloudflare reported it, its 52x or 530 is the `statusCode`. `blocked_target`: nothing was sent to such a URL.",
			),
		responseHeaders: z
			.record(z.string(), z.string().max(1_024))
			.nullable()
			.describe("The headers of the answer, at most 50 and 16 KiB together; `null` when none came."),
		responseBody: z.string().max(16_384).nullable().describe("At most 16 KiB of it."),
		responseTruncated: z
			.boolean()
			.describe("Whether there was more of the body or of the headers than is kept."),
	})
	.openapi("Attempt", { example: attemptExample });

export const deliveryStatuses = z.enum(["pending", "success", "failed", "skipped", "cancelled"]);

export const DeliverySummary = z
	.object({
		id: id("whd").describe("The delivery's id, which receivers get as `webhookId`."),
		webhookId: id("webhook").describe("Id of the webhook it goes to."),
		event: z.string().max(100).openapi({ description: "The event's name.", example: "save_lead" }),
		eventId: id("evt").describe("The event; all its deliveries share it."),
		status: deliveryStatuses.openapi({
			description:
				"`skipped`: the webhook was disabled when it happened. `cancelled`: it was disabled or deleted since.",
			example: "success",
		}),
		test: z.boolean().describe("Whether it was sent by hand, for a test."),
		createdAt: timestamp().describe("When it was created."),
		nextAttemptAt: timestamp().nullable().describe("`null` when no attempt is planned."),
		lastStatusCode: z.int().nullable().openapi({
			description: "What the last attempt was answered with.",
			minimum: 100,
			maximum: 599,
			example: 200,
		}),
		attemptCount: z.int().openapi({ description: "Attempts made so far.", minimum: 0, example: 1 }),
	})
	.openapi("DeliverySummary");

export const Delivery = z
	.object({
		...DeliverySummary.shape,
		payload: z.looseObject({}).openapi({
			description: "The body, the same on every attempt; its schema is the event's, under *Webhook events*.",
			additionalProperties: true,
			example: saveLeadExample,
		}),
		attempts: z.array(Attempt).max(MOST_ATTEMPTS).describe(`In order, the last ${MOST_ATTEMPTS} of them.`),
	})
	.openapi("Delivery");

export const Recover = z
	.strictObject({
		since: instant().openapi({
			description: "From when on, at most 14 days before `until`.",
			example: "2026-01-31T00:00:00Z",
		}),
		until: instant().optional().describe("Up to when; now, unless given."),
		status: z
			.enum(["failed", "skipped"])
			.optional()
			.describe(
				"Which deliveries: those that failed, unless said otherwise, or those skipped while disabled.",
			),
	})
	.openapi("Recover", { example: { since: "2026-01-31T00:00:00Z", until: "2026-02-01T00:00:00Z" } });

export const Recovered = z
	.object({
		recovered: z.int().openapi({ description: "How many deliveries run their schedule anew.", minimum: 0 }),
	})
	.openapi("Recovered", { example: { recovered: 42 } });
