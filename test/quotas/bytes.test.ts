import { describe, expect, it } from "vitest";
import { BLOCK } from "../../src/quotas/bytes.ts";
import { DAY_MS } from "../../src/time.ts";
import type { Api, Reply } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { createConversation } from "../support/conversations.ts";
import { create } from "../support/deals.ts";
import { createForm } from "../support/forms.ts";
import { purgeAll } from "../support/purge.ts";
import { setQuotas, usageOf } from "../support/quotas.ts";

const LIGHT = { record: BLOCK.record / 2, event: BLOCK.event / 2, message: BLOCK.message / 2 };
/** 30,000 bytes. */
const HEAVY = "\u20ac".repeat(10_000);

const used = async (api: Api) => Number((await usageOf(api, "bytes")).used);
const expectRefused = (reply: Reply) => {
	expect(reply.status, reply.text).toBe(409);
	expect(reply.body.message).toContain("quota bytes;");
};
const eventsOf = async (api: Api) => (await api.get("/events?limit=100")).body.items.length;

describe("the quota on bytes", () => {
	it("counts light records, messages and events by their number, heavy ones by what they weigh", async () => {
		const api = await createCaller({ keys: 2 });
		const begun = await used(api);
		const { id } = await create(api, "/leads", { name: "Jane" });
		const events = await eventsOf(api);
		expect(events).toBe(2);
		const light = await used(api);
		expect(light - begun).toBe(LIGHT.record + 2 * LIGHT.event);

		await create(api, "/leads", { name: "Jane", notes: HEAVY });
		const heavy = (await used(api)) - light;
		// The record, and the two events that show it.
		expect(heavy).toBeGreaterThan(3 * 30_000 - 3 * BLOCK.record);
		expect(heavy).toBeLessThan(3 * 31_000);

		const before = await used(api);
		await api.patch(`/leads/${id}`, { notes: HEAVY });
		expect((await used(api)) - before).toBeGreaterThan(4 * 30_000 - 4 * BLOCK.record);
		const grown = await used(api);
		await api.patch(`/leads/${id}`, { notes: null });
		const shrunk = (await used(api)) - grown;
		// Its event tells what it was.
		expect(shrunk).toBeGreaterThan(-2 * BLOCK.record);
		expect(shrunk).toBeLessThan(2 * BLOCK.record);

		const talk = await createConversation(api, { conversationType: "chat" });
		const spoken = await used(api);
		await create(api, `/conversations/${talk.id}/messages`, { role: "agent", text: HEAVY });
		// Messages are counted in tens.
		const said = (await used(api)) - spoken;
		expect(said).toBeGreaterThanOrEqual(10 * LIGHT.message + 30_000 - BLOCK.message);
		expect(said).toBeLessThan(10 * LIGHT.message + 31_000 + 2 * LIGHT.event);
	});

	it("refuses every write that adds to it, and writes nothing; reading and deleting still work", async () => {
		const api = await createCaller({ keys: 3 });
		const lead = await create(api, "/leads", { name: "Jane", email: "jane@example.com", notes: HEAVY });
		const gone = await create(api, "/leads", { name: "Gone" });
		await api.delete(`/leads/${gone.id}`);
		const tag = await create(api, "/tags", { name: "A tag" });
		const talk = await createConversation(api, { conversationType: "chat" });
		const hook = await create(api, "/webhooks", {
			url: "https://hooks.example.com/a",
			events: ["task.deleted"],
		});
		const form = await createForm(api);
		await setQuotas(api.organizationId, { bytes: await used(api) });
		const full = await usageOf(api, "bytes");
		expect(full.used).toBe(full.limit);

		for (const refused of [
			await api.post("/leads", { name: "Joe" }),
			await api.post("/tags", { name: "Another" }),
			await api.post("/leads/batch", { items: [{ name: "A" }, { name: "B" }] }),
			await api.post("/leads/upsert", { matchBy: "email", email: "jane@example.com", name: "Jo" }),
			await api.patch(`/leads/${lead.id}`, { name: "Jo" }),
			await api.post(`/leads/${gone.id}/restore`),
			await api.post(`/leads/${lead.id}/convert`, {}),
			await api.post(`/conversations/${talk.id}/messages`, { role: "visitor", text: "Hello" }),
			await api.post("/form-responses", {
				formId: form.id,
				answers: { your_name: "Jo", email: "jo@example.com" },
			}),
			await api.post(`/webhooks/${hook.id}/test`, { event: "task.deleted" }),
			await api.patch(`/forms/${form.id}`, {
				fields: [{ label: "Name", mapTo: "name", required: true }, ...manyFields],
			}),
		])
			expectRefused(refused);
		expect((await usageOf(api, "bytes")).used).toBe(full.used);

		expect((await api.get(`/leads/${lead.id}`)).body).toMatchObject({ name: "Jane", version: 1 });
		expect((await api.get("/leads?search=jane")).body.items).toHaveLength(1);
		expect((await api.patch(`/tags/${tag.id}`, { name: "Its new name" })).status).toBe(200);
		// A record becomes smaller by more than a block.
		expect((await api.patch(`/leads/${lead.id}`, { notes: null })).status).toBe(200);
		expectRefused(await api.patch(`/leads/${lead.id}`, { company: "Acme" }));
		expect((await api.patch(`/webhooks/${hook.id}`, { status: "disabled" })).status).toBe(200);
		expect((await api.delete(`/leads/${lead.id}`)).status).toBe(204);
		expect((await api.delete(`/webhooks/${hook.id}`)).status).toBeLessThan(300);
		expectRefused(await api.post("/leads", { name: "Joe" }));

		await setQuotas(api.organizationId, {});
		expect((await api.post("/leads", { name: "Joe" })).status).toBe(201);
	});

	it("has room again when deleted rows are purged and events are past their time", async () => {
		const api = await createCaller();
		const { id } = await create(api, "/leads", { name: "Jane", notes: HEAVY });
		await api.delete(`/leads/${id}`);
		const most = await used(api);
		await setQuotas(api.organizationId, { bytes: most });
		expectRefused(await api.post("/leads", { name: "Joe" }));
		await purgeAll(Date.now() + 91 * DAY_MS);
		// The newest event stays: it is that of the heavy lead's end.
		expect(await used(api)).toBeLessThan(40_000);
		await create(api, "/leads", { name: "Joe" });
	});

	it("is exceeded by the events of one write at most, however many come at once", async () => {
		const api = await createCaller();
		const begun = await used(api);
		await create(api, "/leads", { name: "Jane", notes: HEAVY });
		const write = (await used(api)) - begun;
		// There is room for one record, and not for a second one after the events of the first.
		const limit = begun + write + Math.ceil(write / 2);
		await setQuotas(api.organizationId, { bytes: limit });
		const crowd = Array.from({ length: 8 }, (_, n) => api.post("/leads", { name: `Joe ${n}`, notes: HEAVY }));
		const statuses = (await Promise.all(crowd)).map(({ status }) => status).sort();
		expect(statuses).toEqual([201, ...Array(7).fill(409)]);
		expect(await used(api)).toBeGreaterThan(limit);
		expect(await used(api)).toBeLessThan(limit + write);
	});

	it("lets built-in processes finish what a caller's last write started", async () => {
		const api = await createCaller();
		const form = await createForm(api);
		await setQuotas(api.organizationId, { bytes: (await used(api)) + 1 });
		const answers = { your_name: "Jo", email: "jo@example.com" };
		const { leadId } = await create(api, "/form-responses", { formId: form.id, answers });
		expect((await api.get(`/leads/${leadId}`)).body).toMatchObject({ name: "Jo" });
		expectRefused(await api.post("/form-responses", { formId: form.id, answers }));
	});

	it("does not affect other organizations", async () => {
		const [api, other] = [await createCaller(), await createCaller()];
		await setQuotas(api.organizationId, { bytes: 0 });
		expectRefused(await api.post("/leads", { name: "Jane" }));
		await create(other, "/leads", { name: "Jane" });
	});
});

const manyFields = Array.from({ length: 40 }, (_, n) => ({ label: `Question ${n} ${"?".repeat(150)}` }));
