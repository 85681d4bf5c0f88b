// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs that the tests must detect, each made by replacing some text in `src/` or `scripts/`.

import { type Mutant, singleEdit } from "./mutant.ts";
import { batchMutants } from "./mutants-batch.ts";
import { exportMutants } from "./mutants-exports.ts";
import { fairnessMutants } from "./mutants-fairness.ts";
import { feedMutants } from "./mutants-feed.ts";
import { formMutants } from "./mutants-forms.ts";
import { limitMutants } from "./mutants-limits.ts";
import { moveMutants } from "./mutants-moves.ts";
import { nearestMutants } from "./mutants-nearest.ts";
import { notificationMutants } from "./mutants-notifications.ts";
import { orderMutants } from "./mutants-order.ts";
import { requestLogMutants } from "./mutants-request-log.ts";
import { rightsMutants } from "./mutants-rights.ts";
import { shardMutants } from "./mutants-shards.ts";
import { spaceMutants } from "./mutants-space.ts";
import { tenancyMutants } from "./mutants-tenancy.ts";
import { webhookMutants } from "./mutants-webhooks.ts";

const ADMISSIONS = "test/gate/admission-log.test.ts";
const LIMITER = "src/limiter/key-limiter.ts";

const limiter: readonly Mutant[] = [
	singleEdit(
		"the limiter remembers in memory alone",
		["test/gate/limiter.test.ts", "is not forgotten when the object is evicted"],
		LIMITER,
		'kv.put("log", instants)',
		"{}",
	),
	{
		name: "the limiter awaits between reading and writing",
		test: ["test/gate/limiter.test.ts", "are 60 that pass and 140"],
		edits: [
			{
				file: LIMITER,
				from: "check(limit = KEY_LIMIT, session?: string, isLocated = false): Verdict {",
				to: "async check(limit = KEY_LIMIT, session?: string, isLocated = false): Promise<Verdict> {",
			},
			{ file: LIMITER, from: "this.#log ??= new", to: "this.#log = new" },
			{
				file: LIMITER,
				from: 'kv.get<number[]>("log") ?? []',
				to: 'await Promise.resolve(kv.get<number[]>("log") ?? [])',
			},
		],
	},
	singleEdit(
		"a limiter that crashed in a burst takes its reservation for unused",
		[ADMISSIONS, "never lets a 61st into any window, with crashes"],
		"src/limiter/admission-log.ts",
		"this.#store([...log, ...reserved]);",
		"this.#store(log);",
	),
	singleEdit(
		"reserved requests count from the start of their reservation",
		[ADMISSIONS, "never lets a 61st into any window, wherever it crashes"],
		"src/limiter/admission-log.ts",
		"this.#store([...log, ...reserved]);",
		"this.#store([...log, ...reserved.map(() => log.at(-1) ?? 0)]);",
	),
	singleEdit(
		"the true log of a burst is not stored once it pauses",
		["test/gate/limiter.test.ts", "is not forgotten when the object is evicted"],
		LIMITER,
		"() => log.settle()",
		"() => {}",
	),
];

const writes: readonly Mutant[] = [
	singleEdit(
		"an update does not look at the version it read",
		["test/contract/writes.test.ts", "without If-Match races others"],
		"src/db/store.ts",
		" AND ${table.version} = ${before.version}`,",
		"`,",
	),
	singleEdit(
		"an answer is kept for its Idempotency-Key after the work, not with it",
		["test/contract/idempotency-failures.test.ts", "that lost the answer of a commit"],
		"src/http/write.ts",
		"return { ...planned, body: fillSlots(planned.body, await committed(ctx, all, answerSlots)) };",
		"const values = await committed(ctx, statements, answerSlots);\n\t\t\tawait commit(ctx, record);\n\t\t\treturn { ...planned, body: fillSlots(planned.body, values) };",
	),
	{
		name: "deliveries are recorded after the change, not with it",
		test: ["test/delivery/outbox.test.ts", "a write"],
		edits: [
			{
				file: "src/outbox/record.ts",
				from: "fanOut(ctx, sql`${drafts.length}`),",
				to: `{ query: sql\`SELECT 1\`, onCommitted() {
			const { query, onCommitted } = fanOut(ctx, sql\`\${drafts.length}\`);
			const { waitUntil } = ctx as unknown as { waitUntil(work: Promise<unknown>): void };
			waitUntil(later(ctx.env.DB, [query]).then(([made]) => onCommitted?.(made ?? [])));
		} },`,
			},
			{
				file: "src/outbox/record.ts",
				from: 'import { splitIntoChunks } from "../db/chunks.ts";',
				to: 'import { splitIntoChunks } from "../db/chunks.ts";\nimport { batch as later } from "../db/client.ts";',
			},
		],
	},
];

const delivery: readonly Mutant[] = [
	singleEdit(
		"messages are acknowledged before anything is claimed",
		["test/delivery/consumer.test.ts", "D1 failing makes the queue try again"],
		"src/delivery/consumer.ts",
		"const { inProgress, finished } = await send(env, uniqueWakeUps(messages), from, lanes);",
		"for (const message of messages) message.ack();\n\t\tconst { inProgress, finished } = await send(env, uniqueWakeUps(messages), from, lanes);",
	),
	singleEdit(
		"what cannot be recorded is forgotten",
		["test/delivery/outbox.test.ts", "an attempt that cannot be recorded"],
		"src/delivery/deliver.ts",
		'logFault("recording_failed", { deliveries: endings.length }, error);',
		"void error;",
	),
	singleEdit(
		"no lane is kept for another webhook",
		["test/delivery/lanes.test.ts", "are never all held by one webhook"],
		"src/delivery/lanes.ts",
		"waiting.findIndex(({ webhookId }) => held(webhookId) === fewest);",
		"0 * fewest;",
	),
	singleEdit(
		"a slow webhook's wake-ups go through the first queue",
		["test/delivery/lanes.test.ts", "takes at most two places of the first queue"],
		"src/outbox/wake.ts",
		"sendsFor(env.SLOW_DELIVERIES, wakeUps, true)",
		"sendsFor(env.DELIVERIES, wakeUps, true)",
	),
	singleEdit(
		"the first queue goes on sending to a slow webhook",
		["test/delivery/lanes.test.ts", "takes at most two places of the first queue"],
		"src/delivery/claim.ts",
		'queued."slow" AND ${from}',
		'queued."slow" AND NOT ${from}',
	),
	singleEdit(
		"nobody is told that a receiver hangs until its attempt has ended",
		["test/delivery/lanes.test.ts", "takes at most two places of the first queue"],
		"src/delivery/consumer.ts",
		"await countDelay(env, inProgress(MAX_WAIT_MS / 2), Date.now());",
		"",
	),
	singleEdit(
		"a delivery that somebody else has claimed is claimed again",
		["test/delivery/consumer.test.ts", "doubled, concurrent and stale ones"],
		"src/delivery/claim.ts",
		'\n\t\tAND (delivery."lease" IS NULL OR delivery."leaseUntil" <= ${now})`;',
		"`;",
	),
	singleEdit(
		"redirects are followed",
		["test/delivery/attempt.test.ts", "is a failure and is not followed"],
		"src/delivery/attempt.ts",
		'redirect: "manual"',
		'redirect: "follow"',
	),
	singleEdit(
		"a target is judged when it is set, and never again",
		["test/delivery/deliver.test.ts", "the target is judged at every attempt"],
		"src/delivery/deliver.ts",
		"outcome = targetProblem(webhook.url, rules)",
		'outcome = targetProblem("https://hooks.example.com/", rules)',
	),
	singleEdit(
		"a target is judged when it is first set, and not when it is changed",
		["test/delivery/targets.test.ts", "is refused at create and at update"],
		"src/webhooks/verbs.ts",
		"{ ...rest, ...checkedUrl(ctx, rest.url) }",
		"{ ...rest }",
	),
	singleEdit(
		"a retry comes sooner than Retry-After asks",
		["test/unit/schedule.test.ts", "the next attempt"],
		"src/delivery/schedule.ts",
		"const seconds = Math.max(step, Math.min(retryAfter ?? 0, MAX_RETRY_AFTER_SECONDS));",
		"const seconds = retryAfter === null ? step : Math.min(step, retryAfter);",
	),
	singleEdit(
		"the breaker never opens",
		["test/delivery/loops.test.ts", "that it has recovered"],
		"src/delivery/breaker.ts",
		"const FAILURES_TO_OPEN = 10;",
		"const FAILURES_TO_OPEN = 1_000_000;",
	),
	singleEdit(
		"a webhook is told of itself",
		["test/delivery/loops.test.ts", "that it is exhausted, or was disabled"],
		"src/outbox/record.ts",
		' AND webhook."id" <> event."entityId"',
		"",
	),
	singleEdit(
		"webhooks that fail tell each other for ever",
		["test/delivery/loops.test.ts", "is not reported again"],
		"src/delivery/consequences.ts",
		'!delivery.event.startsWith("webhook.")',
		'!delivery.event.startsWith("none.")',
	),
	singleEdit(
		"what the operator does not allow is sent all the same",
		["test/events/subscriptions.test.ts", "what the operator does not allow"],
		"src/outbox/subscribers.ts",
		'(organization."topics" IS NULL OR ${type} IN',
		"(1 OR ${type} IN",
	),
];

const secrets: readonly Mutant[] = [
	singleEdit(
		"the body is written anew before it is signed",
		["test/unit/sign.test.ts", "is the published vector of Standard Webhooks"],
		"src/delivery/sign.ts",
		"const content = `${deliveryId}.${timestamp}.${body}`;",
		"const content = `${deliveryId}.${timestamp}.${JSON.stringify(JSON.parse(body))}`;",
	),
	singleEdit(
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
				from: "return seal(settingsOf(ctx.env).ENCRYPTION_KEY, ctx.caller.organizationId, webhookScope(id, field), text);",
				to: "return Promise.resolve(text);",
			},
			{
				file: "src/delivery/sealing.ts",
				from: "return unseal(settingsOf(env).ENCRYPTION_KEY, row.organizationId, webhookScope(row.id, field), sealed);",
				to: "return sealed;",
			},
		],
	},
	singleEdit(
		"an answer that shows a secret is kept as it is",
		["test/delivery/secrecy.test.ts", "is left in the database"],
		"src/http/idempotency.ts",
		"const secret = kept.answer.secret === true;",
		"const secret = false;",
	),
	singleEdit(
		"a secret is shown whenever the webhook is",
		["test/delivery/secrecy.test.ts", "is left in the database"],
		"src/delivery/receiver.ts",
		"return { ...shown, headers: maskHeaders(await openHeaders(env, row)) };",
		'const again = { secret: await (await import("./sealing.ts")).openValue(env, row, "secret", secret).catch(() => null) };\n\treturn { ...shown, ...again, headers: maskHeaders(await openHeaders(env, row)) };',
	),
	singleEdit(
		"events about a webhook tell what its headers hold",
		["test/delivery/secrecy.test.ts", "is left in the database"],
		"src/delivery/consequences.ts",
		"maskHeaderValues(await showWebhook(ctx.env, shown))",
		"await showWebhook(ctx.env, shown)",
	),
];

export const mutants: readonly Mutant[] = [
	...rightsMutants,
	...tenancyMutants,
	...webhookMutants,
	...limiter,
	...writes,
	...delivery,
	...fairnessMutants,
	...secrets,
	...formMutants,
	...limitMutants,
	...moveMutants,
	...feedMutants,
	...requestLogMutants,
	...notificationMutants,
	...spaceMutants,
	...batchMutants,
	...orderMutants,
	...nearestMutants,
	...shardMutants,
	...exportMutants,
];
