// The ids of list fields (`tagIds`, `assigneeIds`) once more as rows of their own: JSON alone can't be filtered by index.
import { sql } from "drizzle-orm";
import { inChunks } from "./chunks.ts";
import type { Statement } from "./commit.ts";
import { links } from "./schema/organizations.ts";
import type { Link } from "./store.ts";

/** What one row is found by since a change, and what it no longer is. Fields are full: table and field, e.g. `leads.tagIds`. */
export interface LinkChange {
	readonly organizationId: string;
	readonly fromId: string;
	readonly added: readonly Link[];
	readonly removed: readonly Link[];
}

/** Statements that bring the links in step with the rows: none, one or two, and more only where one text can't hold them. */
export function linkStatements(changes: readonly LinkChange[]): Statement[] {
	const rows = (pick: (change: LinkChange) => readonly Link[]) =>
		changes.flatMap((change) =>
			pick(change).map(({ field, toId }) => [change.organizationId, field, toId, change.fromId]),
		);
	const added = rows((change) => change.added);
	const removed = rows((change) => change.removed);
	const tuple = sql`value->>0, value->>1, value->>2, value->>3`;
	return [
		...inChunks(removed, (row) => JSON.stringify(row)).map((chunk) => ({
			query: sql`DELETE FROM ${links} WHERE ("organizationId", "field", "toId", "fromId") IN (SELECT ${tuple} FROM json_each(${`[${chunk.join(",")}]`}))`,
		})),
		...inChunks(added, (row) => JSON.stringify(row)).map((chunk) => ({
			query: sql`INSERT INTO ${links} ("organizationId", "field", "toId", "fromId") SELECT ${tuple} FROM json_each(${`[${chunk.join(",")}]`}) WHERE true ON CONFLICT DO NOTHING`,
		})),
	];
}
