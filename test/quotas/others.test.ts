import { describe, expect, it, vi } from "vitest";
import type { Reply } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { create, STAGES } from "../support/deals.ts";
import { setQuotas, usageOf } from "../support/quotas.ts";

const hook = { url: "https://hooks.example.com/a", events: ["lead.created"] };

describe("the quota on webhooks", () => {
	it("counts the live ones; a restored one counts again", async () => {
		const api = await createCaller();
		await setQuotas(api.organizationId, { webhooks: 2 });
		const { id } = await create(api, "/webhooks", hook);
		await create(api, "/webhooks", hook);
		const refused = await api.post("/webhooks", hook);
		expect(refused.status).toBe(409);
		expect(refused.body.message).toContain("quota webhooks;");
		await api.delete(`/webhooks/${id}`);
		await create(api, "/webhooks", hook);
		expect((await api.post(`/webhooks/${id}/restore`)).status).toBe(409);
		expect(await usageOf(api, "webhooks")).toEqual({ used: 2, limit: 2 });
	});

	it("leaves those that there are alone when it is lowered below them", async () => {
		const api = await createCaller();
		const { id } = await create(api, "/webhooks", hook);
		await setQuotas(api.organizationId, { webhooks: 0 });
		expect((await api.patch(`/webhooks/${id}`, { description: "still mine" })).status).toBe(200);
	});
});

describe("the quota on API keys", () => {
	it("counts those neither revoked nor expired; a rotation without grace needs no room", async () => {
		const api = await createCaller();
		const begun = await usageOf(api, "apiKeys");
		expect(begun).toEqual({ used: 1, limit: 1_000 });
		await setQuotas(api.organizationId, { apiKeys: 3 });
		const first = await create(api, "/api-keys", { name: "A" });
		const second = await create(api, "/api-keys", { name: "B" });
		const expectRefused = (reply: Reply) => {
			expect(reply.status, reply.text).toBe(409);
			expect(reply.body.message).toContain("quota apiKeys;");
		};
		expectRefused(await api.post("/api-keys", { name: "C" }));
		expectRefused(await api.post(`/api-keys/${first.id}/rotate`, { graceSeconds: 60 }));
		const successor = await create(api, `/api-keys/${first.id}/rotate`, {});
		expect((await usageOf(api, "apiKeys")).used).toBe(3);
		expectRefused(await api.post("/api-keys", { name: "C" }));

		expect((await api.delete(`/api-keys/${successor.id}`)).status).toBe(204);
		const ends = new Date(Date.now() + 1_000).toISOString();
		await create(api, "/api-keys", { name: "Short", expiresAt: ends });
		expectRefused(await api.post("/api-keys", { name: "C" }));
		await vi.waitUntil(async () => (await usageOf(api, "apiKeys")).used === 2, {
			timeout: 3_000,
			interval: 100,
		});
		await create(api, "/api-keys", { name: "C" });
		expect((await api.patch(`/api-keys/${second.id}`, { name: "Still there" })).status).toBe(200);
	});

	it("holds for concurrent creates", async () => {
		const api = await createCaller();
		await setQuotas(api.organizationId, { apiKeys: 3 });
		const crowd = Array.from({ length: 8 }, (_, n) => api.post("/api-keys", { name: `Key ${n}` }));
		const statuses = (await Promise.all(crowd)).map(({ status }) => status).sort();
		expect(statuses).toEqual([201, 201, ...Array(6).fill(409)]);
	});
});

const select = (label: string, options: number, characters = 100) => ({
	entity: "leads",
	type: "singleSelect",
	label,
	options: Array.from({ length: options }, (_, n) => `${n} `.padEnd(characters, "x")),
});

describe("the quota on custom fields", () => {
	it("counts the live definitions of each entity by itself", async () => {
		const api = await createCaller();
		await setQuotas(api.organizationId, { customFields: 2 });
		const text = (label: string, entity = "leads") => ({ entity, type: "text", label });
		const { id } = await create(api, "/custom-fields", text("A"));
		await create(api, "/custom-fields", text("B"));
		const refused = await api.post("/custom-fields", text("C"));
		expect(refused.status).toBe(409);
		expect(refused.body.message).toContain("quota customFields.leads;");
		await create(api, "/custom-fields", text("A", "deals"));
		await api.delete(`/custom-fields/${id}`);
		await create(api, "/custom-fields", text("C"));
		expect((await api.post(`/custom-fields/${id}/restore`)).status).toBe(409);
		expect(await usageOf(api, "customFields.leads")).toEqual({ used: 2, limit: 2 });
		expect(await usageOf(api, "customFields.deals")).toEqual({ used: 1, limit: 2 });
	});

	it("weighs an entity's definitions together: no read of a lead carries more than 64 KB of them", async () => {
		const api = await createCaller();
		for (const label of ["A", "B", "C"]) await create(api, "/custom-fields", select(label, 200));
		const refused = await api.post("/custom-fields", select("D", 200));
		expect(refused.status).toBe(409);
		expect(refused.body.message).toContain("quota customFieldBytes.leads;");
		const small = await create(api, "/custom-fields", select("D", 1));
		const grown = { options: select("D", 200).options };
		expect((await api.patch(`/custom-fields/${small.id}`, grown)).status).toBe(409);
		expect((await api.patch(`/custom-fields/${small.id}`, { options: ["1"] })).status).toBe(200);
		const { used, limit: most } = await usageOf(api, "customFieldBytes.leads");
		expect(most).toBe(65_536);
		expect(used).toBeGreaterThan(60_000);
		expect(used).toBeLessThanOrEqual(65_536);
		await create(api, "/custom-fields", { ...select("D", 200), entity: "deals" });
	});
});

it("a definition or a pipeline of as many characters, but more bytes, is weighed anew", async () => {
	const api = await createCaller();
	const fields = [];
	for (const label of ["A", "B", "C"]) fields.push(await create(api, "/custom-fields", select(label, 200)));
	const [field] = fields;
	const options: string[] = field?.options.map((option: string) => option.replaceAll("x", "漢"));
	const wide = await api.patch(`/custom-fields/${field?.id}`, { options });
	expect(wide.body.message).toContain("quota customFieldBytes.leads;");
	const small = await create(api, "/custom-fields", { ...select("D", 1), helpText: "h".repeat(255) });
	const { used } = await usageOf(api, "customFieldBytes.leads");
	const [label, left] = ["D".padEnd(200, "d"), 65_536 - Number(used)];
	const fill = select("D", Math.floor(left / 103)).options;
	expect((await api.patch(`/custom-fields/${small.id}`, { options: fill })).status).toBe(200);
	expect((await api.patch(`/custom-fields/${small.id}`, { label, helpText: null })).status).toBe(409);

	const stages = STAGES.flatMap(({ name: _, ...stage }) =>
		Array.from({ length: 12 }, (__, n) => ({ ...stage, name: `${n}`.padEnd(255, "x") })),
	);
	const made: string[] = [];
	while (made.length < 10) made.push((await create(api, "/pipelines", { name: "Plain", stages })).id);
	const widened = stages.map((stage) => ({ ...stage, name: stage.name.replaceAll("x", "漢") }));
	const answers = [];
	for (const id of made) answers.push(await api.patch(`/pipelines/${id}`, { stages: widened }));
	expect(answers.at(-1)?.body.message).toContain("quota pipelineBytes;");
	expect((await usageOf(api, "pipelineBytes")).used).toBeLessThanOrEqual(262_144);
});

describe("the quota on pipelines", () => {
	it("weighs the live ones together: no read of a deal carries more than 256 KB of them", async () => {
		const api = await createCaller();
		const stages = STAGES.flatMap(({ name: _, ...stage }) =>
			Array.from({ length: 12 }, (__, n) => ({ ...stage, name: `${n}`.padEnd(255, "€") })),
		);
		const made = [];
		for (;;) {
			const reply = await api.post("/pipelines", { name: "Heavy", stages });
			made.push(reply);
			if (reply.status !== 201) break;
		}
		expect(made.at(-1)).toMatchObject({ status: 409 });
		expect(made.at(-1)?.body.message).toContain("quota pipelineBytes;");
		const { used, limit: most } = await usageOf(api, "pipelineBytes");
		expect(most).toBe(262_144);
		expect(used).toBeLessThanOrEqual(most);
		expect(used).toBeGreaterThan(most - 50_000);
		const { id } = made.at(-2)?.body ?? {};
		expect((await api.patch(`/pipelines/${id}`, { stages: stages.slice(12 - 1) })).status).toBe(200);
		expect((await api.delete(`/pipelines/${id}`)).status).toBe(204);
		expect((await api.post("/pipelines", { name: "Next", stages })).status).toBe(201);
	});
});
