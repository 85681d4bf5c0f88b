// An organization moves from one database to another while it is in use.
import { afterEach, beforeEach, expect, inject, it, vi } from "vitest";
import { MINUTE_MS } from "../../src/time.ts";
import type { Api } from "../support/api.ts";
import { workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { misplacedRows } from "../support/wrong-shard.ts";
import { atEachCall, completeMove, rowsIn, stageOf, wish } from "./moving.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

const PATHS = [
	"leads",
	"leads?search=lead",
	"clients",
	"tags",
	"tasks",
	"webhooks",
	"events?orderDir=asc",
	"api-keys",
	"custom-fields",
	"organization",
	"organization/usage",
];

/** A caller in a shard with something of most kinds, and webhooks whose buckets at the receiver begin with `name`. */
async function busyCaller(sender: Sender, shard: number, name: string): Promise<Api> {
	const api = (await createCaller({ shard, keys: 8 })).via(workerWith(sender.env));
	const tag = (await api.post("/tags", { name: "Tag" })).body;
	await api.post("/custom-fields", { entity: "leads", label: "Size", type: "text" });
	for (const [path, suffix] of [
		["status/200", ""],
		["status/500", "-failing"],
		["fail-then-ok/2", "-flaky"],
	])
		await api.post("/webhooks", {
			url: `${inject("receiver")}/${path}/${name}${suffix}`,
			events: ["lead.*"],
		});
	for (const n of [1, 2, 3])
		await api.post(
			"/leads",
			{ name: `Lead ${n}`, email: `l${n}@example.com`, notes: "x".repeat(9_000), tagIds: [tag.id] },
			{ "idempotency-key": `made-${n}` },
		);
	const client = await api.post("/clients", { name: "Client", type: "company" });
	await api.post("/deals", { title: "Deal", clientId: client.body.id });
	await api.post("/tasks", { title: "Task" });
	return api;
}

const answers = async (api: Api) => {
	const texts: Record<string, string> = {};
	for (const path of PATHS) {
		const { status, text } = await api.get(`/${path}`);
		expect(status, `${path}: ${text}`).toBe(200);
		texts[path] = text.replaceAll(/"lastUsedAt":[^,}]*/g, "");
	}
	return texts;
};

it.each([
	[0, 2],
	[2, 0],
	[1, 2],
])("moves from %i to %i with all rows, and back", async (from, to) => {
	const sender = await Sender.start();
	const name = `whole-${from}-${to}`;
	const api = await busyCaller(sender, from, name);
	const neighbour = await busyCaller(sender, to, `${name}-neighbour`);
	const neighboursRows = await rowsIn(neighbour.organizationId, to);
	await sender.drain();
	let [here, there] = [from, to];
	for (let turn = 0; turn < 2; turn += 1) {
		const [rows, texts] = [await rowsIn(api.organizationId, here), await answers(api)];
		expect(await wish(api.organizationId, here, there)).toBe(true);
		await completeMove(sender, api.organizationId, here, there);
		expect(await stageOf(api.organizationId, there)).toBeNull();
		expect(await answers(api)).toEqual(texts);
		const moved = await rowsIn(api.organizationId, there);
		for (const table of [
			"leads",
			"event_log",
			"tags",
			"links",
			"idempotency_keys",
			"counters",
			"delivery_hours",
		])
			expect(moved[table], table).toEqual(rows[table]);
		const repeated = await api.post(
			"/leads",
			{
				name: "Lead 1",
				email: "l1@example.com",
				notes: "x".repeat(9_000),
				tagIds: [JSON.parse(texts.tags ?? "").items[0].id],
			},
			{ "idempotency-key": "made-1" },
		);
		expect(repeated.status, repeated.text).toBeLessThan(300);
		const made = await api.post("/leads", { name: `After ${turn}` });
		expect(made.status, made.text).toBe(201);
		expect((await api.get("/leads?search=After")).body.items).toHaveLength(turn + 1);
		expect(await misplacedRows()).toEqual([]);
		[here, there] = [there, here];
	}
	expect(await rowsIn(neighbour.organizationId, to)).toMatchObject({
		leads: neighboursRows.leads,
		event_log: neighboursRows.event_log,
	});
});

it("is requested once, and only where the organization is", async () => {
	const sender = await Sender.start();
	const { organizationId } = await createCaller({ shard: 1 });
	expect(await wish(organizationId, 0, 2)).toBe(false);
	expect(await wish(organizationId, 1, 2)).toBe(true);
	expect(await wish(organizationId, 1, 0)).toBe(false);
	await completeMove(sender, organizationId, 1, 2);
	expect(await wish(organizationId, 1, 0)).toBe(false);
});

it("loses nothing that was acknowledged and sends nothing twice while it is written to", {
	timeout: 240_000,
}, async () => {
	const sender = await Sender.start();
	const api = await busyCaller(sender, 1, "under-way");
	const acknowledged: string[] = [];
	const deleted: string[] = [];
	let [turns, refused] = [0, 0];
	let isBusy = false;
	const stale: string[] = [];
	let notes = "";
	const [patched] = (await api.get("/leads")).body.items;
	/** Writes, reads and deliveries between any two calls of the sweeper. */
	const use = async (call: number) => {
		if (call % 5 !== 0 || isBusy) return;
		isBusy = true;
		await useOnce().finally(() => {
			isBusy = false;
		});
	};
	const useOnce = async () => {
		turns += 1;
		const made = await api.post("/leads", { name: `During ${turns}` });
		if (made.status === 201) acknowledged.push(made.body.id);
		else refused += 1;
		if ((await api.patch(`/leads/${patched.id}`, { notes: `at ${turns}` })).status === 200)
			notes = `at ${turns}`;
		const [oldest] = acknowledged;
		if (turns % 5 === 0 && oldest && !deleted.includes(oldest))
			if ((await api.delete(`/leads/${oldest}`)).status === 204) deleted.push(oldest);
		const read = await api.get(`/leads/${patched.id}`);
		if (read.status !== 200 || (notes !== "" && read.body.notes !== notes))
			stale.push(`${notes}: ${read.status} ${read.text}`);
		if (turns % 4 === 0) await sender.deliverMessages(sender.queued.splice(0, 4));
	};
	const sweeper = await Sender.start({}, atEachCall(use));
	expect(await wish(api.organizationId, 1, 2)).toBe(true);
	await completeMove(sweeper, api.organizationId, 1, 2);
	expect(acknowledged.length).toBeGreaterThan(20);
	expect(refused).toBeGreaterThan(0);
	expect(refused).toBeLessThan(acknowledged.length);
	expect(stale).toEqual([]);
	for (let minute = 0; minute < 8; minute += 1) {
		vi.setSystemTime(Date.now() + 2 * MINUTE_MS);
		await sender.sweep();
		await sender.deliverMessages(sweeper.queued.splice(0));
		for (let drains = 0; drains < 3; drains += 1) await sender.drain();
	}
	expect((await api.get(`/leads/${patched.id}`)).body.notes).toBe(notes);
	const stored = new Map<string, string | null>();
	let cursor = "";
	do {
		const { body } = await api.get(`/leads?limit=100&includeDeleted=true${cursor}`);
		for (const { id, deletedAt } of body.items) stored.set(id, deletedAt);
		cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : "";
	} while (cursor !== "");
	expect([...stored.keys()].toSorted()).toEqual(expect.arrayContaining(acknowledged));
	expect(stored.size).toBe(acknowledged.length + 3);
	expect([...stored].filter(([, deletedAt]) => deletedAt).map(([id]) => id)).toEqual(deleted);
	const numbers = (await rowsIn(api.organizationId, 2)).leads?.map(({ number }) => Number(number)) ?? [];
	expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
	const bodies = (await receivedRequests("under-way")).map(({ body }) => JSON.parse(body));
	const created = bodies.filter(({ event }) => event === "lead.created").map(({ data }) => data.id);
	expect(created.toSorted()).toEqual([...stored.keys()].toSorted());
	for (const bucket of ["under-way", "under-way-failing", "under-way-flaky"]) {
		const attempts = (await receivedRequests(bucket)).map(
			({ headers }) => `${headers["x-webhook-id"]} ${headers["x-webhook-attempt"]}`,
		);
		expect(attempts.toSorted(), bucket).toEqual([...new Set(attempts)].toSorted());
		const ids = new Set(attempts.map((attempt) => attempt.split(" ")[0]));
		// The breaker holds back most of those that would fail.
		if (!bucket.endsWith("failing")) expect(ids.size, bucket).toBe(bodies.length);
	}
	const events = (await rowsIn(api.organizationId, 2)).event_log ?? [];
	expect(events.filter(({ type }) => type === "lead.created")).toHaveLength(stored.size);
	expect(await misplacedRows()).toEqual([]);
});
