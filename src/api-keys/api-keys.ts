// API keys: making, rotating and revoking them. What is kept of a key is its hash; whether it may still be used is known
// to its Durable Object, so that no isolate's memory can outlive a revocation.

import { sql } from "drizzle-orm";
import type { Attempt, Ctx } from "../context.ts";
import { expect, type Statement, type Write } from "../db/commit.ts";
import { byId, feedPage } from "../db/feed.ts";
import type { Position } from "../db/list-query.ts";
import { apiKeys as table } from "../db/schema/api-keys.ts";
import { tableStore } from "../db/store.ts";
import { ownedBy, rowOf } from "../db/tenant.ts";
import { AppError, badRequest, type FieldError, refuse } from "../errors.ts";
import { hashKey, keyPrefix, newKey } from "../gate/api-key.ts";
import { identities } from "../identities.ts";
import { endKey } from "../limiter/rate-limit.ts";
import { expectWithin } from "../quotas/expectations.ts";
import { apiKeysCounted, limitOf } from "../quotas/quotas.ts";
import { type FieldsOf, given, type Resource } from "../resources/resource.ts";
import { type Condition, verbs } from "../resources/verbs.ts";
import { covers } from "../scopes.ts";
import { settingsOf } from "../settings.ts";

/** A revoked key has ended since ever: no clock, ours or the limiter's, brings it back. */
export const REVOKED_AT = 0;

type Row = typeof table.$inferSelect;
type Fields = { readonly [K in keyof FieldsOf<Row>]?: FieldsOf<Row>[K] | undefined };

const store = tableStore<Row>(table);

const blank: FieldsOf<Row> = {
	name: "",
	hash: "",
	pepperId: "",
	keyPrefix: "",
	scopes: ["*"],
	envelope: false,
	lastUsedAt: null,
	expiresAt: null,
};

const resource: Resource<Row, Fields, Fields> = {
	...identities["api-keys"],
	store,
	list: { sorts: [], filters: {} },
	fields: (input, before) => ({ ...(before ?? blank), ...given(input) }),
};

const base = verbs(resource);

/** A key as answers show it: never its hash. `deletedAt` is when it was revoked. */
export function show(row: Row) {
	const { organizationId: _, hash: __, pepperId: ___, deletedAt: revokedAt, ...shown } = row;
	return { ...shown, revokedAt };
}

export type ShownKey = ReturnType<typeof show>;

export interface NewKey {
	readonly name: string;
	readonly scopes?: readonly string[] | undefined;
	readonly expiresAt?: string | null | undefined;
	readonly envelope?: boolean | undefined;
}

/**
 * Plans a new key; its text is in the value, this once.
 * @throws AppError 400 for an expiry in the past or after the calling key's own, or scopes that it lacks itself; 409 when
 *   the organization has as many keys in use as it may
 */
export async function create(ctx: Attempt, input: NewKey): Promise<Write<ShownKey & { key: string }>> {
	const write = await planned(ctx, input);
	return { ...write, statements: [...write.statements, withinQuota(ctx)] };
}

async function planned(ctx: Attempt, input: NewKey): Promise<Write<ShownKey & { key: string }>> {
	refuseExpired(ctx, input.expiresAt);
	const scopes = [...new Set(input.scopes ?? ["*"])];
	refuseUngrantable(ctx, scopes);
	const { id: pepperId, bytes } = settingsOf(ctx.env).KEY_PEPPER.active;
	const key = await newKey("live", bytes, ctx.env.SHARD);
	const fields = {
		...given(input),
		scopes,
		hash: await hashKey(bytes, key),
		pepperId,
		keyPrefix: keyPrefix(key),
	};
	const write = await base.create(ctx, fields);
	return {
		...write,
		value: { ...show(write.value), key },
		statements: [...write.statements, outlived(ctx, input.expiresAt ?? null)],
	};
}

/**
 * Plans a key's successor with the same name and rights, which ends when the old one would have, and no later than the
 * calling key; the old one ends after the grace, and counts among the keys in use until then.
 * @throws AppError 404, 400 when the calling key lacks what the old one has, 409 as `create`
 */
export async function rotate(
	ctx: Attempt,
	id: string,
	graceSeconds: number,
	condition: Condition | null,
): Promise<Write<{ created: ShownKey & { key: string }; endsAt: number }>> {
	const asked = ctx.now + graceSeconds * 1_000;
	const endOf = ({ expiresAt }: Row) => Math.min(asked, expiresAt === null ? asked : Date.parse(expiresAt));
	const predecessor = await base.change(
		ctx,
		id,
		(old) => {
			refuseExpired(ctx, old.expiresAt);
			return { expiresAt: new Date(endOf(old)).toISOString() };
		},
		condition,
	);
	const { name, scopes, envelope } = predecessor.before;
	const expiresAt = earlier(predecessor.before.expiresAt, ctx.caller.expiresAt);
	const successor = await planned(ctx, { name, scopes, envelope, expiresAt });
	return {
		...successor,
		value: { created: successor.value, endsAt: endOf(predecessor.before) },
		statements: [...successor.statements, ...predecessor.statements, withinQuota(ctx)],
	};
}

export const rename = (ctx: Ctx, id: string, name: string, condition: Condition | null) =>
	base.update(ctx, id, { name }, condition);

/**
 * Plans a revocation. Of a key that is revoked already it is 404 like any second deletion; but whoever got no answer asks
 * again, and its limiter may not have been told yet.
 * @throws AppError 404, 412
 */
export async function revoke(ctx: Ctx, id: string, condition: Condition | null): Promise<Write<Row>> {
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

export const get = (ctx: Ctx, id: string, includeRevoked: boolean) => base.get(ctx, id, includeRevoked);

/** A page of keys, newest first: the usable ones, unless revoked and expired ones are asked for too. */
export async function list(
	ctx: Ctx,
	query: { limit: number; after: Position | null; includeRevoked: boolean },
) {
	const { rows, next } = await feedPage({
		db: ctx.env.DB,
		...byId(table),
		owner: ownedBy(table, ctx.caller.organizationId),
		tests: query.includeRevoked
			? []
			: [sql`"deletedAt" IS NULL`, sql`("expiresAt" IS NULL OR "expiresAt" > ${ctx.now})`],
		after: query.after,
		limit: query.limit,
	});
	return { items: rows.map((row) => show(store.decode(row))), next };
}

function refuseExpired(ctx: Ctx, expiresAt: string | null | undefined): void {
	if (expiresAt && Date.parse(expiresAt) <= ctx.now)
		throw badRequest({ path: "expiresAt", message: "Must be in the future." });
}

/**
 * Asserts inside the batch that the calling key is still there and ends no earlier than the new one: what an isolate
 * remembers of it may be a minute old.
 */
function outlived({ caller }: Ctx, expiresAt: string | null): Statement {
	const instant = expiresAt === null ? null : Date.parse(expiresAt);
	return expect(
		sql`EXISTS (SELECT 1 FROM ${rowOf(table, caller.organizationId, caller.keyId)}
			AND "deletedAt" IS NULL AND ("expiresAt" IS NULL OR "expiresAt" >= ${instant}))`,
		() =>
			badRequest({
				path: "expiresAt",
				message: "Your own key ends earlier, so it can't make this one.",
			}),
	);
}

/** Stands after the write: a key that ends in the same batch makes room. */
function withinQuota({ caller: { organizationId }, now }: Ctx): Statement {
	return expectWithin(apiKeysCounted(organizationId, now), limitOf(organizationId, "apiKeys"), "apiKeys");
}

/** The earlier of the end that a row holds and one in milliseconds; null is never. */
function earlier(expiresAt: string | null, other: number | null): string | null {
	if (other === null || (expiresAt !== null && Date.parse(expiresAt) <= other)) return expiresAt;
	return new Date(other).toISOString();
}

function refuseUngrantable(ctx: Ctx, scopes: readonly string[]): void {
	const errors: FieldError[] = scopes.flatMap((scope, index) =>
		covers(ctx.caller.scopes, scope)
			? []
			: [{ path: `scopes.${index}`, message: `Your key lacks ${scope} itself, so it can't grant it.` }],
	);
	refuse(errors);
}
