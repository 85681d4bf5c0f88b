// Bugs of the rate limiter: what it forgets, and what it admits too much.
import { type Mutant, singleEdit } from "./mutant.ts";

const ADMISSIONS = "test/gate/admission-log.test.ts";
const LIMITER = "src/limiter/key-limiter.ts";

export const limiterMutants: readonly Mutant[] = [
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
	singleEdit(
		"an Idempotency-Key is claimed for a request that the limiter refuses",
		["test/contract/idempotency-failures.test.ts", "with 429 costs D1 nothing"],
		"src/http/endpoint.ts",
		"await ctx.requireAdmission();",
		"",
	),
];
