// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): claimed before the work, completed in the same batch
// as it, so that a repeated request either finds the finished answer or knows that nothing was written.
import { sql } from "drizzle-orm";
import { toHex } from "../base64.ts";
import type { Caller, Claim, Ctx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import { commit, expectChanged, type Slot, type Statement, write } from "../db/commit.ts";
import { idempotencyKeys } from "../db/schema/bookkeeping.ts";
import { filled, filledText, valuesOf } from "../db/slots.ts";
import { ownedBy } from "../db/tenant.ts";
import { AppError, badRequest, conflict } from "../errors.ts";
import { countAnswer, countedFor, uncountAnswers } from "../quotas/answers.ts";
import { open, seal } from "../sealed.ts";
import { settingsOf } from "../settings.ts";
import type { Answer } from "./answer.ts";

const KEPT_MS = 24 * 3_600_000;
/** A claim this old without an answer belongs to a request that died; it may be taken over. */
const STALE_MS = 60_000;
const FORM = /^[\x21-\x7e]{1,255}$/;
const SCOPE = "idempotency";

/** An answer as it is kept; only a success is. */
export interface KeptAnswer {
	readonly answer: Answer;
}

/** What stands for an answer that told of somebody who was erased. It is neither JSON nor sealed. */
export const ERASED_ANSWER = "erased";

/** How an error begins that version 1.0 kept here: nothing is done by it, so the key is free. */
const KEPT_ERROR = '{"status":%';

/**
 * Where a caller's keys are kept apart from everybody else's: an answer is given again to who got it first, and nobody
 * else learns that there is one. No Idempotency-Key holds a blank, so no two callers' slots are the same.
 */
const slotOf = ({ sessionId, keyId }: Caller, key: string) => `${sessionId ?? keyId} ${key}`;

/**
 * Claims a key for this request, among those of the same caller.
 * @param fingerprint what method, path and body must be the same for a replay
 * @returns the claim, or the answer that was kept
 * @throws AppError 400 for a key of the wrong form, 422 when it was used for another request, 409 while that still runs or
 *   when what it answered has been erased
 */
export async function claimKey(
	ctx: Ctx,
	key: string,
	fingerprint: string,
): Promise<{ claim: Claim } | { kept: KeptAnswer }> {
	if (!FORM.test(key)) {
		throw badRequest({ path: "Idempotency-Key", message: "Expected 1 to 255 visible ASCII characters." });
	}
	const { organizationId } = ctx.caller;
	const slot = slotOf(ctx.caller, key);
	const claimedBy = crypto.randomUUID();
	const claimed = sql`INSERT INTO ${idempotencyKeys} ("organizationId", "key", "fingerprint", "claimedBy", "claimedAt", "answer")
			VALUES (${organizationId}, ${slot}, ${fingerprint}, ${claimedBy}, ${ctx.now}, NULL)
			ON CONFLICT DO UPDATE SET "fingerprint" = excluded."fingerprint", "claimedBy" = excluded."claimedBy",
				"claimedAt" = excluded."claimedAt", "answer" = NULL
			WHERE "claimedAt" <= ${ctx.now - KEPT_MS} OR "answer" LIKE ${KEPT_ERROR} OR ("answer" IS NULL AND "claimedAt" <= ${ctx.now - STALE_MS})`;
	const found = sql`SELECT "fingerprint", "claimedBy", "answer" FROM ${idempotencyKeys} WHERE ${isKept(ctx, slot)}`;
	let row: RawRow | undefined;
	const committed = ([first]: RawRow[]) => {
		row = first;
	};
	await commit(ctx, [{ query: claimed }, { query: found, committed }]);
	if (row?.claimedBy === claimedBy) return { claim: { slot, claimedBy } };
	if (row?.fingerprint !== fingerprint) {
		throw new AppError("UNPROCESSABLE", "This Idempotency-Key was used before with another request.");
	}
	if (row.answer === null) throw conflict("A request with this Idempotency-Key is still running.");
	if (row.answer === ERASED_ANSWER)
		throw conflict("What was answered under this Idempotency-Key has been erased since.");
	return { kept: await keptIn(ctx, String(row.answer)) };
}

/** The condition that a row is the one kept for a key of the caller's. */
const isKept = (ctx: Ctx, slot: string) =>
	sql`${ownedBy(idempotencyKeys, ctx.caller.organizationId)} AND "key" = ${slot}`;

/** An answer as it was kept: sealed where it shows a secret, and then what the batch gave out stands beside it. */
async function keptIn(ctx: Ctx, text: string): Promise<KeptAnswer> {
	if (text.startsWith("{")) return JSON.parse(text);
	const [secret = "", values = "{}"] = text.split(" ");
	const key = settingsOf(ctx.env).ENCRYPTION_KEY;
	const { answer }: KeptAnswer = JSON.parse(await open(key, ctx.caller.organizationId, SCOPE, secret));
	return { answer: { ...answer, body: filled(answer.body, JSON.parse(values)) } };
}

/** What makes two requests the same: SHA-256 over method, path with query, and body. */
export async function fingerprintOf(method: string, path: string, body: string): Promise<string> {
	const bytes = new TextEncoder().encode(`${method} ${path}\n${body}`);
	return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/**
 * The statements that keep an answer, for the batch that does the work. When the claim was taken over meanwhile,
 * the whole batch rolls back: the work must not be done twice. So it does when the organization keeps as much as it may.
 */
export async function completion(
	ctx: Ctx,
	claim: Claim,
	kept: KeptAnswer,
	slots: readonly Slot[],
): Promise<Statement[]> {
	const { organizationId } = ctx.caller;
	const plain = JSON.stringify(kept);
	const secret = kept.answer.secret === true;
	const text = secret
		? sql`${await seal(settingsOf(ctx.env).ENCRYPTION_KEY, organizationId, SCOPE, plain)} || ' ' || ${valuesOf(slots)}`
		: filledText(sql`${plain}`, "$.answer.body", slots);
	const counted = countedFor(new TextEncoder().encode(plain).length);
	return [
		...countAnswer(organizationId, counted),
		{
			query: sql`UPDATE ${idempotencyKeys} SET "answer" = ${text}, "counted" = "counted" + ${counted}
				WHERE ${isKept(ctx, claim.slot)} AND "claimedBy" = ${claim.claimedBy}`,
		},
		expectChanged(() => conflict("Another request with this Idempotency-Key took over.")),
	];
}

/** After a failure, whichever it was: nothing was written, so the key is given back and the request worked out anew. */
export async function settle(ctx: Ctx, claim: Claim): Promise<void> {
	const own = sql`${isKept(ctx, claim.slot)}
		AND "claimedBy" = ${claim.claimedBy} AND "answer" IS NULL`;
	await write(ctx.env.DB, [
		// Of an answer that was there until its day was over.
		uncountAnswers(sql`SELECT "organizationId", "key" FROM ${idempotencyKeys} WHERE ${own}`),
		sql`DELETE FROM ${idempotencyKeys} WHERE ${own}`,
	]);
}
