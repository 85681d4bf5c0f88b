// The general texts of the document.
import { identities } from "../identities.ts";
import { TITLE, VERSION } from "../site/about.ts";

const description = `
Leadwire is a CRM: it stores leads, clients, deals, tasks, quotations and invoices. It notifies your other systems by
webhooks: every change creates an event, and every event is sent to the webhooks that subscribe to it.

All requests and answers are JSON. Times are ISO 8601 in UTC. The prefix of an id shows its type (\`ld_…\` is a lead).
Unknown fields in a body are refused.

## Authentication

Send your API key with every request, as \`x-api-key: lw_live_…\` or as \`Authorization: Bearer lw_live_…\`. A key belongs to
one organization and can't access any other. Its scopes (\`leads:read\`, \`leads:write\`, \`*:read\`, \`*\` …) define what it may
do; each operation here names the scope that it needs. A missing, unknown, expired or revoked key is answered with 401.

[/postman.json](/postman.json) is a Postman collection of every operation here: set its variable \`apiKey\`, and
all requests can be run in order, within the rate limit, each with a test of its status.
The code samples read two environment variables: \`LEADWIRE_URL\`, the address of this host, and \`LEADWIRE_API_KEY\`.

## Rate limit

A key may send 60 requests in any 60 seconds. Every answer shows what is left in \`RateLimit-Limit\`, \`RateLimit-Remaining\`
and \`RateLimit-Reset\` (seconds), and in the newer headers \`RateLimit-Policy\` and \`RateLimit\`. Beyond the limit the answer
is 429; send the request again after the seconds in \`Retry-After\`. A batch counts as one request.

## Lists and paging

A list is \`{ "items": […], "nextCursor": "…", "hasMore": true }\`. Send \`nextCursor\` back as \`cursor\`, with the same sort and
filters, until \`hasMore\` is \`false\`. No row is repeated or missing, even while others write, unless the value that the
list is sorted by is changed between two pages (\`createdAt\`, the default, never changes). \`limit\` is 1 to 100; the
default is 20. Several filters mean *and*; the same filter given several times means *or*. To keep a copy up to date,
sort by \`updatedAt\` ascending and send \`updatedSince\`.

## Errors

Every error has the same shape: \`{ "code", "message", "requestId", "errors" }\`. \`code\` is for programs, \`message\` for people,
\`errors\` names each field at fault by its path, and \`requestId\` (also the header \`X-Request-Id\`) finds the request in our logs.

## Repeating and concurrent writes

Any POST or PATCH may have an \`Idempotency-Key\`: any text of up to 255 characters. The first answer is stored for 24 hours
and returned again to the same request (\`Idempotency-Replayed: true\`), so a request that timed out can be sent again
without doing its work twice. Every resource has a \`version\`, which is also its \`ETag\`. With \`If-Match\`, an update or
delete only succeeds if the version is still the same (412 otherwise). With \`If-None-Match\`, an unchanged resource is
answered with 304.

Deleting is soft: a deleted resource no longer appears in lists and by get, can still be read with \`includeDeleted=true\`,
and can be restored by \`restore\`.

## Envelope

A key created with \`envelope: true\` gets every successful answer as \`{ "data", "meta": { "timestamp", "message",
"requestId" } }\`; for a list, \`data\` is the array and \`meta\` also has \`nextCursor\` and \`hasMore\`. Errors are never
wrapped. The answers in this document have no envelope.

## Webhooks

Subscribe a URL to events by \`POST /webhooks\`. Each event is sent to it with the headers shown under *Webhook events*.
An answer of 2xx within 30 seconds is a success; after anything else the delivery is retried after 1, 5, 15 and 60 minutes.
Delivery is at least once and not in order. Recognise repeats by \`webhook-id\`, which is the same on every attempt.

Check the signature before you trust a body. It follows Standard Webhooks, so you can use any of its libraries:

\`\`\`javascript
import { Webhook } from "standardwebhooks";

// body: the raw text of the request, not parsed JSON
const event = new Webhook(process.env.WEBHOOK_SECRET).verify(body, request.headers);
\`\`\`

Every delivery, with each attempt and its answer, is in the log: \`GET /webhooks/{id}/deliveries\`.
`.trim();

export const info = {
	title: TITLE,
	version: VERSION,
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

/** The description of each tag. Only tags of an operation are shown. */
export const tagDescriptions: Readonly<Record<string, string>> = {
	...Object.fromEntries(Object.values(identities).map(({ tag, about }) => [tag, about])),
	"Webhook events":
		"What Leadwire sends to your webhooks: one signed request per event, retried until it is received.",
};
