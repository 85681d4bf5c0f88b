// The verbs of webhooks. Their secrets and headers are sealed in the row and opened only to be sent.
import type { Ctx, WriteAttempt } from "../context.ts";
import { expect, type Statement, type Write } from "../db/commit.ts";
import type { ListQuery } from "../db/list-query.ts";
import { unsentStatus } from "../delivery/health.ts";
import {
	disabledFields,
	endBeforeStart,
	endWaitingDeliveries,
	type ShownWebhook,
	showWebhook,
	type WebhookRow,
} from "../delivery/receiver.ts";
import { openHeaders, sealHeaders, sealValue } from "../delivery/sealing.ts";
import { newSecret, secretPrefix } from "../delivery/secret.ts";
import { acceptedTarget } from "../delivery/target.ts";
import { sendingRules } from "../env.ts";
import { conflict } from "../errors.ts";
import { newId } from "../ids.ts";
import { isSameJson } from "../json.ts";
import {
	isBacklogWithin,
	placeBacklog,
	releaseBacklog,
	returnToBacklog,
	returnToOrder,
	wakingStatement,
	webhooksQuery,
} from "../outbox/backlog.ts";
import { dropHeldDeliveries, skipHeldDeliveries } from "../outbox/held.ts";
import { requireReadable } from "../outbox/readable.ts";
import type { VersionCondition } from "../resources/condition.ts";
import { verbs } from "../resources/verbs.ts";
import { requireNames } from "./shown-names.ts";
import { initialHealth, type SealedInput, webhooks } from "./webhooks.ts";

const base = verbs(webhooks);

export const { get, updateWith } = base;

/** How many waiting deliveries one change of `ordered` gives new places. */
const MAX_REORDERED = 10_000;

export interface WebhookInput extends Omit<SealedInput, "headers" | "secret"> {
	readonly headers?: Record<string, string> | undefined;
}

/**
 * Plans a new webhook. Its secret is generated if none is given, and returned only now; `null` leaves it unsigned.
 * @throws AppError 400 for a URL, header or event that is not allowed; 403 for events or names of resources that the caller can't read;
 *   409 when the organization has as many webhooks as it may have
 */
export async function create(
	ctx: WriteAttempt,
	input: WebhookInput & { secret?: string | null | undefined },
): Promise<Write<ShownWebhook & { secret?: string }>> {
	const { secret: givenSecret, headers, ...rest } = input;
	requireReadable(ctx.caller, rest.events ?? []);
	requireNames(ctx.caller, rest.expand ?? []);
	const id = newId("webhook", ctx.now);
	const secret = givenSecret === undefined ? newSecret() : givenSecret;
	const write = await base.create(
		ctx,
		{
			...rest,
			...checkedUrl(ctx, rest.url),
			...(await sealHeaders(ctx, id, headers, {})),
			...(secret === null
				? {}
				: { secret: await sealValue(ctx, id, "secret", secret), secretPrefix: secretPrefix(secret) }),
			...(rest.status === "disabled" ? disabledFields(ctx.now, "Created disabled.") : {}),
		},
		id,
	);
	return {
		...write,
		value: { ...(await showWebhook(ctx.env, write.value)), ...(secret === null ? {} : { secret }) },
	};
}

/**
 * Plans a change. Disabling skips the waiting deliveries; enabling skips those of them that are left and those that are held, and resets the
 * webhook's health.
 * @throws AppError 400, 404, 412 as every update; 409 while too many are left; 403 for another URL, other events, another filter or other names when the caller can't read everything
 *   that the webhook received or would receive
 */
export async function update(ctx: Ctx, id: string, input: WebhookInput, condition: VersionCondition | null) {
	const { headers, ...rest } = input;
	const changed = await base.updateWith(
		ctx,
		id,
		async (before) => {
			const given = { ...rest, ...checkedUrl(ctx, rest.url) };
			requireReadableEvents(ctx, before, given);
			return {
				...given,
				...(headers ? await sealHeaders(ctx, id, headers, await openHeaders(ctx.env, before)) : {}),
				// What another URL has answered says nothing of this one, and its owner wants to see the result without waiting for a probe.
				...(given.url !== undefined && given.url !== before.url ? initialHealth : {}),
				...statusFields(ctx, before.status, rest.status),
			};
		},
		condition,
	);
	const { before, value } = changed;
	const isDisabled = before.status === "active" && value.status === "disabled";
	const isEnabled = before.status === "disabled" && value.status === "active";
	const followUp = [
		...(isDisabled ? [endWaitingDeliveries(ctx.now, value, "skipped")] : []),
		...(isEnabled ? [skipHeldDeliveries(value)] : []),
		...(before.pausedUntil && !value.pausedUntil && !isDisabled ? endPause(ctx, id) : []),
		...(before.ordered === value.ordered ? [] : reorder(ctx, id)),
		...(isSamePace(before, value) ? [] : endPause(ctx, id)),
	];
	const ended = isEnabled ? endBeforeStart(ctx.now, before, unsentStatus(before)) : [];
	return asShown(ctx, { ...changed, statements: [...ended, ...changed.statements] }, followUp);
}

const isSamePace = (one: WebhookRow, other: WebhookRow) =>
	one.ordered === other.ordered && isSameJson(one.rateLimit, other.rateLimit);

/** Gives the deliveries that wait their places in the new order; call `releaseWebhook` next. */
function reorder({ caller: { organizationId } }: Ctx, id: string): Statement[] {
	const hook = { organizationId, id };
	return [
		expect(isBacklogWithin(hook, MAX_REORDERED), () =>
			conflict(
				`More than ${MAX_REORDERED} deliveries wait for this webhook; \`ordered\` can be changed when fewer do.`,
			),
		),
		placeBacklog(hook),
		returnToOrder(hook),
	];
}

/**
 * A caller that changes the URL (as it is stored), the events, the filter or the names must be able to read all events and names
 * before and after the change: which events pass a filter tells what they contain.
 */
function requireReadableEvents(ctx: Ctx, before: WebhookRow, input: WebhookInput): void {
	const { url, events, filter, expand } = input;
	const given = Object.entries({ url, events, filter, expand }).filter(([, value]) => value !== undefined);
	if (given.every(([name, value]) => isSameJson(value, Reflect.get(before, name)))) return;
	requireReadable(ctx.caller, [...before.events, ...(events ?? [])]);
	requireNames(ctx.caller, [...before.expand, ...(expand ?? [])]);
}

/** A write of a webhook, as answers show the webhook. */
const asShown = async (ctx: Ctx, write: Write<WebhookRow>, more: readonly Statement[] = []) => ({
	...write,
	value: await showWebhook(ctx.env, write.value),
	statements: [...write.statements, ...more],
});

/**
 * Plans to end a pause, for when the receiver works again. A webhook that isn't paused stays unchanged.
 * @throws AppError 404, 412
 */
export async function resume(ctx: Ctx, id: string, condition: VersionCondition | null) {
	const closed = { pausedUntil: null, pauseSeconds: null };
	return asShown(ctx, await base.updateWith(ctx, id, async () => closed, condition), endPause(ctx, id));
}

const endPause = (ctx: Ctx, id: string): Statement[] => [
	returnToBacklog({ organizationId: ctx.caller.organizationId, id }, ctx.now),
	releaseWebhook(ctx, id),
];

/** Releases the first deliveries of a webhook's backlog, as many as its window has room for. */
export const releaseWebhook = (ctx: Ctx, id: string): Statement =>
	wakingStatement(
		releaseBacklog(webhooksQuery([{ organizationId: ctx.caller.organizationId, id }]), ctx.now),
		ctx,
	);

/** The further fields that change when a webhook is disabled or enabled. */
function statusFields(ctx: Ctx, before: string, after: string | undefined): SealedInput {
	if (after === undefined || after === before) return {};
	if (after === "disabled") {
		return { ...disabledFields(ctx.now, "Disabled by its owner."), pausedUntil: null, pauseSeconds: null };
	}
	return { disabledAt: null, disabledReason: null, ...initialHealth };
}

/** Plans a deletion; pending deliveries are cancelled, held ones never made; the log is kept for its retention time. */
export async function remove(ctx: Ctx, id: string, condition: VersionCondition | null) {
	const write = await base.remove(ctx, id, condition);
	return {
		...write,
		statements: [
			...write.statements,
			endWaitingDeliveries(ctx.now, write.value, "cancelled"),
			dropHeldDeliveries(write.value),
		],
	};
}

/**
 * Plans to restore a deleted webhook. What waited when it was deleted and is left is cancelled, whether it is active now or not.
 * @throws AppError 404, 409, 412 as every restoration; 409 while too many are left
 */
export async function restore(attempt: WriteAttempt, id: string, condition: VersionCondition | null) {
	const write = await base.restore(attempt, id, condition);
	const deleted = { ...write.value, deletedAt: new Date(attempt.now).toISOString() };
	const ended = endBeforeStart(attempt.now, deleted, "cancelled");
	return asShown(attempt, { ...write, statements: [...ended, ...write.statements] });
}

/** A page of webhooks as answers show them, and the position after it; null on the last page. */
export async function list(ctx: Ctx, query: ListQuery) {
	const { items, next } = await base.listRows(ctx, query);
	return { items: await Promise.all(items.map((row) => showWebhook(ctx.env, row))), next };
}

function checkedUrl(ctx: Ctx, url: string | undefined): { url?: string } {
	return url === undefined ? {} : { url: acceptedTarget(url, sendingRules(ctx.env), ctx.host) };
}
