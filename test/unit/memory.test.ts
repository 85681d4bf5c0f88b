import { expect, it } from "vitest";
import { Memory } from "../../src/memory.ts";

const NOON = Date.parse("2026-01-31T12:00:00Z");

it("a value is remembered for its time, and not before it was stored: clocks are set back", () => {
	const memory = new Memory<string | null>();
	memory.set("key", null, NOON, 1_000);
	const found = [-1, 0, 999, 1_000].map((ms) => memory.get("key", NOON + ms));
	expect(found).toEqual([undefined, null, null, undefined]);
	memory.set("key", "next", NOON, 1_000);
	expect(memory.get("key", NOON)).toBe("next");
	memory.delete("key");
	expect(memory.get("key", NOON)).toBeUndefined();
});

it("ten thousand values are the most that it holds", () => {
	const memory = new Memory<number>();
	const countHeld = () =>
		Array.from({ length: 10_001 }, (_, index) => memory.get(String(index), NOON) ?? []).flat().length;
	for (let index = 0; index < 10_000; index += 1) memory.set(String(index), index, NOON, 1_000);
	expect(countHeld()).toBe(10_000);
	memory.set("10000", 10_000, NOON, 1_000);
	expect(countHeld()).toBe(1);
});
