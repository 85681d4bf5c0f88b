import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { textKey } from "../../text/fold.ts";
import {
	caseless,
	customizable,
	flag,
	foldable,
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

/** A stage stands inside its pipeline; deals hold its id. */
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
		/** The stage's type, kept here so that lists can filter by it. */
		status: text({ enum: ["ACTIVE", "WON", "LOST"] }).notNull(),
		/** The stage's when the deal last changed: shown only of a stage that is gone. */
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
		/** When it came into its stage. */
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
		index("deals_pipelineId").on(table.organizationId, table.pipelineId, table.id),
		index("deals_stageId").on(table.organizationId, table.stageId, table.id),
		index("deals_clientId").on(table.organizationId, table.clientId, table.id),
		index("deals_leadId").on(table.organizationId, table.leadId, table.id).where(sql`"leadId" IS NOT NULL`),
		index("deals_sourceId")
			.on(table.organizationId, table.sourceId, table.id)
			.where(sql`"sourceId" IS NOT NULL`),
		index("deals_ownerId")
			.on(table.organizationId, table.ownerId, table.id)
			.where(sql`"ownerId" IS NOT NULL`),
		index("deals_priority")
			.on(table.organizationId, table.priority, table.id)
			.where(sql`"priority" IS NOT NULL`),
		trash("deals", table),
	],
);
