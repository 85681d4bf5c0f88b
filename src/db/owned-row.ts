// A row of an organization, and a table of such rows.
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";

/** The fields of every row, as `ownedColumns()` in columns.ts declares them. */
export interface OwnedRow {
	readonly organizationId: string;
	readonly id: string;
	readonly version: number;
	readonly createdAt: string;
	readonly updatedAt: string;
	readonly deletedAt: string | null;
}

export type OwnedTable = SQLiteTable & Record<keyof OwnedRow, SQLiteColumn>;
