// The statistics of one webhook and of all: hours added up, and percentiles of attempts instead of means of percentiles.
import { describe, expect, it } from "vitest";
import { DAY_MS, HOUR_MS } from "../../src/time.ts";
import type { Api, Json } from "../support/api.ts";
import { watchBindings } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { planOf, run } from "../support/shards.ts";

const thisHour = () => Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const iso = (ms: number) => new Date(ms).toISOString();

const givenWebhook = async (api: Api): Promise<string> =>
	(await create(api, "/webhooks", { url: "https://hooks.example.com/in", events: ["lead.*"] })).id;

const hour = (webhookId: string, at: number, successes: number, failures: number, durations: object) =>
	run(
		`INSERT INTO delivery_hours (webhookId, hour, successes, failures, durations)
		SELECT id, ?, ?, ?, ? FROM webhooks WHERE id = ?`,
		at,
		successes,
		failures,
		JSON.stringify(durations),
		webhookId,
	);

describe("statistics", () => {
	it("of all webhooks come in one answer, with the percentiles of all attempts together", async () => {
		const [api, stranger] = [await createCaller(), await createCaller()];
		const [one, other, gone] = [await givenWebhook(api), await givenWebhook(api), await givenWebhook(api)];
		const foreign = await givenWebhook(stranger);
		const now = thisHour();
		await hour(one, now, 97, 0, { 10: 97 });
		await hour(other, now, 1, 2, { 10: 1, 900: 2 });
		await hour(other, now - HOUR_MS, 0, 4, { 30000: 4 });
		await hour(gone, now, 5, 5, { 7: 10 });
		await hour(foreign, now, 1_000, 0, { 1: 1_000 });
		expect((await api.delete(`/webhooks/${gone}`)).status).toBe(204);
		const reply = await api.get("/webhooks/stats");
		expect(reply).toMatchObject({ status: 200 });
		expect(reply.body).toEqual({
			items: [
				{ hour: iso(now - HOUR_MS), successes: 0, failures: 4, p50Ms: 30_000, p95Ms: 30_000 },
				{ hour: iso(now), successes: 98, failures: 2, p50Ms: 10, p95Ms: 10 },
			],
			nextCursor: null,
			hasMore: false,
			// A mean of the hours' medians would be 1,163 ms.
			totals: { successes: 98, failures: 6, p50Ms: 10, p95Ms: 900 },
		});
		const latest = (await api.get(`/webhooks/stats?since=${iso(now)}`)).body;
		expect(latest.items).toHaveLength(1);
		const own: Json = (await api.get(`/webhooks/${other}/stats`)).body;
		expect(own.totals).toEqual({ successes: 1, failures: 6, p50Ms: 30_000, p95Ms: 30_000 });
	});

	it("are empty where nothing was sent, and reach no further than a month", async () => {
		const api = await createCaller();
		const id = await givenWebhook(api);
		for (const path of ["/webhooks/stats", `/webhooks/${id}/stats`]) {
			expect((await api.get(path)).body).toEqual({
				items: [],
				nextCursor: null,
				hasMore: false,
				totals: { successes: 0, failures: 0, p50Ms: null, p95Ms: null },
			});
			const old = await api.get(`${path}?since=${iso(Date.now() - 31 * DAY_MS - HOUR_MS)}`);
			expect(old).toMatchObject({ status: 400, body: { errors: [{ path: "since" }] } });
			expect((await api.get(`${path}?since=${iso(Date.now() - 31 * DAY_MS)}`)).status).toBe(200);
		}
	});

	it("look at no other webhook's hours", async () => {
		const api = await createCaller();
		const id = await givenWebhook(api);
		await hour(id, thisHour(), 1, 0, { 10: 1 });
		const watch = watchBindings();
		await api.via(watch.target).get("/webhooks/stats");
		const plans = await Promise.all(
			watch.roundTrips
				.flat()
				.filter(({ text }) => text.includes("delivery_hours"))
				.map(planOf),
		);
		expect(plans).toHaveLength(2);
		const steps = plans.flat();
		expect(steps.some((step) => step.includes("SEARCH part USING PRIMARY KEY"))).toBe(true);
		expect(steps.filter((step) => /^SCAN (part|delivery_hours|webhooks)/.test(step))).toEqual([]);
	});
});
