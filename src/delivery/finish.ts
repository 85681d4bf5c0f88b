// Recording what became of a group of attempts: attempts, deliveries, webhooks and the events they cause, in one batch.
import { sql } from "drizzle-orm";
import type { EventCtx } from "../context.ts";
import { commit, type Statement } from "../db/commit.ts";
import { attempts, deliveries, webhooks } from "../db/schema/webhooks.ts";
import type { Env } from "../env.ts";
import { envelope, record as recordEvents } from "../events/record.ts";
import { cancelPending, disabled, show, type WebhookRow } from "../webhooks/webhooks.ts";
import type { Outcome } from "./attempt.ts";
import type { Claimed } from "./claim.ts";
import { wakeUp } from "./wake.ts";

/** How one claimed delivery ended. `dueAt` (ms) is when it needs attention again. */
export type Ending =
	| { readonly kind: "cancelled"; readonly delivery: Claimed; readonly dueAt: null }
	| { readonly kind: "deferred"; readonly delivery: Claimed; readonly dueAt: number }
	| {
			readonly kind: "attempted";
			readonly delivery: Claimed;
			readonly webhook: WebhookRow;
			/** When the attempt began. */
			readonly at: number;
			/** As sent, with custom values masked. */
			readonly headers: Readonly<Record<string, string>>;
			readonly outcome: Outcome;
			readonly status: string;
			readonly attemptsMade: number;
			readonly dueAt: number | null;
	  };

type Attempted = Extract<Ending, { kind: "attempted" }>;

const GONE = "The receiver answered 410 Gone.";

/** Commits the endings of a group and wakes the deliveries of the events they caused. */
export async function record(env: Env, endings: readonly Ending[], now: number): Promise<void> {
	const attempted = endings.filter((ending): ending is Attempted => ending.kind === "attempted");
	const caused: Promise<unknown>[] = [];
	const statements = [
		...(attempted.length > 0 ? [insertAttempts(attempted)] : []),
		updateDeliveries(endings, now),
		...(attempted.length > 0 ? [updateWebhooks(attempted)] : []),
		...(await Promise.all(attempted.map((ending) => consequences(env, ending, now, caused)))).flat(),
	];
	await commit({ env, admitted: async () => {} }, statements);
	await Promise.all(caused);
}

function insertAttempts(endings: readonly Attempted[]): Statement {
	const rows = endings.map(({ delivery, webhook, at, headers, outcome }) => ({
		deliveryId: delivery.deliveryId,
		number: delivery.number,
		at,
		trigger: delivery.trigger,
		url: webhook.url,
		requestHeaders: JSON.stringify(headers),
		statusCode: outcome.statusCode,
		durationMs: outcome.durationMs,
		error: outcome.error,
		responseHeaders: outcome.responseHeaders && JSON.stringify(outcome.responseHeaders),
		responseBody: outcome.responseBody,
		responseTruncated: outcome.responseTruncated ? 1 : 0,
	}));
	return {
		query: sql`INSERT INTO ${attempts} ("deliveryId", "number", "at", "trigger", "url", "requestHeaders", "statusCode", "durationMs",
				"error", "responseHeaders", "responseBody", "responseTruncated")
			SELECT value->>'deliveryId', value->>'number', value->>'at', value->>'trigger', value->>'url', value->>'requestHeaders',
				value->>'statusCode', value->>'durationMs', value->>'error', value->>'responseHeaders', value->>'responseBody',
				value->>'responseTruncated'
			FROM json_each(${JSON.stringify(rows)}) WHERE true ON CONFLICT DO NOTHING`,
	};
}

/** Only whoever still holds the lease may say what became of a delivery. A manual attempt asked for meanwhile stays due. */
function updateDeliveries(endings: readonly Ending[], now: number): Statement {
	const rows = endings.map((ending) => ({
		webhookId: ending.delivery.webhookId,
		id: ending.delivery.deliveryId,
		lease: ending.delivery.lease,
		...(ending.kind === "attempted"
			? {
					status: ending.status,
					attemptsMade: ending.attemptsMade,
					statusCode: ending.outcome.statusCode,
					answered: 1,
				}
			: {
					status: ending.kind === "cancelled" ? "cancelled" : ending.delivery.status,
					attemptsMade: ending.delivery.attemptsMade,
					answered: 0,
				}),
		manual: ending.kind !== "deferred" && ending.delivery.trigger === "manual" ? 1 : 0,
		next: ending.kind === "deferred" ? ending.delivery.nextAttemptAt : ending.dueAt,
		due: ending.dueAt,
	}));
	return {
		query: sql`UPDATE ${deliveries} SET "status" = ending.value->>'status', "attemptsMade" = ending.value->>'attemptsMade',
				"lastStatusCode" = iif(ending.value->>'answered', ending.value->>'statusCode', "lastStatusCode"),
				"nextAttemptAt" = ending.value->>'next', "manualWaiting" = max(0, "manualWaiting" - (ending.value->>'manual')),
				"dueAt" = iif("manualWaiting" > (ending.value->>'manual') AND (ending.value->>'due' IS NULL OR ending.value->>'due' > ${now}), ${now}, ending.value->>'due'),
				"lease" = NULL, "leaseUntil" = NULL, "updatedAt" = ${now}
			FROM json_each(${JSON.stringify(rows)}) AS ending
			WHERE ${deliveries}."webhookId" = ending.value->>'webhookId' AND ${deliveries}."id" = ending.value->>'id'
				AND ${deliveries}."lease" = ending.value->>'lease'`,
	};
}

/** A webhook's health, once per group: when it last took something, and how many failures in a row there are. */
function updateWebhooks(endings: readonly Attempted[]): Statement {
	const byWebhook = [...Map.groupBy(endings, ({ webhook }) => webhook.id).values()];
	const rows = byWebhook.map((group) => {
		const lastSuccess = group.findLastIndex(({ outcome }) => outcome.ok);
		return {
			organizationId: group[0]?.webhook.organizationId,
			id: group[0]?.webhook.id,
			succeededAt: group[lastSuccess]?.at ?? null,
			failures: group.length - 1 - lastSuccess,
		};
	});
	return {
		query: sql`UPDATE ${webhooks} SET "lastDeliveredAt" = coalesce(health.value->>'succeededAt', "lastDeliveredAt"),
				"consecutiveFailures" = iif(health.value->>'succeededAt' IS NULL, "consecutiveFailures", 0) + (health.value->>'failures')
			FROM json_each(${JSON.stringify(rows)}) AS health
			WHERE ${webhooks}."organizationId" = health.value->>'organizationId' AND ${webhooks}."id" = health.value->>'id'`,
	};
}

/** What an outcome does beyond its delivery: 410 disables the webhook, a used-up schedule is announced. */
async function consequences(
	env: Env,
	{ delivery, webhook, outcome, status }: Attempted,
	now: number,
	caused: Promise<unknown>[],
): Promise<Statement[]> {
	const ctx: EventCtx = {
		env,
		now,
		caller: { organizationId: delivery.organizationId },
		wake: (due, delaySeconds) => caused.push(wakeUp(env, due, delaySeconds)),
	};
	const announce = async (type: "webhook.disabled" | "webhook.exhausted", shown: WebhookRow) => {
		const data = await show(env, shown);
		return recordEvents(ctx, [{ type, entityId: webhook.id, payload: envelope(ctx, type, data) }]);
	};
	if (outcome.statusCode === 410 && webhook.status === "active") {
		const off = { ...webhook, status: "disabled", ...disabled(now, GONE) };
		return [
			{
				query: sql`UPDATE ${webhooks} SET "status" = 'disabled', "disabledAt" = ${now}, "disabledReason" = ${GONE},
						"version" = "version" + 1, "updatedAt" = ${now}
					WHERE "organizationId" = ${webhook.organizationId} AND "id" = ${webhook.id}`,
			},
			cancelPending(now, webhook.id),
			...(await announce("webhook.disabled", off)),
		];
	}
	const exhausted =
		status === "failed" &&
		delivery.status === "pending" &&
		delivery.trigger === "scheduled" &&
		!delivery.test;
	return exhausted ? announce("webhook.exhausted", webhook) : [];
}
