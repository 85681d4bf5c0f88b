// Removing an organization: a move to nowhere. Each database that knows of it removes what it has, and has a row in `moves` for that.
// Its keys are refused first; rows are removed when no request or delivery that began before can be under way any more.

import { CHUNK_ROWS } from "../chore.ts";
import { STAGE } from "../db/moves.ts";
import { organizations, REMOVING } from "../db/schema/organizations.ts";
import { sql } from "../db/sql.ts";
import { advance, logStage, setHome } from "./move.ts";
import { removalOfSome } from "./rows.ts";
import { endMove, isUpToDate, removeSome, SETTLING_MS, type Step } from "./stages.ts";
import { movables } from "./tables.ts";
import { tellNext } from "./telling.ts";

/** Refuses writes at once, and the keys of whoever looks them up. A walk that isn't done may still write rows. */
const close: Step = async (move) =>
	(await isUpToDate(move)) ? advance(move, STAGE.expelling, setHome(move, REMOVING)) : null;

/** Tells the limiters of all keys to have callers look them up. They are not told that the keys have ended: an import may bring them back. */
const expel: Step = async (move) => (await tellNext(move)) ?? advance(move, STAGE.removing);

/** Removes the rows in slices; at last the organization itself, with whatever has been written meanwhile. */
const remove: Step = async (move) => {
	if (Date.now() < move.since + SETTLING_MS) return null;
	if (await removeSome(move, move.from, ({ table }) => (table === organizations ? null : sql`true`)))
		return move;
	const { organizationId } = move;
	await endMove(move, ...movables.map((movable) => removalOfSome(movable, organizationId, CHUNK_ROWS)));
	logStage(move, "done");
	return null;
};

export const removalSteps: Readonly<Record<number, Step>> = {
	[STAGE.removalRequested]: close,
	[STAGE.expelling]: expel,
	[STAGE.removing]: remove,
};
