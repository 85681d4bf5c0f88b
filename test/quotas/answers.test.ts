import { afterEach, expect, it, vi } from "vitest";
import { chance } from "../../src/chance.ts";
import { DAY_MS } from "../../src/time.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { purgeAll } from "../support/purge.ts";
import { setQuotas, usageOf } from "../support/quotas.ts";
import { run } from "../support/shards.ts";

const HEAVY = { name: "Jane", notes: "\u20ac".repeat(10_000) };
const QUOTA = "idempotencyBytes";

const keyed = (key: string) => ({ "idempotency-key": key });

afterEach(() => vi.restoreAllMocks());

it("large answers count with their size; above the quota requests with a key are refused, and all others work", async () => {
	const api = await createCaller({ keys: 2 });
	await setQuotas(api.organizationId, { idempotencyBytes: 70_000 });
	for (const key of ["a", "b"]) expect((await api.post("/leads", HEAVY, keyed(key))).status).toBe(201);
	const { used } = await usageOf(api, QUOTA);
	expect(used).toBeGreaterThan(60_000);
	expect(used).toBeLessThan(70_000);

	const refused = await api.post("/leads", HEAVY, keyed("c"));
	expect(refused.status).toBe(409);
	expect(refused.body.message).toContain("quota idempotencyBytes;");
	expect((await api.get("/leads")).body.items).toHaveLength(2);
	expect((await usageOf(api, QUOTA)).used).toBe(used);

	const again = await api.post("/leads", HEAVY, keyed("a"));
	expect(again.status).toBe(201);
	expect(again.headers.get("idempotency-replayed")).toBe("true");
	const { id } = await create(api, "/leads", HEAVY);
	expect((await api.delete(`/leads/${id}`)).status).toBe(204);

	await setQuotas(api.organizationId, { idempotencyBytes: 200_000 });
	expect((await api.post("/leads", HEAVY, keyed("c"))).status).toBe(201);
});

it("of small answers a sample is counted, for all of them", async () => {
	const api = await createCaller();
	const random = vi.spyOn(chance, "random").mockReturnValue(0.1);
	await api.post("/tags", { name: "A" }, keyed("a"));
	expect((await usageOf(api, QUOTA)).used).toBe(0);
	// Some 800 bytes of 16,384.
	random.mockReturnValue(0.04);
	await api.post("/tags", { name: "B" }, keyed("b"));
	expect((await usageOf(api, QUOTA)).used).toBe(16_384);
	// One that isn't counted is refused too where there is no room.
	await setQuotas(api.organizationId, { idempotencyBytes: 16_383 });
	random.mockReturnValue(0.1);
	expect((await api.post("/tags", { name: "C" }, keyed("c"))).status).toBe(409);
});

it("answers older than a day are uncounted, whoever removes them", async () => {
	const api = await createCaller();
	await api.post("/leads", HEAVY, keyed("purged"));
	await api.post("/leads", HEAVY, keyed("failed"));
	const { used } = await usageOf(api, QUOTA);
	await run(
		"UPDATE idempotency_keys SET claimedAt = claimedAt - ? WHERE organizationId = ?",
		DAY_MS,
		api.organizationId,
	);
	// Taken over by a request that fails.
	expect((await api.post("/leads", { nonsense: 1 }, keyed("failed"))).status).toBe(400);
	expect((await usageOf(api, QUOTA)).used).toBe(Number(used) / 2);
	await purgeAll(Date.now() + 1_000);
	expect((await usageOf(api, QUOTA)).used).toBe(0);
});
