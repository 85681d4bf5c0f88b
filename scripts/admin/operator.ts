// What only an operator may do, straight on the database: organizations, their topics, and the first keys. The Worker has
// no way in for this, so none can be found in it.
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/sqlite-proxy";
import { apiKeys } from "../../src/db/schema/api-keys.ts";
import { pipelines } from "../../src/db/schema/deals.ts";
import { organizations } from "../../src/db/schema/organizations.ts";
import { leadSources, leadStages } from "../../src/db/schema/reference.ts";
import { hashKey, keyPrefix, newKey } from "../../src/gate/api-key.ts";
import { newId } from "../../src/ids.ts";
import { parseKeyring } from "../../src/keyring.ts";
import { readUsage, usageOf } from "../../src/organization/usage.ts";
import type { Quota } from "../../src/quotas/quotas.ts";
import type { Database } from "../local/local.ts";
import { startingLists } from "./starting-lists.ts";

/** Runs one statement and gives its rows, each as the list of its columns' values. */
export type Execute = (sql: string, values: readonly unknown[]) => Promise<unknown[][]>;

/** Runs statements on a D1 database at hand. */
export function executeOn(db: Database): Execute {
	return (sql, values) =>
		db
			.prepare(sql)
			.bind(...values)
			.raw();
}

export interface NewOrganization {
	readonly id?: string;
	/** An IANA name; UTC unless given. */
	readonly timezone?: string;
	/** ISO 4217; USD unless given. */
	readonly currency?: string;
	/** Without a pipeline, lead stages and sources. */
	readonly empty?: boolean;
}

export interface NewKey {
	readonly organizationId: string;
	readonly name: string;
	readonly mode: "live" | "test";
	readonly scopes: string[];
	readonly envelope: boolean;
	/** The secret KEY_PEPPER. */
	readonly pepper: string;
}

/** Quotas as an operator sets them; null is the standard one. */
export type Limits = Partial<Record<Quota, number | null>>;

export type Operator = ReturnType<typeof operator>;

/** The operator's verbs over whatever carries statements to a database, that of the first shard unless told. */
export function operator(execute: Execute, shard = 0) {
	const db = drizzle(async (statement, values) => ({ rows: await execute(statement, values) }));
	const now = () => new Date().toISOString();

	const usage = async (id: string) => {
		const rows = await db.all<unknown[]>(usageOf(id, Date.now()));
		return rows.length === 0
			? undefined
			: rows.map(([quota, used, limit]) => readUsage({ quota, used, limit }));
	};

	return {
		/**
		 * Makes an organization, with lists to begin with unless it is to be empty; one with this id is left as it is.
		 * It comes last: a failure in between leaves rows that nobody can see, and never half an organization.
		 */
		async createOrganization(name: string, given: NewOrganization = {}) {
			const instant = Date.now();
			const { id = newId("org", instant), timezone = "UTC", currency = "USD", empty = false } = given;
			const at = new Date(instant).toISOString();
			const row = { id, name, timezone, currency, version: 1, createdAt: at, updatedAt: at };
			if (!empty) {
				const lists = startingLists(id, instant);
				await db.insert(pipelines).values(lists.pipeline);
				await db.insert(leadStages).values(lists.leadStages);
				await db.insert(leadSources).values(lists.leadSources);
			}
			await db.insert(organizations).values(row).onConflictDoNothing();
			return row;
		},

		listOrganizations() {
			return db.select().from(organizations).orderBy(asc(organizations.id));
		},

		/** Narrows what an organization may subscribe to; null allows everything. Gives undefined when there is none. */
		async setTopics(id: string, topics: string[] | null) {
			const changes = { topics, version: sql`${organizations.version} + 1`, updatedAt: now() };
			const [row] = await db.update(organizations).set(changes).where(eq(organizations.id, id)).returning();
			return row;
		},

		/** Sets quotas of an organization; null goes back to the standard one. Gives its usage, undefined when there is none. */
		async setLimits(id: string, changes: Limits) {
			const quotas = sql`json_patch(coalesce(${organizations.quotas}, '{}'), ${JSON.stringify(changes)})`;
			await db.update(organizations).set({ quotas }).where(eq(organizations.id, id));
			return usage(id);
		},

		/** What an organization has of each quota. Gives undefined when there is no such organization. */
		usage,

		/** Makes a key and gives it in full, this once. Gives undefined when there is no such organization. */
		async createKey({ organizationId, name, mode, scopes, envelope, pepper }: NewKey) {
			const owners = await db.select().from(organizations).where(eq(organizations.id, organizationId));
			if (owners.length === 0) return undefined;
			const { active } = parseKeyring(pepper, "KEY_PEPPER");
			const key = await newKey(mode, active.bytes, shard);
			const instant = Date.now();
			const at = new Date(instant).toISOString();
			const row = {
				id: newId("key", instant),
				organizationId,
				name,
				keyPrefix: keyPrefix(key),
				scopes,
				envelope,
			};
			const hash = await hashKey(active.bytes, key);
			await db
				.insert(apiKeys)
				.values({ ...row, hash, pepperId: active.id, version: 1, createdAt: at, updatedAt: at });
			return { ...row, createdAt: at, key };
		},

		listKeys(organizationId: string) {
			const { id, name, keyPrefix, scopes, envelope, createdAt, lastUsedAt, expiresAt, deletedAt } = apiKeys;
			const times = { createdAt, lastUsedAt, expiresAt, revokedAt: deletedAt };
			return db
				.select({ id, name, keyPrefix, scopes, envelope, ...times })
				.from(apiKeys)
				.where(eq(apiKeys.organizationId, organizationId))
				.orderBy(asc(apiKeys.id));
		},

		/** Revokes a key for good. Gives undefined when there is no such key, or it is revoked already. */
		async revokeKey(id: string) {
			const at = now();
			const [row] = await db
				.update(apiKeys)
				.set({ deletedAt: at, updatedAt: at, version: sql`${apiKeys.version} + 1` })
				.where(and(eq(apiKeys.id, id), isNull(apiKeys.deletedAt)))
				.returning({ id: apiKeys.id, revokedAt: apiKeys.deletedAt });
			return row;
		},
	};
}
