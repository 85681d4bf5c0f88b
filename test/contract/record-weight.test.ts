// The maximum size of a record, for all its fields and all ways of writing it. A record of that size can be created, changed
// completely, sent in events and deleted within the platform's limits.
import { afterEach, describe, expect, it } from "vitest";
import { limits, overrideLimits } from "../../scripts/platform/limits.ts";
import { DEFINITION_BYTES, quotas } from "../../src/quotas/quotas.ts";
import type { Api } from "../support/api.ts";
import { withoutSending } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { createDeal, createPipeline } from "../support/deals.ts";
import { setQuotas } from "../support/quotas.ts";

afterEach(() => overrideLimits({}));

const TOO_HEAVY = {
	status: 413,
	body: {
		code: "PAYLOAD_TOO_LARGE",
		message: "This lead would be larger than the 524288 bytes of JSON that the quota recordBytes allows.",
	},
};
const WIDE = "€";

async function withLongTexts(entity: string, count: number): Promise<{ api: Api; keys: string[] }> {
	const api = withoutSending(await createCaller({ keys: 4 }));
	const keys: string[] = [];
	for (let index = 0; index < count; index += 1) {
		const { body } = await api.post("/custom-fields", { entity, label: `T${index}`, type: "longText" });
		keys.push(body.key);
	}
	return { api, keys };
}

const filled = (keys: readonly string[], text: string) => Object.fromEntries(keys.map((key) => [key, text]));

/** Writes the texts of a record a few at a time, as the limit of a body asks for. */
async function fill(api: Api, path: string, keys: readonly string[], text: string) {
	for (let start = 0; start < keys.length; start += 8) {
		const reply = await api.patch(path, filled(keys.slice(start, start + 8), text));
		if (reply.status !== 200) return reply;
	}
	return api.get(path);
}

describe("a record", () => {
	it("is refused before it is written when it would be too heavy; lighter it may become", async () => {
		const { api, keys } = await withLongTexts("leads", 20);
		const { body } = await api.post("/leads", { name: "Jane" });
		const path = `/leads/${body.id}`;
		expect((await fill(api, path, keys.slice(0, 16), WIDE.repeat(10_000))).status).toBe(200);
		const stored = (await api.get(path)).body;
		expect(await api.patch(path, filled(keys.slice(16), WIDE.repeat(10_000)))).toMatchObject(TOO_HEAVY);
		expect((await api.get(path)).body).toEqual(stored);
		expect((await api.patch(path, { ...filled(keys.slice(16), "x"), name: "June" })).status).toBe(200);
		expect((await api.patch(path, filled(keys.slice(0, 8), "y"))).status).toBe(200);
		expect((await api.delete(path)).status).toBe(204);
	});

	it("of the maximum weight can be changed in all fields, with its event and its stored answer", async () => {
		const { api, keys } = await withLongTexts("leads", 52);
		const { body } = await api.post("/webhooks", {
			url: "https://hooks.example.com/x",
			events: ["lead.*", "save_lead"],
		});
		expect(body.id).toBeDefined();
		const lead = await api.post("/leads", { name: "Jane" });
		const path = `/leads/${lead.body.id}`;
		expect((await fill(api, path, keys, '"'.repeat(4_900))).status).toBe(200);
		const changed = { ...filled(keys.slice(0, 26), "\\".repeat(4_900)), name: "June" };
		const reply = await api.patch(path, changed, { "idempotency-key": "heavy" });
		expect(reply).toMatchObject({ status: 200, body: changed });
		const { items } = (await api.get("/events?type=lead.updated&limit=1")).body;
		const { payload } = items[0];
		expect(payload.data).toEqual(reply.body);
		expect(Object.keys(payload.changes)).toHaveLength(27);
		expect((await api.delete(path)).status).toBe(204);
		expect((await api.post(`${path}/restore`)).status).toBe(200);
	});
});

it("refuses a heavy item of a batch by itself, and a heavy upsert", async () => {
	const { api, keys } = await withLongTexts("leads", 30);
	const heavy = { name: "Heavy", ...filled(keys, WIDE.repeat(8_000)) };
	const { body } = await api.post("/leads/batch", { items: [{ name: "Light" }, heavy] });
	expect(body).toMatchObject({
		created: 1,
		failed: 1,
		results: [{ index: 0 }, { index: 1, error: TOO_HEAVY.body }],
	});
	const { id } = (await api.post("/leads", { name: "Jane", email: "jane@example.com" })).body;
	await fill(api, `/leads/${id}`, keys.slice(0, 16), WIDE.repeat(10_000));
	const more = { matchBy: "email", email: "jane@example.com", name: "Jane" };
	expect(
		await api.post("/leads/upsert", { ...more, ...filled(keys.slice(16, 24), WIDE.repeat(10_000)) }),
	).toMatchObject(TOO_HEAVY);
});

it("at the maximum that an operator may set, three times its size fits into a value of D1", () => {
	// An event names custom fields by their keys and not by their ids; all definitions together weigh more than their keys.
	const { standard, most } = quotas.recordBytes;
	const event = 3 * (most + DEFINITION_BYTES) + 1_000;
	expect(event).toBeLessThan(limits.valueBytes.max);
	expect(standard).toBeLessThanOrEqual(most);
});

it("counts line items, too", async () => {
	const { api, keys } = await withLongTexts("deals", 12);
	await createPipeline(api);
	const deal = await createDeal(api);
	const path = `/deals/${deal.id}`;
	const line = { name: "Line", description: WIDE.repeat(8_000), quantity: 1, price: 1 };
	expect((await api.patch(path, { lineItems: Array(9).fill(line) })).status).toBe(200);
	const reply = await fill(api, path, keys, WIDE.repeat(10_000));
	expect(reply).toMatchObject({
		status: 413,
		body: {
			message: "This deal would be larger than the 524288 bytes of JSON that the quota recordBytes allows.",
		},
	});
});

it("is held to its own organization's quota, each record by itself", async () => {
	const api = await createCaller();
	await setQuotas(api.organizationId, { recordBytes: 2_000 });
	expect((await api.post("/leads", { name: "Jane", notes: "x".repeat(500) })).status).toBe(201);
	const refused = await api.post("/leads", { name: "Jane", notes: "x".repeat(2_000) });
	expect(refused).toMatchObject({ status: 413, body: { code: "PAYLOAD_TOO_LARGE" } });
	expect(refused.body.message).toContain("2000 bytes of JSON that the quota recordBytes allows");
	const other = await createCaller();
	expect((await other.post("/leads", { name: "Jane", notes: "x".repeat(2_000) })).status).toBe(201);
});

describe("lists within a record", () => {
	const options = (length: number) =>
		Array.from({ length: 200 }, (_, index) => `${index}`.padStart(length, "o"));

	async function withSelects(type: string, count: number, length: number) {
		const api = withoutSending(await createCaller({ keys: 3 }));
		const keys: string[] = [];
		for (let index = 0; index < count; index += 1) {
			const definition = { entity: "leads", label: `S${index}`, type, options: options(length) };
			keys.push((await api.post("/custom-fields", definition)).body.key);
		}
		return { api, keys };
	}

	it("with thousands of values are stored, found and removed", async () => {
		const { api, keys } = await withSelects("multiSelect", 40, 4);
		const chosen = Object.fromEntries(keys.map((key) => [key, options(4)]));
		// What is bound stays far below what D1 takes: a quarter of it would do.
		overrideLimits({ valueBytes: 500_000 });
		const { status, body } = await api.post("/leads", { name: "Jane", ...chosen });
		expect(status).toBe(201);
		const found = async () => (await api.get(`/leads?${keys[39]}=o199`)).body.items.length;
		expect(await found()).toBe(1);
		expect(
			(await api.patch(`/leads/${body.id}`, Object.fromEntries(keys.map((key) => [key, null])))).status,
		).toBe(200);
		expect(await found()).toBe(0);
	});

	it("that are refused in each item of a batch are abbreviated in the errors", async () => {
		const { api, keys } = await withSelects("singleSelect", 12, 20);
		const items = Array(100).fill({ name: "Jane", ...filled(keys, "none of them") });
		const reply = await api.post("/leads/batch", { items }, { "idempotency-key": "faults" });
		expect(reply).toMatchObject({ status: 200, body: { failed: 100 } });
		expect(reply.text.length).toBeLessThan(500_000);
		const [{ error }] = reply.body.results;
		expect(error.errors).toHaveLength(10);
		expect(error.errors[0].message).toMatch(/^Expected one of o{18,}0, .* … \(200 in all\)\.$/);
	});
});
