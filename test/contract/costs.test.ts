// What operations use of the platform, as `npm run bench:cost` and docs/operating.md count them.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { BURST, COUNTS, type Counts, LIMITER_COUNTS, REMOVED } from "../../bench/cost-counts.ts";
import { chance } from "../../src/chance.ts";
import { RESERVED } from "../../src/db/numbers.ts";
import { PAUSE_MS } from "../../src/limiter/admission-log.ts";
import { DAY_MS, MINUTE_MS } from "../../src/time.ts";
import type { Json } from "../support/api.ts";
import { withMembers } from "../support/bindings.ts";
import { createCaller, createOrganization } from "../support/callers.ts";
import { Sender } from "../support/sender.ts";
import { wrapDatabases } from "../support/shards.ts";

const START = Date.parse("2026-03-01T12:00:00Z");
/** How many of an operation are measured together where some of what they use is shared. */
const TEN = 10;

afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

const lead = (index: number) => ({
	name: `Jane ${index}`,
	email: `jane${index}@example.com`,
	company: "Acme",
});
const leads = (count: number) => ({ items: Array.from({ length: count }, (_, index) => lead(index)) });

/** An organization with a key that is known, and what its requests, deliveries and sweeps use. */
async function metered() {
	vi.useFakeTimers({ toFake: ["Date"], now: START });
	// Nothing is among the samples that quotas count.
	vi.spyOn(chance, "random").mockReturnValue(0.5);
	const answers = { status: 200 };
	vi.stubGlobal("fetch", async () => new Response(null, answers));
	const used = { read: 0, written: 0 };
	const meter = (db: D1Database) =>
		withMembers(db, {
			async batch(statements: D1PreparedStatement[]) {
				const results = await db.batch(statements);
				for (const { meta } of results) {
					used.read += meta.rows_read;
					used.written += meta.rows_written;
				}
				return results;
			},
		});
	const sender = await Sender.start({}, (bindings) => ({ ...bindings, ...wrapDatabases(meter, bindings) }));
	const counted = async (act: () => Promise<unknown>): Promise<Counts> => {
		used.read = 0;
		used.written = 0;
		const before = sender.queued.length;
		await act();
		return { ...used, messages: Math.max(0, sender.queued.length - before) };
	};
	const api = async (method: string, path: string, body?: object): Promise<Json> => {
		const reply = await sender.api(method, path, body);
		expect(reply.status, reply.text).toBeLessThan(300);
		return reply.body;
	};
	const consume = (count: number) => sender.consume(sender.queued.splice(0, count).map(({ body }) => body));
	await api("GET", "/tags");
	await api("POST", "/leads", lead(0));
	return { sender, api, answers, counted, consume };
}

const eachOf = (count: number, { read, written, messages }: Counts): Counts => ({
	read: read / count,
	written: written / count,
	messages: messages / count,
});

/**
 * Expects that operations take what is pinned. A search for an organization's rows may meet one of the next organization, whose
 * place is random: so a few rows read are no difference.
 */
function expectCounts(found: Partial<Record<keyof typeof COUNTS, Counts>>): void {
	const names = Object.keys(found) as (keyof typeof COUNTS)[];
	const near = names.map((name) => {
		const { read, ...rest } = found[name] ?? COUNTS[name];
		return [name, { read: Math.abs(read - COUNTS[name].read) <= 3 ? COUNTS[name].read : read, ...rest }];
	});
	expect(Object.fromEntries(near)).toEqual(
		Object.fromEntries(names.map((name) => [name, { ...COUNTS[name] }])),
	);
}

const less = (all: Counts, without: Counts): Counts => ({
	read: all.read - without.read,
	written: all.written - without.written,
	messages: all.messages - without.messages,
});

it("sweeps in which nothing is due, of a database and of each organization in it", async () => {
	const { sender, counted } = await metered();
	const sweepAt = (minute: number) => {
		vi.setSystemTime(START + minute * MINUTE_MS);
		return counted(() => sender.sweep());
	};
	// The quotas of an organization are compared when it is new.
	await sweepAt(0);
	const one = await sweepAt(1);
	for (let index = 0; index < TEN; index += 1) await createOrganization();
	for (const minute of [2, 3]) await sweepAt(minute);
	const idleOrganization = eachOf(TEN, less(await sweepAt(4), one));
	expectCounts({ sweep: less(one, idleOrganization), idleOrganization });
});

it("requests of a known key", async () => {
	const { api, counted } = await metered();
	await api("POST", "/leads/batch", leads(30));
	const { id } = await api("POST", "/leads", lead(31));
	// The counter of leads is written by one of as many as are reserved, and one.
	const some = Array.from({ length: RESERVED + 1 }, (_, index) => lead(32 + index));
	const create = eachOf(
		some.length,
		await counted(async () => {
			for (const body of some) await api("POST", "/leads", body);
		}),
	);
	const get = await counted(() => api("GET", `/leads/${id}`));
	const list = await counted(() => api("GET", "/leads?limit=20"));
	const update = await counted(() => api("PATCH", `/leads/${id}`, { notes: "Called." }));
	const removed = await counted(() => api("DELETE", `/leads/${id}`));
	const batchItem = eachOf(100, await counted(() => api("POST", "/leads/batch", leads(100))));
	vi.setSystemTime(START + 2 * MINUTE_MS);
	const forgotten = await counted(() => api("GET", "/leads?limit=20"));
	const forgottenKey = less(forgotten, list);
	expectCounts({ get, list, create, update, delete: removed, batchItem, forgottenKey });
});

it("deliveries", async () => {
	const { sender, api, answers, counted, consume } = await metered();
	// Every second batch reserves numbers, after which fewer rows are read for a number: those that are compared do.
	await api("POST", "/leads/batch", leads(TEN));
	const silent = await counted(() => api("POST", "/leads/batch", leads(TEN)));
	await api("POST", "/leads/batch", leads(TEN));
	await sender.webhook("/costs");
	const fanOut = eachOf(TEN, less(await counted(() => api("POST", "/leads/batch", leads(TEN))), silent));
	const attempt = eachOf(TEN, await counted(() => consume(TEN)));
	await api("POST", "/leads", lead(1));
	const attemptAlone = await counted(() => consume(1));
	answers.status = 503;
	// Not ten: the tenth failure opens the breaker.
	await api("POST", "/leads/batch", leads(TEN / 2));
	const bodies = sender.queued.splice(0).map(({ body }) => body);
	const failedAttempt = eachOf(TEN / 2, await counted(() => sender.consume(bodies)));
	expectCounts({ fanOut, attempt, attemptAlone, failedAttempt });
});

it("a delivery, whatever number of keys the organization has", async () => {
	const { sender, api, counted, consume } = await metered();
	await sender.webhook("/costs");
	const one = async () => {
		await api("POST", "/leads", lead(1));
		return (await counted(() => consume(1))).read;
	};
	await one();
	const before = await one();
	const { organizationId, db } = sender;
	await db
		.prepare(
			`INSERT INTO api_keys (organizationId, id, version, createdAt, updatedAt, name, hash, pepperId, keyPrefix, scopes, envelope)
			SELECT organizationId, api_keys.id || made.value, version, createdAt, updatedAt, name, hash || made.value, pepperId, keyPrefix, scopes, envelope
			FROM api_keys CROSS JOIN json_each(?) AS made WHERE organizationId = ?`,
		)
		.bind(JSON.stringify(Array.from({ length: 100 }, (_, index) => String(index))), organizationId)
		.run();
	expect(await one()).toBeLessThanOrEqual(before + 3);
});

/** The rows that purges write when all that an organization has left in three months or less is over. */
async function removedAfter(act: (made: Awaited<ReturnType<typeof metered>>) => Promise<unknown>) {
	const made = await metered();
	await act(made);
	// An organization's newest event is kept.
	await made.api("POST", "/tasks", { title: "The newest" });
	vi.setSystemTime(START + 200 * DAY_MS);
	const { written } = await made.counted(async () => {
		for (let sweep = 0; sweep < 3; sweep += 1) await made.sender.sweep();
	});
	return written;
}

it("what is removed when its time is over", async () => {
	type Made = Awaited<ReturnType<typeof metered>>;
	const create = async ({ api }: Made): Promise<string[]> =>
		(await api("POST", "/leads/batch", leads(TEN))).results.map(({ id }: Json) => id);
	const each = (method: string, body?: object) => async (made: Made) => {
		for (const id of await create(made)) await made.api(method, `/leads/${id}`, body);
	};
	const sent = (status: number) => async (made: Made) => {
		made.answers.status = status;
		await made.sender.webhook("/costs-removed");
		await create(made);
		await made.consume(TEN);
	};
	// What the tests before have left is removed here.
	await removedAfter(async () => {});
	const none = await removedAfter(async () => {});
	const created = await removedAfter(create);
	const delivered = await removedAfter(sent(200));
	expect({
		create: (created - none) / TEN,
		update: ((await removedAfter(each("PATCH", { notes: "Called." }))) - created) / TEN,
		delete: ((await removedAfter(each("DELETE"))) - created) / TEN,
		delivery: (delivered - created) / TEN,
	}).toEqual(REMOVED);
});

it("the limiter, of requests that come alone and in a burst", async () => {
	vi.useFakeTimers({ toFake: ["Date"], now: START });
	const api = await createCaller();
	await api.get("/tags");
	const limiter = env.KEY_LIMITER.getByName(api.keyId);
	const counted = async (requests: number) => {
		// As after ten seconds without a request.
		await evictDurableObject(limiter);
		const { get, put } = await runInDurableObject(limiter, (_, { storage: { kv } }) => ({
			get: vi.spyOn(kv, "get"),
			put: vi.spyOn(kv, "put"),
		}));
		for (let count = 0; count < requests; count += 1) await api.get("/tags");
		await runInDurableObject(limiter, () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS + 50)));
		return { read: get.mock.calls.length / requests, written: put.mock.calls.length / requests };
	};
	vi.setSystemTime(START + 2_000);
	const alone = await counted(1);
	vi.setSystemTime(START + 4_000);
	expect({ alone, burst: await counted(BURST.requests) }).toEqual(LIMITER_COUNTS);
});
