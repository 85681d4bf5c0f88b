import { describe, expect, it } from "vitest";
import { givenCaller } from "../support/given.ts";
import { limit, usageOf } from "../support/quotas.ts";
import { given, STAGES } from "../support/selling.ts";

const hook = { url: "https://hooks.example.com/a", events: ["lead.created"] };

describe("the quota on webhooks", () => {
	it("counts the live ones; a restored one counts again", async () => {
		const api = await givenCaller();
		await limit(api.organizationId, { webhooks: 2 });
		const { id } = await given(api, "/webhooks", hook);
		await given(api, "/webhooks", hook);
		const refused = await api.post("/webhooks", hook);
		expect(refused.status).toBe(409);
		expect(refused.body.message).toContain("quota webhooks;");
		await api.delete(`/webhooks/${id}`);
		await given(api, "/webhooks", hook);
		expect((await api.post(`/webhooks/${id}/restore`)).status).toBe(409);
		expect(await usageOf(api, "webhooks")).toEqual({ used: 2, limit: 2 });
	});

	it("leaves those that there are alone when it is lowered below them", async () => {
		const api = await givenCaller();
		const { id } = await given(api, "/webhooks", hook);
		await limit(api.organizationId, { webhooks: 0 });
		expect((await api.patch(`/webhooks/${id}`, { description: "still mine" })).status).toBe(200);
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
		const api = await givenCaller();
		await limit(api.organizationId, { customFields: 2 });
		const text = (label: string, entity = "leads") => ({ entity, type: "text", label });
		const { id } = await given(api, "/custom-fields", text("A"));
		await given(api, "/custom-fields", text("B"));
		const refused = await api.post("/custom-fields", text("C"));
		expect(refused.status).toBe(409);
		expect(refused.body.message).toContain("quota customFields.leads;");
		await given(api, "/custom-fields", text("A", "deals"));
		await api.delete(`/custom-fields/${id}`);
		await given(api, "/custom-fields", text("C"));
		expect((await api.post(`/custom-fields/${id}/restore`)).status).toBe(409);
		expect(await usageOf(api, "customFields.leads")).toEqual({ used: 2, limit: 2 });
		expect(await usageOf(api, "customFields.deals")).toEqual({ used: 1, limit: 2 });
	});

	it("weighs an entity's definitions together: no read of a lead carries more than 64 KB of them", async () => {
		const api = await givenCaller();
		for (const label of ["A", "B", "C"]) await given(api, "/custom-fields", select(label, 200));
		const refused = await api.post("/custom-fields", select("D", 200));
		expect(refused.status).toBe(409);
		expect(refused.body.message).toContain("quota customFieldBytes.leads;");
		const small = await given(api, "/custom-fields", select("D", 1));
		const grown = { options: select("D", 200).options };
		expect((await api.patch(`/custom-fields/${small.id}`, grown)).status).toBe(409);
		expect((await api.patch(`/custom-fields/${small.id}`, { options: ["1"] })).status).toBe(200);
		const { used, limit: most } = await usageOf(api, "customFieldBytes.leads");
		expect(most).toBe(65_536);
		expect(used).toBeGreaterThan(60_000);
		expect(used).toBeLessThanOrEqual(65_536);
		await given(api, "/custom-fields", { ...select("D", 200), entity: "deals" });
	});
});

describe("the quota on pipelines", () => {
	it("weighs the live ones together: no read of a deal carries more than 256 KB of them", async () => {
		const api = await givenCaller();
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
