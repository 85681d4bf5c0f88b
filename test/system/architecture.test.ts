// docs/architecture.md, compared with the code: its walks follow calls that are there, and names are of the files that it says.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../../scripts/tools/tools.ts";

const page = readFileSync(join(repositoryRoot, "docs", "architecture.md"), "utf8");
const MAX_FILES = 11;

interface Stop {
	readonly file: string;
	readonly calls: readonly { readonly name: string; readonly file: string }[];
}

/** The stops of the table below a heading. */
function walk(heading: string): Stop[] {
	const section = page.split(/^## /m).find((text) => text.startsWith(heading)) ?? "";
	return [...section.matchAll(/^\| `(src\/[^`]+)` \| (.*?) \|/gm)].map(([, file = "", calls = ""]) => ({
		file,
		calls: callsIn(calls),
	}));
}

/** What is written as: `name` of `file`. */
const callsIn = (text: string) =>
	[...text.matchAll(/`(\w+)` of `([^`]+)`/g)].map(([, name = "", file = ""]) => ({ name, file }));

const read = (file: string) => readFileSync(join(repositoryRoot, file), "utf8");
const IMPORT = /^import [^;]*? from "([^"]+)";$/gm;

/** Whether a file uses a name that it imports from another. */
function uses(file: string, { name, file: other }: { name: string; file: string }): boolean {
	const text = read(file);
	const imported = [...text.matchAll(IMPORT)].some(
		([statement, from = ""]) =>
			normalize(join(dirname(file), from)) === other && new RegExp(`\\b${name}\\b`).test(statement),
	);
	return (
		imported && new RegExp(`\\b${name}\\b`).test(text.replaceAll(IMPORT, "").replaceAll(/\/\/.*$/gm, ""))
	);
}

const walks = {
	"The path of `POST /leads`": "src/db/commit.ts",
	"The path of a delivery": "src/delivery/recording.ts",
	"The path of a move": "src/moving/copy.ts",
};
for (const [heading, end] of Object.entries(walks)) {
	test(`${heading}: each stop calls what is said, and is called by one before it`, () => {
		const stops = walk(heading);
		assert(stops.length > 3 && stops.length <= MAX_FILES, `${stops.length} files`);
		assert.equal(stops.at(-1)?.file, end);
		assert.equal(new Set(stops.map(({ file }) => file)).size, stops.length);
		const reached = new Set([stops[0]?.file]);
		for (const stop of stops) {
			assert(reached.has(stop.file), `Nothing before it calls ${stop.file}.`);
			assert(stop.calls.length > 0, stop.file);
			for (const call of stop.calls) {
				assert(uses(stop.file, call), `${stop.file} does not call ${call.name} of ${call.file}.`);
				reached.add(call.file);
			}
		}
	});
}

test("every name that is said to be of a file is exported by it", () => {
	const calls = callsIn(page.replaceAll(/\n/g, " "));
	assert(calls.length > 30);
	for (const { name, file } of calls)
		assert.match(
			read(file),
			new RegExp(`^export (?:async )?(?:function|const|class|interface) ${name}\\b`, "m"),
			`${name} of ${file}`,
		);
});
