// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): the key is claimed before the write, and the answer is stored
// in the batch of the write. So a repeated request either finds the answer, or nothing was written.

import { utf8Bytes } from "../bytes.ts";
import type { Caller, Claim, Ctx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import { commit, expectChanged, type Slot, write } from "../db/commit.ts";
import { idempotencyKeys } from "../db/schema/bookkeeping.ts";
import { ANSWER_SCOPE } from "../db/sealed-tables.ts";
import { fillSlots, fillSlotsInText, slotsWithin, slotValues } from "../db/slots.ts";
import { sql } from "../db/sql.ts";
import { ownedBy } from "../db/tenant.ts";
import { sha256 } from "../digest.ts";
import { AppError, badRequest, conflict } from "../errors.ts";
import { countAnswer, countedFor, uncountAnswers } from "../quotas/answers.ts";
import { seal, unseal } from "../sealed.ts";
import { settingsOf } from "../settings.ts";
import { DAY_MS } from "../time.ts";
import type { Answer, AnsweredRequest } from "./answer.ts";

/** 422 for a key that another request has used. */
export const keyReused = () =>
	new AppError("UNPROCESSABLE", "This Idempotency-Key was used before with another request.");

const KEPT_MS = DAY_MS;
/** After this time, a claim without an answer belongs to a request that failed; another may take it over. */
const STALE_MS = 60_000;
const FORM = /^[\x21-\x7e]{1,255}$/;

/** An answer as it is stored; only successful answers are. */
export interface KeptAnswer {
	readonly answer: Answer;
	/** Which request was answered, and when; only if the body says so, as that in an envelope does. */
	readonly request?: AnsweredRequest;
}

/** Replaces a stored answer that contained data of an erased person. It is neither JSON nor encrypted. */
export const ERASED_ANSWER = "erased";

/** The pattern of errors that version 1.0 stored: nothing was written, so the key is free. */
const KEPT_ERROR = sql.inline(sql`${'{"status":%'}`);

/**
 * The stored key, which is different for each caller: an answer is replayed only to the caller that got it first, and others
 * can't find out that it exists. An Idempotency-Key has no blanks, so this is unambiguous.
 */
const storedKeyOf = ({ sessionId, keyId }: Caller, key: string) => `${sessionId ?? keyId} ${key}`;

/**
 * Claims a key of the caller for this request.
 * @param fingerprint of method, path and body, which must be the same for a replay
 * @returns the claim, or the stored answer
 * @throws AppError 400 for a malformed key, 422 if it was used for another request, 409 if that request is still running or
 *   its answer was erased
 */
export async function claimKey(ctx: Ctx, key: string, fingerprint: string) {
	if (!FORM.test(key)) {
		throw badRequest("Idempotency-Key", "Expected 1 to 255 visible ASCII characters.");
	}
	const { organizationId } = ctx.caller;
	const storedKey = storedKeyOf(ctx.caller, key);
	const claimedBy = crypto.randomUUID();
	const insert = sql`INSERT INTO ${idempotencyKeys} ("organizationId", "key", "fingerprint", "claimedBy", "claimedAt", "answer")
			VALUES (${organizationId}, ${storedKey}, ${fingerprint}, ${claimedBy}, ${ctx.now}, NULL)
			ON CONFLICT DO UPDATE SET "fingerprint" = excluded."fingerprint", "claimedBy" = excluded."claimedBy",
				"claimedAt" = excluded."claimedAt", "answer" = NULL
			WHERE "claimedAt" <= ${ctx.now - KEPT_MS} OR "answer" LIKE ${KEPT_ERROR} OR ("answer" IS NULL AND "claimedAt" <= ${ctx.now - STALE_MS})`;
	const select = sql`SELECT "fingerprint", "claimedBy", "answer" FROM ${idempotencyKeys} WHERE ${isKept(ctx, storedKey)}`;
	let row: RawRow | undefined;
	const onCommitted = ([first]: RawRow[]) => {
		row = first;
	};
	await commit(ctx, [insert, { query: select, onCommitted }]);
	if (row?.claimedBy === claimedBy) return { claim: { storedKey, claimedBy } };
	if (row?.fingerprint !== fingerprint) {
		throw keyReused();
	}
	if (row.answer === null) throw conflict("A request with this Idempotency-Key is still running.");
	if (row.answer === ERASED_ANSWER)
		throw conflict("The stored answer for this Idempotency-Key has been erased.");
	return { kept: await parseKept(ctx, String(row.answer)) };
}

/** The condition that a row is the one of the caller's key. */
const isKept = (ctx: Ctx, storedKey: string) =>
	sql`${ownedBy(idempotencyKeys, ctx.caller.organizationId)} AND "key" = ${storedKey}`;

/** Reads a stored answer: JSON, or encrypted if it shows a secret, followed by the values of its slots. */
async function parseKept(ctx: Ctx, text: string): Promise<KeptAnswer> {
	if (text.startsWith("{")) return JSON.parse(text);
	const [secret = "", values = "{}"] = text.split(" ");
	const key = settingsOf(ctx.env).ENCRYPTION_KEY;
	const { answer, ...kept }: KeptAnswer = JSON.parse(
		await unseal(key, ctx.caller.organizationId, ANSWER_SCOPE, secret),
	);
	return { ...kept, answer: { ...answer, body: fillSlots(answer.body, JSON.parse(values)) } };
}

/** The fingerprint of a request: SHA-256 over method, path with query, and body. */
export const fingerprintOf = (method: string, path: string, body: string): Promise<string> =>
	sha256(`${method} ${path}\n${body}`);

/**
 * The statements that store an answer, in the batch of the write. The whole batch rolls back if another request has taken over
 * the claim, so that nothing is written twice, or if the quota on stored answers is used up.
 */
export async function keepAnswer(ctx: Ctx, claim: Claim, answer: Answer, slots: readonly Slot[]) {
	const { requestId, now } = ctx;
	const { organizationId, envelope } = ctx.caller;
	const kept: KeptAnswer = { answer, ...(envelope ? { request: { requestId, now } } : {}) };
	const plain = JSON.stringify(kept);
	const secret = answer.secret === true;
	const text = secret
		? sql`${await seal(settingsOf(ctx.env).ENCRYPTION_KEY, organizationId, ANSWER_SCOPE, plain)} || ' ' || ${slotValues(slots)}`
		: fillSlotsInText(sql`${plain}`, slotsWithin("answer.body", slots));
	const counted = countedFor(utf8Bytes(plain), claim.storedKey.length);
	return [
		...countAnswer(organizationId, counted),
		sql`UPDATE ${idempotencyKeys} SET "answer" = ${text}, "counted" = "counted" + ${counted}
			WHERE ${isKept(ctx, claim.storedKey)} AND "claimedBy" = ${claim.claimedBy}`,
		expectChanged(() => conflict("Another request with this Idempotency-Key took over.")),
	];
}

/** Releases the claim after an error: nothing was written, so the request may be repeated with the same key. */
export async function releaseClaim(ctx: Ctx, claim: Claim): Promise<void> {
	const own = sql`${isKept(ctx, claim.storedKey)}
		AND "claimedBy" = ${claim.claimedBy} AND "answer" IS NULL`;
	await write(ctx.env.DB, [
		// The row may have been that of an answer older than a day, which is still counted.
		uncountAnswers(sql`SELECT "organizationId", "key" FROM ${idempotencyKeys} WHERE ${own}`),
		sql`DELETE FROM ${idempotencyKeys} WHERE ${own}`,
	]);
}
