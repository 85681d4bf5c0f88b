// What tests of API keys begin with.
import { expect } from "vitest";
import { Api, type Json } from "../support/api.ts";

export const START = Date.parse("2026-03-01T12:00:00Z");

/** A caller with the key that an answer shows. */
export const holder = (api: Api, body: Json) => new Api(body.key, api.organizationId, body.id);

export async function created(api: Api, body: object = {}): Promise<{ api: Api; body: Json }> {
	const reply = await api.post("/api-keys", { name: "Integration", ...body });
	expect(reply.status, reply.text).toBe(201);
	return { api: holder(api, reply.body), body: reply.body };
}
