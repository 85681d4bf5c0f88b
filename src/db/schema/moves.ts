import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Organizations that are leaving this database or arriving in it, and how far that is: moving/move.ts. */
export const moves = sqliteTable("moves", {
	organizationId: text().primaryKey(),
	/** The shard at the other end. */
	shard: integer().notNull(),
	/** See `STAGE` of db/moves.ts. */
	stage: integer().notNull(),
	/** When the stage began (ms); for one that is arriving, when the mover last said so. */
	since: integer().notNull(),
	/** The table that is being copied. */
	table: text().notNull().default(""),
	/** The position of the last row that is done, as JSON; in the stage of telling limiters, the last key's id. */
	after: text().notNull().default(""),
	/** The digest of the tables and columns that are copied. When it changes, the move begins again. */
	layout: text(),
	/** Who works on the move, and until when nobody else may (ms). */
	lease: text(),
	leaseUntil: integer().notNull().default(0),
});

/** Rows that were written since the copying began, in the order of the commits: the triggers of moving/journal.ts add them. */
export const moveChanges = sqliteTable("move_changes", {
	seq: integer().primaryKey(),
	organizationId: text().notNull(),
	table: text().notNull(),
	/** What identifies the row among its organization's, as JSON list. */
	key: text().notNull(),
});
