// The effects of a group of attempts on the webhook itself: it may be disabled or leave its pause, and events report it.
import type { EventCtx } from "../context.ts";
import { expectChanged, type Statement } from "../db/commit.ts";
import { webhooks } from "../db/schema/webhooks.ts";
import { sql } from "../db/sql.ts";
import { nextStamp } from "../db/stamps.ts";
import { isRow } from "../db/tenant.ts";
import { returnToBacklog } from "../outbox/backlog.ts";
import type { EventType } from "../outbox/event-types.ts";
import { actorFor } from "../outbox/processes.ts";
import { type EventDraft, envelope, recordReports } from "../outbox/record.ts";
import type { AttemptedEnding } from "./ending.ts";
import { MASK } from "./headers.ts";
import { type Health, hasRecovered, isExhausted, reasonToDisable, unsentStatus } from "./health.ts";
import {
	disabledFields,
	endWaitingDeliveries,
	type ShownWebhook,
	showWebhook,
	type WebhookRow,
} from "./receiver.ts";

/** Plans the effects of a group of attempts on their webhook, and the events that report them. */
export async function planConsequences(from: Omit<EventCtx, "caller" | "actor">, health: Health) {
	const { webhook, attempts: groupAttempts } = health;
	const ctx: EventCtx = {
		...from,
		caller: { organizationId: webhook.organizationId },
		actor: actorFor("webhook-health"),
	};
	const draft = async (type: EventType, shown: WebhookRow): Promise<EventDraft> => ({
		type,
		entityId: webhook.id,
		payload: envelope(ctx, type, maskHeaderValues(await showWebhook(ctx.env, shown))),
	});
	const reason = reasonToDisable(health, ctx.now);
	const disabledWebhook = {
		...webhook,
		version: webhook.version + 1,
		status: "disabled",
		...disabledFields(ctx.now, reason ?? ""),
	};
	const exhaustedAttempts = groupAttempts.filter((one) => isExhausted(webhook, one) && isReported(one));
	const drafts = await Promise.all([
		...exhaustedAttempts.map(() => draft("webhook.exhausted", webhook)),
		...(hasRecovered(health) ? [draft("webhook.recovered", webhook)] : []),
		...(reason ? [draft("webhook.disabled", disabledWebhook)] : []),
	]);
	return [
		...(hasRecovered(health) ? [returnToBacklog(webhook, ctx.now)] : []),
		...(reason ? disable(ctx, webhook, reason) : []),
		...recordReports(ctx, drafts),
	];
}

/** The webhook as events show it: names of headers, none of their values. */
const maskHeaderValues = (webhook: ShownWebhook): ShownWebhook => ({
	...webhook,
	headers: Object.fromEntries(Object.keys(webhook.headers).map((name) => [name, MASK])),
});

/** Without this, two webhooks that receive each other's failure events would trigger each other without end. */
const isReported = ({ delivery }: AttemptedEnding) => !delivery.event.startsWith("webhook.");

function disable(ctx: EventCtx, webhook: WebhookRow, reason: string): Statement[] {
	const disabledWebhook = { ...webhook, disabledReason: reason };
	return [
		sql`UPDATE ${webhooks} SET "status" = 'disabled', "disabledAt" = ${ctx.now}, "disabledReason" = ${reason},
				"pausedUntil" = NULL, "pauseSeconds" = NULL, "version" = "version" + 1, "updatedAt" = ${nextStamp(webhooks, webhook.organizationId, ctx.now)}
			WHERE ${isRow(webhooks, webhook.organizationId, webhook.id)} AND "status" = 'active'`,
		expectChanged(),
		endWaitingDeliveries(ctx.now, webhook, unsentStatus(disabledWebhook)),
	];
}
