// The mutants of `npm run test:sabotage` still match the sources.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Mutant } from "../../scripts/sabotage/mutant.ts";
import { mutants } from "../../scripts/sabotage/mutants.ts";
import { applyEdit, changedFiles } from "../../scripts/sabotage/sabotage.ts";
import { unknownNames } from "../../scripts/sabotage/unknown-names.ts";
import { repositoryRoot } from "../../scripts/tools/tools.ts";

const PARAMETER = /\$\{[^}]*\}|\$[\w.]+|%[a-z]/;

/** Whether a text can be a part of a title whose parameters stand for anything; half of it at least must be the title's own words. */
function mayBePartOf(title: string, part: string): boolean {
	const letters = title.split(PARAMETER).flatMap((words, index) => [...(index > 0 ? [null] : []), ...words]);
	const matches = (at: number, from: number, own: number): boolean => {
		if (from === part.length) return own >= part.length / 2;
		const letter = letters[at];
		if (letter === undefined) return false;
		if (letter === null) return matches(at + 1, from, own) || matches(at, from + 1, own);
		return letter === part[from] && matches(at + 1, from + 1, own + 1);
	};
	return letters.some((_, at) => matches(at, 0, 0));
}

/** Whether a file of tests has one with this part in its name. */
function hasTest([file, part]: Mutant["test"]): boolean {
	const texts = readFileSync(join(repositoryRoot, file), "utf8").matchAll(/"(?:[^"\\\n]|\\.)*"|`[^`]*`/g);
	return [...texts].some(([quoted]) => mayBePartOf(quoted.slice(1, -1), part));
}

for (const mutant of mutants) {
	test(`${mutant.name}: its text occurs once, and its test exists`, () => {
		for (const [file, { original, mutated }] of changedFiles(mutant))
			assert.notEqual(mutated, original, file);
		assert(hasTest(mutant.test), mutant.test.join(": "));
	});
}

test("each uses only names that exist", () => {
	const check = unknownNames();
	const problems = mutants.flatMap((mutant) => check(mutant).map((problem) => `${mutant.name}: ${problem}`));
	assert.deepEqual(problems, []);
});

test("text that occurs twice or not at all is refused", () => {
	for (const text of ["b", "a a"]) assert.throws(() => applyEdit(text, { file: "f", from: "a", to: "c" }));
	assert.equal(applyEdit("b a", { file: "f", from: "a", to: "$&" }), "b $&");
});
