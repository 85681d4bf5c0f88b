// `/health` speaks of every database, and the logs say which one can't be read.
import { exports } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { bindingsOf, shards } from "../support/shards.ts";

afterEach(() => void vi.restoreAllMocks());

const health = async () => (await exports.default.fetch("https://api.leadwire.test/health")).status;

it.each(shards)("is 503 while the database of shard %d can't be read", async (shard) => {
	const faults = vi.spyOn(console, "error").mockImplementation(() => undefined);
	const { DB } = bindingsOf(shard);
	expect(await health()).toBe(200);
	await DB.exec("ALTER TABLE organizations RENAME TO missing");
	const ill = await health();
	await DB.exec("ALTER TABLE missing RENAME TO organizations");
	expect(ill).toBe(503);
	expect(faults.mock.calls.map(([line]) => JSON.parse(line)).filter(({ what }) => what === "health")).toEqual(
		[expect.objectContaining({ shard })],
	);
	expect(await health()).toBe(200);
});
