// Bugs that make a key read something older than what it has written or read.
import { type Mutant, singleEdit } from "./mutant.ts";

const READS = "test/nearest/reads.test.ts";
const LIMITER = "test/nearest/limiter.test.ts";
const HISTORIES = "test/nearest/histories.test.ts";
const BOOKMARKS = "test/nearest/bookmarks.test.ts";
const MOVED = "test/shards/nearest-moved.test.ts";
const NEAREST = "src/gate/nearest.ts";
const SEEN = "src/db/seen.ts";

export const nearestMutants: readonly Mutant[] = [
	singleEdit(
		"the bookmark is forgotten after a write",
		[HISTORIES, "no answer is older"],
		NEAREST,
		"if (!bookmark ||",
		'if (request.method !== "GET" || !bookmark ||',
	),
	singleEdit(
		"what a key has read is not told",
		[READS, "so that no later read is older"],
		NEAREST,
		"if (!bookmark ||",
		'if (request.method === "GET" || !bookmark ||',
	),
	singleEdit(
		"what a session writes is not told to its key's limiter",
		[READS, "the key does not unread"],
		NEAREST,
		"new Set([keyId, allowance.limiter])",
		"[allowance.limiter]",
	),
	singleEdit(
		"what was read before the limiter was asked says that the database is older",
		[LIMITER, "does not go back to what a write has read"],
		NEAREST,
		"isNearby ? (seen ?? null) : null",
		"seen ?? null",
	),
	singleEdit(
		"the answer does not wait until the limiter is told",
		[LIMITER, "holds the answer back"],
		NEAREST,
		"else await told;",
		"else waitUntil(told);",
	),
	singleEdit(
		"an answer that is too old is not read again",
		[HISTORIES, "no answer is older"],
		SEEN,
		"answer.bookmark < floor || ",
		"",
	),
	singleEdit(
		"a copy is asked though nobody knows what the key has seen",
		[READS, "as long as nobody knows"],
		SEEN,
		"floor === null || ",
		"",
	),
	singleEdit(
		"the bookmark of another shard counts",
		[READS, "is not confused by a database"],
		NEAREST,
		"(one?.shard === shard ? [one.bookmark] : [])",
		"(one ? [one.bookmark] : [])",
	),
	singleEdit(
		"what a key has seen is remembered over a move",
		[MOVED, "though it was idle"],
		"src/limiter/key-limiter.ts",
		"this.#seen.value = null;",
		"",
	),
	singleEdit(
		"an older state replaces what the key has seen meanwhile",
		[LIMITER, "keeps the newest"],
		"src/limiter/key-limiter.ts",
		"if (!isUnchanged && !isNewer) return;",
		"",
	),
	singleEdit(
		"the bookmark of a delivery is not looked at",
		[BOOKMARKS, "may be ahead of the nearest copy"],
		NEAREST,
		"sent === null ? [seen]",
		"true ? [seen]",
	),
	singleEdit(
		"anybody can read the bookmark of a delivery",
		[BOOKMARKS, "tells nobody but us"],
		"src/db/seen-header.ts",
		"seal(settingsOf(env).ENCRYPTION_KEY, organizationId, SCOPE, JSON.stringify(seen))",
		"Promise.resolve(JSON.stringify(seen))",
	),
];
