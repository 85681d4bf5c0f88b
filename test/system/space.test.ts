// What a lead and a change of it take of the database, held to what docs/operating.md counts on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { measureSpace, totalOf } from "../../bench/space.ts";

/** Bytes at most. Tables of the wrong form take more than twice as much. */
const MAX_BYTES = { "lead created": 3_800, "change of one field": 2_300 };

test("a lead and a change of one field take no more of the database than they may", async () => {
	const measured = await measureSpace(1_000, true);
	assert.deepEqual(
		measured.map(({ unit: of }) => of),
		Object.keys(MAX_BYTES),
	);
	for (const [of, most] of Object.entries(MAX_BYTES)) {
		const { space } = measured.find((one) => one.unit === of) ?? { space: new Map() };
		const bytes = totalOf(space);
		assert(bytes > 500 && bytes <= most, `${of}: ${bytes} bytes\n${JSON.stringify([...space])}`);
	}
});
