// The journal of moves: triggers note which rows of a moving organization are written, whoever writes them, so that rows that are
// copied already are copied again. They only exist while an organization is leaving; otherwise writes cost what they always do.

import { STAGE } from "../db/moves.ts";
import { moveChanges, moves } from "../db/schema/moves.ts";
import { type SQL, sql } from "../db/sql.ts";
import { sha256 } from "../digest.ts";
import { columnsOf, type Movable, movables } from "./tables.ts";

/** Changes that are not copied by the journal: when a key was last used changes with every minute of reading. */
const UNNOTED_COLUMNS: ReadonlySet<string> = new Set(["lastUsedAt"]);

/** The beginning of the triggers' names. */
const PREFIX = "move_";

/** The condition that a row of `moves` is of an organization whose writes are journaled. */
export const isJournaled = sql`"stage" BETWEEN ${STAGE.clearing} AND ${STAGE.frozen}`;

interface Trigger {
	readonly name: string;
	readonly create: SQL;
}

function triggersOf(movable: Movable): Trigger[] {
	const noted = columnsOf(movable).filter((column) => !UNNOTED_COLUMNS.has(column));
	const list = sql.list(noted.map((column) => sql`${sql.identifier(column)}`));
	const events = { insert: sql`INSERT`, update: sql`UPDATE OF ${list}`, delete: sql`DELETE` };
	return Object.entries(events).map(([verb, event]) => {
		const name = `${PREFIX}${movable.name}_${verb}`;
		const row = verb === "delete" ? "old" : "new";
		const create = sql`CREATE TRIGGER IF NOT EXISTS ${sql.identifier(name)} AFTER ${event} ON ${movable.table} BEGIN
			INSERT INTO ${moveChanges} ("organizationId", "table", "key")
			SELECT owner."id", ${movable.name}, json_array(${sql.list(movable.key(row))})
				FROM (SELECT "organizationId" AS "id" FROM ${moves} WHERE ${isJournaled}) AS owner
				WHERE ${movable.belongs(row)};
		END`;
		return { name, create: sql.inline(create) };
	});
}

const triggers = (): Trigger[] => movables.flatMap(triggersOf);

const dropTriggers = (): SQL[] =>
	triggers().map(({ name }) => sql`DROP TRIGGER IF EXISTS ${sql.identifier(name)}`);

/** Statements after which all writes are journaled; where they are already, without an interruption. */
export const joinJournal = (): SQL[] => triggers().map(({ create }) => create);

/** Statements after which all writes are journaled, as the tables are now. */
export const startJournal = (): SQL[] => [...dropTriggers(), ...joinJournal()];

/** A query for the names of triggers that exist, up to a limit. */
export const journalTriggers = (limit: number): SQL =>
	sql`SELECT "name" FROM "sqlite_schema" WHERE "type" = 'trigger' AND substr("name", 1, ${PREFIX.length}) = ${PREFIX} LIMIT CAST(${limit} AS INTEGER)`;

/** A digest of the tables and columns that are copied and journaled. */
export const layoutDigest = (): Promise<string> =>
	sha256(JSON.stringify(movables.map((movable) => [movable.name, columnsOf(movable)])));
