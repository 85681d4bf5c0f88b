// What only an operator may do, directly on the database: organizations, their topics, quotas and first keys. The Worker has
// no endpoint for this, so none can be attacked.

import {
	and,
	asc,
	eq,
	exists,
	getTableName,
	gte,
	isNotNull,
	isNull,
	lt,
	ne,
	or,
	type SQL,
	sql,
} from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { drizzle } from "drizzle-orm/sqlite-proxy";
import { NOWHERE, STAGE } from "../../src/db/moves.ts";
import { apiKeys } from "../../src/db/schema/api-keys.ts";
import { idempotencyKeys } from "../../src/db/schema/bookkeeping.ts";
import { pipelines } from "../../src/db/schema/deals.ts";
import { moves } from "../../src/db/schema/moves.ts";
import { organizations } from "../../src/db/schema/organizations.ts";
import { leadSources, leadStages } from "../../src/db/schema/reference.ts";
import { resealings } from "../../src/db/schema/resealings.ts";
import { sealedTables } from "../../src/db/sealed-tables.ts";
import { hashKey, keyPrefix, newKey } from "../../src/gate/api-key.ts";
import { newId } from "../../src/ids.ts";
import { parseKeyring } from "../../src/keyring.ts";
import { wishMove, withdrawMove } from "../../src/moving/wish.ts";
import { readUsage, usageOf } from "../../src/organization/usage.ts";
import type { Quota } from "../../src/quotas/quotas.ts";
import type { Database } from "../local/local.ts";
import { queryWith } from "./query.ts";
import { startingLists } from "./starting-lists.ts";

/** Runs one statement; returns its rows, each as the list of its columns' values. */
export type Execute = (sql: string, values: readonly unknown[]) => Promise<unknown[][]>;

/** Runs statements on a D1 database that is open in this process. */
export function executeOn(db: Database): Execute {
	return (sql, values) =>
		db
			.prepare(sql)
			.bind(...values)
			.raw();
}

/** How large a D1 database is that is open in this process (bytes). */
export const bytesOf = async (db: Database): Promise<number> =>
	(await db.prepare("SELECT 1").run()).meta.size_after;

export interface NewOrganization {
	readonly id?: string;
	/** An IANA time zone; UTC by default. */
	readonly timezone?: string;
	/** ISO 4217; USD by default. */
	readonly currency?: string;
	/** Without a pipeline, lead stages and sources. */
	readonly empty?: boolean;
}

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

/** Quotas as an operator sets them; null means the default. */
export type Limits = Partial<Record<Quota, number | null>>;

/** The condition that an organization is in this database and writes to it are not refused. */
const isHere = (id: string | SQL) => and(eq(organizations.id, id), isNull(organizations.home));

const missing = (organizationId: string) => new Error(`There is no organization ${organizationId}.`);

export type Operator = ReturnType<typeof operator>;

/** The operator's functions on a database, that of the first shard by default. */
export function operator(execute: Execute, shard = 0) {
	const db = drizzle(async (statement, values) => ({ rows: await execute(statement, values) }));
	const query = queryWith(execute);
	const now = () => new Date().toISOString();

	const usage = async (id: string) => {
		const rows = await query(usageOf(id, Date.now()));
		if (rows.length === 0) throw missing(id);
		return rows.map(([quota, used, limit]) => readUsage({ quota, used, limit }));
	};

	return {
		/**
		 * Makes an organization, with its starting lists unless `empty` is set. An organization with this id is left unchanged.
		 * Its row is written last: a failure before that leaves rows that nobody can see, and never half an organization.
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
			return { ...row, shard };
		},

		/** The organizations that are here, or still are while they are being moved or removed; `movingTo` is the shard that they move to. */
		async listOrganizations() {
			const isLeaving = and(
				eq(moves.organizationId, organizations.id),
				gte(moves.stage, STAGE.withdrawn),
				ne(moves.stage, STAGE.leaving),
				// Of an export it is the same.
				ne(moves.shard, shard),
			);
			const rows = await db
				.select({ organization: organizations, movingTo: moves.shard })
				.from(organizations)
				.leftJoin(moves, isLeaving)
				.where(or(isNull(organizations.home), lt(organizations.home, 0), isNotNull(moves.stage)))
				.orderBy(asc(organizations.id));
			return rows.map(({ organization, movingTo }) => ({
				...organization,
				shard,
				...(movingTo === NOWHERE ? { removing: true } : movingTo === null ? {} : { movingTo }),
			}));
		},

		/**
		 * Has the Worker's cron trigger move an organization to another shard; to the shard where it is, withdraws that.
		 * Throws an Error in plain words when it is being moved already, or there is nothing to withdraw.
		 */
		async moveOrganization(id: string, to: number) {
			const rows = await query(
				to === shard ? withdrawMove(id, shard, Date.now()) : wishMove(id, to, Date.now()),
			);
			if (rows.length > 0) return { id, shard, ...(to === shard ? { withdrawn: true } : { movingTo: to }) };
			throw new Error(
				to === shard
					? `The organization ${id} is in shard ${shard}, and no move of it can be withdrawn now.`
					: `The organization ${id} is being moved already; org list shows where to.`,
			);
		},

		/** Where an organization is, as far as this database knows: null for here, -1 while it is being moved, undefined when it knows nothing of it. */
		async homeOf(id: string): Promise<number | null | undefined> {
			const { home } = organizations;
			const [row] = await db.select({ home }).from(organizations).where(eq(organizations.id, id));
			return row?.home;
		},

		/** Whose a key is, revoked or not; undefined when this database has no such key. */
		async ownerOf(keyId: string): Promise<string | undefined> {
			const { organizationId } = apiKeys;
			const [row] = await db.select({ organizationId }).from(apiKeys).where(eq(apiKeys.id, keyId));
			return row?.organizationId;
		},

		/** Narrows what an organization may subscribe to; null allows everything. Throws an Error when there is none. */
		async setTopics(id: string, topics: string[] | null) {
			const changes = { topics, version: sql`${organizations.version} + 1`, updatedAt: now() };
			const [row] = await db.update(organizations).set(changes).where(isHere(id)).returning();
			if (!row) throw missing(id);
			return row;
		},

		/** Sets quotas of an organization; null goes back to the standard one. Gives its usage. Throws an Error when there is none. */
		async setLimits(id: string, changes: Limits) {
			const quotas = sql`json_patch(coalesce(${organizations.quotas}, '{}'), ${JSON.stringify(changes)})`;
			const rows = await db
				.update(organizations)
				.set({ quotas })
				.where(isHere(id))
				.returning({ id: organizations.id });
			if (rows.length === 0) throw missing(id);
			return usage(id);
		},

		/** What an organization has of each quota. Throws an Error when there is no such organization. */
		usage,

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
				.where(isHere(organizationId));
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

		/** Has the Worker's cron trigger seal everything anew that is not sealed under the first ENCRYPTION_KEY (src/resealing). */
		async reseal() {
			const begin = { organizationId: "", id: "", found: 0 };
			for (const table of sealedTables.map((sealed) => getTableName(sealed.table)))
				await db
					.insert(resealings)
					.values({ table, ...begin })
					.onConflictDoUpdate({ target: resealings.table, set: begin });
		},

		/** What is made with which key of the two secrets, and which tables are still being sealed anew. */
		async secretsInUse() {
			const kindOf = (table: SQLiteTable) => (table === idempotencyKeys ? "answers" : getTableName(table));
			const all = [
				// One SELECT for each table: D1 takes five in a UNION.
				...sealedTables.map(({ table, columns }) => {
					const values = columns.map(({ column }) => sql`${sql.identifier(column)}`);
					return sql`SELECT ${kindOf(table)} AS "kind", substr(value, 4, instr(substr(value, 4), '.') - 1) AS "key"
						FROM ${table}, json_each(json_array(${sql.join(values, sql`, `)})) WHERE substr(value, 1, 3) = 'v1.'`;
				}),
				// Those that an organization has left behind lead to where it is, and are counted there.
				sql`SELECT 'apiKeys', ${apiKeys.pepperId} FROM ${apiKeys} WHERE ${apiKeys.deletedAt} IS NULL AND EXISTS (
					SELECT 1 FROM ${organizations} WHERE ${organizations.id} = ${apiKeys.organizationId} AND coalesce(${organizations.home}, -1) < 0)`,
			];
			const rows = await db.all<[kind: string, key: string, count: number]>(
				sql`SELECT "kind", "key", count(*) FROM (${sql.join(all, sql` UNION ALL `)}) GROUP BY 1, 2 ORDER BY 1, 2`,
			);
			const kinds = [...sealedTables.map(({ table }) => kindOf(table)), "apiKeys"];
			const counts: Record<string, Record<string, number>> = Object.fromEntries(
				kinds.map((kind) => [kind, {}]),
			);
			for (const [kind, key, count] of rows) Object.assign(counts[kind] ?? {}, { [key]: count });
			const unfinished = await db.select({ table: resealings.table }).from(resealings);
			return { shard, ...counts, resealing: unfinished.map(({ table }) => table) };
		},

		/** Revokes a key. Returns undefined if the key doesn't exist or is already revoked. */
		async revokeKey(id: string) {
			const at = now();
			const owner = db
				.select({ id: organizations.id })
				.from(organizations)
				.where(isHere(sql`${apiKeys.organizationId}`));
			const [row] = await db
				.update(apiKeys)
				.set({ deletedAt: at, updatedAt: at, version: sql`${apiKeys.version} + 1` })
				.where(and(eq(apiKeys.id, id), isNull(apiKeys.deletedAt), exists(owner)))
				.returning({ id: apiKeys.id, revokedAt: apiKeys.deletedAt });
			return row;
		},
	};
}
