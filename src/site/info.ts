// The words of the document that belong to no single endpoint.
import { identities } from "../identities.ts";

const description = `
Leadwire keeps leads, and all that grows out of them, and tells your other systems what happened: every change makes an
event, and every event reaches the webhooks that asked for it.

All requests and answers are JSON. Times are ISO 8601 in UTC, ids begin with what they name (\`ld_…\` is a lead), and
fields that a body doesn't know are refused rather than ignored.

## Authentication

Send your API key with every request, as \`x-api-key: lw_live_…\` or as \`Authorization: Bearer lw_live_…\`. A key belongs to
one organization and sees nothing of any other. Its scopes (\`leads:read\`, \`leads:write\`, \`*:read\`, \`*\` …) say what it may
do; each operation here names the scope it needs. A key that is missing, unknown, expired or revoked answers 401.

[/postman.json](/postman.json) is a Postman collection of every operation here: set its variable \`apiKey\`, and it runs as a
whole, in order and within the limit, each request with a test of its status.
The code samples read two environment variables: \`LEADWIRE_URL\`, the address of this host, and \`LEADWIRE_API_KEY\`.

## Rate limit

A key has 60 requests in any 60 seconds. Every answer says what is left in \`RateLimit-Limit\`, \`RateLimit-Remaining\` and
\`RateLimit-Reset\` (seconds), and in the newer pair \`RateLimit-Policy\` and \`RateLimit\`. Past the limit the answer is 429,
and waiting the seconds in \`Retry-After\` is enough. A batch call counts as one request.

## Lists and paging

A list is \`{ "items": […], "nextCursor": "…", "hasMore": true }\`. Send \`nextCursor\` back as \`cursor\`, with the same sort and
filters, until \`hasMore\` is \`false\`; no row comes twice and none is left out, even while others are being written,
unless the value that the list is sorted by is itself changed between two pages (\`createdAt\`, the default, never is).
\`limit\` is 20 unless you say otherwise (1 to 100). Several filters mean *and*; a filter given more than once means *or*. To
keep a copy in step, sort by \`updatedAt\` ascending and send \`updatedSince\`.

## Errors

Every error has one shape: \`{ "code", "message", "requestId", "errors" }\`. \`code\` is for programs, \`message\` for people,
\`errors\` names each field at fault by its path, and \`requestId\` (also the header \`X-Request-Id\`) finds the request in our logs.

## Repeating and concurrent writes

Any POST or PATCH may carry an \`Idempotency-Key\`: a text of your own, up to 255 characters. The first answer under it is
kept for 24 hours and given again to the same request (\`Idempotency-Replayed: true\`), so a call that timed out can be sent
again without doing its work twice. Every resource has a \`version\`, which is also its \`ETag\`. Send it as \`If-Match\` and an
update or delete succeeds only if nobody came first (412 otherwise); send it as \`If-None-Match\` and an unchanged resource
answers 304.

Deleting is soft: a deleted resource is gone from lists and from get, is still found with \`includeDeleted=true\`, and
comes back by \`restore\`.

## Envelope

A key made with \`envelope: true\` gets every success as \`{ "data", "meta": { "timestamp", "message", "requestId" } }\`; of a
list, \`data\` is the array and \`meta\` also has \`nextCursor\` and \`hasMore\`. Errors are never wrapped. The answers
shown here are those without an envelope.

## Webhooks

Subscribe a URL to events by \`POST /webhooks\`. Each event is then sent to it with the headers shown under *Webhook events*,
and an answer of 2xx within 30 seconds is a success. Anything else is tried again after 1, 5, 15 and 60 minutes. Delivery is
at least once, and order is not promised: know repeats by \`webhook-id\`, which is the same on every attempt.

Check the signature before you trust a body. It follows Standard Webhooks, so any of its
libraries will do:

\`\`\`javascript
import { Webhook } from "standardwebhooks";

// body: the raw text of the request, not parsed JSON
const event = new Webhook(process.env.WEBHOOK_SECRET).verify(body, request.headers);
\`\`\`

Every delivery, with each attempt and what came back, is in the log: \`GET /webhooks/{id}/deliveries\`.
`.trim();

export const info = {
	title: "Leadwire",
	version: "1.0.0",
	summary: "A CRM API that tells other systems what happened, by webhooks that never get lost.",
	description,
	contact: { name: "Leadwire" },
	license: { name: "MIT", identifier: "MIT" },
};

export const securitySchemes = {
	ApiKeyAuth: {
		type: "apiKey",
		in: "header",
		name: "x-api-key",
		description: "An API key of your organization: `lw_live_…` or `lw_test_…`.",
	},
	BearerAuth: {
		type: "http",
		scheme: "bearer",
		description: "The same API key as `Authorization: Bearer lw_live_…`.",
	},
} as const;

/** What each tag is about. A tag is shown once an operation has it. */
export const tagDescriptions: Readonly<Record<string, string>> = {
	...Object.fromEntries(Object.values(identities).map(({ tag, about }) => [tag, about])),
	"Webhook events":
		"What Leadwire sends to your webhooks: one request per event, signed, and tried again until it is received.",
};
