// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs in the enforcement of limits: the platform's limits in the double, and our own in the code.
import type { Mutant } from "./mutant.ts";

const PLATFORM = "test/contract/platform-limits.test.ts";
const WEIGHT = "test/contract/record-weight.test.ts";
const ANSWER = "test/delivery/answer.test.ts";

const bug = (name: string, test: Mutant["test"], file: string, from: string, to: string): Mutant => ({
	name: `limits: ${name}`,
	test,
	edits: [{ file, from, to }],
});

export const limitMutants: readonly Mutant[] = [
	bug(
		"the tests run the bare Worker",
		[PLATFORM, "the Worker's own export"],
		"vitest.config.ts",
		'main: "./scripts/platform/worker.ts"',
		'main: "./src/index.ts"',
	),
	bug(
		"a test's own bindings are not limited",
		[PLATFORM, "the Worker under other bindings"],
		"test/support/bindings.ts",
		'import worker from "../../scripts/platform/worker.ts";',
		'import worker from "../../src/index.ts";',
	),
	bug(
		"bound values are not weighed",
		[PLATFORM, "a text of 2,000,000 bytes is bound"],
		"scripts/platform/d1.ts",
		"for (const value of values) checkValue(value);",
		"",
	),
	bug(
		"a session is not counted",
		[PLATFORM, "an invocation has 1,000 queries"],
		"scripts/platform/d1.ts",
		"return withMembers(session, limitedQueries(session, invocation));",
		"return session;",
	),
	bug(
		"a batch counts once",
		[PLATFORM, "an invocation has 1,000 queries"],
		"scripts/platform/d1.ts",
		"invocation.runQueries(bare.length, () => queries.batch(bare))",
		"invocation.runQueries(1, () => queries.batch(bare))",
	),
	bug(
		"the seventh call goes at once",
		[PLATFORM, "waits with the seventh call"],
		"scripts/platform/invocation.ts",
		"else await new Promise<void>((resolve) => this.#waiting.push(resolve));",
		"else this.#open += 1;",
	),
	bug(
		"attempts are bound as one text",
		["test/delivery/attempt-rows.test.ts", "nine answers that JSON inflates"],
		"src/delivery/attempt-rows.ts",
		"splitIntoChunks(rows).map(",
		"[{ each: sql.each(rows) }].map(",
	),
	bug(
		"a kept body is measured as it came",
		[ANSWER, "has 16 KiB as it is stored"],
		"src/delivery/kept-answer.ts",
		"return { text: text.slice(0, read), truncated: !complete || read < text.length };",
		"return { text, truncated: !complete || read > text.length };",
	),
	bug(
		"kept headers have no budget together",
		[ANSWER, "are kept by 1,024 characters each and 16 KiB together"],
		"src/delivery/kept-answer.ts",
		" && length <= freeBytes;",
		";",
	),
	bug(
		"a create is not weighed",
		[WEIGHT, "refuses a heavy item of a batch by itself"],
		"src/resources/plan.ts",
		"checkWeight(ctx.caller, noun, mapping.columns(row), null);",
		"",
	),
	bug(
		"an update is not weighed",
		[WEIGHT, "is refused before it is written when it would be too heavy"],
		"src/resources/plan.ts",
		"checkWeight(ctx.caller, noun, mapping.columns(after), mapping.columns(before));",
		"",
	),
	bug(
		"links are bound as one text",
		[WEIGHT, "with thousands of values are stored, found and removed"],
		"src/db/links.ts",
		"...splitIntoChunks(added).map(",
		"...[{ each: sql.each(added) }].map(",
	),
	bug(
		"an error lists whatever was sent",
		["test/contract/many-errors.test.ts", "of a visitor's answers names the first"],
		"src/errors.ts",
		"errors?.slice(0, MAX_ERRORS).map(",
		"errors?.map(",
	),
	bug(
		"a path is as long as the name that was sent",
		["test/contract/many-errors.test.ts", "of answers to a form names the first"],
		"src/errors.ts",
		"firstCharacters(MAX_PATH_CHARACTERS, path).toWellFormed()",
		"path.toWellFormed()",
	),
	bug(
		"all options are listed in each fault",
		[WEIGHT, "that are refused in each item of a batch"],
		"src/http/plain-words.ts",
		"if (text.length <= MAX_LISTED_CHARACTERS) return text;",
		"if (text.length > 0) return text;",
	),
];
