// Invented keys with a correct checksum: their cost, and which callers they may block.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { networkOf } from "../../src/gate/address.ts";
import { newKey } from "../../src/gate/api-key.ts";
import { parseKeyring } from "../../src/keyring.ts";
import { ORIGIN, type Reply, read, type Target } from "../support/api.ts";
import { watchBindings, withMembers, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { withFailingDatabase } from "../support/failing-database.ts";
import { madeUpKey } from "../support/made-up.ts";
import { shards, wrapDatabases } from "../support/shards.ts";
import { START } from "./keys.ts";
import { browserOf, OWN_ORIGIN, SESSION } from "./sessions.ts";

const HERE = "203.0.113.7";
const TOO_MANY = {
	status: 429,
	body: {
		code: "TOO_MANY_REQUESTS",
		message: "Too many requests without a valid key were sent from your address; retry in 60 s.",
	},
};

afterEach(() => vi.useRealTimers());

/** The Worker with D1 on record, and an address limiter that counts exactly a hundred by key. */
function guarded() {
	const counts = new Map<string, number>();
	const limit = async ({ key }: { key: string }) => {
		counts.set(key, (counts.get(key) ?? 0) + 1);
		return { success: (counts.get(key) ?? 0) <= 100 };
	};
	const looks = { count: 0 };
	const databases = wrapDatabases((db) =>
		withMembers(db, {
			batch(statements: D1PreparedStatement[]) {
				looks.count += 1;
				return db.batch(statements);
			},
		}),
	);
	return { target: workerWith({ ...env, ...databases, ADDRESS_LIMITER: { limit } }), looks };
}

const call = async (target: Target, path: string, headers: Record<string, string>): Promise<Reply> =>
	read(await target(new Request(`${ORIGIN}${path}`, { headers: { "cf-connecting-ip": HERE, ...headers } })));
const ask = (target: Target, key: string, address = HERE) =>
	call(target, "/api/v1/tags", { "x-api-key": key, "cf-connecting-ip": address });

async function flood(target: Target, most = 100): Promise<void> {
	for (let count = 0; count < most; count += 1) expect((await ask(target, madeUpKey())).status).toBe(401);
}

describe("a key that nobody has", () => {
	it.each([
		["made up", async () => madeUpKey()],
		["once issued", () => newKey("live", parseKeyring(env.KEY_PEPPER).active.bytes, 0)],
	])("%s, is looked up once a minute, however often it comes", async (_, make) => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const watch = watchBindings();
		const key = await make();
		for (let count = 0; count < 5; count += 1) expect((await ask(watch.target, key)).status).toBe(401);
		expect(watch.roundTrips).toHaveLength(1);
		vi.setSystemTime(START + 60_000);
		for (let count = 0; count < 5; count += 1) expect((await ask(watch.target, key)).status).toBe(401);
		expect(watch.roundTrips).toHaveLength(2);
	});

	it("is not remembered where D1 could not be asked", async () => {
		const { key } = await createCaller();
		const log = vi.spyOn(console, "error").mockReturnValue();
		const refused = await ask(withFailingDatabase("D1 DB is overloaded."), key);
		expect(refused.status).toBe(503);
		expect(log.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
			{
				type: "fault",
				what: "unavailable",
				requestId: refused.headers.get("x-request-id"),
				error: "Error",
				message: "D1 DB is overloaded.",
			},
		]);
		expect((await ask(workerWith(env), key)).status).toBe(200);
	});

	it("a session of it is looked up once a minute, too", async () => {
		const watch = watchBindings();
		const admin = await createCaller();
		const api = await createCaller({ organizationId: admin.organizationId });
		const { cookie } = await browserOf(api);
		await admin.delete(`/api-keys/${api.keyId}`);
		for (let count = 0; count < 5; count += 1)
			expect((await call(watch.target, "/api/v1/tags", { ...OWN_ORIGIN, cookie })).status).toBe(401);
		expect(watch.roundTrips).toHaveLength(1);
	});
});

describe("a hundred made-up keys from one address", () => {
	it("are 401, and further ones 429 before anything is looked up", async () => {
		const { target, looks } = guarded();
		await flood(target);
		expect(looks.count).toBe(100);
		const refused = await ask(target, madeUpKey());
		expect(refused).toMatchObject(TOO_MANY);
		expect(refused.headers.get("retry-after")).toBe("60");
		expect(looks.count).toBe(100);
		expect((await ask(target, madeUpKey(), "203.0.113.8")).status, "from elsewhere").toBe(401);
		expect((await ask(target, "nonsense")).status, "by form").toBe(401);
	});

	it("block no valid key of that address, seen before or not", async () => {
		const { target } = guarded();
		// Keys were without marks before there were shards.
		const seen = await createCaller({ withoutMark: true, shard: 0 });
		expect((await ask(target, seen.key)).status, "counted: it might have been made up").toBe(200);
		await flood(target, 99);
		expect((await ask(target, madeUpKey())).status).toBe(429);
		expect((await ask(target, (await createCaller()).key)).status, "new here").toBe(200);
		expect((await ask(target, seen.key)).status, "made before there were marks").toBe(200);
		const admin = await createCaller();
		const revoked = await createCaller({ organizationId: admin.organizationId });
		await admin.delete(`/api-keys/${revoked.keyId}`);
		expect((await ask(target, revoked.key)).status, "revoked").toBe(401);
	});

	it("also block signing in", async () => {
		const { target, looks } = guarded();
		await flood(target);
		const signIn = async (apiKey: string) =>
			read(
				await target(
					new Request(`${ORIGIN}${SESSION}`, {
						method: "POST",
						headers: { ...OWN_ORIGIN, "content-type": "application/json", "cf-connecting-ip": HERE },
						body: JSON.stringify({ apiKey }),
					}),
				),
			);
		const before = looks.count;
		expect(await signIn(madeUpKey())).toMatchObject(TOO_MANY);
		expect(looks.count).toBe(before);
		expect((await signIn((await createCaller()).key)).status).toBe(201);
	});
});

describe("/health", () => {
	it("reads each database a hundred times a minute for one address, beside its keys", async () => {
		const { target, looks } = guarded();
		await flood(target);
		looks.count = 0;
		for (let count = 0; count < 100; count += 1) expect((await call(target, "/health", {})).status).toBe(200);
		expect(await call(target, "/health", {})).toMatchObject(TOO_MANY);
		expect(looks.count).toBe(100 * shards.length);
		expect((await call(target, "/health", { "cf-connecting-ip": "203.0.113.8" })).status).toBe(200);
	});
});

describe("the platform's limiter", () => {
	it("is bound, and refuses at its limit", async () => {
		// It counts by the clock's minutes, so two hundred and one are never in two of them.
		const address = `198.51.100.${Math.floor(Math.random() * 250)}`;
		const replies: number[] = [];
		for (let count = 0; count < 201; count += 1)
			replies.push((await ask(workerWith(env), madeUpKey(), address)).status);
		expect(replies.slice(0, 100)).toEqual(Array(100).fill(401));
		expect(replies).toContain(429);
	});

	it("may be missing, and an address unknown", async () => {
		const { ADDRESS_LIMITER: _, ...bare } = env;
		for (let count = 0; count < 101; count += 1) {
			expect((await ask(workerWith(bare), madeUpKey())).status).toBe(401);
		}
		const { target } = guarded();
		const request = () => new Request(`${ORIGIN}/api/v1/tags`, { headers: { "x-api-key": madeUpKey() } });
		for (let count = 0; count < 101; count += 1) expect((await target(request())).status).toBe(401);
	});
});

describe("an address", () => {
	it.each([
		["203.0.113.7", "203.0.113.7"],
		["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
		["2001:0db8:0001:0002::1", "2001:db8:1:2"],
		["2001:db8::", "2001:db8:0:0"],
		["2001:db8::1:2", "2001:db8:0:0"],
		["::1", "0:0:0:0"],
	])("%s counts as %s", (address, network) => {
		expect(networkOf(address)).toBe(network);
	});
});
