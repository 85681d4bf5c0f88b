// Copying: slice by slice in the order of the keys, and what the journal says has changed since.

import { batch, type RawRow } from "../db/client.ts";
import { STAGE } from "../db/moves.ts";
import { erasures } from "../db/schema/erasures.ts";
import { moveChanges } from "../db/schema/moves.ts";
import { sql } from "../db/sql.ts";
import { rowsOf } from "../db/tenant.ts";
import { mergeSearchIndexes } from "../erasure/search-indexes.ts";
import { commitAt, type Move, storePosition } from "./move.ts";
import { countOf, keysOf, nextPosition, removal, rowsWithKeys, sliceAfter, upserts } from "./rows.ts";
import { copiedLast, type Movable, movables, walked } from "./tables.ts";

/** The maximum number of entries of the journal that are copied at once. */
export const MAX_CHANGES = 500;

/**
 * Copies the next slice, and those of tables that end with it; returns the move as it is then, null when all rows are copied. Rows
 * that are inserted behind the last slice of a table are in the journal.
 */
export async function copyNextSlice(move: Move): Promise<Move | null> {
	const first = walked.findIndex(({ name }) => name === move.table);
	let { after } = move;
	for (const movable of walked.slice(Math.max(0, first))) {
		const next = await copySlice(move, movable, after || movable.start);
		if (next !== null) return storePosition(move, movable.name, next);
		after = "";
	}
	return null;
}

/** Copies the rows after a position; returns the position of the last one if there may be more, else null. */
async function copySlice(move: Move, movable: Movable, position: string): Promise<string | null> {
	const { organizationId } = move;
	const [rows = []] = await batch(move.from.DB, [sliceAfter(movable, organizationId, position)]);
	if (rows.length > 0) await commitAt(move.to, move, upserts(movable, organizationId, rows));
	return nextPosition(rows);
}

/**
 * Whether the walk has yet to come to a row with a rowid. It is left to the walk then: searches show rows in the order of their rowids,
 * which is the order in which they are inserted here.
 */
function isAhead({ stage, table, after }: Move, movable: Movable, key: string): boolean {
	if (stage !== STAGE.copying || !("seq" in movable.table)) return false;
	const [at = 0, of = 0] = [table, movable.name].map((one) => walked.findIndex(({ name }) => name === one));
	if (of !== at) return of > at;
	const [position, id] = [after, key].map((list): string => JSON.parse(list)[0]);
	return String(id) > String(position);
}

/** Copies rows that have changed, the oldest change first; returns how many changes there were. */
export async function copyChanges(move: Move): Promise<number> {
	const { organizationId } = move;
	const [changes = []] = await batch(move.from.DB, [
		sql`SELECT * FROM ${rowsOf(moveChanges, organizationId)} ORDER BY "seq" LIMIT CAST(${MAX_CHANGES} AS INTEGER)`,
	]);
	if (changes.length === 0) return 0;
	const changed = walked.flatMap((movable) => {
		const keys = changes.filter(({ table }) => table === movable.name).map(({ key }) => String(key));
		return keys.length > 0 ? [{ movable, keys: [...new Set(keys)] }] : [];
	});
	const found = await batch(
		move.from.DB,
		changed.map(({ movable, keys }) => rowsWithKeys(movable, organizationId, keys)),
	);
	/** Keys whose rows were beyond the limit. */
	const left = new Set<string>();
	const statements = changed.flatMap(({ movable, keys }, index) => {
		const rows = found[index] ?? [];
		for (const key of keys.slice(rows.length)) left.add(`${movable.name} ${key}`);
		const gone = keys.filter((_, place) => rows[place]?.["@exists"] === 0);
		const present = rows.filter(
			(row, place) => row["@exists"] !== 0 && !isAhead(move, movable, keys[place] ?? ""),
		);
		return [
			...upserts(movable, organizationId, present),
			...(gone.length > 0 ? [removal(movable, organizationId, gone)] : []),
		];
	});
	// Words of a person who was erased here may have been copied before.
	const merges = changed.some(({ movable }) => movable.table === erasures)
		? mergeSearchIndexes(Date.now())
		: [];
	await commitAt(move.to, move, [...statements, ...merges]);
	const done = changes.filter(({ table, key }) => !left.has(`${table} ${key}`)).map(({ seq }) => seq);
	await commitAt(move.from, move, [
		sql`DELETE FROM ${rowsOf(moveChanges, organizationId)} AND "seq" IN (SELECT value FROM ${sql.each(done)})`,
	]);
	return changes.length;
}

/** Makes the tables that are copied last equal at both ends. */
export const copyLastTables = (move: Move): Promise<unknown> =>
	Promise.all(copiedLast.map((movable) => copyTable(move, movable)));

async function copyTable(move: Move, movable: Movable): Promise<void> {
	for (let position: string | null = movable.start; position !== null; )
		position = await copySlice(move, movable, position);
	const [here, there] = await atBothEnds(move, [keysOf(movable, move.organizationId)]);
	const present = new Set(here[0]?.map(({ key }) => key));
	const gone = (there[0] ?? []).filter(({ key }) => !present.has(key)).map(({ key }) => String(key));
	if (gone.length > 0) await commitAt(move.to, move, [removal(movable, move.organizationId, gone)]);
}

const atBothEnds = (
	{ from, to }: Move,
	queries: Parameters<typeof batch>[1],
): Promise<[RawRow[][], RawRow[][]]> => Promise.all([batch(from.DB, queries), batch(to.DB, queries)]);

/** The tables that have more or fewer rows at the other end, each with both numbers. */
export async function differences(move: Move): Promise<string[]> {
	const [here, there] = await atBothEnds(
		move,
		movables.map((movable) => countOf(movable, move.organizationId)),
	);
	return movables.flatMap(({ name }, index) => {
		const [one, other] = [here, there].map((results) => Number(results[index]?.[0]?.count));
		return one === other ? [] : [`${name}: ${one} became ${other}`];
	});
}
