// Events in the document, as requests that Leadwire sends to a receiver.
import type { RouteConfig } from "@hono/zod-openapi";
import type { EventEntry } from "../events/entry.ts";
import { exampleId } from "../http/fields.ts";

/** The form of a header's value. */
interface Form {
	readonly pattern: string;
	readonly maxLength: number;
}

const header = (name: string, description: string, form: Form, example: string, required = true) => ({
	name,
	in: "header" as const,
	required,
	description,
	schema: { type: "string" as const, ...form },
	example,
});

const NAME = { pattern: "^[A-Za-z._-]{1,100}$", maxLength: 100 };
const BOOKMARK = {
	pattern: "^v1\\.[0-9A-Za-z_-]{1,32}\\.[0-9A-Za-z_-]{16}\\.[0-9A-Za-z_-]{22,400}$",
	maxLength: 460,
};
const COUNT = { pattern: "^[1-9][0-9]{0,9}$", maxLength: 10 };
const SHA256 = { pattern: "^sha256=[0-9a-f]{64}$", maxLength: 71 };
const SIGNATURES = { pattern: "^v1,[0-9A-Za-z+/]{43}=( v1,[0-9A-Za-z+/]{43}=)?$", maxLength: 95 };

const deliveryId = (name: string, description: string) =>
	header(name, description, { pattern: "^whd_[0-9a-z]{26}$", maxLength: 30 }, exampleId("whd"));
const unixTime = (name: string, description: string) =>
	header(name, description, { pattern: "^[0-9]{10}$", maxLength: 10 }, "1769860800");

/** The headers of every delivery, as shared parameters. */
export const deliveryHeaders = {
	WebhookEvent: header("X-Webhook-Event", "The event's name.", NAME, "lead.created"),
	WebhookId: deliveryId(
		"X-Webhook-ID",
		"Id of the delivery, the same on every attempt. Use it to recognise repeats.",
	),
	WebhookTimestamp: unixTime("X-Webhook-Timestamp", "When this attempt was made, in Unix seconds."),
	WebhookAttempt: header("X-Webhook-Attempt", "The number of this attempt, from 1.", COUNT, "1"),
	WebhookBookmark: header(
		"X-Webhook-Bookmark",
		"How new a copy of the database must be to have what the event tells of. Only sent if a key of the organization has `reads: nearest`; send it back, as the same header, when such a key reads the record at once.",
		BOOKMARK,
		"v1.k1.AAAAAAAAAAAAAAAA.Q29weSBvZiB0aGUgZGF0YWJhc2U",
		false,
	),
	WebhookSignature256: header(
		"X-Webhook-Signature-256",
		"`sha256=` and the hex HMAC-SHA-256 of the body under the whole secret. It does not cover the timestamp: prefer `webhook-signature`. Missing if the webhook is unsigned.",
		SHA256,
		"sha256=3fbd1c0c5e4d8f0f0b3c5c3c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e",
		false,
	),
	StandardWebhookId: deliveryId("webhook-id", "The same as `X-Webhook-ID`, for Standard Webhooks libraries."),
	StandardWebhookTimestamp: unixTime("webhook-timestamp", "The same as `X-Webhook-Timestamp`."),
	StandardWebhookSignature: header(
		"webhook-signature",
		"Standard Webhooks: `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}`; two of them, separated by a blank, while a secret is being rotated. Missing if the webhook is unsigned.",
		SIGNATURES,
		"v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
		false,
	),
};

const responses = {
	"2XX": {
		description:
			"Received. Only the status counts, and only within 30 seconds, so answer before you process the event. The first 16 KiB of the body are stored in the delivery log and not interpreted.",
	},
	"410": { description: "Gone: the webhook is disabled, and nothing more is sent to it." },
	default: {
		description:
			"Anything else, including a redirect, is a failure. The delivery is retried after 1, 5, 15 and 60 minutes, or later if `Retry-After` asks for it.",
	},
};

/** The name of an event in identifiers: `call.no-answer` is `CallNoAnswer`. */
const pascal = (type: string) =>
	type.replaceAll(/(?:^|[._-])(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The name of the schema of an event's body. */
export const payloadSchemaName = (type: string) => `${pascal(type)}Event`;

/** The entry of an event in the document's webhooks. */
export function describeEvent(type: string, entry: EventEntry): RouteConfig {
	const process = entry.process ? `\n\n\`skipSystem\` turns off: ${entry.process}` : "";
	return {
		method: "post",
		path: type,
		operationId: `on${pascal(type)}`,
		tags: ["Webhook events"],
		summary: type,
		description: entry.description + process,
		security: [],
		parameters: Object.keys(deliveryHeaders).map((name) => ({ $ref: `#/components/parameters/${name}` })),
		request: {
			body: {
				required: true,
				content: {
					"application/json": {
						schema: entry.payload.openapi(payloadSchemaName(type)),
						example: entry.example,
					},
				},
			},
		},
		responses,
	};
}
