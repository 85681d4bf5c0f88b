import { z } from "@hono/zod-openapi";
import { type Answer, resourceAnswer } from "../http/answer.ts";
import { answerUnlessCurrentUncached } from "../http/conditions.ts";
import { pageSchema, readAnswers } from "../http/crud.ts";
import { recordOperation } from "../http/definition.ts";
import { endpoint } from "../http/endpoint.ts";
import { flagParameter } from "../http/list-query.ts";
import { pageEndpoint, pageQuery } from "../http/page.ts";
import { registerServerSetFields } from "../http/server-set-fields.ts";
import { writeEndpoint } from "../http/write.ts";
import { identities } from "../identities.ts";
import * as keys from "./api-keys.ts";
import { ApiKey, ApiKeyCreate, ApiKeyCreated, ApiKeyRotate, ApiKeyUpdate } from "./schema.ts";

const of = identities["api-keys"];
const includeRevoked = flagParameter("Include revoked and expired keys.");
const createdAnswer = (key: keys.ShownKey & { key: string }): Answer => ({
	...resourceAnswer(201, key, `/api/v1/api-keys/${key.id}`),
	secret: true,
});

registerServerSetFields(ApiKeyCreate, ApiKey, { key: "The server makes every key." });
registerServerSetFields(
	ApiKeyUpdate,
	ApiKey,
	{ revokedAt: "Send DELETE.", key: "Send POST /api-keys/{id}/rotate." },
	ApiKeyCreate,
);

const list = pageEndpoint(
	{
		path: "/api-keys",
		of,
		operationId: "listApiKeys",
		summary: "List API keys",
		description: "A page of the organization's usable API keys, newest first.",
		message: "API keys listed successfully",
		query: pageQuery(() => ({ includeRevoked })),
		page: pageSchema("ApiKey", ApiKey),
	},
	keys.list,
);

const create = writeEndpoint(
	{
		...recordOperation(of, "create"),
		description:
			"The key itself is only in this answer; the server stores a hash of it. A key can't grant a scope that it lacks, and can't create a key that expires later than itself.",
		body: ApiKeyCreate,
		answers: { 201: { description: "Created.", schema: ApiKeyCreated, headers: ["ETag", "Location"] } },
	},
	({ ctx, body }) => keys.create(ctx, body),
	createdAnswer,
);

const get = endpoint(
	{
		...recordOperation(of, "get"),
		description:
			"One API key by its id, without the key itself; one that is revoked or expired only with `includeRevoked=true`. `lastUsedAt` changes without a new version: to see it, leave out `If-None-Match`.",
		query: z.strictObject({ includeRevoked }),
		answers: readAnswers("API key", ApiKey),
	},
	async ({ ctx, id, query, request }) =>
		answerUnlessCurrentUncached(request, keys.withoutHash(await keys.get(ctx, id, query.includeRevoked))),
);

const rename = writeEndpoint(
	{
		...recordOperation(of, "update"),
		operationId: "renameApiKey",
		summary: "Rename an API key",
		description: "Only the name can be changed. For other scopes, create another key.",
		body: ApiKeyUpdate,
		answers: { 200: { description: "Renamed.", schema: ApiKey, headers: ["ETag"] } },
	},
	({ ctx, id, body, condition }) => keys.rename(ctx, id, body, condition),
	(row) => resourceAnswer(200, keys.withoutHash(row)),
);

const revoke = writeEndpoint(
	{
		...recordOperation(of, "delete"),
		operationId: "revokeApiKey",
		summary: "Revoke an API key",
		description:
			"Revokes a key for good: after this answer, no request with it succeeds anywhere. A key that is already revoked is a 404.",
		message: "API key revoked successfully",
		answers: { 204: { description: "Revoked." } },
	},
	({ ctx, id, condition }) => keys.revoke(ctx, id, condition),
	(_, { id }) => ({ status: 204, ends: { keyId: id, at: keys.REVOKED_AT } }),
);

const rotate = writeEndpoint(
	{
		method: "post",
		path: "/api-keys/{id}/rotate",
		of,
		operationId: "rotateApiKey",
		summary: "Rotate an API key",
		description:
			"Creates a new key with the same name, scopes and expiry, but not a later expiry than that of the calling key. The old key ends after `graceSeconds`.",
		message: "API key rotated successfully",
		body: ApiKeyRotate,
		bodyOptional: true,
		conditional: true,
		answers: { 201: { description: "The new key.", schema: ApiKeyCreated, headers: ["ETag", "Location"] } },
	},
	({ ctx, id, body, condition }) => keys.rotate(ctx, id, body.graceSeconds ?? 0, condition),
	({ created, endsAt }, { id }) => ({ ...createdAnswer(created), ends: { keyId: id, at: endsAt } }),
);

export const apiKeyEndpoints = [list, create, get, rename, revoke, rotate];
