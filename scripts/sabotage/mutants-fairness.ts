// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs that let one webhook use the resources of others, or lose changes made during an attempt.
import { type Mutant, one } from "./mutant.ts";

export const fairness: readonly Mutant[] = [
	one(
		"the sweeper takes all of one webhook before it comes to the next",
		["test/delivery/sweeper.test.ts", "wakes everybody's first before anybody's second thousand"],
		"src/sweeper/sweep.ts",
		"for (let share = 1; hooks",
		"for (let share = 100_000; hooks",
	),
	one(
		"the sweeper wakes who has been woken",
		["test/delivery/line.test.ts", "has at most one wake-up each in circulation"],
		"src/delivery/waiting.ts",
		'"dueAt" <= ${now} AND ("leaseUntil" IS NULL OR "leaseUntil" <= ${now})`',
		'"dueAt" <= ${now}`',
	),
	one(
		"everything that happens is woken at once",
		["test/delivery/line.test.ts", "holds all but twenty"],
		"src/outbox/line.ts",
		"CASE WHEN ${place} > ${WINDOW} THEN 0 WHEN",
		"CASE WHEN ${place} > 0 THEN 1 WHEN",
	),
	{
		name: "a webhook that recovers is sent all that waited",
		test: ["test/delivery/line.test.ts", "is sent its backlog by the window"],
		edits: [
			{
				file: "src/outbox/line.ts",
				from: 'AND "dueAt" <= ${ready} ORDER BY "dueAt" LIMIT ${WINDOW}))`',
				to: 'AND "dueAt" <= ${ready} ORDER BY "dueAt"))`',
			},
			{ file: "src/outbox/line.ts", from: "${WINDOW} - ${awake(id, now)} ELSE", to: "100000 ELSE" },
		],
	},
	one(
		"a quick answer does nothing for a slow webhook",
		["test/delivery/slow.test.ts", "until it has been quick again"],
		"src/delivery/slow.ts",
		"- (health.value->>'quick')`",
		"`",
	),
	one(
		"a webhook is slow as soon as it stumbles",
		["test/delivery/slow.test.ts", "that stumbles once stays among the quick"],
		"src/delivery/slow.ts",
		'max(coalesce("slowUntil", 0), ${now - STUMBLE_MS}) + ${STUMBLE_MS}',
		"${now + STUMBLE_MS}",
	),
	one(
		"a receiver that hangs is late and no more",
		["test/delivery/slow.test.ts", "is slow for five minutes from then on"],
		"src/delivery/slow.ts",
		"Number(longest >= HANGING_AFTER_MS)",
		"Number(longest >= 1e9 * HANGING_AFTER_MS)",
	),
	one(
		"what a person asks for meets a slow receiver in the first queue",
		["test/delivery/slow.test.ts", "goes through the queue of the slow at once"],
		"src/delivery/claim.ts",
		'const handOn = sql`queued."slow"',
		'const handOn = sql`NOT queued."urgent" AND queued."slow"',
	),
	one(
		"one answer that can't be recorded keeps its group from being recorded",
		["test/delivery/recording.test.ts", "is recorded one by one"],
		"src/delivery/finish.ts",
		"if (endings.length === 1 || isPassing(error)) throw error;",
		"if (endings.length > 0) throw error;",
	),
	one(
		"a passing fault of D1 costs another send",
		["test/delivery/recording.test.ts", "nothing is sent again"],
		"src/delivery/finish.ts",
		"const PAUSES_MS = [100, 300, 900];",
		"const PAUSES_MS: number[] = [];",
	),
	one(
		"who goes on from a line is not told",
		["test/delivery/line.test.ts", "moves on as attempts end"],
		"src/delivery/finish.ts",
		"? [waking(release(hooks, now), { now, wake })]",
		"? [{ query: release(hooks, now) }]",
	),
	one(
		"an attempt under way at a disable is forgotten",
		["test/delivery/races.test.ts", "of a webhook disabled meanwhile that answers 200"],
		"src/delivery/receiver.ts",
		'\n\t\t\t\t\tAND ("lease" IS NULL OR "leaseUntil" <= ${now}) ORDER BY',
		" ORDER BY",
	),
	one(
		"a test send counts for the breaker",
		["test/delivery/breaker.test.ts", "are not made of test sends"],
		"src/delivery/health.ts",
		"group.filter(({ delivery }) => !delivery.test)",
		"group.filter(({ delivery }) => delivery)",
	),
];
