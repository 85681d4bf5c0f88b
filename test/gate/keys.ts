// Helpers for tests of API keys.
import { expect } from "vitest";
import { Api, type Json } from "../support/api.ts";

export const START = Date.parse("2026-03-01T12:00:00Z");

/** A caller with the key in an answer. */
export const callerOf = (api: Api, body: Json) => new Api(body.key, api.organizationId, body.id);

export async function createKeyWith(api: Api, body: object = {}): Promise<{ api: Api; body: Json }> {
	const reply = await api.post("/api-keys", { name: "Integration", ...body });
	expect(reply.status, reply.text).toBe(201);
	return { api: callerOf(api, reply.body), body: reply.body };
}
