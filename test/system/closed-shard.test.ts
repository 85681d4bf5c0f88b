// An organization in a database that is not open: the operator is told which, and nothing is done to what others know of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Channel } from "../../scripts/admin/channel.ts";
import { inEveryShard } from "../../scripts/admin/homes.ts";
import { placeFor } from "../../scripts/admin/import-place.ts";
import { operator } from "../../scripts/admin/operator.ts";
import { DEMO_ID, demoShard } from "../../scripts/local/demo.ts";
import { local, run } from "./support/three-databases.ts";

/** The first two databases alone. */
const two: Channel = { ...local, shards: [0, 1] };
const NOT_OPEN = /is in shard 2, which is not open here \(SHARDS=3, or DB_2 in wrangler\.toml\)/;

/** Makes an organization that has moved from the first shard to the last. */
async function moved(id: string): Promise<void> {
	for (const [shard, home] of [
		[0, 2],
		[2, null],
	] as const) {
		await operator(local.on(shard), shard).createOrganization("Moved", { id, empty: true });
		await local.on(shard)("UPDATE organizations SET home = ? WHERE id = ?", [home, id]);
	}
}

test("commands say that the organization is in a shard that is not open", async () => {
	const id = "org_00000000000000000000000002";
	await moved(id);
	for (const [name, flags] of [
		["org topics", { org: id, all: true }],
		["org usage", { org: id }],
		["org export", { id }],
		["org move", { id, to: "1" }],
		["org remove", { id, yes: true }],
		["key create", { org: id, name: "x", remote: true }],
	] as const)
		await assert.rejects(run(two, name, flags), NOT_OPEN, name);
	assert.deepEqual(await local.on(0)("SELECT 1 FROM moves WHERE organizationId = ?", [id]), []);
	const homes = await inEveryShard(two, (admin) => admin.homeOf(id));
	assert.deepEqual(homes, [2, undefined]);
	assert.equal((await run(local, "org remove", { id, yes: true })).shards.length, 2);
});

test("a file of it is not imported into another shard", () => {
	const header = { organization: { id: "org_1" }, shard: 0 } as Parameters<typeof placeFor>[1];
	const databases = { shards: [0, 1], on: () => async () => [] };
	const place = (home: number) => placeFor(databases, header, new Map([[0, home]]), undefined, true);
	assert.throws(() => place(2), NOT_OPEN);
	assert.equal(place(1), 0);
	assert.equal(place(-2), 0);
});

test("npm start finds that the demo organization is there", async () => {
	await moved(DEMO_ID);
	assert.equal(await demoShard(two), 2);
	assert.equal(await demoShard(local), 2);
	await local.on(0)("UPDATE organizations SET home = -1 WHERE id = ?", [DEMO_ID]);
	assert.equal(await demoShard(two), null);
});
