// Random requests to every operation with valid, nearly valid and arbitrary values; Ajv validates the answers against the
// document. The seed is fixed, so that a failure is reproducible; `npm run fuzz` tries other seeds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzNewServer } from "../../scripts/fuzz/server.ts";

const SEED = 1;
const REQUESTS = 1_500;

test("no request by chance gets an answer that the document doesn't describe", async () => {
	const { operations, statuses, problems } = await fuzzNewServer(SEED, (sent) => sent < REQUESTS);
	assert.deepEqual(problems, []);
	assert(operations.size > 120, `${operations.size} operations`);
	// It must have got somewhere: rows were made, changed, and refused for what was wrong with them.
	for (const [status, least] of [
		[200, 200],
		[201, 40],
		[400, 200],
		[404, 20],
	] as const)
		assert((statuses.get(status) ?? 0) >= least, `${statuses.get(status)} answers of ${status}`);
});
