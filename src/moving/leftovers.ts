// What moves and exports leave behind, and imports that were interrupted before they began. A move or an export begins the journal or
// joins it, but can't end it: a move that begins at that moment would lose its changes. So the sweeper ends the journal, when nothing
// uses it, and removes what an interrupted export has left.

import type { Chore } from "../chore.ts";
import { batch } from "../db/client.ts";
import { commit, expect, LostRace, write } from "../db/commit.ts";
import { STAGE } from "../db/moves.ts";
import { moves } from "../db/schema/moves.ts";
import { type SQL, sql } from "../db/sql.ts";
import { organizationRow, rowsOf } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { removeEntries } from "./export-lock.ts";
import { isJournaled, journalTriggers } from "./journal.ts";

/** Triggers that are dropped at once. */
const MAX_DROPPED = 15;

/** No organization's writes are journaled. */
const nobody = expect(sql`NOT EXISTS (SELECT 1 FROM ${moves} WHERE ${isJournaled})`);

/** An import that has closed its organization is kept: it has to be run again. One that has not would only hold up deliveries. */
const isAbandoned = (shard: number, now: number): SQL =>
	sql`"shard" = ${shard} AND "leaseUntil" <= ${now}
		AND ("stage" <> ${STAGE.arriving} OR (SELECT "home" FROM ${organizationRow(moves.organizationId)}) IS NULL)`;

/** The chore that removes what moves and exports have left. */
export const leftoversChore = ({ SHARD }: Pick<Env, "SHARD">, now: number): Chore => ({
	name: "leftovers of moves and exports",
	due: sql`SELECT 1 FROM ${moves} WHERE ${isAbandoned(SHARD, now)}
		UNION ALL SELECT 1 FROM (${journalTriggers(1)}) WHERE NOT EXISTS (SELECT 1 FROM ${moves} WHERE ${isJournaled})`,
	async run(env) {
		const [[abandoned] = [], triggers = []] = await batch(env.DB, [
			sql`SELECT "organizationId" FROM ${moves} WHERE ${isAbandoned(SHARD, now)} LIMIT 1`,
			journalTriggers(MAX_DROPPED),
		]);
		if (abandoned) {
			const organizationId = String(abandoned.organizationId);
			const row = sql`${rowsOf(moves, organizationId)} AND ${isAbandoned(SHARD, now)}`;
			const [removed = []] = await write(env.DB, [
				removeEntries(organizationId, sql`EXISTS (SELECT 1 FROM ${row})`),
			]);
			if (removed.length === 0) await write(env.DB, [sql`DELETE FROM ${row}`]);
			return true;
		}
		const drops = triggers.map(({ name }) => sql`DROP TRIGGER IF EXISTS ${sql.identifier(String(name))}`);
		try {
			await commit({ env }, [nobody, ...drops]);
		} catch (error) {
			if (error instanceof LostRace) return false;
			throw error;
		}
		return triggers.length === MAX_DROPPED;
	},
});
