// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs that show or allow a caller more than its key permits.
import { type Mutant, singleEdit } from "./mutant.ts";

export const rightsMutants: readonly Mutant[] = [
	singleEdit(
		"an answer is given again to another key of the organization",
		["test/contract/idempotency.test.ts", "shows a created API key only to the caller that created it"],
		"src/http/idempotency.ts",
		"`${sessionId ?? keyId} ${key}`",
		"`${sessionId && keyId} ${key}`",
	),
	singleEdit(
		"each session of a key has an allowance of its own",
		["test/gate/session-cookie.test.ts", "for all of them together"],
		"src/gate/session.ts",
		"limiter: sessionLimiterOf(session.keyId)",
		"limiter: session.id",
	),
	singleEdit(
		"an unknown key is looked up each time",
		["test/gate/made-up.test.ts", "is looked up once a minute"],
		"src/gate/authenticate.ts",
		"if (isRefused(key, now)) return null;",
		"",
	),
	singleEdit(
		"made-up keys are looked up before they are counted",
		["test/gate/made-up.test.ts", "before anything is looked up"],
		"src/gate/authenticate.ts",
		'await admitAddress(bindings, headers, "key");',
		'await readKey(bindings, FIRST_SHARD, sql`"hash" = ${key}`).then(() => admitAddress(bindings, headers, "key"));',
	),
	singleEdit(
		"a key that ends makes one that doesn't",
		["test/gate/key-ends.test.ts", "make one that ends later"],
		"src/api-keys/api-keys.ts",
		'"expiresAt" >= ${instant}',
		'1 OR "expiresAt" >= ${instant}',
	),
	singleEdit(
		"the feed shows what the key can't read",
		["test/events/readable.test.ts", "the feed is limited"],
		"src/events/feed.ts",
		"readableTypes(ctx.caller).filter(",
		"eventTypes.filter(",
	),
	singleEdit(
		"whoever may write webhooks leads them where they like",
		["test/events/readable.test.ts", "redirect or read a webhook of events"],
		"src/webhooks/verbs.ts",
		"Object.entries({ url, events, filter, expand }).filter",
		"Object.entries({ filter, expand }).filter",
	),
];
