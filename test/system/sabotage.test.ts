// The bugs that `npm run test:sabotage` puts in still fit the sources, so that none of them fades away unnoticed.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { mutants } from "../../scripts/sabotage/mutants.ts";
import { changes, edited } from "../../scripts/sabotage/sabotage.ts";
import { root } from "../../scripts/tools/tools.ts";

for (const mutant of mutants) {
	test(`${mutant.name}: its words stand once, its test's file exists`, () => {
		for (const [file, { sound, spoiled }] of changes(mutant)) assert.notEqual(spoiled, sound, file);
		assert(existsSync(join(root, mutant.test[0])), mutant.test[0]);
	});
}

test("words that stand there twice or not at all are refused", () => {
	for (const text of ["b", "a a"]) assert.throws(() => edited(text, { file: "f", from: "a", to: "c" }));
	assert.equal(edited("b a", { file: "f", from: "a", to: "$&" }), "b $&");
});
