// Quotas as an operator sets and sees them, on a database of its own.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { localChannel } from "../../scripts/admin/channel.ts";
import { commands } from "../../scripts/admin/commands.ts";
import { type Flags, UsageError } from "../../scripts/admin/flags.ts";

const state = mkdtempSync(join(tmpdir(), "leadwire-quotas-"));
const channel = await localChannel(state);
after(async () => {
	await channel.close();
	rmSync(state, { recursive: true });
});

const run = async (name: string, flags: Flags): Promise<unknown> => commands[name]?.check(flags)(channel);

const made = (await run("org create", { name: "Acme" })) as { readonly id: string };

async function limits(flags: Flags): Promise<Record<string, number>> {
	const rows = (await run("org limits", { org: made.id, ...flags })) as { quota: string; limit: number }[];
	return Object.fromEntries(rows.map(({ quota, limit }) => [quota, limit]));
}

test("org limits sets what is named and leaves the rest; default goes back", async () => {
	const set = await limits({ records: "7", webhooks: "0", bytes: "1000" });
	assert.equal(set.bytes, 1_000);
	assert.equal(set["records.leads"], 7);
	assert.equal(set["records.messages"], 7);
	assert.equal(set.webhooks, 0);
	assert.equal(set["customFields.leads"], 100);
	assert.equal((await limits({ bytes: "10000000000" })).bytes, 10_000_000_000);
	const next = await limits({ records: "default", "custom-fields": "3", "record-bytes": "1000" });
	assert.equal(next["records.leads"], 100_000);
	assert.equal(next.webhooks, 0);
	assert.equal(next["customFields.leads"], 3);
	assert.equal(next.recordBytes, 1_000);
});

test("org usage shows what there is of each quota", async () => {
	const rows = (await run("org usage", { org: made.id })) as { quota: string; used: number | null }[];
	const used = new Map(rows.map((row) => [row.quota, row.used]));
	assert.equal(used.get("records.leads"), 0);
	// The first hundred of a list's rows are not counted yet.
	assert.equal(used.get("bytes"), 0);
	assert.equal(used.get("recordBytes"), null);
	await assert.rejects(run("org usage", { org: "org_nobody" }), /There is no organization org_nobody/);
	await assert.rejects(run("org limits", { org: "org_nobody", records: "1" }), /There is no organization/);
});

test("an invalid limit is refused, naming the valid ones", async () => {
	for (const [flags, words] of [
		[
			{},
			/Give at least one of --records, --bytes, --webhooks, --api-keys, --custom-fields, --idempotency-bytes, --log-bytes, --record-bytes/,
		],
		[{ records: "-1" }, /--records takes a whole number from 0 to 100000000, or default/],
		[{ records: "many" }, /--records takes/],
		[{ "log-bytes": "10000000001" }, /--log-bytes takes a whole number from 0 to 10000000000,/],
		[{ webhooks: "101" }, /--webhooks takes a whole number from 0 to 100,/],
		[{ "record-bytes": "600001" }, /--record-bytes takes a whole number from 0 to 600000,/],
	] as const)
		await assert.rejects(
			run("org limits", { org: made.id, ...flags }),
			(error) => error instanceof UsageError && words.test(error.message),
		);
	await assert.rejects(run("org usage", {}), /--org is missing/);
});
