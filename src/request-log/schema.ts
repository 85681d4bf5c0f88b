// Logged requests in answers.

import { z } from "@hono/zod-openapi";
import { errorCodes } from "../errors.ts";
import { exampleId, id, timestamp } from "../http/fields.ts";
import { objectOf } from "../http/objects.ts";

export const methods = z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

export const LoggedRequest = objectOf(() => ({
	id: id("rql").describe("The id of this row of the log."),
	at: timestamp().describe("When it was answered, or up to some seconds later."),
	requestId: z.string().max(128).describe("The `X-Request-Id` of the answer; of equal requests, the first."),
	keyId: id("key").describe("The API key, or the key with which the dashboard session was started."),
	method: z.string().max(20).describe("The HTTP method."),
	path: z
		.string()
		.max(500)
		.describe(
			"The path without the query; a part that is neither a word of the API nor an id is shown as `…`.",
		),
	status: z.int().openapi({ description: "The status of the answer.", minimum: 200, maximum: 599 }),
	code: z.enum(errorCodes).nullable().describe("The error code; `null` if the request succeeded."),
	message: z
		.string()
		.max(300)
		.nullable()
		.describe("The error's message; names of fields that this API does not know may be shown as `…`."),
	durationMs: z
		.int()
		.openapi({ description: "Milliseconds until the answer; of equal requests, the first.", minimum: 0 }),
	count: z.int().openapi({ description: "How many equal requests this row stands for.", minimum: 1 }),
	omitted: z.int().openapi({
		description: "How many requests after it are in no row, because there were too many in that minute.",
		minimum: 0,
	}),
})).openapi("LoggedRequest", {
	example: {
		id: exampleId("rql"),
		at: "2026-01-31T12:00:00.000Z",
		requestId: exampleId("req"),
		keyId: exampleId("key"),
		method: "POST",
		path: "/api/v1/leads",
		status: 400,
		code: "BAD_REQUEST",
		message: "emial: Unknown field.",
		durationMs: 12,
		count: 1,
		omitted: 0,
	},
});
