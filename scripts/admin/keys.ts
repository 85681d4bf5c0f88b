// What an operator does with the API keys of a database.
import { and, asc, eq, exists, isNull, sql } from "drizzle-orm";
import { apiKeys } from "../../src/db/schema/api-keys.ts";
import { organizations } from "../../src/db/schema/organizations.ts";
import { hashKey, keyPrefix, newKey } from "../../src/gate/api-key.ts";
import { newId } from "../../src/ids.ts";
import { parseKeyring } from "../../src/keyring.ts";
import { missing, type OperatorDatabase, organizationAcceptsWrites } from "./database.ts";

export interface NewKey {
	readonly organizationId: string;
	readonly name: string;
	readonly mode: "live" | "test";
	readonly scopes: readonly string[];
	readonly envelope: boolean;
	/** Where its reads go; `primary` by default. */
	readonly reads?: "primary" | "nearest";
	/** The secret KEY_PEPPER. */
	readonly pepper: string;
}

/** The operator's functions on keys. */
export function keysIn({ db, shard }: OperatorDatabase) {
	return {
		/** Makes a key and gives it in full, this once. Throws an Error when there is no such organization. */
		async createKey({ organizationId, name, mode, scopes, envelope, reads = "primary", pepper }: NewKey) {
			const owners = await db.select().from(organizations).where(eq(organizations.id, organizationId));
			if (owners.length === 0) throw missing(organizationId);
			const { active } = parseKeyring(pepper, "KEY_PEPPER");
			const key = await newKey(mode, active.bytes, shard);
			const instant = Date.now();
			const at = new Date(instant).toISOString();
			const row = {
				id: newId("key", instant),
				organizationId,
				name,
				keyPrefix: keyPrefix(key),
				scopes: [...scopes],
				envelope,
				reads,
			};
			const hash = await hashKey(active.bytes, key);
			await db
				.insert(apiKeys)
				.values({ ...row, hash, pepperId: active.id, version: 1, createdAt: at, updatedAt: at });
			const here = await db
				.select({ id: organizations.id })
				.from(organizations)
				.where(organizationAcceptsWrites(organizationId));
			if (here.length === 0)
				throw new Error(`The organization ${organizationId} has begun to move; make the key again.`);
			return { ...row, createdAt: at, key };
		},

		listKeys(organizationId: string) {
			const { id, name, keyPrefix, scopes, envelope, reads } = apiKeys;
			const { createdAt, lastUsedAt, expiresAt, deletedAt } = apiKeys;
			const times = { createdAt, lastUsedAt, expiresAt, revokedAt: deletedAt };
			return db
				.select({ id, name, keyPrefix, scopes, envelope, reads, ...times })
				.from(apiKeys)
				.where(eq(apiKeys.organizationId, organizationId))
				.orderBy(asc(apiKeys.id));
		},

		/** Whose a key is, revoked or not; undefined when this database has no such key. */
		async ownerOf(keyId: string): Promise<string | undefined> {
			const { organizationId } = apiKeys;
			const [row] = await db.select({ organizationId }).from(apiKeys).where(eq(apiKeys.id, keyId));
			return row?.organizationId;
		},

		/** Revokes a key. Returns undefined if the key doesn't exist or is already revoked. */
		async revokeKey(id: string) {
			const at = new Date().toISOString();
			const owner = db
				.select({ id: organizations.id })
				.from(organizations)
				.where(organizationAcceptsWrites(sql`${apiKeys.organizationId}`));
			const [row] = await db
				.update(apiKeys)
				.set({ deletedAt: at, updatedAt: at, version: sql`${apiKeys.version} + 1` })
				.where(and(eq(apiKeys.id, id), isNull(apiKeys.deletedAt), exists(owner)))
				.returning({ id: apiKeys.id, revokedAt: apiKeys.deletedAt });
			return row;
		},
	};
}
