// `npm run admin -- org import`: puts an organization into a database from the file of an export. The file is read twice: first to
// see that it is whole, then to write it. Nobody is let in before all of it is written; an import that is interrupted can be run
// again, and begins by removing what it has left.
import { randomUUID } from "node:crypto";
import { apiKeys } from "../../src/db/schema/api-keys.ts";
import { IMPORTING, organizations } from "../../src/db/schema/organizations.ts";
import { type SQL, sql } from "../../src/db/sql.ts";
import { isOrganization } from "../../src/db/tenant.ts";
import type { Keyring } from "../../src/keyring.ts";
import { type ExportLock, expireLock, isLocked, unlock } from "../../src/moving/export-lock.ts";
import { removalOfSome, sliceAfter, upserts } from "../../src/moving/rows.ts";
import { type Movable, movables } from "../../src/moving/tables.ts";
import type { Report } from "./exporting.ts";
import { type Databases, homesOf, placeFor } from "./import-place.ts";
import { MAX_PART_BYTES, rowOf, writePart } from "./import-rows.ts";
import { LOST, lockOrganization, removeAllEntries, untilNone } from "./locking.ts";
import { type Header, partsOf, verifyFile } from "./organization-file.ts";
import type { Query } from "./query.ts";
import { rowCheck } from "./row-check.ts";
import { lastMigration } from "./schema-state.ts";
import { sealCheck } from "./seal-check.ts";

/** API keys that are copied at once, each of less than a kilobyte. */
const KEYS_AT_ONCE = 50;
/** Rows that are removed at once. */
const ROWS_AT_ONCE = 500;

/** The databases of a system, and what an import needs of it besides. */
export interface Target extends Databases {
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
	const lock: ExportLock = { organizationId: id, shard, kind: "import", lease: randomUUID() };
	const renew = await lockOrganization(query, lock);
	try {
		const { deliveryIds, keyIds } = rows;
		const work = { target, query, lock, renew, report, deliveryIds, staleKeys: isNoneOf(keyIds) };
		await fill(work, lines, header, homes);
	} catch (error) {
		// So that it can be run again at once.
		await query(expireLock(lock)).catch(() => undefined);
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
	readonly lock: ExportLock;
	readonly renew: () => Promise<void>;
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
	const { target, query, lock, renew } = work;
	await query(placed(id, name, IMPORTING));
	if (homes.get(lock.shard) === null) await target.settle();
	if (homes.has(lock.shard)) await clear(work);
	let rows = 0;
	for await (const part of partsOf(lines(), MAX_PART_BYTES)) {
		await renew();
		await writePart(work, part);
		rows += part.lines.length;
		work.report("import", rows);
	}
	for (const shard of new Set([...shards, ...homes.keys()]))
		if (shard !== lock.shard && target.shards.includes(shard))
			await forward(work, target.on(shard), id, name);
	if ((await query(unlock(lock))).length === 0) throw new Error(LOST);
	await query(
		sql`UPDATE ${organizations} SET "home" = NULL WHERE ${isOrganization(organizations, id)} AND "home" = ${IMPORTING}`,
	);
}

/** Writes where an organization is, and a row for it where there is none. */
const placed = (id: string, name: string, home: number): SQL =>
	sql`INSERT INTO ${organizations} ("id", "name", "timezone", "currency", "version", "createdAt", "updatedAt", "home")
		VALUES (${id}, ${name}, 'UTC', 'USD', 1, 0, 0, ${home}) ON CONFLICT DO UPDATE SET "home" = excluded."home"`;

/** Removes all that an organization has, except keys in the file: they get 503 until it is written, and not 401. */
async function clear({ query, lock, renew, report, staleKeys }: Work): Promise<void> {
	const { organizationId } = lock;
	for (const movable of movables.filter(({ table }) => table !== organizations)) {
		report(`removing ${movable.name}`, 0);
		const which = movable.table === apiKeys ? staleKeys : undefined;
		await untilNone(async () => {
			await renew();
			return query(removalOfSome(movable, organizationId, ROWS_AT_ONCE, which));
		});
	}
	await removeAllEntries(query, organizationId, isLocked(lock));
}

/** Has keys that name another shard found: their organization has gone to this one. */
async function forward({ query, lock, staleKeys }: Work, to: Query, id: string, name: string) {
	const [keys] = movables.filter(({ table }) => table === apiKeys);
	if (!keys) throw new Error("There is no table of keys.");
	await to(placed(id, name, lock.shard));
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
