// What most deliveries come to: they succeed, nobody has asked for another attempt meanwhile, and their webhook has no limits and
// nothing in its backlog. Storing that needs none of the rules of next-state.ts, which D1 takes longer to prepare than to carry out.
import { expect, type Statement } from "../db/commit.ts";
import { deliveries } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { hasBacklog } from "../outbox/backlog.ts";
import type { AttemptedEnding, Ending } from "./ending.ts";
import { isHeld } from "./next-state.ts";

/** Whether an ending is such a one, as far as its claim has read. */
export const isSettled = (ending: Ending): ending is AttemptedEnding =>
	ending.kind === "attempted" &&
	ending.status === "success" &&
	ending.delivery.trigger === "scheduled" &&
	!ending.delivery.hasBacklog &&
	!ending.webhook.ordered &&
	ending.webhook.rateLimit === null &&
	ending.webhook.pausedUntil === null;

const rowOf = ({
	delivery: { webhookId, deliveryId: id, lease },
	outcome: { statusCode },
}: AttemptedEnding) => ({
	webhookId,
	id,
	lease,
	statusCode,
});

const settledCount = sql.prepared<[endings: string]>(
	(
		endings,
	) => sql`(SELECT count(*) FROM json_each(${endings}) AS ending CROSS JOIN ${deliveries} AS delivery ON ${isHeld}
		WHERE delivery."manualWaiting" = 0 AND NOT ${hasBacklog(sql`delivery."webhookId"`)})`,
);

const settling = sql.prepared<[endings: string, now: number]>(
	(
		endings,
		now,
	) => sql`UPDATE ${deliveries} AS delivery SET "status" = 'success', "attemptsMade" = "attemptsMade" + 1,
			"lastStatusCode" = ending.value->>'statusCode', "nextAttemptAt" = NULL, "dueAt" = NULL, "lease" = NULL, "leaseUntil" = NULL, "updatedAt" = ${now}
		FROM json_each(${endings}) AS ending WHERE ${isHeld}`,
);

/** Expects that all are still such endings and their leases held; must come before `storeSettled`. */
export const expectSettled = (endings: readonly AttemptedEnding[]): Statement =>
	expect(sql`${settledCount(JSON.stringify(endings.map(rowOf)))} = ${endings.length}`);

/** The statement that stores such endings. */
export const storeSettled = (endings: readonly AttemptedEnding[], now: number): SQL =>
	settling(JSON.stringify(endings.map(rowOf)), now);
