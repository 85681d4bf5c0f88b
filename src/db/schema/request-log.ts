import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant } from "../columns.ts";

/**
 * Requests that an organization's keys have made: each one that failed and a sample of the others (request-log/). Its ids sort
 * by time and have the rows' numbers, without gaps (request-log/store.ts).
 */
export const requestLog = sqliteTable(
	"request_log",
	{
		organizationId: text().notNull(),
		id: text().notNull(),
		/** Never before that of the row before. */
		at: instant().notNull(),
		requestId: text().notNull(),
		keyId: text().notNull(),
		method: text().notNull(),
		path: text().notNull(),
		status: integer().notNull(),
		durationMs: integer().notNull(),
		/** How many equal requests the row stands for. */
		count: integer().notNull(),
		/** How many requests after it are in no row, because there were too many. */
		omitted: integer().notNull().default(0),
		/** The error's code and message; null if the request succeeded. */
		code: text(),
		message: text(),
	},
	(table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);
