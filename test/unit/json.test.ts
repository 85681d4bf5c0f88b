// Equality of values of JSON.
import { expect, it } from "vitest";
import { startingLists } from "../../scripts/admin/starting-lists.ts";
import { isSameJson } from "../../src/json.ts";

it.each([
	[1, 1, true],
	[{ a: 1, b: [{ c: null, d: "x" }] }, { b: [{ d: "x", c: null }], a: 1 }, true],
	[{ a: 1, b: undefined }, { a: 1 }, true],
	[[], [], true],
	[[1, 2], [2, 1], false],
	[[1], [1, 1], false],
	[{ a: 1 }, { a: 1, b: 1 }, false],
	[{ a: null }, {}, false],
	[{}, [], false],
	[null, {}, false],
	[null, undefined, false],
	["1", 1, false],
	[{ toString: 1 }, {}, false],
])("%j and %j: %j", (one, other, same) => {
	expect(isSameJson(one, other)).toBe(same);
	expect(isSameJson(other, one)).toBe(same);
});

it("finds the stages of a new organization's pipeline as answers show them", () => {
	const { stages } = startingLists("org_1", 0).pipeline;
	const shown = stages.map(({ id, name, type, position, probability }) => ({
		id,
		name,
		type,
		position,
		probability,
	}));
	expect(isSameJson(stages, shown)).toBe(true);
});
