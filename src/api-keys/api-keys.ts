// API keys: creating, rotating and revoking them. Only the hash of a key is stored. Its Durable Object knows whether it
// may still be used, so a revoked key is refused even by isolates that remember it.

import type { z } from "@hono/zod-openapi";
import type { Ctx, WriteAttempt } from "../context.ts";
import { expect, type Statement, type Write } from "../db/commit.ts";
import { feedPage, idOrder } from "../db/feed.ts";
import type { PageQuery } from "../db/list-query.ts";
import { apiKeys as table } from "../db/schema/api-keys.ts";
import { sql } from "../db/sql.ts";
import { tableStore } from "../db/store.ts";
import { liveRowOf, notDeleted, ownedBy } from "../db/tenant.ts";
import { AppError, badRequest, type FieldError, notFound, throwFieldErrors } from "../errors.ts";
import { hashKey, keyPrefix, newKey } from "../gate/api-key.ts";
import { identities } from "../identities.ts";
import { endKey } from "../limiter/rate-limit.ts";
import { expectWithin } from "../quotas/expectations.ts";
import { apiKeyCount, limitOf } from "../quotas/quotas.ts";
import { blankFields } from "../resources/blank.ts";
import type { VersionCondition } from "../resources/condition.ts";
import { type FieldsOf, type Resource, withoutUndefined } from "../resources/resource.ts";
import { verbs } from "../resources/verbs.ts";
import { hasScope } from "../scopes.ts";
import { settingsOf } from "../settings.ts";
import type { ApiKeyCreate, ApiKeyUpdate } from "./schema.ts";

/** The end of a revoked key, in ms: before any time that a clock may show. */
export const REVOKED_AT = 0;

type Row = typeof table.$inferSelect;
type Fields = { readonly [K in keyof FieldsOf<Row>]?: FieldsOf<Row>[K] | undefined };

const store = tableStore<Row>(table);

const blank = blankFields(table, {
	name: "",
	hash: "",
	pepperId: "",
	keyPrefix: "",
	scopes: ["*"],
	envelope: false,
	reads: "primary",
});

const resource: Resource<Row, Fields, Fields> = {
	...identities["api-keys"],
	store,
	list: { sorts: [], filters: {} },
	fields: (input, before) => ({ ...(before ?? blank), ...withoutUndefined(input) }),
};

const base = verbs(resource);

/** A key as answers show it, without its hash. `revokedAt` is its `deletedAt`. */
export function withoutHash(row: Row) {
	const { organizationId: _, hash: __, pepperId: ___, deletedAt: revokedAt, ...shown } = row;
	return { ...shown, revokedAt };
}

export type ShownKey = ReturnType<typeof withoutHash>;

type NewKey = z.output<typeof ApiKeyCreate>;

/**
 * Plans a new key. Only this value ever contains the key itself.
 * @throws AppError 400 for an expiry in the past or after that of the calling key, and for scopes that the calling key
 *   lacks; 409 if the quota of keys is used up
 */
export async function create(ctx: WriteAttempt, input: NewKey): Promise<Write<ShownKey & { key: string }>> {
	const write = await planKey(ctx, input);
	return { ...write, statements: [...write.statements, withinQuota(ctx)] };
}

async function planKey(ctx: WriteAttempt, input: NewKey): Promise<Write<ShownKey & { key: string }>> {
	refuseExpired(ctx, input.expiresAt);
	const scopes = [...new Set(input.scopes ?? ["*"])];
	refuseMissingScopes(ctx, scopes);
	const { id: pepperId, bytes } = settingsOf(ctx.env).KEY_PEPPER.active;
	const key = await newKey("live", bytes, ctx.env.SHARD);
	const fields = {
		...withoutUndefined(input),
		scopes,
		hash: await hashKey(bytes, key),
		pepperId,
		keyPrefix: keyPrefix(key),
	};
	const write = await base.create(ctx, fields);
	return {
		...write,
		value: { ...withoutHash(write.value), key },
		statements: [...write.statements, expectCallerOutlives(ctx, input.expiresAt ?? null)],
	};
}

/**
 * Plans the successor of a key, with the same name and rights. It expires like the old key, but not after the calling key.
 * The old key ends after `graceSeconds`, and counts for the quota until then.
 * @throws AppError 404; 400 if the calling key lacks a scope of the old one; 409 as `create`
 */
export async function rotate(
	ctx: WriteAttempt,
	id: string,
	graceSeconds: number,
	condition: VersionCondition | null,
): Promise<Write<{ created: ShownKey & { key: string }; endsAt: number }>> {
	const graceEnd = ctx.now + graceSeconds * 1_000;
	const endOf = ({ expiresAt }: Row) =>
		Math.min(graceEnd, expiresAt === null ? graceEnd : Date.parse(expiresAt));
	const predecessor = await base.updateWith(
		ctx,
		id,
		(old) => {
			requireUnexpired(ctx, old);
			return { expiresAt: new Date(endOf(old)).toISOString() };
		},
		condition,
	);
	const { name, scopes, envelope, reads } = predecessor.before;
	const expiresAt = earlierOf(predecessor.before.expiresAt, ctx.caller.expiresAt);
	const successor = await planKey(ctx, { name, scopes, envelope, reads, expiresAt });
	return {
		...successor,
		value: { created: successor.value, endsAt: endOf(predecessor.before) },
		statements: [...successor.statements, ...predecessor.statements, withinQuota(ctx)],
	};
}

/**
 * Plans another name of a key.
 * @throws AppError 404, 412
 */
export const rename = (
	ctx: Ctx,
	id: string,
	input: z.output<typeof ApiKeyUpdate>,
	condition: VersionCondition | null,
) =>
	base.updateWith(
		ctx,
		id,
		(old) => {
			requireUnexpired(ctx, old);
			return input;
		},
		condition,
	);

/**
 * Plans a revocation. A key that is already revoked is a 404, like any second deletion; its Durable Object is told again,
 * because the first request may have failed before that.
 * @throws AppError 404, 412
 */
export async function revoke(ctx: Ctx, id: string, condition: VersionCondition | null): Promise<Write<Row>> {
	try {
		return await base.remove(ctx, id, condition);
	} catch (error) {
		if (error instanceof AppError && error.code === "NOT_FOUND") {
			await base.get(ctx, id, true);
			await endKey(ctx.env, id, REVOKED_AT);
		}
		throw error;
	}
}

/**
 * A key by its id; a revoked or expired one only with `includeRevoked`.
 * @throws AppError 404
 */
export async function get(ctx: Ctx, id: string, includeRevoked: boolean): Promise<Row> {
	const row = await base.get(ctx, id, includeRevoked);
	if (!includeRevoked) requireUnexpired(ctx, row);
	return row;
}

/** A page of keys, newest first; revoked and expired ones only with `includeRevoked`. */
export async function list(ctx: Ctx, query: PageQuery & { readonly includeRevoked: boolean }) {
	const { rows, next } = await feedPage({
		db: ctx.env.DB,
		...idOrder(table),
		owner: ownedBy(table, ctx.caller.organizationId),
		tests: query.includeRevoked
			? []
			: [notDeleted(table), sql`("expiresAt" IS NULL OR "expiresAt" > ${ctx.now})`],
		after: query.after,
		limit: query.limit,
	});
	return { items: rows.map((row) => withoutHash(store.decode(row))), next };
}

const isExpired = ({ now }: Ctx, expiresAt: string | null | undefined): boolean =>
	typeof expiresAt === "string" && Date.parse(expiresAt) <= now;

/** An expired key is as little to be had as a revoked one. */
function requireUnexpired(ctx: Ctx, { expiresAt }: Row): void {
	if (isExpired(ctx, expiresAt)) throw notFound(resource.noun);
}

function refuseExpired(ctx: Ctx, expiresAt: string | null | undefined): void {
	if (isExpired(ctx, expiresAt)) throw badRequest("expiresAt", "Must be in the future.");
}

/**
 * Asserts inside the batch that the calling key is not revoked and does not expire before the new one. The isolate's
 * copy of the calling key may be a minute old.
 */
function expectCallerOutlives({ caller }: Ctx, expiresAt: string | null): Statement {
	const instant = expiresAt === null ? null : Date.parse(expiresAt);
	return expect(
		sql`EXISTS (SELECT 1 FROM ${liveRowOf(table, caller.organizationId, caller.keyId)}
			AND ("expiresAt" IS NULL OR "expiresAt" >= ${instant}))`,
		() => badRequest("expiresAt", "Your own key expires earlier, so it can't create this one."),
	);
}

/** Comes after the write, because a key that ends in the same batch no longer counts. */
function withinQuota({ caller: { organizationId }, now }: Ctx): Statement {
	return expectWithin(apiKeyCount(organizationId, now), limitOf(organizationId, "apiKeys"), "apiKeys");
}

/** The earlier of two ends: `expiresAt` of a row, and `other` in ms. Null means never. */
function earlierOf(expiresAt: string | null, other: number | null): string | null {
	if (other === null || (expiresAt !== null && Date.parse(expiresAt) <= other)) return expiresAt;
	return new Date(other).toISOString();
}

function refuseMissingScopes(ctx: Ctx, scopes: readonly string[]): void {
	const errors: FieldError[] = scopes.flatMap((scope, index) =>
		hasScope(ctx.caller.scopes, scope)
			? []
			: [{ path: `scopes.${index}`, message: `Your own key lacks ${scope}, so it can't grant it.` }],
	);
	throwFieldErrors(errors);
}
