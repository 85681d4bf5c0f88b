// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs that let one webhook use the resources of others, or lose changes made during an attempt.
import { type Mutant, singleEdit } from "./mutant.ts";

export const fairnessMutants: readonly Mutant[] = [
	singleEdit(
		"the sweeper takes all of one webhook before it comes to the next",
		["test/delivery/sweeper.test.ts", "wakes the first deliveries of every webhook"],
		"src/sweeper/sweep.ts",
		"for (let share = 1; hooks",
		"for (let share = 100_000; hooks",
	),
	singleEdit(
		"the sweeper wakes who has been woken",
		["test/delivery/line.test.ts", "has at most one wake-up each in circulation"],
		"src/delivery/waiting.ts",
		'"dueAt" <= ${now} AND ("leaseUntil" IS NULL OR "leaseUntil" <= ${now})`',
		'"dueAt" <= ${now}`',
	),
	singleEdit(
		"everything that happens is woken at once",
		["test/delivery/line.test.ts", "holds all but twenty"],
		"src/outbox/backlog.ts",
		"(${place} <= ${WINDOW_SIZE} AND ${count}",
		"(true OR ${count}",
	),
	{
		name: "a webhook that recovers is sent all that waited",
		test: ["test/delivery/line.test.ts", "is sent its backlog by the window"],
		edits: [
			{
				file: "src/outbox/backlog.ts",
				from: 'AND "dueAt" <= ${ready} ORDER BY "dueAt" ${sql.limit(WINDOW_SIZE)}))`',
				to: 'AND "dueAt" <= ${ready} ORDER BY "dueAt"))`',
			},
			{
				file: "src/outbox/backlog.ts",
				from: "THEN ${roomOf(row, id, now)}\n",
				to: "THEN 100000\n",
			},
		],
	},
	singleEdit(
		"a quick answer does nothing for a slow webhook",
		["test/delivery/slow.test.ts", "until it has been quick again"],
		"src/delivery/slow.ts",
		"- (health.value->>'quick')`",
		"`",
	),
	singleEdit(
		"a webhook is slow as soon as it stumbles",
		["test/delivery/slow.test.ts", "that is late once stays quick"],
		"src/delivery/slow.ts",
		'max(coalesce("slowUntil", 0), ${now - DELAY_PENALTY_MS}) + ${DELAY_PENALTY_MS}',
		"${now + DELAY_PENALTY_MS}",
	),
	singleEdit(
		"a receiver that hangs is late and no more",
		["test/delivery/slow.test.ts", "is slow for five minutes from then on"],
		"src/delivery/slow.ts",
		"Number(maxDurationMs >= HANGS_AFTER_MS)",
		"Number(maxDurationMs >= 1e9 * HANGS_AFTER_MS)",
	),
	singleEdit(
		"what a person asks for meets a slow receiver in the first queue",
		["test/delivery/slow.test.ts", "goes through the slow queue at once"],
		"src/delivery/claim.ts",
		'const goesToSlowQueue = sql`queued."slow"',
		'const goesToSlowQueue = sql`NOT queued."urgent" AND queued."slow"',
	),
	singleEdit(
		"one answer that can't be recorded keeps its group from being recorded",
		["test/delivery/recording.test.ts", "is recorded one by one"],
		"src/delivery/recording.ts",
		"if (endings.length === 1 || isTransient(error)) throw error;",
		"if (endings.length > 0) throw error;",
	),
	singleEdit(
		"a passing fault of D1 costs another send",
		["test/delivery/recording.test.ts", "nothing is sent again"],
		"src/delivery/recording.ts",
		"const RETRY_PAUSES_MS = [100, 300, 900];",
		"const RETRY_PAUSES_MS: number[] = [];",
	),
	singleEdit(
		"who goes on from a line is not told",
		["test/delivery/line.test.ts", "moves on as attempts end"],
		"src/delivery/recording.ts",
		"wakingStatement(releaseBacklog(webhooksOf(endings), now), { now, wake })",
		"releaseBacklog(webhooksOf(endings), now)",
	),
	singleEdit(
		"an attempt under way at a disable is forgotten",
		["test/delivery/races.test.ts", "of a webhook disabled meanwhile that answers 200"],
		"src/delivery/receiver.ts",
		'\n\t\tAND ("lease" IS NULL OR "leaseUntil" <= ${now})`;',
		"`;",
	),
	singleEdit(
		"a test send counts for the breaker",
		["test/delivery/breaker.test.ts", "are not made of test sends"],
		"src/delivery/health.ts",
		"judged.filter(({ delivery }) => !delivery.isTest)",
		"judged.filter(({ delivery }) => delivery)",
	),
];
