// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs that let the request log say too much, grow, or forget.
import { type Mutant, singleEdit } from "./mutant.ts";

const TESTS = "test/request-log/request-log.test.ts";
const nothingWritten = [TESTS, "nothing that the caller wrote"] as const;

export const requestLogMutants: readonly Mutant[] = [
	singleEdit(
		"the request log has the parts of paths that callers made up",
		nothingWritten,
		"src/request-log/shown.ts",
		'part === "" || WORD.test(part)',
		"part.length < 100",
	),
	singleEdit(
		"the request log has names of fields that callers made up",
		nothingWritten,
		"src/request-log/shown.ts",
		"every((name) => NAME.test(name))",
		"every((name) => name)",
	),
	singleEdit(
		"the request log has every request",
		[TESTS, "has a sample of the requests that succeeded"],
		"src/request-log/note.ts",
		"chance.random() >= SAMPLE",
		"chance.random() >= 1",
	),
	singleEdit(
		"the request log has any number of rows a minute",
		[TESTS, "is at most sixty rows a minute"],
		"src/request-log/store.ts",
		'given.key < last."room"',
		"true",
	),
	singleEdit(
		"an isolate stores a row of the request log for each kind of request",
		[TESTS, "is a few rows of an isolate"],
		"src/request-log/note.ts",
		"rows.size < MAX_ROWS",
		"rows.size < 1_000",
	),
	singleEdit(
		"the request log is only removed by age",
		[TESTS, "are removed after a week"],
		"src/retention/request-log.ts",
		'${number(id)} <= ${number(sql`owner."newest"`)} - ${MAX_ROWS}',
		"false",
	),
	singleEdit(
		"an older clock puts a row of the request log before others",
		[TESTS, "is at most sixty rows a minute"],
		"src/request-log/store.ts",
		"max(given.value->>'at', last.\"at\")",
		"given.value->>'at'",
	),
];
