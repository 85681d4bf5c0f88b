// Helpers for tests of leads.
import { expect } from "vitest";
import type { Api, Json } from "./api.ts";

export const createLead = async (api: Api, body: object = {}): Promise<Json> => {
	const reply = await api.post("/leads", { name: "Jane Smith", ...body });
	expect(reply.status, reply.text).toBe(201);
	return reply.body;
};

export const leadNumbers = async (api: Api): Promise<number[]> => {
	const found: number[] = [];
	for (let cursor = ""; ; ) {
		const { body } = await api.get(`/leads?limit=100&includeDeleted=true${cursor}`);
		found.push(...body.items.map(({ number }: Json) => number));
		if (!body.nextCursor) return found.sort((a, b) => a - b);
		cursor = `&cursor=${body.nextCursor}`;
	}
};
