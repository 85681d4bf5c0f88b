import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { textKey } from "../../text/fold.ts";
import {
	caselessText,
	flag,
	foldedColumn,
	idList,
	instant,
	json,
	money,
	numbered,
	ownedColumns,
} from "../columns.ts";
import { filteredBy, foundBy, keyed } from "../indexes.ts";
import { lined } from "./line-items.ts";

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
		...ownedColumns(),
		name: caselessText().notNull(),
		position: integer().notNull(),
		isDefault: flag().notNull(),
		/** In the order of their positions. */
		stages: json<Stage[]>().notNull(),
		...foldedColumn({ name: textKey }),
	},
	(table) => [
		...keyed("pipelines", table, "name", "position"),
		// Every write of a deal knows them, however many were deleted.
		index("pipelines_live").on(table.organizationId, table.id).where(sql`"deletedAt" IS NULL`),
	],
);

export const deals = sqliteTable(
	"deals",
	{
		...numbered(),
		title: caselessText().notNull(),
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
		assigneeIds: idList(),
		contactIds: idList(),
		tagIds: idList(),
		price: money(),
		...lined(),
		expectedCloseDate: text(),
		priority: text({ enum: ["LOW", "MEDIUM", "HIGH"] }),
		lostReason: text(),
		wonAt: instant(),
		lostAt: instant(),
		/** When the deal moved to its stage. */
		stageChangedAt: instant().notNull(),
		...foldedColumn({ title: textKey }),
	},
	(table) => [
		...keyed("deals", table, "title", "price", "expectedCloseDate"),
		...foundBy("deals", table, "pipelineId", "stageId", "clientId", "leadId", "sourceId", "ownerId"),
		...filteredBy("deals", table, "status", "priority"),
	],
);
