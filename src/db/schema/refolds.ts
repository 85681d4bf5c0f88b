import { sqliteTable } from "drizzle-orm/sqlite-core";
import { walkColumns } from "../columns.ts";

/** Tables whose rows must be folded again; removed when all are done. A migration that changes the folding adds them. */
export const refolds = sqliteTable("refolds", walkColumns());
