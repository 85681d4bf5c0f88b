import { describe, expect, it } from "vitest";
import { givenCaller } from "../support/given.ts";
import { limit, usageOf } from "../support/quotas.ts";
import { given } from "../support/selling.ts";

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
