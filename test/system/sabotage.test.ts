// The mutants of `npm run test:sabotage` still match the sources.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { mutants } from "../../scripts/sabotage/mutants.ts";
import { applyEdit, changedFiles } from "../../scripts/sabotage/sabotage.ts";
import { unknownNames } from "../../scripts/sabotage/unknown-names.ts";
import { repositoryRoot } from "../../scripts/tools/tools.ts";

for (const mutant of mutants) {
	test(`${mutant.name}: its words stand once, its test's file exists`, () => {
		for (const [file, { original, mutated }] of changedFiles(mutant))
			assert.notEqual(mutated, original, file);
		assert(existsSync(join(repositoryRoot, mutant.test[0])), mutant.test[0]);
	});
}

test("each is a bug that runs, and no name that does not exist", () => {
	const check = unknownNames();
	const problems = mutants.flatMap((mutant) => check(mutant).map((problem) => `${mutant.name}: ${problem}`));
	assert.deepEqual(problems, []);
});

test("words that stand there twice or not at all are refused", () => {
	for (const text of ["b", "a a"]) assert.throws(() => applyEdit(text, { file: "f", from: "a", to: "c" }));
	assert.equal(applyEdit("b a", { file: "f", from: "a", to: "$&" }), "b $&");
});
