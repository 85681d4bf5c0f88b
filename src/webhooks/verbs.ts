// The verbs of webhooks. Their secrets and headers are sealed in the row and opened only to be sent.
import type { Attempt, Ctx } from "../context.ts";
import type { Statement, Write } from "../db/commit.ts";
import type { ListQuery, Position } from "../db/list-query.ts";
import { disabled, endWaiting, type ShownWebhook, show, type WebhookRow } from "../delivery/receiver.ts";
import { openHeaders, sealed, sealedHeaders } from "../delivery/sealing.ts";
import { newSecret, secretPrefix } from "../delivery/secret.ts";
import { targetProblem } from "../delivery/target.ts";
import { sendingRules } from "../env.ts";
import { badRequest } from "../errors.ts";
import { newId } from "../ids.ts";
import { freeProbe, hooksOf, release, waking } from "../outbox/line.ts";
import { requireReadable } from "../outbox/readable.ts";
import { type Condition, verbs } from "../resources/verbs.ts";
import { type Sealed, unburdened, webhooks } from "./webhooks.ts";

const base = verbs(webhooks);

export interface WebhookInput extends Omit<Sealed, "headers" | "secret"> {
	readonly headers?: Record<string, string> | undefined;
}

/**
 * Plans a new webhook. Its secret is made where none is given, and returned this once; `null` leaves it unsigned.
 * @throws AppError 400 for a URL, header or event that is not allowed; 403 for events of what the caller can't read; 409
 *   when the organization has as many as it may
 */
export async function create(
	ctx: Attempt,
	input: WebhookInput & { secret?: string | null | undefined },
): Promise<Write<ShownWebhook & { secret?: string }>> {
	const { secret: givenSecret, headers, ...rest } = input;
	requireReadable(ctx.caller, rest.events ?? []);
	const id = newId("webhook", ctx.now);
	const secret = givenSecret === undefined ? newSecret() : givenSecret;
	const write = await base.create(
		ctx,
		{
			...rest,
			...judged(ctx, rest.url),
			...(await sealedHeaders(ctx, id, headers, {})),
			...(secret === null
				? {}
				: { secret: await sealed(ctx, id, "secret", secret), secretPrefix: secretPrefix(secret) }),
			...(rest.status === "disabled" ? disabled(ctx.now, "Created disabled.") : {}),
		},
		id,
	);
	return {
		...write,
		value: { ...(await show(ctx.env, write.value)), ...(secret === null ? {} : { secret }) },
	};
}

/**
 * Plans a change. Disabling skips what waits; enabling begins with a clean slate.
 * @throws AppError 400, 404, 412 as every update; 403 for another URL or other events where the caller can't read all that
 *   it was sent or would be
 */
export async function update(
	ctx: Ctx,
	id: string,
	input: WebhookInput,
	condition: Condition | null,
): Promise<Write<ShownWebhook>> {
	const { headers, ...rest } = input;
	const changed = await base.change(
		ctx,
		id,
		async (before) => {
			refuseUnreadable(ctx, before, rest);
			return {
				...rest,
				...judged(ctx, rest.url),
				...(headers ? await sealedHeaders(ctx, id, headers, await openHeaders(ctx.env, before)) : {}),
				// Whoever mends the address wants to see it work, not to wait for a probe.
				...(rest.url !== undefined && rest.url !== before.url
					? { pausedUntil: null, pauseSeconds: null }
					: {}),
				...turned(ctx, before.status, rest.status),
			};
		},
		condition,
	);
	const { before, value } = changed;
	const off = before.status === "active" && value.status === "disabled";
	const followUp = [
		...(off ? [endWaiting(ctx.now, value, "skipped")] : []),
		...(before.pausedUntil && !value.pausedUntil && !off ? unpause(ctx, id) : []),
	];
	return {
		...changed,
		value: await show(ctx.env, value),
		statements: [...changed.statements, ...followUp],
	};
}

/** Who sends a webhook's events elsewhere, or others to where they go, must be able to read them. */
function refuseUnreadable(ctx: Ctx, before: WebhookRow, { url, events }: WebhookInput): void {
	const moved = url !== undefined && judged(ctx, url).url !== before.url;
	const other = events !== undefined && JSON.stringify(events) !== JSON.stringify(before.events);
	if (moved || other) requireReadable(ctx.caller, [...before.events, ...(events ?? [])]);
}

/**
 * Plans to end a pause, as its owner knows that the receiver is well again. A webhook that isn't paused stays as it is.
 * @throws AppError 404, 412
 */
export async function resume(
	ctx: Ctx,
	id: string,
	condition: Condition | null,
): Promise<Write<ShownWebhook>> {
	const closed = { pausedUntil: null, pauseSeconds: null };
	const changed = await base.change(ctx, id, async () => closed, condition);
	return {
		...changed,
		value: await show(ctx.env, changed.value),
		statements: [...changed.statements, ...unpause(ctx, id)],
	};
}

const unpause = (ctx: Ctx, id: string): Statement[] => [
	{ query: freeProbe({ organizationId: ctx.caller.organizationId, id }, ctx.now) },
	goOn(ctx, id),
];

/** The first in a webhook's line go on, as many as its window has room for. */
export const goOn = (ctx: Ctx, id: string): Statement =>
	waking(release(hooksOf([{ organizationId: ctx.caller.organizationId, id }]), ctx.now), ctx);

/** What turning a webhook off or on brings with it. */
function turned(ctx: Ctx, before: string, after: string | undefined): Sealed {
	if (after === undefined || after === before) return {};
	if (after === "disabled") {
		return { ...disabled(ctx.now, "Disabled by its owner."), pausedUntil: null, pauseSeconds: null };
	}
	return { disabledAt: null, disabledReason: null, ...unburdened };
}

/** Plans a deletion; what is pending is cancelled, the log stays until its time is up. */
export async function remove(ctx: Ctx, id: string, condition: Condition | null): Promise<Write<WebhookRow>> {
	const write = await base.remove(ctx, id, condition);
	return { ...write, statements: [...write.statements, endWaiting(ctx.now, write.value, "cancelled")] };
}

/** Plans the return of a deleted webhook. */
export async function restore(
	attempt: Attempt,
	id: string,
	condition: Condition | null,
): Promise<Write<ShownWebhook>> {
	const write = await base.restore(attempt, id, condition);
	return { ...write, value: await show(attempt.env, write.value) };
}

export async function get(ctx: Ctx, id: string, includeDeleted = false): Promise<WebhookRow> {
	return base.get(ctx, id, includeDeleted);
}

export async function list(
	ctx: Ctx,
	query: ListQuery,
): Promise<{ items: ShownWebhook[]; next: Position | null }> {
	const { rows, next } = await base.list(ctx, query);
	return { items: await Promise.all(rows.map((row) => show(ctx.env, row))), next };
}

/**
 * Plans a change of a webhook's secret: `make` gives the fields from the row as it is.
 * @throws AppError 404, and whatever `make` throws
 */
export function changeSecret(
	ctx: Ctx,
	id: string,
	condition: Condition | null,
	make: (row: WebhookRow) => Promise<Sealed>,
) {
	return base.change(ctx, id, make, condition);
}

function judged(ctx: Ctx, url: string | undefined): { url?: string } {
	if (url === undefined) return {};
	const rules = sendingRules(ctx.env);
	const problem = targetProblem(url, { ...rules, ownHosts: [...rules.ownHosts, ctx.host] });
	if (problem) throw badRequest({ path: "url", message: problem });
	return { url: new URL(url).href };
}
