// Several databases cost nothing: the same requests, deliveries and chores with one database, and in the last of three and of four,
// take as many calls and statements, read and write the same rows as counted by D1, and exchange as many bytes.

import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { chance } from "../../src/chance.ts";
import type { Bindings } from "../../src/env.ts";
import { notify } from "../../src/notifications/notify.ts";
import { heldChore } from "../../src/outbox/catch-up.ts";
import { envOf } from "../../src/shards.ts";
import { HOUR_MS } from "../../src/time.ts";
import type { Json, Reply } from "../support/api.ts";
import { workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { contactField, createForm } from "../support/forms.ts";
import { setQuotas } from "../support/quotas.ts";
import { run, shards } from "../support/shards.ts";
import { load, send } from "../support/visitors.ts";
import { senderWith } from "./callers.ts";
import { type Count, countingBindings } from "./counting.ts";

const LAST = shards.length - 1;
/** Chores, which look for work among the rows of all organizations, however many are in the database. */
const CHORES: ReadonlySet<string> = new Set(["held deliveries", "notifications"]);
/** The calls of one database, whose round trips are what a caller waits for. */
const MAX_CALLS: Readonly<Record<string, number>> = {
	// Who it is, the page, and afterwards that it was used.
	"a cold key": 3,
	...{ "a list": 1, "a read": 1, "a search": 1, "a page of the feed": 1, "a page of a form": 1 },
	...{ "a create": 2, "a change": 2, "a deletion": 2, "a hundred changes": 2, "a hundred deletions": 2 },
	"ten deliveries": 2,
	// The names by themselves, as the first time in an hour.
	"ten deliveries with names": 3,
};
const URL = "https://hooks.example.com/a";
const JANE = { name: "Jane", email: "jane@example.com" };

/** Each organization is newer than those before it, so that no search for its rows meets one of theirs. */
let instant = Date.parse("2026-03-01T12:00:00Z");

/** Each search for an organization's rows may meet one of the next organization, whose place is random; a create has a few. */
const MAX_NEIGHBOURS = 3;

/** Those that the Worker has sent. */
let requests = 0;

beforeEach(() => {
	// Nothing takes any time, so that no measured duration has more digits than another.
	vi.useFakeTimers({ toFake: ["Date"] });
	// No answer and no attempt is in the sample that stands for all: what is counted of it costs a statement more.
	vi.spyOn(chance, "random").mockReturnValue(0.9);
	// Answers at once: those that come apart are recorded apart.
	vi.stubGlobal("fetch", async () => {
		requests += 1;
		return new Response(null, { status: 200 });
	});
});
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
});

/** The bindings of an application with one database. */
function single(): Bindings {
	const { DB_1: _, DB_2: __, ...bindings } = env as Bindings & { DB_1?: D1Database; DB_2?: D1Database };
	return bindings;
}

/** Those of one with four: the fourth is another name of the first. */
const four = (): Bindings => ({ ...env, DB_3: env.DB }) as Bindings;

/** An organization in a shard, and `step`, which notes what some work costs all databases together. */
async function counted(bindings: Bindings, shard: number) {
	instant += HOUR_MS;
	vi.setSystemTime(instant);
	const counting = countingBindings({ ...bindings, REQUEST_LOG_DAYS: "7" });
	const sender = await senderWith(counting.bindings);
	const api = (await createCaller({ shard })).via(workerWith(sender.env));
	const costs: Record<string, Count> = {};
	const step = async (name: string, work: () => Promise<Reply | unknown>): Promise<Json> => {
		counting.reset();
		const reply = (await work()) as Partial<Reply> | undefined;
		costs[name] = counting.sum();
		expect(reply?.status ?? 200, `${name}: ${reply?.text}`).toBeLessThan(300);
		return reply?.body;
	};
	return { sender, api, own: envOf(sender.env, shard), costs, step };
}

/** What each request costs, the first of which has a key that is cold. */
async function costsOfRequests(bindings: Bindings, shard: number): Promise<Record<string, Count>> {
	const { sender, api, costs, step } = await counted(bindings, shard);
	const items = <Item>(count: number, item: (index: number) => Item) =>
		Array.from({ length: count }, (_, n) => item(n));
	await step("a cold key", () => api.get("/tags"));
	await step("a list", () => api.get("/leads"));
	await step("a webhook", () => api.post("/webhooks", { url: URL, events: ["*"] }));
	const { id } = await step("a create", () => api.post("/leads", JANE));
	await step("a read", () => api.get(`/leads/${id}`));
	await step("a search", () => api.get("/leads?search=jane"));
	const key = { "idempotency-key": "one" };
	await step("a create with a key", () => api.post("/leads", JANE, key));
	await step("a create that is repeated", () => api.post("/leads", JANE, key));
	await step("a change", () => api.patch(`/leads/${id}`, { name: "Joan" }));
	const batch = (mode: string, more: object) => () => api.post("/leads/batch", { mode, ...more });
	const { results } = await step(
		"a hundred creates",
		batch("create", { items: items(100, (n) => ({ name: "Jane", email: `${100 + n}@example.com` })) }),
	);
	await step(
		"a hundred changes",
		batch("update", { items: results.map((one: Json) => ({ id: one.id, title: "Dr." })) }),
	);
	await step(
		"a hundred upserts",
		batch("upsert", { matchBy: "email", items: items(100, (n) => ({ email: `${150 + n}@example.com` })) }),
	);
	await step("a hundred deletions", batch("delete", { items: results.map((one: Json) => ({ id: one.id })) }));
	await step("a deletion", () => api.delete(`/leads/${id}`));
	await step("a page of the feed", () => api.get("/events?limit=100"));
	await step("a request that is logged", async () => ({ ...(await api.get(`/leads/${id}`)), status: 200 }));
	const form = await createForm(api, contactField, { isPublic: true });
	const visit = { target: workerWith(sender.env) };
	// Which database a form is in is remembered.
	await load(form, visit);
	await step("a page of a form", () => load(form, visit));
	await step("an answer to a form", () => send(form, { your_name: "Jane", email: JANE.email }, visit));
	return costs;
}

/** What deliveries and chores cost. */
async function costsOfDeliveries(bindings: Bindings, shard: number): Promise<Record<string, Count>> {
	const { sender, api, own, costs, step } = await counted(bindings, shard);
	const { body: tag } = await api.post("/tags", { name: "VIP" });
	const deliver = async (name: string, more: object) => {
		const {
			body: hook,
			status,
			text,
		} = await api.post("/webhooks", { url: URL, events: ["lead.created"], ...more });
		expect(status, text).toBe(201);
		const leads = Array.from({ length: 10 }, () => ({ name: "Jane", tagIds: [tag.id] }));
		await api.post("/leads/batch", { items: leads });
		const bodies = sender.queued.splice(0).map(({ body }) => body);
		expect(bodies, name).toHaveLength(10);
		await step(name, () => sender.consume(bodies));
		await api.delete(`/webhooks/${hook.id}`);
	};
	await deliver("ten deliveries", {});
	await deliver("ten deliveries with names", { expand: ["tags", "users"] });
	await api.post("/webhooks", { url: URL, events: ["lead.deleted"] });
	const { body: lead } = await api.post("/leads", JANE);
	await setQuotas(api.organizationId, { logBytes: 0 });
	await step("a deletion that is held", () => api.delete(`/leads/${lead.id}`));
	await setQuotas(api.organizationId, {});
	await step("held deliveries", () => heldChore(instant).run(own));
	expect(sender.queued, "it was held").toHaveLength(1);
	await api.post("/notification-targets", { name: "Operations", type: "webhook", url: URL });
	// Quotas are compared in another minute, which depends on the organization.
	await run(
		"UPDATE webhooks SET failingSince = ?, exhausted = 1 WHERE organizationId = ?",
		instant,
		api.organizationId,
	);
	const before = requests;
	await step("notifications", () => notify(own, instant));
	expect(requests).toBe(before + 1);
	return costs;
}

it.each([
	["requests", costsOfRequests],
	["deliveries and chores", costsOfDeliveries],
])(
	"%s cost the same with one database and in the last of three and of four, to the row and to the byte",
	async (_, costsOf) => {
		// From the second time on an isolate names only the columns that rows fill.
		await costsOf(single(), 0);
		const one = await costsOf(single(), 0);
		for (const [name, { calls, sent }] of Object.entries(one)) {
			expect(sent, name).toBeGreaterThan(0);
			expect(calls, name).toBeLessThanOrEqual(MAX_CALLS[name] ?? calls);
		}
		for (const several of [await costsOf(env, LAST), await costsOf(four(), LAST)]) {
			expect(Object.keys(several)).toEqual(Object.keys(one));
			for (const [name, { read, ...cost }] of Object.entries(several)) {
				expect(cost, name).toEqual({ ...one[name], read: undefined });
				const difference = Math.abs(read - (one[name]?.read ?? 0));
				if (!CHORES.has(name)) expect(difference, name).toBeLessThanOrEqual(MAX_NEIGHBOURS);
			}
		}
	},
);
