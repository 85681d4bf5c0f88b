// What an export reads besides the slices: rows that changed after they were read. The last reading has all of them, and the
// tables that are copied last, in one statement, so everything in the file is as it was at that instant.

import { moveChanges } from "../db/schema/moves.ts";
import { type SQL, sql } from "../db/sql.ts";
import { rowsOf } from "../db/tenant.ts";
import { bytesOfRow, copiedValues, upToLimit } from "./rows.ts";
import { columnsOf, copiedLast, type Movable, movables, walked } from "./tables.ts";

/** Entries of the journal that are read at once. */
const MAX_ENTRIES = 500;
/** The platform takes this many terms in a compound SELECT. */
const MAX_TERMS = 5;

/** What each row has before its values. */
const HEAD = ["seq", "table", "key", "gone"] as const;
const WIDTH = Math.max(...movables.map((movable) => columnsOf(movable).length));
const places = Array.from({ length: WIDTH }, (_, index) => sql`${sql.identifier(`value${index}`)}`);

/** A row's values, in as many columns as the widest table has. */
const padded = (movable: Movable): SQL => {
	const values = copiedValues(movable);
	return sql.list(places.map((place, index) => sql`${values[index] ?? sql`NULL`} AS ${place}`));
};

/** The rows of a table that entries of the journal name. */
function changedRows(movable: Movable, organizationId: string): SQL {
	const key = movable.columnValues(organizationId, sql`change."key"`);
	const matches = movable.columns.map((name, index) => sql`"row".${sql.identifier(name)} = ${key[index]}`);
	const [first = ""] = movable.columns;
	return sql`SELECT change."seq", change."table", change."key", "row".${sql.identifier(first)} IS NULL AS "gone", ${padded(movable)}, ${bytesOfRow(movable)}
		FROM change LEFT JOIN ${movable.table} AS "row" ON ${sql.all(matches)} WHERE change."table" = ${movable.name}`;
}

const everyRow = (movable: Movable, organizationId: string): SQL =>
	sql`SELECT NULL, ${movable.name}, NULL, 0, ${padded(movable)} FROM ${movable.rows(organizationId)}`;

/** Any number of queries as one. */
function united(queries: readonly SQL[]): SQL {
	if (queries.length <= MAX_TERMS) return sql.join(queries, sql` UNION ALL `);
	const groups: SQL[] = [];
	for (let start = 0; start < queries.length; start += MAX_TERMS)
		groups.push(sql`SELECT * FROM (${united(queries.slice(start, start + MAX_TERMS))})`);
	return united(groups);
}

/**
 * A query for the rows behind the next entries of the journal, up to a million bytes, and for all rows of the tables that are
 * copied last. It has no rows if the condition is false.
 */
export function changesAfter(organizationId: string, seq: number, condition: SQL): SQL {
	const columns = sql`${sql.list(HEAD.map((name) => sql`${sql.identifier(name)}`))}, ${sql.list(places)}`;
	const changed = sql`SELECT * FROM (${united(walked.map((one) => changedRows(one, organizationId)))}) ORDER BY "seq"`;
	const last = copiedLast.map(({ name }) => name);
	return sql`WITH entry AS MATERIALIZED (SELECT "seq", "table", "key" FROM ${rowsOf(moveChanges, organizationId)} AND "seq" > ${seq} ORDER BY "seq" LIMIT CAST(${MAX_ENTRIES} AS INTEGER)),
			change AS MATERIALIZED (SELECT min("seq") AS "seq", "table", "key" FROM entry WHERE "table" NOT IN (SELECT value FROM ${sql.each(last)}) GROUP BY 2, 3)
		SELECT (SELECT count(*) FROM entry) AS "entries", (SELECT count(*) FROM change) AS "changes", (SELECT max("seq") FROM entry) AS "upTo", ${columns}
		FROM (SELECT ${columns} FROM (${upToLimit(changed)}) UNION ALL SELECT * FROM (${united(copiedLast.map((one) => everyRow(one, organizationId)))}))
		WHERE ${condition}`;
}

/** The result of `changesAfter`. */
export interface Changes {
	readonly rows: readonly ChangedRow[];
	/** Where the next reading begins; null when these were all, and are as they were at one instant. */
	readonly next: number | null;
}

interface ChangedRow {
	readonly movable: Movable;
	/** Its key, as a JSON list; null for a row of the tables that are copied last. */
	readonly key: string | null;
	/** The values of its columns; null for a row that was removed. */
	readonly values: readonly unknown[] | null;
}

/** Reads the result of `changesAfter`, each row the list of its columns' values. Null when the condition was false. */
export function readChanges(found: readonly unknown[][]): Changes | null {
	const [first] = found;
	if (!first) return null;
	const [entries, changes, upTo] = first.map(Number);
	const changed = found.filter(([, , , seq]) => seq !== null);
	const isCut = changed.length < Number(changes);
	const isComplete = !isCut && Number(entries) < MAX_ENTRIES;
	const rows = (isComplete ? found : changed).map(decodeRow);
	return { rows, next: isComplete ? null : Number(isCut ? changed.at(-1)?.[3] : upTo) };
}

function decodeRow([, , , , table, key, gone, ...values]: readonly unknown[]): ChangedRow {
	const movable = movables.find(({ name }) => name === table);
	if (!movable) throw new Error(`The journal names the table ${table}, which is not copied.`);
	return {
		movable,
		key: key === null ? null : String(key),
		values: gone === 1 ? null : values.slice(0, columnsOf(movable).length),
	};
}
