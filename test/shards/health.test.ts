// `/health` speaks of every database, and the logs say which one can't be read.
import { env, exports } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { withMembers, workerWith } from "../support/bindings.ts";
import { bindingsOf, shards, wrapDatabases } from "../support/shards.ts";

afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

const request = () => new Request("https://api.leadwire.test/health");
const health = async () => (await exports.default.fetch(request())).status;

/** Records the faults of `/health`. */
function faultsOfHealth(): () => Record<string, unknown>[] {
	const faults = vi.spyOn(console, "error").mockImplementation(() => undefined);
	return () => faults.mock.calls.map(([line]) => JSON.parse(line)).filter((fault) => fault.what === "health");
}

it.each(shards)("is 503 while the database of shard %d can't be read", async (shard) => {
	const told = faultsOfHealth();
	const { DB } = bindingsOf(shard);
	expect(await health()).toBe(200);
	await DB.exec("ALTER TABLE organizations RENAME TO missing");
	const ill = await health();
	await DB.exec("ALTER TABLE missing RENAME TO organizations");
	expect(ill).toBe(503);
	expect(told()).toEqual([expect.objectContaining({ shard })]);
	expect(await health()).toBe(200);
});

it.each(shards)("is 503 after five seconds while the database of shard %d says nothing", async (shard) => {
	const told = faultsOfHealth();
	const asked = Promise.withResolvers<void>();
	const silent = {
		batch() {
			asked.resolve();
			return new Promise<never>(() => undefined);
		},
	};
	const databases = wrapDatabases((db, of) => (of === shard ? withMembers(db, silent) : db));
	vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
	let status = 0;
	const answer = workerWith({ ...env, ...databases })(request()).then((response) => {
		status = response.status;
	});
	await asked.promise;
	await vi.advanceTimersByTimeAsync(4_999);
	expect(status).toBe(0);
	await vi.advanceTimersByTimeAsync(1);
	await answer;
	expect(status).toBe(503);
	expect(told()).toEqual([
		expect.objectContaining({ shard, message: "The database did not answer in time." }),
	]);
});
