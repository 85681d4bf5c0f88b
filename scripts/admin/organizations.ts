// What an operator does with the organizations of a database.
import { and, asc, eq, gte, isNotNull, isNull, lt, ne, or, sql } from "drizzle-orm";
import { NOWHERE, STAGE } from "../../src/db/moves.ts";
import { pipelines } from "../../src/db/schema/deals.ts";
import { moves } from "../../src/db/schema/moves.ts";
import { IMPORTING, organizations } from "../../src/db/schema/organizations.ts";
import { leadSources, leadStages } from "../../src/db/schema/reference.ts";
import { newId } from "../../src/ids.ts";
import { requestMove, withdrawMove } from "../../src/moving/request.ts";
import { readUsage, usageOf } from "../../src/organization/usage.ts";
import type { Quota } from "../../src/quotas/quotas.ts";
import { missing, type OperatorDatabase, organizationAcceptsWrites } from "./database.ts";
import { startingLists } from "./starting-lists.ts";

export interface NewOrganization {
	readonly id?: string;
	/** An IANA time zone; UTC by default. */
	readonly timezone?: string;
	/** ISO 4217; USD by default. */
	readonly currency?: string;
	/** Without a pipeline, lead stages and sources. */
	readonly empty?: boolean;
}

/** Quotas as an operator sets them; null means the default. */
export type Limits = Partial<Record<Quota, number | null>>;

/** The operator's functions on organizations. */
export function organizationsIn({ db, query, shard }: OperatorDatabase) {
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

		/**
		 * The organizations that are here, or are on their way in or out: `importing` (also when that was interrupted), `removing`, and
		 * `movingTo`, the shard that they move to.
		 */
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
				...(organization.home === IMPORTING ? { importing: true } : {}),
				...(movingTo === NOWHERE ? { removing: true } : movingTo === null ? {} : { movingTo }),
			}));
		},

		/**
		 * Has the Worker's cron trigger move an organization to another shard; to the shard where it is, withdraws that.
		 * Throws an Error in plain words when it is being moved already, or there is nothing to withdraw.
		 */
		async moveOrganization(id: string, to: number) {
			const rows = await query(
				to === shard ? withdrawMove(id, shard, Date.now()) : requestMove(id, to, Date.now()),
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

		/** Narrows what an organization may subscribe to; null allows everything. Throws an Error when there is none. */
		async setTopics(id: string, topics: string[] | null) {
			const changes = {
				topics,
				version: sql`${organizations.version} + 1`,
				updatedAt: new Date().toISOString(),
			};
			const [row] = await db
				.update(organizations)
				.set(changes)
				.where(organizationAcceptsWrites(id))
				.returning();
			if (!row) throw missing(id);
			return row;
		},

		/** Sets quotas of an organization; null goes back to the standard one. Gives its usage. Throws an Error when there is none. */
		async setLimits(id: string, changes: Limits) {
			const quotas = sql`json_patch(coalesce(${organizations.quotas}, '{}'), ${JSON.stringify(changes)})`;
			const rows = await db
				.update(organizations)
				.set({ quotas })
				.where(organizationAcceptsWrites(id))
				.returning({ id: organizations.id });
			if (rows.length === 0) throw missing(id);
			return usage(id);
		},

		/** What an organization has of each quota. Throws an Error when there is no such organization. */
		usage,
	};
}
