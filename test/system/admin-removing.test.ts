// `npm run admin -- org remove`: the operator's confirmation and wish. test/shards/removing.test.ts has what the Worker does then.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Flags, UsageError } from "../../scripts/admin/flags.ts";
import { STAGE } from "../../src/db/moves.ts";
import { channels, type Json, local, run } from "./support/three-databases.ts";

for (const [where, channel] of channels)
	test(`a removal is confirmed, and begun wherever something of the organization is: ${where}`, async () => {
		const { id } = await run(channel, "org create", { name: "Unwanted", shard: "1" });
		const at = (shard: number, text: string, ...values: unknown[]) => local.on(shard)(text, [id, ...values]);
		await at(
			2,
			"INSERT INTO organizations (id, name, timezone, currency, version, createdAt, updatedAt, home) VALUES (?, 'As it was called', 'UTC', 'USD', 1, 0, 0, 1)",
		);
		const wished = async (shard: number) =>
			(await at(shard, "SELECT stage FROM moves WHERE organizationId = ?")).flat();
		const remove = (flags: Flags) => run(channel, "org remove", { id, ...flags });
		for (const flags of [{}, { name: "As it was called" }])
			await assert.rejects(
				remove(flags),
				(error) => error instanceof UsageError && /“Unwanted”/.test(error.message),
			);
		assert.deepEqual([await wished(1), await wished(2)], [[], []]);

		await run(channel, "org move", { id, to: "0" });
		await assert.rejects(remove({ yes: true }), /is being moved, exported or imported/);
		// As an export that goes on, and then has been interrupted.
		await at(1, "UPDATE moves SET shard = 1, stage = 3, leaseUntil = 9e15 WHERE organizationId = ?");
		await assert.rejects(remove({ yes: true }), /is being moved, exported or imported/);
		assert.deepEqual([await wished(1), await wished(2)], [[3], []]);
		await at(1, "UPDATE moves SET leaseUntil = 1 WHERE organizationId = ?");

		for (const flags of [{ name: "Unwanted" }, { yes: true }])
			assert.deepEqual(await remove(flags), { id, name: "Unwanted", removing: true, shards: [1, 2] });
		assert.deepEqual(
			[await wished(1), await wished(2)],
			[[STAGE.removalRequested], [STAGE.removalRequested]],
		);
		const listed = ((await run(channel, "org list")) as Json[]).filter((one) => one.id === id);
		assert.deepEqual(
			listed.map(({ shard, removing, movingTo }) => [shard, removing, movingTo]),
			[
				[1, true, undefined],
				[2, true, undefined],
			],
		);
		await assert.rejects(run(channel, "org move", { id, to: "0" }), /is being moved already/);
		await assert.rejects(run(channel, "org move", { id, to: "1" }), /no move of it can be withdrawn/);
		await assert.rejects(run(channel, "org remove", { id: "org_x", yes: true }), /no organization org_x/);
		// What is left when only a former database is not done yet.
		await at(1, "DELETE FROM organizations WHERE id = ?");
		await at(1, "DELETE FROM moves WHERE organizationId = ?");
		await at(2, "DELETE FROM moves WHERE organizationId = ?");
		assert.deepEqual(await remove({ yes: true }), {
			id,
			name: "As it was called",
			removing: true,
			shards: [2],
		});
		await at(2, "DELETE FROM organizations WHERE id = ?");
		await at(2, "DELETE FROM moves WHERE organizationId = ?");
	});
