// What two people have changed, put together.
import assert from "node:assert/strict";
import { test } from "node:test";
import { merge } from "../src/form/merging.ts";
import { runHook, until } from "./without-browser.ts";

const { useChanges } = await import("../src/form/changes.ts");

/** Merges, and says whether something is replaced by it. */
function merged(before: unknown, mine: unknown, latest: unknown) {
	let clashes = false;
	const value = merge(before, mine, latest, () => {
		clashes = true;
	});
	return { value, clashes };
}

const stage = (id: string, name = id) => ({ id, name, probability: "" });
const [open, won, lost] = ["Open", "Won", "Lost"].map((name) => stage(name));

const cases: readonly (readonly [
	what: string,
	before: unknown,
	mine: unknown,
	latest: unknown,
	both: unknown,
])[] = [
	["only mine", "a", "b", "a", "b"],
	["only theirs", "a", "a", "b", "b"],
	["the same change", "a", "b", "b", "b"],
	[
		"members of a group",
		{ street: "Old 1", city: "Bonn", country: null },
		{ street: "New 2", city: "Bonn", country: null },
		{ street: "Old 1", city: "Bonn", country: "DE" },
		{ street: "New 2", city: "Bonn", country: "DE" },
	],
	[
		"a group that was empty",
		null,
		{ city: "Bonn" },
		{ street: null, city: null, country: "DE" },
		{ street: null, city: "Bonn", country: "DE" },
	],
	["texts", ["a", "b"], ["b", "mine"], ["a", "b", "theirs"], ["b", "mine", "theirs"]],
	[
		"a stage that each adds",
		[open, won],
		[open, won, { name: "My new" }],
		[open, stage("theirs"), won],
		[open, stage("theirs"), won, { name: "My new" }],
	],
	[
		"one removed, one renamed",
		[open, won, lost],
		[open, lost],
		[stage("Open", "Opened"), won, lost],
		[stage("Open", "Opened"), lost],
	],
	[
		"one removed by somebody else",
		[open, won, lost],
		[open, stage("Won", "Signed"), lost],
		[open, won],
		[open, stage("Won", "Signed")],
	],
	[
		"the order in which I have put them",
		[open, won, lost],
		[lost, open, won],
		[open, stage("theirs"), won, lost],
		[lost, open, stage("theirs"), won],
	],
	[
		"members of one stage",
		[open],
		[{ ...open, name: "Mine" }],
		[{ ...open, probability: "20" }],
		[{ id: "Open", name: "Mine", probability: "20" }],
	],
];

for (const [what, before, mine, latest, both] of cases)
	test(`nothing is lost: ${what}`, () => {
		assert.deepEqual(merged(before, mine, latest), { value: both, clashes: false });
	});

const line = (name: string) => ({ name, price: 1 });

for (const [what, before, mine, latest, kept] of [
	["the same text", "a", "b", "c", "b"],
	["a member of a group", { city: "a" }, { city: "b" }, { city: "c" }, { city: "b" }],
	["entries without ids", [line("a")], [line("b")], [line("a"), line("c")], [line("b")]],
	["the name of a stage", [open], [stage("Open", "b")], [stage("Open", "c")], [stage("Open", "b")]],
	["a stage that I remove and they rename", [open, won], [won], [stage("Open", "c"), won], [won]],
	["a stage that they remove and I rename", [open, won], [stage("Open", "c"), won], [won], [won]],
	["a number that can't be read", 1, Number.NaN, 2, Number.NaN],
] as const)
	test(`what can't be put together is said: ${what}`, () => {
		assert.deepEqual(merged(before, mine, latest), { value: kept, clashes: true });
	});

test("a form saves the version that it was changed from, also when the record is read again meanwhile", async () => {
	const read = (version: number, name: string, note: string) => ({ version, name, note });
	const form = runHook((given: ReturnType<typeof read>) => useChanges(given), read(1, "a", "x"));
	form.draw(read(2, "b", "x"));
	assert.equal(form.result().values.name, "b", "nothing is changed yet");
	form.result().set(() => ({ name: "mine" }));
	await until(() => form.result().isChanged);
	form.draw(read(3, "theirs", "y"));
	assert.deepEqual(form.result().values, read(2, "mine", "x"));
	form.result().load(read(3, "theirs", "y"));
	await until(() => form.result().base.version === 3);
	assert.deepEqual(form.result().values, read(3, "mine", "y"));
	assert.deepEqual(form.result().clashes, ["name"]);
	form.result().load(read(4, "mine", "z"));
	await until(() => !form.result().isChanged);
	form.draw(read(4, "mine", "z"));
	form.result().set(() => ({ name: "typed" }));
	await until(() => form.result().isChanged);
	form.result().set(() => ({ name: "mine" }));
	await until(() => !form.result().isChanged);
	assert.deepEqual([form.result().values, form.result().clashes], [read(4, "mine", "z"), []]);
	form.end();
});

test("what is typed while a form is saved stays", async () => {
	const read = { version: 1, name: "a", note: "x" };
	const form = runHook((given: typeof read) => useChanges(given), read);
	form.result().set(() => ({ name: "sent", note: "y" }));
	await until(() => form.result().isChanged);
	const sent = form.result().changed;
	form.result().set(() => ({ note: "typed" }));
	await until(() => form.result().values.note === "typed");
	form.result().saved(sent, { version: 2, name: "sent", note: "y" });
	await until(() => form.result().base.version === 2);
	assert.deepEqual(form.result().changed, { note: "typed" });
	form.result().saved(form.result().changed, { version: 3, name: "sent", note: "typed" });
	await until(() => !form.result().isChanged);
	form.end();
});
