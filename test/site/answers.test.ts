// Answers of the Worker against what the document says of them.
import { beforeAll, describe, expect, inject, it, vi } from "vitest";
import { Api, type Json } from "../support/api.ts";
import { mismatches, readDocument } from "../support/document.ts";
import { givenCaller } from "../support/given.ts";

let document: Json;
let api: Api;

beforeAll(async () => {
	document = await readDocument();
	api = await givenCaller();
});

describe("the document tells the truth of", () => {
	it("a lead's life", async () => {
		const created = await api.post("/leads", { name: "Jane Smith", email: "jane@example.com", value: 12.5 });
		expect(mismatches(document, "createLead", created)).toEqual([]);
		const { id } = created.body;
		expect(mismatches(document, "getLead", await api.get(`/leads/${id}`))).toEqual([]);
		expect(
			mismatches(document, "getLead", await api.get(`/leads/${id}`, { "if-none-match": '"1"' })),
		).toEqual([]);
		expect(mismatches(document, "updateLead", await api.patch(`/leads/${id}`, { score: 7 }))).toEqual([]);
		expect(mismatches(document, "updateLead", await api.patch(`/leads/${id}`, { nope: 7 }))).toEqual([]);
		expect(mismatches(document, "listLeads", await api.get("/leads?limit=1&email=jane@example.com"))).toEqual(
			[],
		);
		expect(
			mismatches(document, "deleteLead", await api.delete(`/leads/${id}`, { "if-match": '"9"' })),
		).toEqual([]);
		expect(mismatches(document, "deleteLead", await api.delete(`/leads/${id}`))).toEqual([]);
		expect(mismatches(document, "getLead", await api.get(`/leads/${id}`))).toEqual([]);
	});

	it("a batch with good and bad items", async () => {
		const reply = await api.post("/leads/batch", { items: [{ name: "A" }, { nam: "B" }] });
		expect(reply.body).toMatchObject({ created: 1, failed: 1 });
		expect(mismatches(document, "batchCreateLeads", reply)).toEqual([]);
	});

	it("webhooks, their secret and a test send", async () => {
		const created = await api.post("/webhooks", {
			url: `${inject("receiver")}/status/200/answers`,
			events: ["*"],
		});
		expect(mismatches(document, "createWebhook", created)).toEqual([]);
		const sent = await api.post(`/webhooks/${created.body.id}/test`, { event: "lead.created" });
		expect(sent.status).toBe(202);
		expect(mismatches(document, "testWebhook", sent)).toEqual([]);
		const delivered = await vi.waitFor(
			async () => {
				const reply = await api.get(`/webhooks/${created.body.id}/deliveries/${sent.body.id}`);
				expect(reply.body.status).toBe("success");
				return reply;
			},
			{ timeout: 10_000, interval: 500 },
		);
		expect(delivered.body.attempts).toHaveLength(1);
		expect(mismatches(document, "getDelivery", delivered)).toEqual([]);
		const log = await api.get(`/webhooks/${created.body.id}/deliveries`);
		expect(log.body.items).toHaveLength(1);
		expect(mismatches(document, "listDeliveries", log)).toEqual([]);
	});

	it("API keys", async () => {
		const created = await api.post("/api-keys", { name: "Website", scopes: ["leads:read"] });
		expect(mismatches(document, "createApiKey", created)).toEqual([]);
		expect(mismatches(document, "listApiKeys", await api.get("/api-keys"))).toEqual([]);
	});

	it("a missing key", async () => {
		const nobody = new Api("", "", "");
		expect(mismatches(document, "listLeads", await nobody.get("/leads"))).toEqual([]);
	});
});

describe("every example of a request", () => {
	it("is one that the API takes", async () => {
		const stranger = await givenCaller();
		// Webhooks last: nothing is to be sent to the URL of an example.
		const paths = Object.entries<Json>(document.paths).sort(
			([a], [b]) => Number(a.startsWith("/webhooks")) - Number(b.startsWith("/webhooks")),
		);
		for (const [path, item] of paths) {
			const example = item.post?.requestBody?.content["application/json"].example;
			if (!example || path.includes("{")) continue;
			const reply = await stranger.post(path, example);
			// What the example refers to may not be there, and what matches the last one may be; its form must be right.
			const faults = (reply.body?.errors ?? []).filter(
				({ message }: Json) => !/^There is no such|^Already taken/.test(message),
			);
			expect(faults, `${path}: ${reply.text}`).toEqual([]);
			expect(reply.status, `${path}: ${reply.text}`).toBeLessThan(500);
		}
	});
});
