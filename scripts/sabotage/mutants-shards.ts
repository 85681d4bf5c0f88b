// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs that use the wrong database, or let the failure of one affect the others.
import { type Mutant, singleEdit } from "./mutant.ts";

const KEYS = "test/shards/keys.test.ts";
const CONSUMER = "test/shards/consumer.test.ts";
const SWEEP = "test/shards/sweep.test.ts";

export const shardMutants: readonly Mutant[] = [
	singleEdit(
		"keys are made for the first shard wherever they are made",
		[KEYS, "makes keys of the same shard"],
		"src/api-keys/api-keys.ts",
		'newKey("live", bytes, ctx.env.SHARD)',
		'newKey("live", bytes, 0)',
	),
	singleEdit(
		"a session is looked for in the first shard",
		[KEYS, "begins sessions there"],
		"src/gate/session.ts",
		"session.shard ?? FIRST_SHARD",
		"FIRST_SHARD",
	),
	singleEdit(
		"a key whose organization has moved is unknown",
		[KEYS, "is found by its old keys"],
		"src/gate/known-key.ts",
		"return readKey(bindings, home, condition, [...left, shard]);",
		"return null;",
	),
	singleEdit(
		"an organization that has moved is written to where it was",
		[KEYS, "is not written to where it was"],
		"src/db/commit.ts",
		"EXISTS (SELECT 1 FROM ${organizationRow(organizationId)} AND ${acceptsWrites(organizations)})",
		"${organizationId} = ${organizationId}",
	),
	singleEdit(
		"an isolate goes on where an organization was",
		[KEYS, "is not written to where it was"],
		"src/gate/gate.ts",
		"forgetKey(key);",
		"",
	),
	singleEdit(
		"messages don't say which database has their deliveries",
		[CONSUMER, "take two calls of each database"],
		"src/outbox/wake.ts",
		"...(shard === FIRST_SHARD ? {} : { shard })",
		"",
	),
	singleEdit(
		"one shard's fault has every message come again",
		[CONSUMER, "fails to claim"],
		"src/delivery/consumer.ts",
		"for (const message of messages) message.retry({ delaySeconds: RETRY_SECONDS });",
		"throw error;",
	),
	singleEdit(
		"each shard has lanes of its own",
		[CONSUMER, "share the lanes"],
		"src/delivery/consumer.ts",
		"await send(env, uniqueWakeUps(messages), from, lanes)",
		"await send(env, uniqueWakeUps(messages), from)",
	),
	singleEdit(
		"wake-ups of a place go through everybody's queue",
		[CONSUMER, "has its wake-ups in that place's queues"],
		"src/shards.ts",
		"DELIVERIES: named(first),",
		"",
	),
	singleEdit(
		"limiters of a jurisdiction are anywhere",
		[CONSUMER, "limiters in that jurisdiction"],
		"src/shards.ts",
		"isJurisdiction(place) ? limitersIn(env.KEY_LIMITER, place) : env.KEY_LIMITER",
		"env.KEY_LIMITER",
	),
	singleEdit(
		"the first shard that fails ends the sweep",
		[SWEEP, "are all swept when one fails early"],
		"src/shards.ts",
		"failures.push({ shard, error });",
		"waiting.length = 0;\n\t\t\t\tfailures.push({ shard, error });",
	),
	singleEdit(
		"what was sent is recorded where its organization no longer is",
		["test/delivery/moved.test.ts", "are not recorded where it was"],
		"src/delivery/recording.ts",
		"expectNotGone(owners, moved),",
		"",
	),
	singleEdit(
		"what is being sent is not recorded while its organization is about to move",
		["test/delivery/moved.test.ts", "are recorded while writes are refused before a move"],
		"src/db/commit.ts",
		'organization."home" >= ${FIRST_SHARD}',
		'organization."home" IS NOT NULL',
	),
	singleEdit(
		"each shard of a sweep sends as much as if it were alone",
		[SWEEP, "sends at most a thousand statements"],
		"src/sweeper/sweep.ts",
		"Math.max(MIN_QUERIES, Math.floor(left / waiting))",
		"MAX_QUERIES",
	),
	singleEdit(
		"every sweep begins with the same shards",
		[SWEEP, "all are swept in a few minutes"],
		"src/sweeper/sweep.ts",
		"(Math.floor(begun / MINUTE_MS) * MIN_SHARDS) % shards.length",
		"0",
	),
];
