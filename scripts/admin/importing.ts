// `npm run admin -- org import`: puts an organization into a database from the file of an export. The file is read twice: first to
// see that it is whole, then to write it. Nobody is let in before all of it is written; an import that is interrupted can be run
// again, and begins by removing what it has left.
import { randomUUID } from "node:crypto";
import { apiKeys } from "../../src/db/schema/api-keys.ts";
import { IMPORTING, organizations, REMOVING } from "../../src/db/schema/organizations.ts";
import { attempts } from "../../src/db/schema/webhooks.ts";
import { type SQL, sql } from "../../src/db/sql.ts";
import { isOrganization, organizationRow } from "../../src/db/tenant.ts";
import type { Keyring } from "../../src/keyring.ts";
import { abandon, addPiece, type Holding, isHeld, pieces, release } from "../../src/moving/holding.ts";
import { type Row, removal, removalOfSome, sliceAfter, upsertFrom, upserts } from "../../src/moving/rows.ts";
import { columnsOf, type Movable, movables } from "../../src/moving/tables.ts";
import { isUnwanted } from "../../src/moving/wish.ts";
import type { Report } from "./exporting.ts";
import { LOST, removeAllEntries, takeInHand, untilNone } from "./held.ts";
import { costOf, type Header, type Part, partsOf, verifyFile } from "./organization-file.ts";
import type { Query } from "./query.ts";
import { rowCheck } from "./row-check.ts";
import { lastMigration } from "./schema-state.ts";
import { sealCheck } from "./seal-check.ts";

/** A statement has at most 100,000 bytes, and through wrangler its values are in its text. */
const MAX_PART_BYTES = 80_000;
/** Characters of a piece, of at most four bytes each. */
const PIECE_LENGTH = 20_000;
/** API keys that are copied at once, each of less than a kilobyte. */
const KEYS_AT_ONCE = 50;
/** Rows that are removed at once. */
const ROWS_AT_ONCE = 500;

/** The databases of a system. */
export interface Target {
	readonly shards: readonly number[];
	on(shard: number): Query;
	/** Waits until no isolate remembers the organization's keys, and no delivery is under way. */
	settle(): Promise<void>;
	/** The secret ENCRYPTION_KEY. */
	readonly ring: Keyring;
}

export interface ImportOptions {
	/** The shard to import into. */
	readonly shard?: number | undefined;
	/** Whether an organization that exists is replaced. */
	readonly replace?: boolean | undefined;
	readonly report?: Report;
}

/**
 * Imports a file. `lines` reads it anew at each call.
 * @throws Error in plain words for a file that is not whole or not of this version, and for an organization that exists
 */
export async function importOrganization(
	target: Target,
	lines: () => AsyncIterable<string>,
	{ shard: wanted, replace = false, report = () => undefined }: ImportOptions = {},
) {
	const seals = sealCheck(target.ring);
	const rows = rowCheck();
	const header = await verifyFile(lines(), (line) => {
		seals.inspect(line);
		rows.inspect(line);
	});
	const { id, name } = header.organization;
	await seals.conclude(id);
	const homes = await homesOf(target, id);
	const shard = placeFor(target, header, homes, wanted, replace);
	const query = target.on(shard);
	const migration = await lastMigration(query, "write");
	if (migration !== header.migration)
		throw new Error(
			`The file was written at the migration ${header.migration}, and the database is at ${migration}. docs/operating.md says how to import a file of another version.`,
		);
	await rows.conclude(query, id);
	const holding: Holding = { organizationId: id, shard, kind: "import", lease: randomUUID() };
	const keep = await takeInHand(query, holding);
	try {
		const { deliveryIds, keyIds } = rows;
		const work = { target, query, holding, keep, report, deliveryIds, staleKeys: isNoneOf(keyIds) };
		await fill(work, lines, header, homes);
	} catch (error) {
		// So that it can be run again at once.
		await query(abandon(holding)).catch(() => undefined);
		throw error;
	}
	const unreachable = header.shards.filter((one) => !target.shards.includes(one));
	return {
		id,
		name,
		shard,
		exportedAt: header.exportedAt,
		...(unreachable.length > 0 ? { keysLostOfShards: unreachable } : {}),
	};
}

/** An import that is under way. */
interface Work {
	readonly target: Target;
	readonly query: Query;
	readonly holding: Holding;
	readonly keep: () => Promise<void>;
	readonly report: Report;
	/** The deliveries in the file. */
	readonly deliveryIds: ReadonlySet<string>;
	/** The condition that a key is not in the file. */
	readonly staleKeys: SQL;
}

/** The condition that a row's id is none of these; that any is, if they are too many for one statement. */
function isNoneOf(ids: ReadonlySet<string>): SQL {
	const list = JSON.stringify([...ids]);
	return list.length > MAX_PART_BYTES
		? sql`true`
		: sql`"row"."id" NOT IN (SELECT value FROM json_each(${list}))`;
}

/** Closes the organization, puts the file in the place of all that it has, and opens it. */
async function fill(
	work: Work,
	lines: () => AsyncIterable<string>,
	{ organization: { id, name }, shards }: Header,
	homes: ReadonlyMap<number, number | null>,
): Promise<void> {
	const { target, query, holding, keep } = work;
	await query(placed(id, name, IMPORTING));
	if (homes.get(holding.shard) === null) await target.settle();
	if (homes.has(holding.shard)) await clear(work);
	let rows = 0;
	for await (const part of partsOf(lines(), MAX_PART_BYTES)) {
		await keep();
		await writePart(work, part);
		rows += part.lines.length;
		work.report("import", rows);
	}
	for (const shard of new Set([...shards, ...homes.keys()]))
		if (shard !== holding.shard && target.shards.includes(shard))
			await forward(work, target.on(shard), id, name);
	if ((await query(release(holding))).length === 0) throw new Error(LOST);
	await query(
		sql`UPDATE ${organizations} SET "home" = NULL WHERE ${isOrganization(organizations, id)} AND "home" = ${IMPORTING}`,
	);
}

/** Writes where an organization is, and a row for it where there is none. */
const placed = (id: string, name: string, home: number): SQL =>
	sql`INSERT INTO ${organizations} ("id", "name", "timezone", "currency", "version", "createdAt", "updatedAt", "home")
		VALUES (${id}, ${name}, 'UTC', 'USD', 1, 0, 0, ${home}) ON CONFLICT DO UPDATE SET "home" = excluded."home"`;

/** What each shard that knows of an organization says of its place: null for here. */
async function homesOf({ shards, on }: Target, id: string): Promise<Map<number, number | null>> {
	const homes = new Map<number, number | null>();
	for (const shard of shards) {
		const home = sql`iif(${isUnwanted(id)}, ${REMOVING}, "home")`;
		const [row] = await on(shard)(sql`SELECT ${home} FROM ${organizationRow(id)}`);
		if (row) homes.set(shard, row[0] === null ? null : Number(row[0]));
	}
	return homes;
}

/** The shard to import into. Throws an Error in plain words where there is none. */
function placeFor(
	{ shards }: Target,
	{ organization: { id }, shard: former }: Header,
	homes: ReadonlyMap<number, number | null>,
	wanted: number | undefined,
	replace: boolean,
): number {
	if ([...homes.values()].includes(REMOVING))
		throw new Error(`The organization ${id} is being removed. Import it when org list no longer shows it.`);
	const [begun] = [...homes].find(([, home]) => home === IMPORTING) ?? [];
	const [present] = [...homes].find(([, home]) => home === null || home === -1) ?? [];
	if (present !== undefined && !replace)
		throw new Error(
			`The organization ${id} exists, in shard ${present}. With --replace the file takes the place of all that it has.`,
		);
	if ([...homes].some(([shard, home]) => home !== null && homes.get(home) === shard))
		throw new Error(`The organization ${id} is being moved. Try again in some minutes.`);
	const bound = begun ?? present;
	if (bound !== undefined && wanted !== undefined && wanted !== bound)
		throw new Error(`The organization ${id} is in shard ${bound}. Leave out --shard.`);
	const shard = bound ?? wanted ?? former;
	if (shards.includes(shard)) return shard;
	throw new Error(`There is no shard ${shard}; there are ${shards.join(", ")}. Choose one by --shard.`);
}

/** Removes all that an organization has, except keys in the file: they get 503 until it is written, and not 401. */
async function clear({ query, holding, keep, report, staleKeys }: Work): Promise<void> {
	const { organizationId } = holding;
	for (const movable of movables.filter(({ table }) => table !== organizations)) {
		report(`removing ${movable.name}`, 0);
		const which = movable.table === apiKeys ? staleKeys : undefined;
		await untilNone(async () => {
			await keep();
			return query(removalOfSome(movable, organizationId, ROWS_AT_ONCE, which));
		});
	}
	await removeAllEntries(query, organizationId, isHeld(holding));
}

async function writePart({ query, holding, deliveryIds }: Work, { section, lines }: Part): Promise<void> {
	const { organizationId } = holding;
	const name = "removed" in section ? section.removed : section.table;
	const movable = movables.find((one) => one.name === name);
	if (!movable) throw new Error(`The file has a table ${name}, which this version does not know.`);
	// Attempts of a delivery that is not in the file were all removed while it was written: row-check.ts has seen to that.
	const isWanted = (deliveryId: unknown) => movable.table !== attempts || deliveryIds.has(String(deliveryId));
	if ("removed" in section) {
		const keys = lines.filter((line) => isWanted(JSON.parse(line)[0]));
		if (keys.length > 0) await query(removal(movable, organizationId, keys));
		return;
	}
	const all = lines.map((line) => rowOf(movable, organizationId, JSON.parse(line)));
	const rows = all.filter(({ deliveryId }) => isWanted(deliveryId));
	if (lines.length === 1 && costOf(lines[0] ?? "") > MAX_PART_BYTES)
		for (const row of rows) await writeLong(query, holding, movable, row);
	else for (const statement of upserts(movable, organizationId, rows)) await query(statement);
}

/** A row of these values. It becomes the organization's, whatever it says. */
function rowOf(movable: Movable, organizationId: string, values: readonly unknown[]): Row {
	const row = Object.fromEntries(columnsOf(movable).map((column, index) => [column, values[index]]));
	if (movable.table === organizations) return { ...row, id: organizationId };
	return "organizationId" in row ? { ...row, organizationId } : row;
}

/** Writes a row that is too long for one statement: its texts are sent in pieces, and taken apart where the row is written. */
async function writeLong(query: Query, holding: Holding, movable: Movable, row: Row): Promise<void> {
	await query(addPiece(holding));
	let sent = 0;
	const values = new Map<string, SQL>();
	for (const [column, value] of Object.entries(row)) {
		if (typeof value !== "string") {
			values.set(column, sql`${value}`);
			continue;
		}
		// SQLite counts characters, JavaScript half of them twice.
		const characters = Array.from(value);
		for (let start = 0; start < characters.length; start += PIECE_LENGTH)
			await query(addPiece(holding, characters.slice(start, start + PIECE_LENGTH).join("")));
		values.set(column, sql.inline(sql`substr(long."text", ${sent + 1}, ${characters.length})`));
		sent += characters.length;
	}
	const value = (column: string) => values.get(column) ?? sql`NULL`;
	// One subquery, and no parameters for the places in it: a table may have more columns than a statement has parameters for.
	const source = sql`(SELECT ${pieces(holding)} AS "text") AS long`;
	await query(
		upsertFrom(
			movable,
			holding.organizationId,
			value,
			(list) => sql`SELECT ${list} FROM ${source} WHERE true`,
		),
	);
}

/** Has keys that name another shard found: their organization has gone to this one. */
async function forward({ query, holding, staleKeys }: Work, to: Query, id: string, name: string) {
	const [keys] = movables.filter(({ table }) => table === apiKeys);
	if (!keys) throw new Error("There is no table of keys.");
	await to(placed(id, name, holding.shard));
	await untilNone(() => to(removalOfSome(keys, id, ROWS_AT_ONCE, staleKeys)));
	await copyRows(query, to, keys, id);
}

async function copyRows(from: Query, to: Query, movable: Movable, id: string): Promise<void> {
	for (let position = movable.start; ; ) {
		const rows = await from(sliceAfter(movable, id, position));
		if (rows.length === 0) return;
		for (let start = 0; start < rows.length; start += KEYS_AT_ONCE) {
			const some = rows.slice(start, start + KEYS_AT_ONCE);
			const copies = some.map(([, ...values]) => rowOf(movable, id, values));
			for (const query of upserts(movable, id, copies)) await to(query);
		}
		position = String(rows.at(-1)?.[0]);
	}
}
