// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs that the tests must detect, each made by replacing some text in `src/`.

import { type Mutant, one } from "./mutant.ts";
import { fairness } from "./mutants-fairness.ts";
import { feed } from "./mutants-feed.ts";
import { limits } from "./mutants-limits.ts";
import { order } from "./mutants-order.ts";
import { rights } from "./mutants-rights.ts";
import { sharded } from "./mutants-shards.ts";
import { space } from "./mutants-space.ts";
import { tenancy } from "./mutants-tenancy.ts";

const limiter: readonly Mutant[] = [
	{
		name: "the limiter remembers in memory alone",
		test: ["test/gate/limiter.test.ts", "is not forgotten when the object is evicted"],
		edits: [
			{
				file: "src/limiter/key-limiter.ts",
				from: 'kv.get<number[]>("log") ?? []',
				to: "(this as unknown as { log?: number[] }).log ?? []",
			},
			{ file: "src/limiter/key-limiter.ts", from: 'kv.put("log", log)', to: "Object.assign(this, { log })" },
		],
	},
	{
		name: "the limiter awaits between reading and writing",
		test: ["test/gate/limiter.test.ts", "are 60 that pass and 140"],
		edits: [
			{
				file: "src/limiter/key-limiter.ts",
				from: "check(limit = LIMIT, session?: string): Verdict {",
				to: "async check(limit = LIMIT, session?: string): Promise<Verdict> {",
			},
			{
				file: "src/limiter/key-limiter.ts",
				from: "const { verdict, log } = decide(stored, now, limit);",
				to: "await new Promise((resolve) => setTimeout(resolve, 1));\n\t\tconst { verdict, log } = decide(stored, now, limit);",
			},
		],
	},
];

const writes: readonly Mutant[] = [
	one(
		"an update does not look at the version it read",
		["test/contract/writes.test.ts", "without If-Match races others"],
		"src/db/store.ts",
		" AND ${table.version} = ${before.version}`,",
		"`,",
	),
	one(
		"an answer is kept for its Idempotency-Key after the work, not with it",
		["test/contract/idempotency-failures.test.ts", "that lost the answer of a commit"],
		"src/http/write.ts",
		"return { ...planned, body: filled(planned.body, await committed(ctx, all, answerSlots)) };",
		"const values = await committed(ctx, statements, answerSlots);\n\t\t\tawait commit(ctx, record);\n\t\t\treturn { ...planned, body: filled(planned.body, values) };",
	),
	{
		name: "deliveries are recorded after the change, not with it",
		test: ["test/delivery/outbox.test.ts", "a write"],
		edits: [
			{
				file: "src/outbox/record.ts",
				from: "...(drafts.length > 0 ? [fanOut(ctx, drafts.length)] : [])",
				to: `...(drafts.length > 0 ? [{ query: sql\`SELECT 1\`, committed() {
			const { query, committed } = fanOut(ctx, drafts.length);
			const { after } = ctx as unknown as { after(work: Promise<unknown>): void };
			after(later(ctx.env.DB, [query]).then(([made]) => committed?.(made ?? [])));
		} }] : [])`,
			},
			{
				file: "src/outbox/record.ts",
				from: 'import { inChunks } from "../db/chunks.ts";',
				to: 'import { inChunks } from "../db/chunks.ts";\nimport { batch as later } from "../db/client.ts";',
			},
		],
	},
];

const delivery: readonly Mutant[] = [
	one(
		"messages are acknowledged before anything is claimed",
		["test/delivery/consumer.test.ts", "D1 failing makes the queue try again"],
		"src/delivery/consumer.ts",
		"const { underWay, finished } = await send(env, unique(messages), from, lanes);",
		"for (const message of messages) message.ack();\n\t\tconst { underWay, finished } = await send(env, unique(messages), from, lanes);",
	),
	one(
		"what cannot be recorded is forgotten",
		["test/delivery/outbox.test.ts", "an attempt that cannot be recorded"],
		"src/delivery/deliver.ts",
		'fault("recording_failed", { deliveries: endings.length }, error);',
		"void error;",
	),
	one(
		"no lane is kept for another webhook",
		["test/delivery/lanes.test.ts", "are never all held by one webhook"],
		"src/delivery/lanes.ts",
		"waiting.findIndex(({ webhookId }) => held(webhookId) === fewest);",
		"0 * fewest;",
	),
	one(
		"a slow webhook's wake-ups go through the first queue",
		["test/delivery/lanes.test.ts", "is met twice by the first queue at most"],
		"src/outbox/wake.ts",
		"sendsTo(env.SLOW_DELIVERIES, wakeUps, true)",
		"sendsTo(env.DELIVERIES, wakeUps, true)",
	),
	one(
		"the first queue goes on sending to a slow webhook",
		["test/delivery/lanes.test.ts", "is met twice by the first queue at most"],
		"src/delivery/claim.ts",
		'queued."slow" AND ${from}',
		'queued."slow" AND NOT ${from}',
	),
	one(
		"nobody is told that a receiver hangs until its attempt has ended",
		["test/delivery/lanes.test.ts", "is met twice by the first queue at most"],
		"src/delivery/consumer.ts",
		"await countStumble(env, underWay(PATIENCE_MS / 2), Date.now());",
		"",
	),
	one(
		"a delivery that somebody else has claimed is claimed again",
		["test/delivery/consumer.test.ts", "doubled, concurrent and stale ones"],
		"src/delivery/claim.ts",
		'\n\t\tAND (delivery."lease" IS NULL OR delivery."leaseUntil" <= ${now})`;',
		"`;",
	),
	one(
		"redirects are followed",
		["test/delivery/attempt.test.ts", "is a failure and is not followed"],
		"src/delivery/attempt.ts",
		'redirect: "manual"',
		'redirect: "follow"',
	),
	one(
		"a target is judged when it is set, and never again",
		["test/delivery/deliver.test.ts", "the target is judged at every attempt"],
		"src/delivery/deliver.ts",
		"outcome = targetProblem(webhook.url, rules)",
		'outcome = targetProblem("https://hooks.example.com/", rules)',
	),
	one(
		"a target is judged when it is first set, and not when it is changed",
		["test/delivery/targets.test.ts", "is refused at create and at update"],
		"src/webhooks/verbs.ts",
		"...rest,\n\t\t\t\t...judged(ctx, rest.url),\n\t\t\t\t...(headers ?",
		"...rest,\n\t\t\t\t...(headers ?",
	),
	one(
		"a retry comes sooner than Retry-After asks",
		["test/unit/schedule.test.ts", "the next attempt"],
		"src/delivery/schedule.ts",
		"const seconds = Math.max(step, Math.min(retryAfter ?? 0, LONGEST_RETRY_AFTER_SECONDS));",
		"const seconds = retryAfter === null ? step : Math.min(step, retryAfter);",
	),
	one(
		"the breaker never opens",
		["test/delivery/loops.test.ts", "that it has recovered"],
		"src/delivery/breaker.ts",
		"const FAILURES_TO_OPEN = 10;",
		"const FAILURES_TO_OPEN = 1_000_000;",
	),
	one(
		"a webhook is told of itself",
		["test/delivery/loops.test.ts", "that it is exhausted, or was disabled"],
		"src/outbox/record.ts",
		'\n\t\t\t\t\t\tAND webhook."id" <> event."entityId"',
		"",
	),
	one(
		"webhooks that fail tell each other for ever",
		["test/delivery/loops.test.ts", "is not told again"],
		"src/delivery/consequences.ts",
		'!delivery.event.startsWith("webhook.")',
		'!delivery.event.startsWith("none.")',
	),
	one(
		"what the operator does not allow is sent all the same",
		["test/events/subscriptions.test.ts", "what the operator does not allow"],
		"src/outbox/record.ts",
		'(organization."topics" IS NULL OR ${type} IN',
		"(1 OR ${type} IN",
	),
];

const secrets: readonly Mutant[] = [
	one(
		"the body is written anew before it is signed",
		["test/unit/sign.test.ts", "is the published vector of Standard Webhooks"],
		"src/delivery/sign.ts",
		"const content = `${deliveryId}.${timestamp}.${body}`;",
		"const content = `${deliveryId}.${timestamp}.${JSON.stringify(JSON.parse(body))}`;",
	),
	one(
		"the older header changes to the new secret at once",
		["test/unit/sign.test.ts", "stays with the old secret"],
		"src/delivery/sign.ts",
		"secrets.previous ?? secrets.current",
		"secrets.current",
	),
	{
		name: "secrets and headers are stored as they are",
		test: ["test/delivery/secrecy.test.ts", "is left in the database"],
		edits: [
			{
				file: "src/delivery/sealing.ts",
				from: "return seal(settingsOf(ctx.env).ENCRYPTION_KEY, ctx.caller.organizationId, sealScope(id, field), text);",
				to: "return Promise.resolve(text);",
			},
			{
				file: "src/delivery/sealing.ts",
				from: "return open(settingsOf(env).ENCRYPTION_KEY, row.organizationId, sealScope(row.id, field), sealed);",
				to: "return sealed;",
			},
		],
	},
	one(
		"an answer that shows a secret is kept as it is",
		["test/delivery/secrecy.test.ts", "is left in the database"],
		"src/http/idempotency.ts",
		"const secret = kept.answer.secret === true;",
		"const secret = false;",
	),
	one(
		"a secret is shown whenever the webhook is",
		["test/delivery/secrecy.test.ts", "is left in the database"],
		"src/delivery/receiver.ts",
		"return { ...shown, headers: maskHeaders(await openHeaders(env, row)) };",
		'const again = { secret: await (await import("./sealing.ts")).opened(env, row, "secret", secret).catch(() => null) };\n\treturn { ...shown, ...again, headers: maskHeaders(await openHeaders(env, row)) };',
	),
	one(
		"events about a webhook tell what its headers hold",
		["test/delivery/secrecy.test.ts", "is left in the database"],
		"src/delivery/consequences.ts",
		"unvalued(await show(ctx.env, shown))",
		"await show(ctx.env, shown)",
	),
];

export const mutants: readonly Mutant[] = [
	...rights,
	...tenancy,
	...limiter,
	...writes,
	...delivery,
	...fairness,
	...secrets,
	...limits,
	...feed,
	...space,
	...order,
	...sharded,
];
