import { describe, expect, it } from "vitest";
import { hasOperations } from "../contract/operations.ts";
import { resources } from "../contract/resources.ts";
import { bodyOf, createRow } from "../contract/rows.ts";
import { createCaller } from "../support/callers.ts";
import { callBody } from "../support/conversations.ts";
import { create, createClient } from "../support/deals.ts";
import { createForm } from "../support/forms.ts";
import { setQuotas, usageOf } from "../support/quotas.ts";
import { total } from "../support/shards.ts";

describe.each(resources.filter(hasOperations("create")))("the quota on $path", (resource) => {
	const quota = `records.${resource.path}`;

	it("allows as many as it says, live and deleted ones together", async () => {
		const api = await createCaller({ keys: 2 });
		const body = await bodyOf(api, resource);
		const { used } = await usageOf(api, quota);
		await setQuotas(api.organizationId, { records: Number(used) + 1 });
		const { id } = await createRow(api, resource, body);
		expect(await usageOf(api, quota)).toEqual({ used: Number(used) + 1, limit: Number(used) + 1 });

		const refused = await api.post(`/${resource.path}`, await bodyOf(api, resource));
		expect(refused.status, refused.text).toBe(409);
		expect(refused.body.message).toContain(`quota ${quota};`);
		expect((await usageOf(api, quota)).used).toBe(Number(used) + 1);

		expect((await api.get(`/${resource.path}`)).status).toBe(200);
		if (hasOperations("get")(resource)) expect((await api.get(`/${resource.path}/${id}`)).status).toBe(200);
		if (hasOperations("remove")(resource)) {
			expect((await api.delete(`/${resource.path}/${id}`)).status).toBeLessThan(300);
			expect((await api.post(`/${resource.path}`, await bodyOf(api, resource))).status).toBe(409);
		}
		if (hasOperations("restore")(resource))
			expect((await api.post(`/${resource.path}/${id}/restore`)).status).toBe(200);
		await setQuotas(api.organizationId, { records: Number(used) + 2 });
		await createRow(api, resource);
	});
});

describe("concurrent creates", () => {
	it.each(["/tags", "/leads"])("at %s doesn't pass the quota together", async (path) => {
		const api = await createCaller();
		await setQuotas(api.organizationId, { records: 3 });
		const replies = await Promise.all(
			Array.from({ length: 10 }, (_, index) => api.post(path, { name: `Name ${index}` })),
		);
		expect(replies.map(({ status }) => status).sort()).toEqual([201, 201, 201, ...Array(7).fill(409)]);
	});
});

describe("a batch", () => {
	it("is written up to the quota; the items beyond it are refused one by one", async () => {
		const api = await createCaller();
		await setQuotas(api.organizationId, { records: 3 });
		const items = [{ name: "A" }, { nam: "?" }, { name: "B" }, { name: "C" }, { name: "D" }, { name: "E" }];
		const { status, body } = await api.post("/leads/batch", { items });
		expect(status).toBe(200);
		expect(body).toMatchObject({ created: 3, failed: 3 });
		expect(body.results.map(({ error }: { error?: { code: string } }) => error?.code)).toEqual([
			undefined,
			"BAD_REQUEST",
			undefined,
			undefined,
			"CONFLICT",
			"CONFLICT",
		]);
		expect(body.results[4].error.message).toContain("records.leads");
		expect((await usageOf(api, "records.leads")).used).toBe(3);
		expect((await api.post("/leads/batch", { items })).body).toMatchObject({ created: 0, failed: 6 });
	});
});

describe("what creates by other ways", () => {
	it("is counted too: an upsert that would create is refused, one that updates is not", async () => {
		const api = await createCaller();
		await setQuotas(api.organizationId, { records: 1 });
		const upsert = (email: string) => api.post("/leads/upsert", { matchBy: "email", name: "A", email });
		expect((await upsert("a@example.com")).status).toBe(201);
		expect((await upsert("b@example.com")).status).toBe(409);
		expect((await upsert("a@example.com")).status).toBe(200);
	});

	it("a conversion beyond the quota of clients is refused whole", async () => {
		const api = await createCaller();
		await setQuotas(api.organizationId, { records: 1 });
		await createClient(api);
		const lead = await create(api, "/leads", { name: "Jane" });
		const refused = await api.post(`/leads/${lead.id}/convert`, {});
		expect(refused.status).toBe(409);
		expect(refused.body.message).toContain("records.clients");
		expect((await api.get(`/leads/${lead.id}`)).body.convertedAt).toBeNull();
	});

	it("a form's response is kept without its lead", async () => {
		const api = await createCaller();
		const form = await createForm(api);
		await create(api, "/leads", { name: "Jane" });
		await setQuotas(api.organizationId, { records: 1 });
		const answers = { your_name: "Ann", email: "ann@example.com" };
		const response = await create(api, "/form-responses", { formId: form.id, answers });
		expect(response.leadId).toBeNull();
		expect((await usageOf(api, "records.leads")).used).toBe(1);
	});

	it("a missed call is kept without its task", async () => {
		const api = await createCaller();
		await create(api, "/tasks", { title: "Old" });
		await setQuotas(api.organizationId, { records: 1 });
		expect((await api.post("/conversations", { ...callBody, status: "busy" })).status).toBe(201);
		expect((await usageOf(api, "records.tasks")).used).toBe(1);
		expect((await api.get("/tasks")).body.items).toHaveLength(1);
	});

	it("of processes that race for the last room one makes its row, and no write is lost", async () => {
		const api = await createCaller();
		const form = await createForm(api);
		await setQuotas(api.organizationId, { records: 8 });
		for (let n = 0; n < 7; n += 1) await create(api, "/leads", { name: "Jane" });
		const replies = await Promise.all(
			Array.from({ length: 5 }, (_, n) =>
				api.post("/form-responses", {
					formId: form.id,
					answers: { your_name: "Ann", email: `a${n}@example.com` },
				}),
			),
		);
		expect(replies.map(({ status }) => status)).toEqual(Array(5).fill(201));
		expect(replies.filter(({ body }) => body.leadId !== null)).toHaveLength(1);
	});
});

it("a quota of one organization does not affect others", async () => {
	const [api, other] = [await createCaller(), await createCaller()];
	await setQuotas(other.organizationId, { records: 0 });
	await create(api, "/leads", { name: "Jane" });
	expect((await other.post("/leads", { name: "Jane" })).status).toBe(409);
	expect(await usageOf(other, "records.leads")).toEqual({ used: 0, limit: 0 });
});

it("the count of a resource without numbers is written once per hundred creates", async () => {
	const api = await createCaller({ keys: 5 });
	const written = () =>
		total("SELECT value FROM counters WHERE organizationId = ? AND resource = 'tags'", api.organizationId);
	for (let n = 0; n < 99; n += 1) await create(api, "/tags", { name: `Tag ${n}` });
	expect(await written()).toBe(0);
	expect((await usageOf(api, "records.tags")).used).toBe(99);
	for (let n = 99; n < 130; n += 1) await create(api, "/tags", { name: `Tag ${n}` });
	expect(await written()).toBe(100);
	expect((await usageOf(api, "records.tags")).used).toBe(130);
});
