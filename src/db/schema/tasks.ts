import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { textKey } from "../../text/fold.ts";
import { caselessText, foldedColumn, idList, instant, numbered } from "../columns.ts";
import { filteredBy, foundBy, keyed } from "../indexes.ts";

export const tasks = sqliteTable(
	"tasks",
	{
		...numbered(),
		title: caselessText().notNull(),
		description: text(),
		status: text({ enum: ["OPEN", "IN_PROGRESS", "ON_HOLD", "COMPLETED", "CANCELLED"] }).notNull(),
		type: text({ enum: ["call", "todo", "meeting"] }).notNull(),
		priority: text({ enum: ["LOW", "MEDIUM", "HIGH"] }),
		startDate: text(),
		dueDate: text(),
		durationMinutes: integer(),
		ownerId: text(),
		assigneeIds: idList(),
		tagIds: idList(),
		/** The table that `entityId` is an id of. */
		entity: text({ enum: ["leads", "deals", "clients"] }),
		entityId: text(),
		completedAt: instant(),
		...foldedColumn({ title: textKey }),
	},
	(table) => [
		...keyed("tasks", table, "dueDate", "title"),
		...filteredBy("tasks", table, "status", "type", "priority"),
		...foundBy("tasks", table, "ownerId", "entityId"),
	],
);
