// A row of an organization, and a table of such rows.
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";

/** What every row carries, as `owned()` in columns.ts declares it. */
export interface OwnedRow {
	readonly organizationId: string;
	readonly id: string;
	readonly version: number;
	readonly createdAt: string;
	readonly updatedAt: string;
	readonly deletedAt: string | null;
}

export type OwnedTable = SQLiteTable & Record<keyof OwnedRow, SQLiteColumn>;
