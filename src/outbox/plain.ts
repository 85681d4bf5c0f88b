// Whether all webhooks of an organization are plain: without a filter, an order, a rate limit or an open breaker. Most are, and the
// statement that makes deliveries for such is prepared in a third of the time. An isolate takes it for granted and expects it in the
// batch. Where it is not so, the write is planned again, and this isolate does not expect it again for a while.
import { expect, LostRace, type Statement } from "../db/commit.ts";
import { webhooks } from "../db/schema/webhooks.ts";
import { sql } from "../db/sql.ts";
import { liveRowsOf } from "../db/tenant.ts";
import { Memory } from "../memory.ts";
import { HOUR_MS } from "../time.ts";

const MEMORY_MS = HOUR_MS;

/** Organizations of which it was not so. */
const others = new Memory<true>();

const areAllPlain = sql.prepared<[organizationId: string]>(
	(organizationId) => sql`NOT EXISTS (SELECT 1 FROM ${liveRowsOf(webhooks, organizationId, "webhooks_live")}
		AND ("filter" IS NOT NULL OR "ordered" OR "rateLimit" IS NOT NULL OR "pausedUntil" IS NOT NULL))`,
);

/** Whether it may be expected that all webhooks of an organization are plain. */
export const mayBePlain = (organizationId: string, now: number): boolean => !others.get(organizationId, now);

/** Expects that all webhooks of an organization are plain; if one isn't, the write must be planned again. */
export const expectPlain = (organizationId: string, now: number): Statement =>
	expect(areAllPlain(organizationId), () => {
		others.set(organizationId, true, now, MEMORY_MS);
		return new LostRace();
	});
