import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { textKey } from "../../text/fold.ts";
import {
	caseless,
	customizable,
	flag,
	foldable,
	foundBy,
	instant,
	json,
	key,
	money,
	owned,
	searchable,
	sortedBy,
	trash,
} from "../columns.ts";
import type { LineItem } from "./line-items.ts";

/** A stage is stored in its pipeline; deals have its id. */
export interface Stage {
	readonly id: string;
	readonly name: string;
	readonly position: number;
	readonly type: "ACTIVE" | "WON" | "LOST";
	readonly probability: number | null;
}

export const pipelines = sqliteTable(
	"pipelines",
	{
		...owned(),
		name: caseless().notNull(),
		position: integer().notNull(),
		isDefault: flag().notNull(),
		/** In the order of their positions. */
		stages: json<Stage[]>().notNull(),
		...foldable(),
		nameKey: key("name", textKey),
	},
	(table) => [
		primaryKey({ columns: [table.organizationId, table.id] }),
		sortedBy("pipelines_updatedAt", table, table.updatedAt),
		sortedBy("pipelines_name", table, table.nameKey),
		sortedBy("pipelines_position", table, table.position),
		// Every write of a deal reads the live pipelines; this index has no deleted ones.
		index("pipelines_live").on(table.organizationId, table.id).where(sql`"deletedAt" IS NULL`),
		trash("pipelines", table),
	],
);

export const deals = sqliteTable(
	"deals",
	{
		...searchable(),
		...owned(),
		...customizable(),
		number: integer().notNull(),
		title: caseless().notNull(),
		clientId: text().notNull(),
		pipelineId: text().notNull(),
		stageId: text().notNull(),
		/** The stage's type, stored here so that lists can filter by it. */
		status: text({ enum: ["ACTIVE", "WON", "LOST"] }).notNull(),
		/** The stage's probability when the deal last changed; shown only if the stage was removed. */
		probability: integer(),
		leadId: text(),
		sourceId: text(),
		ownerId: text(),
		assigneeIds: json<string[]>().notNull(),
		contactIds: json<string[]>().notNull(),
		tagIds: json<string[]>().notNull(),
		price: money(),
		lineItems: json<LineItem[]>().notNull(),
		currency: text().notNull(),
		isInclusiveTax: flag().notNull(),
		expectedCloseDate: text(),
		priority: text({ enum: ["LOW", "MEDIUM", "HIGH"] }),
		lostReason: text(),
		wonAt: instant(),
		lostAt: instant(),
		/** When the deal moved to its stage. */
		stageChangedAt: instant().notNull(),
		...foldable(),
		titleKey: key("title", textKey),
	},
	(table) => [
		uniqueIndex("deals_id").on(table.organizationId, table.id),
		index("deals_updatedAt").on(table.organizationId, table.updatedAt, table.id),
		index("deals_title").on(table.organizationId, table.titleKey, table.id),
		index("deals_price").on(table.organizationId, table.price, table.id),
		index("deals_expectedCloseDate").on(table.organizationId, table.expectedCloseDate, table.id),
		index("deals_status").on(table.organizationId, table.status, table.id),
		foundBy("deals_pipelineId", table, table.pipelineId),
		foundBy("deals_stageId", table, table.stageId),
		foundBy("deals_clientId", table, table.clientId),
		foundBy("deals_leadId", table, table.leadId).where(sql`"leadId" IS NOT NULL`),
		foundBy("deals_sourceId", table, table.sourceId).where(sql`"sourceId" IS NOT NULL`),
		foundBy("deals_ownerId", table, table.ownerId).where(sql`"ownerId" IS NOT NULL`),
		index("deals_priority")
			.on(table.organizationId, table.priority, table.id)
			.where(sql`"priority" IS NOT NULL`),
		trash("deals", table),
	],
);
