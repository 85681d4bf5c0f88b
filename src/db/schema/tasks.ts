import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { textKey } from "../../text/fold.ts";
import {
	caseless,
	customizable,
	foldable,
	foundBy,
	instant,
	json,
	key,
	owned,
	searchable,
	trash,
} from "../columns.ts";

export const tasks = sqliteTable(
	"tasks",
	{
		...searchable(),
		...owned(),
		...customizable(),
		number: integer().notNull(),
		title: caseless().notNull(),
		description: text(),
		status: text({ enum: ["OPEN", "IN_PROGRESS", "ON_HOLD", "COMPLETED", "CANCELLED"] }).notNull(),
		type: text({ enum: ["call", "todo", "meeting"] }).notNull(),
		priority: text({ enum: ["LOW", "MEDIUM", "HIGH"] }),
		startDate: text(),
		dueDate: text(),
		durationMinutes: integer(),
		ownerId: text(),
		assigneeIds: json<string[]>().notNull(),
		tagIds: json<string[]>().notNull(),
		/** The table that `entityId` is an id of. */
		entity: text({ enum: ["leads", "deals", "clients"] }),
		entityId: text(),
		completedAt: instant(),
		...foldable(),
		titleKey: key("title", textKey),
	},
	(table) => [
		uniqueIndex("tasks_id").on(table.organizationId, table.id),
		index("tasks_updatedAt").on(table.organizationId, table.updatedAt, table.id),
		index("tasks_dueDate").on(table.organizationId, table.dueDate, table.id),
		index("tasks_title").on(table.organizationId, table.titleKey, table.id),
		index("tasks_status").on(table.organizationId, table.status, table.id),
		index("tasks_type").on(table.organizationId, table.type, table.id),
		index("tasks_priority")
			.on(table.organizationId, table.priority, table.id)
			.where(sql`"priority" IS NOT NULL`),
		foundBy("tasks_ownerId", table, table.ownerId).where(sql`"ownerId" IS NOT NULL`),
		foundBy("tasks_entityId", table, table.entityId).where(sql`"entityId" IS NOT NULL`),
		trash("tasks", table),
	],
);
