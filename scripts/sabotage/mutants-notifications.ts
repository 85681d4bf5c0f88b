// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs that tell people too often, too late, or what they must not know.
import { type Mutant, singleEdit } from "./mutant.ts";

const TESTS = "test/notifications/notifications.test.ts";
const STATES = "test/notifications/states.test.ts";

export const notificationMutants: readonly Mutant[] = [
	singleEdit(
		"a notification is sent once, whether it arrives or not",
		[TESTS, "that fails is tried five times"],
		"src/notifications/notify.ts",
		"((await send(env, row)) ? [[...keyOf(row), row.at]] : [])",
		"((await send(env, row)), [[...keyOf(row), row.at]])",
	),
	singleEdit(
		"a notification that arrived is sent again",
		[TESTS, "is told at most three things in a minute"],
		"src/notifications/notify.ts",
		"if (keys.length === 0) return;",
		"return;",
	),
	singleEdit(
		"a target is told everything at once",
		[TESTS, "is told at most three things in a minute"],
		"src/notifications/notify.ts",
		'"place" <= ${MAX_SENT_PER_ORGANIZATION}',
		'"place" <= 10',
	),
	singleEdit(
		"a target's URL is not judged before it is sent to",
		[TESTS, "is judged again before it is sent to"],
		"src/notifications/notify.ts",
		"targetProblem(to, sendingRules(env))",
		"to === sendingRules(env).ownHosts[0]",
	),
	singleEdit(
		"whoever may make targets is told of everything",
		["test/notifications/targets.test.ts", "is made only by a key that may read"],
		"src/notifications/targets.ts",
		"if (events.includes(event)) requireScope",
		"if (events.length === 0) requireScope",
	),
	singleEdit(
		"a webhook that its owner disabled is told",
		[STATES, "not when its owner has"],
		"src/notifications/states.ts",
		"sql.each(DISABLING_REASONS)",
		'sql.each([...DISABLING_REASONS, "Disabled by its owner."])',
	),
	singleEdit(
		"a sweep compares the quotas of every organization",
		["test/retention/many-organizations.test.ts", "a sweep reads no more"],
		"src/notifications/states.ts",
		'toldInTurn("quota.nearing", now, 60)',
		'toldOf("quota.nearing")',
	),
	singleEdit(
		"a quota that had room again is not told again",
		[STATES, "again after there was room"],
		"src/notifications/states.ts",
		'AND "key" NOT IN',
		'AND 0 AND "key" NOT IN',
	),
];
