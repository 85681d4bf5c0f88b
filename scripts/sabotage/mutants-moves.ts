// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs in moving an organization: each removes a step that keeps it safe.
import { type Mutant, singleEdit } from "./mutant.ts";

const MOVING = "test/shards/moving.test.ts";
const SAFETY = "test/shards/move-safety.test.ts";
const KEYS = "test/shards/move-keys.test.ts";
const FAULTS = "test/shards/move-faults.test.ts";
const REMOVING = "test/shards/removing.test.ts";

export const moveMutants: readonly Mutant[] = [
	singleEdit(
		"a move does not journal what is changed meanwhile",
		[MOVING, "loses nothing that was acknowledged"],
		"src/moving/journal.ts",
		"update: sql`UPDATE OF ${list}`, ",
		"",
	),
	singleEdit(
		"a move forgets a table",
		["test/moving/tables.test.ts", "lists every table"],
		"src/moving/tables.ts",
		'owned(messages, ["conversationId", "id"]),',
		"",
	),
	singleEdit(
		"writes go on while the rest of a move is copied",
		[SAFETY, "refuses writes before rows are compared"],
		"src/moving/stages.ts",
		"advance(move, STAGE.frozen, setHome(move, FROZEN_HOME))",
		"advance(move, STAGE.frozen)",
	),
	singleEdit(
		"a move switches though something was written since the journal was read",
		[SAFETY, "copies what the system writes"],
		"src/moving/stages.ts",
		"advance(move, STAGE.switched, nothingLeft(move), setHome",
		"advance(move, STAGE.switched, setHome",
	),
	singleEdit(
		"deliveries of an organization that is about to leave are sent",
		[SAFETY, "sends nothing from the shard that it is about to leave"],
		"src/delivery/claim.ts",
		' AND NOT ${isSendingSuspended(sql`delivery."organizationId"`)}',
		"",
	),
	singleEdit(
		"a move does not wait for deliveries that are being sent",
		[SAFETY, "waits for a delivery that is being sent"],
		"src/moving/stages.ts",
		"if (found.length === 0) return settle",
		"if (found.length >= 0) return settle",
	),
	singleEdit(
		"a move does not compare the rows",
		[SAFETY, "starts again when a row is missing"],
		"src/moving/stages.ts",
		"if (differing.length > 0) {",
		"if (differing.length < 0) {",
	),
	singleEdit(
		"a process goes on with a move that another has taken over",
		[SAFETY, "changes nothing once another process"],
		"src/moving/move.ts",
		"sql`EXISTS (SELECT 1 FROM ${moves} WHERE ${isOurs(lease)})`",
		"sql`true`",
	),
	singleEdit(
		"limiters are not told of a move",
		[KEYS, "is found by isolates that remember its former shard"],
		"src/moving/telling.ts",
		"await announceMove({ KEY_LIMITER: limiters }, keyIds, until);",
		"await announceMove({ KEY_LIMITER: limiters }, [], until);",
	),
	singleEdit(
		"a read that went to where the organization was is refused",
		[KEYS, "is found by isolates that remember its former shard"],
		"src/index.ts",
		"takeMisdirected(request) ? app.fetch(request, env, ctx) : response",
		"response",
	),
	singleEdit(
		"a move that has failed leaves the organization without writes and deliveries",
		["test/shards/move-targets.test.ts", "whose target fails while writes are refused"],
		"src/moving/worker.ts",
		"else await goBack(move, STAGE.telling);",
		"",
	),
	singleEdit(
		"old rows stay where the organization was",
		[MOVING, "moves from 1 to 2 with all rows"],
		"src/moving/stages.ts",
		"if (await removeSome(move, move.from, which)) return move;",
		"",
	),
	singleEdit(
		"the journal goes on after the last move",
		[FAULTS, "is completed with the same result"],
		"src/moving/leftovers.ts",
		"[nobody, ...drops]",
		"[nobody]",
	),
	singleEdit(
		"the other end never accepts writes",
		[MOVING, "moves from 1 to 2 with all rows"],
		"src/moving/stages.ts",
		"			setHome(move, null),\n",
		"",
	),
	singleEdit(
		"a second wish replaces the first",
		[MOVING, "is requested once"],
		"src/moving/request.ts",
		'ON CONFLICT DO NOTHING RETURNING "organizationId"',
		'ON CONFLICT DO UPDATE SET "shard" = excluded."shard" RETURNING "organizationId"',
	),
	singleEdit(
		"a move that refuses writes waits for as many statements as any step",
		["test/shards/sweep.test.ts", "sends at most a thousand statements"],
		"src/moving/worker.ts",
		"while (hasLeft(REOPENING_QUERIES)) {",
		"while (hasBudget()) {",
	),
	singleEdit(
		"a process that died after the switch leaves the organization closed",
		["test/shards/move-reopening.test.ts", "after the switch: writes are accepted again"],
		"src/moving/worker.ts",
		"await steps[STAGE.switched]?.(move);",
		"",
	),
	singleEdit(
		"a HEAD request that went to where the organization was is refused",
		[KEYS, "is found by isolates that remember its former shard"],
		"src/gate/gate.ts",
		' || request.method === "HEAD"',
		"",
	),
	singleEdit(
		"keys of an organization that is being removed are let in",
		[REMOVING, "refuses its keys and sessions"],
		"src/gate/known-key.ts",
		"if (home === REMOVING) return null;",
		"",
	),
	singleEdit(
		"isolates go on reading what is being removed",
		[REMOVING, "refuses its keys and sessions"],
		"src/moving/removing.ts",
		"(await tellNext(move)) ?? advance",
		"advance",
	),
	singleEdit(
		"rows are removed while requests may be under way",
		[REMOVING, "refuses its keys and sessions"],
		"src/moving/removing.ts",
		"if (Date.now() < move.since + SETTLING_MS) return null;",
		"",
	),
	singleEdit(
		"an organization is removed before its last rows are",
		[REMOVING, "refuses its keys and sessions"],
		"src/moving/removing.ts",
		"return move;\n",
		"move.after;\n",
	),
	singleEdit(
		"the statements of moves that end with a fault are not counted",
		["test/shards/move-reopening.test.ts", "says how many statements it has sent"],
		"src/moving/worker.ts",
		'logFault("moves_failed", { shard }, error);',
		'logFault("moves_failed", { shard }, error);\n\t\treturn 0;',
	),
	singleEdit(
		"a move waits for a walk that it keeps from going on",
		["test/shards/move-walks.test.ts", "is done first"],
		"src/moving/worker.ts",
		"if (hasToWait && !(await isUpToDate(move))) return beginAnew(move);",
		"",
	),
	singleEdit(
		"a move copies a change of a row before those in front of it",
		["test/shards/move-search.test.ts", "rows change before they are copied"],
		"src/moving/copy.ts",
		'row["@exists"] !== 0 && !isAhead(move, movable, keys[place] ?? "")',
		'row["@exists"] !== 0',
	),
	singleEdit(
		"a move copies large rows after the others",
		["test/shards/move-search.test.ts", "where rows are large"],
		"src/moving/rows.ts",
		"statements.push(...together(light), alone(row));\n\t\t\tlight = [];",
		"statements.push(alone(row));",
	),
];
