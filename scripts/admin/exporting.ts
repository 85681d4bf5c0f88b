// `npm run admin -- org export`: all rows of an organization, as they are at one instant, while it is in use. They are read in
// slices along their keys, while the journal notes what changes; then what has changed, and at last all of the rest in one
// statement. So the rows fit together: what a row refers to is there, and each change has its event.
import { randomUUID } from "node:crypto";
import { sql } from "../../src/db/sql.ts";
import { organizationRow } from "../../src/db/tenant.ts";
import { type ExportLock, isFree, isLocked, unlock } from "../../src/moving/export-lock.ts";
import { joinJournal } from "../../src/moving/journal.ts";
import { sliceAfter } from "../../src/moving/rows.ts";
import { changesAfter, readChanges } from "../../src/moving/snapshot.ts";
import { columnsOf, type Movable, movables } from "../../src/moving/tables.ts";
import { LOST, lockOrganization, removeAllEntries } from "./locking.ts";
import { fileLines } from "./organization-file.ts";
import type { Query } from "./query.ts";
import { lastMigration } from "./schema-state.ts";

/** Where an organization is. */
export interface Source {
	readonly query: Query;
	readonly shard: number;
	/** All shards that know of it, and that its keys may name. */
	readonly shards: readonly number[];
}

/** Gets the table that is being read or written, and how many of its rows have been. */
export type Report = (table: string, rows: number) => void;

/** The lines of an organization's file. Throws an Error in plain words when it can't be exported now. */
export async function* exportOrganization(
	{ query, shard, shards }: Source,
	organizationId: string,
	report: Report = () => undefined,
): AsyncGenerator<string> {
	const migration = await lastMigration(query, "read");
	const [row] = await query(sql`SELECT "name" FROM ${organizationRow(organizationId)}`);
	const lock: ExportLock = { organizationId, shard, kind: "export", lease: randomUUID() };
	const renew = await lockOrganization(query, lock);
	try {
		// Of an export that was interrupted.
		await removeAllEntries(query, organizationId, isLocked(lock));
		// In one call, as each takes seconds through wrangler.
		await query(sql.join(joinJournal(), sql`;\n`));
		const organization = { id: organizationId, name: String(row?.[0]) };
		const exportedAt = new Date().toISOString();
		const header = { migration, organization, shard, shards, exportedAt };
		yield* fileLines(header, body(query, lock, renew, report));
	} finally {
		await query(unlock(lock));
		// A move, or another export, may have begun meanwhile, which needs them.
		await removeAllEntries(query, organizationId, isFree(organizationId));
	}
}

async function* body(
	query: Query,
	lock: ExportLock,
	renew: () => Promise<void>,
	report: Report,
): AsyncGenerator<string> {
	// What refers to others by a key of its own comes after them, so that of an unfinished import nothing is left unfound.
	for (const movable of movables.filter(({ last }) => !last).toReversed())
		yield* walk(query, movable, lock.organizationId, renew, report);
	yield* changes(query, lock, renew, report);
}

/** The line before rows of a table. */
const columnsLine = (movable: Movable) =>
	JSON.stringify({ table: movable.name, columns: columnsOf(movable) });

/** All rows of a table, in the order of their keys. */
async function* walk(
	query: Query,
	movable: Movable,
	organizationId: string,
	renew: () => Promise<void>,
	report: Report,
): AsyncGenerator<string> {
	let count = 0;
	for (let position = movable.start; ; ) {
		await renew();
		const rows = await query(sliceAfter(movable, organizationId, position));
		if (rows.length === 0) return;
		if (count === 0) yield columnsLine(movable);
		for (const [, ...values] of rows) yield JSON.stringify(values.slice(0, columnsOf(movable).length));
		count += rows.length;
		report(movable.name, count);
		position = String(rows.at(-1)?.[0]);
	}
}

/** Rows that changed since the journal was begun; at last those of the tables that are copied last. */
async function* changes(
	query: Query,
	lock: ExportLock,
	renew: () => Promise<void>,
	report: Report,
): AsyncGenerator<string> {
	let count = 0;
	for (let seq: number | null = 0; seq !== null; ) {
		await renew();
		const found = readChanges(await query(changesAfter(lock.organizationId, seq, isLocked(lock))));
		if (!found) throw new Error(LOST);
		for (const movable of movables) {
			const own = found.rows.filter((row) => row.movable === movable);
			const gone = own.flatMap(({ key, values }) => (key !== null && values === null ? [key] : []));
			const present = own.flatMap(({ values }) => (values === null ? [] : [JSON.stringify(values)]));
			if (gone.length > 0) yield* [JSON.stringify({ removed: movable.name }), ...gone];
			if (present.length > 0) yield* [columnsLine(movable), ...present];
		}
		count += found.rows.length;
		report("changes meanwhile", count);
		seq = found.next;
	}
}
