// Callers whose calls of the bindings are counted, and what a request may cost.
import { expect } from "vitest";
import { type Watch, watchBindings } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";

/** One round trip for a read; one read and one write batch for a write. */
export const BUDGET = { read: 1, write: 2 };

/** D1's limits: parameters per statement, and bytes of one bound text with some room. */
export const MAX_PARAMETERS = 100;
const MAX_TEXT_BYTES = 1_900_000;

/** A caller whose key is remembered by the isolate, with the recorded calls. */
export async function observed(keys = 1) {
	const watch = watchBindings();
	const api = (await createCaller({ keys })).via(watch.target);
	await api.get("/tags");
	watch.reset();
	return { api, watch };
}

/** A column without a name of its own is called by the text of its expression, which D1 sends with the rows. */
const NAME = /^[\w.: ]+$/;

/** All that was sent is within D1's limits, and nothing is sent back that nobody reads. */
export function expectSound({ roundTrips, columns }: Watch): void {
	for (const name of columns) expect(name).toMatch(NAME);
	for (const { text, params } of roundTrips.flat()) {
		expect(params.length, text).toBeLessThanOrEqual(MAX_PARAMETERS);
		for (const value of params) {
			expect(["string", "number", "object"], text).toContain(typeof value);
			if (typeof value === "object") expect(value, text).toBeNull();
			if (typeof value === "string")
				expect(new TextEncoder().encode(value).length, text).toBeLessThanOrEqual(MAX_TEXT_BYTES);
		}
	}
}
