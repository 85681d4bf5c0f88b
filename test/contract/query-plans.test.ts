// No operation reads a whole table, and the log of deliveries is read along its key. Checked with the statements of real requests.
import { describe, expect, it } from "vitest";
import { operations, pathOf } from "./operations.ts";
import { plansOf, scans, sorts, watchedCaller } from "./plans.ts";
import { bodyFor, createRow, idsFor, resourceAt } from "./rows.ts";

describe.each(operations)("$operationId", (operation) => {
	it("scans no table", async () => {
		const { api, watch } = await watchedCaller();
		const ids = await idsFor(api, operation);
		if (operation.operationId.startsWith("restore")) await api.delete(`/${operation.resource}/${ids.id}`);
		const body = await bodyFor(api, operation);
		watch.reset();
		const reply = await api.send(operation.method, pathOf(operation, ids), body, { "idempotency-key": "x" });
		expect(reply.status, reply.text).toBeLessThan(300);
		for (const { text, plan } of await plansOf(watch.roundTrips.flat()))
			expect(scans(plan), `${text}\n${plan.join("\n")}`).toEqual([]);
	});
});

describe("deliveries", () => {
	it.each([
		"",
		"status=failed",
		"event=lead.created",
		"statusCode=500",
		"since=2020-01-01T00:00:00Z&until=2099-01-01T00:00:00Z",
		`recordId=ld_01kaj2m5m8f7jt2n3v4w5x6y7z&since=2020-01-01T00:00:00Z`,
	])("listed with ?%s go along the primary key", async (query) => {
		const { api, watch } = await watchedCaller();
		const { id } = await createRow(api, resourceAt("webhooks"));
		for (let count = 0; count < 2; count += 1)
			await api.post(`/webhooks/${id}/test`, { event: "lead.created" });
		watch.reset();
		const { status, text, body } = await api.get(`/webhooks/${id}/deliveries?limit=1&${query}`);
		expect(status, text).toBe(200);
		if (body.nextCursor)
			await api.get(`/webhooks/${id}/deliveries?limit=1&${query}&cursor=${body.nextCursor}`);
		for (const { plan } of await plansOf(watch.roundTrips.flat()))
			expect([...scans(plan), ...sorts(plan)], plan.join("\n")).toEqual([]);
	});
});
