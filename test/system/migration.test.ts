// An upgrade from version 1.0, as bench/migration.ts does it with a million events.
import assert from "node:assert/strict";
import { test } from "node:test";
import { measureMigration } from "../../bench/migration.ts";

test("all events of a database of version 1.0 are moved in slices, in their order and as they were", async () => {
	const { before, after, slices } = await measureMigration(5_000);
	assert.deepEqual(after, before);
	assert.deepEqual([before.events, before.gapless], [5_000, true]);
	assert(slices.length >= 3, `${slices.length} slices`);
});
