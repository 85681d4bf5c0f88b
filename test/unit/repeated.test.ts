// What is made of what comes repeatedly, and that it is not kept without end: callers choose the keys.
import { expect, it } from "vitest";
import { Repeated } from "../../src/repeated.ts";

it("makes nothing of a key the first time, and then one thing for all further times", () => {
	const repeated = new Repeated<object>();
	let made = 0;
	const make = () => ({ number: ++made });
	expect(repeated.get("a", make)).toBeNull();
	const second = repeated.get("a", make);
	expect(second).toEqual({ number: 1 });
	expect(repeated.get("b", make)).toBeNull();
	expect(repeated.get("a", make)).toBe(second);
	expect(made).toBe(1);
});

it("forgets all keys when there are more than fifty", () => {
	const repeated = new Repeated<object>();
	const twice = (key: string) => [repeated.get(key, () => ({})), repeated.get(key, () => ({}))];
	const [, first] = twice("first");
	expect(first).not.toBeNull();
	for (let number = 1; number < 50; number += 1) repeated.get(`other ${number}`, () => ({}));
	expect(repeated.get("first", () => ({}))).toBe(first);
	repeated.get("one too many", () => ({}));
	expect(repeated.get("first", () => ({}))).toBeNull();
});
