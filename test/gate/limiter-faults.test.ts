// A failing limiter: authentication fails closed, the rate limit fails open, and the caller never gets a 5xx for it.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { KeyLimiter } from "../../src/limiter/key-limiter.ts";
import type { Api, Target } from "../support/api.ts";
import { limitersWith, withMembers, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { run, total, wrapDatabases } from "../support/shards.ts";

type Check = () => ReturnType<KeyLimiter["check"]> | Promise<ReturnType<KeyLimiter["check"]>>;

const broken: Check = () => {
	throw Object.assign(new Error("Internal error in Durable Object storage caused object to be reset"), {
		retryable: true,
	});
};
const overloaded: Check = () => {
	throw Object.assign(new Error("Durable Object is overloaded. Too many requests queued."), {
		overloaded: true,
	});
};

/** The Worker whose limiter behaves like each of these in turn, the last one for good; counts how often it is asked. */
function behaving(...checks: (Check | "well")[]): { target: Target; asked: () => number } {
	let count = 0;
	const KEY_LIMITER = limitersWith((name) => {
		const check = checks[Math.min(count, checks.length - 1)];
		count += 1;
		return typeof check === "function" ? check() : env.KEY_LIMITER.getByName(name).check();
	});
	return { target: workerWith({ ...env, KEY_LIMITER }), asked: () => count };
}

/** A caller whose key this isolate remembers. */
async function remembered(options: Parameters<typeof createCaller>[0] = {}): Promise<Api> {
	const api = await createCaller(options);
	expect((await api.get("/tags")).status).toBe(200);
	return api;
}

/** Revokes a key in D1 alone, as seen while its limiter cannot be reached. */
const revokeInD1 = ({ keyId }: Api) =>
	run("UPDATE api_keys SET deletedAt = ? WHERE id = ?", Date.now(), keyId);

afterEach(() => {
	vi.restoreAllMocks();
	vi.useRealTimers();
});

describe("a limiter that fails once", () => {
	it("is asked again, and its answer counts", async () => {
		const api = await remembered();
		const { target, asked } = behaving(broken, "well");
		const reply = await api.via(target).get("/tags");
		expect(reply.status).toBe(200);
		expect(reply.headers.get("ratelimit-remaining")).toBe("58");
		expect(asked()).toBe(2);
	});

	it("still refuses what it would have refused", async () => {
		const api = await remembered();
		await Promise.all(Array.from({ length: 59 }, () => api.get("/tags?limit=1")));
		expect((await api.via(behaving(broken, "well").target).post("/tags", { name: "x" })).status).toBe(429);
	});
});

describe("a limiter that fails for good", () => {
	it("lets a live key through, and says so in the log", async () => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		const api = await remembered();
		const { target, asked } = behaving(broken);
		const unlimited = api.via(target);
		for (const reply of [
			await unlimited.get("/tags"),
			await unlimited.post("/tags", { name: "VIP" }),
			await unlimited.post("/tags", { name: "VIP" }, { "idempotency-key": "x" }),
			await unlimited.get("/nowhere"),
		]) {
			expect(reply.status).toBeLessThan(500);
			expect(reply.status).not.toBe(429);
			expect(reply.headers.get("ratelimit")).toBe('"default";r=0;t=60');
		}
		expect(asked()).toBe(8);
		expect((await api.get("/tags")).body.items).toHaveLength(2);
		const faults = log.mock.calls.map(([line]) => JSON.parse(String(line)));
		expect(faults).toHaveLength(4);
		expect(faults[0]).toMatchObject({ type: "fault", what: "limiter_failed", keyId: api.keyId });
		expect(log.mock.calls.flat().join("")).not.toContain(api.key);
	});

	it("keeps out a key that D1 knows to be revoked or to have run out", async () => {
		vi.spyOn(console, "error").mockImplementation(() => {});
		const revoked = await remembered();
		await revokeInD1(revoked);
		expect((await revoked.get("/tags")).status, "still remembered").toBe(200);
		const expired = await remembered();
		await run("UPDATE api_keys SET expiresAt = ? WHERE id = ?", Date.now() - 1, expired.keyId);
		for (const api of [revoked, expired]) {
			const { target } = behaving(broken);
			for (const reply of [
				await api.via(target).get("/tags"),
				await api.via(target).post("/tags", { name: "x" }),
			]) {
				expect(reply).toMatchObject({ status: 401, body: { code: "UNAUTHORIZED" } });
				expect(reply.headers.get("ratelimit-limit")).toBeNull();
			}
		}
		const rows = "SELECT count(*) FROM tags WHERE organizationId = ?";
		expect(await total(rows, revoked.organizationId)).toBe(0);
	});

	it("together with D1 lets nobody in, and names no part", async () => {
		vi.spyOn(console, "error").mockImplementation(() => {});
		const unheard: unknown[] = [];
		addEventListener("unhandledrejection", (event) => unheard.push(event.reason));
		const api = await remembered();
		await api.post("/webhooks", { url: "https://hooks.example.com/", events: ["lead.created"] });
		const databases = wrapDatabases((db) =>
			withMembers(db, {
				batch() {
					throw new Error("D1_ERROR: Network connection lost.");
				},
			}),
		);
		const target = workerWith({ ...env, ...databases, KEY_LIMITER: limitersWith(broken) });
		for (const reply of [
			await api.via(target).get("/tags"),
			// Sealing the secret takes a while, in which nobody is there yet to hear of the limiter's failure.
			await api.via(target).post("/webhooks", { url: "https://hooks.example.com/", events: ["*"] }),
		]) {
			expect(reply).toMatchObject({ status: 503, body: { code: "SERVICE_UNAVAILABLE" } });
			expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(0);
			expect(reply.text).not.toMatch(/D1|Durable/);
		}
		expect(unheard).toEqual([]);
	});

	it("together with D1 sends nothing of what was read meanwhile", async () => {
		vi.spyOn(console, "error").mockImplementation(() => {});
		const api = await remembered();
		const { id } = (await api.post("/tags", { name: "VIP" })).body;
		let batches = 0;
		const databases = wrapDatabases((db) =>
			withMembers(db, {
				batch(statements: D1PreparedStatement[]) {
					batches += 1;
					if (batches > 1) throw new Error("D1_ERROR: Network connection lost.");
					return db.batch(statements);
				},
			} as Partial<D1Database>),
		);
		// By then the tag has been read.
		const late: Check = async () => {
			await new Promise((resolve) => setTimeout(resolve, 200));
			return broken();
		};
		const target = workerWith({ ...env, ...databases, KEY_LIMITER: limitersWith(late) });
		const reply = await api.via(target).get(`/tags/${id}`);
		expect(reply.status).toBe(503);
		expect(reply.headers.get("etag")).toBeNull();
		expect(batches).toBe(2);
	});
});

describe("an overloaded limiter", () => {
	it("counts as the limit: 429 for a second, and is not asked again meanwhile", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
		const api = await remembered();
		const { target, asked } = behaving(overloaded);
		const reply = await api.via(target).post("/tags", { name: "x" });
		expect(reply).toMatchObject({ status: 429, body: { code: "TOO_MANY_REQUESTS" } });
		expect(reply.headers.get("retry-after")).toBe("1");
		expect((await api.via(target).get("/tags")).status).toBe(429);
		expect(asked()).toBe(1);
		vi.setSystemTime(Date.now() + 1_000);
		expect((await api.get("/tags")).body.items).toEqual([]);
	});
});

describe("revoking while the limiter cannot be told", () => {
	const unreachable = async () => {
		throw new Error("Network connection lost.");
	};

	it("is 503 after a few tries, and D1 has it already", async () => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		const admin = await remembered();
		const victim = await remembered({ organizationId: admin.organizationId });
		let tries = 0;
		const KEY_LIMITER = limitersWith(
			(name) => env.KEY_LIMITER.getByName(name).check(),
			() => {
				tries += 1;
				return unreachable();
			},
		);
		const reply = await admin.via(workerWith({ ...env, KEY_LIMITER })).delete(`/api-keys/${victim.keyId}`);
		expect(reply).toMatchObject({ status: 503, body: { code: "SERVICE_UNAVAILABLE" } });
		expect(tries, "five times, the key's and its sessions'").toBe(10);
		expect(log).toHaveBeenCalled();
		expect((await admin.get(`/api-keys/${victim.keyId}`)).status).toBe(404);
		expect((await victim.via(behaving(broken).target).get("/tags")).status, "D1 decides").toBe(401);
	});

	it("is made good by a try that gets through", async () => {
		vi.spyOn(console, "error").mockImplementation(() => {});
		const admin = await remembered();
		const victim = await remembered({ organizationId: admin.organizationId });
		let tries = 0;
		const KEY_LIMITER = limitersWith(
			(name) => env.KEY_LIMITER.getByName(name).check(),
			async () => {
				tries += 1;
				if (tries < 3) return unreachable();
				await env.KEY_LIMITER.getByName(victim.keyId).endAt(0);
			},
		);
		const reply = await admin.via(workerWith({ ...env, KEY_LIMITER })).delete(`/api-keys/${victim.keyId}`);
		expect(reply.status).toBe(204);
		expect((await victim.get("/tags")).status).toBe(401);
	});
});
