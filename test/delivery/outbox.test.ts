// Nothing is lost: a change, its events and their deliveries are committed together or not at all, and the deliveries are
// sent even if the Worker dies after the commit.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Bindings } from "../../src/env.ts";
import { Api, type Json } from "../support/api.ts";
import { interceptBatches, watchBindings, workerWith } from "../support/bindings.ts";
import { eventsOf } from "../support/events.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { dbOf } from "../support/shards.ts";

const LEASE_MS = 45_000;
/** How long a wake-up is trusted to arrive; this one was never sent. */
const TRUSTED_MS = 60_000;

afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

const apiOf = (sender: Sender, databases: Partial<Bindings> = {}) =>
	new Api(sender.key, sender.organizationId, "").via(workerWith({ ...sender.env, ...databases }));

const gone = () => Promise.reject(new Error("D1_ERROR: Network connection lost."));

const rowsOf = async (table: string, organizationId: string) =>
	(
		await dbOf(organizationId)
			.prepare(`SELECT * FROM ${table} WHERE organizationId = ?`)
			.bind(organizationId)
			.all<Json>()
	).results;

describe("a write", () => {
	it("commits the change, its events and its deliveries in one transaction", async () => {
		const sender = await Sender.start();
		await sender.webhook("/status/200/one-batch", { events: ["*"] });
		const watch = watchBindings();
		const reply = await apiOf(sender).via(watch.target).post("/leads", { name: "Jane" });
		expect(reply.status).toBe(201);
		const writing = watch.roundTrips.filter((batch) =>
			batch.some(({ text }) => /^INSERT INTO "(?:leads|event_log|deliveries)"/.test(text)),
		);
		expect(writing).toHaveLength(1);
		const tables = writing[0]?.map(({ text }) => text.match(/^INSERT INTO "(\w+)"/)?.[1]);
		expect(tables).toEqual(expect.arrayContaining(["leads", "event_log", "deliveries"]));
	});

	it("that fails at its very end leaves no lead, no event and no delivery", async () => {
		const sender = await Sender.start();
		await sender.webhook("/status/200/rolled-back", { events: ["*"] });
		const failing = interceptBatches("leads", (statements, written, db) =>
			db.batch(
				written.length > 0 ? [...statements, db.prepare("SELECT json_extract('{}', 'no path')")] : statements,
			),
		);
		expect((await apiOf(sender, failing).post("/leads", { name: "Jane" })).status).toBe(500);
		for (const table of ["leads", "deliveries"])
			expect(await rowsOf(table, sender.organizationId), table).toEqual([]);
		expect(await eventsOf(sender.organizationId)).toEqual([]);
		expect(sender.queued).toEqual([]);
	});

	it("whose Worker dies as soon as it is committed is delivered all the same", async () => {
		vi.useFakeTimers({ toFake: ["Date"] });
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/died-after-commit");
		let dead = false;
		const dying = interceptBatches("leads", async (statements, written, db) => {
			if (dead) return gone();
			const results = await db.batch(statements);
			dead = written.length > 0;
			return dead ? gone() : results;
		});
		expect((await apiOf(sender, dying).post("/leads", { name: "Jane" })).status).toBe(503);
		expect(sender.queued, "nobody was told").toEqual([]);
		expect(await receivedRequests("died-after-commit")).toEqual([]);
		vi.setSystemTime(Date.now() + TRUSTED_MS);
		await sender.sweep();
		await sender.drain();
		expect(await receivedRequests("died-after-commit")).toHaveLength(1);
		expect((await sender.delivery(id)).status).toBe("success");
	});
});

describe("an attempt that cannot be recorded", () => {
	it("is logged, and repeated under the same id after its lease", async () => {
		vi.useFakeTimers({ toFake: ["Date"] });
		const errors = vi.spyOn(console, "error").mockImplementation(() => {});
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/not-recorded");
		await sender.api("POST", "/leads", { name: "Jane" });
		const [wakeUp] = sender.queued.splice(0);
		const databases = interceptBatches("attempts", (statements, written, db) =>
			written.length > 0 ? gone() : db.batch(statements),
		);
		const broken = await Sender.start(databases);
		const result = await broken.consume([wakeUp?.body]);
		// The lease in D1 says what is to be made again; its message could do no more.
		expect(result).toEqual({ acknowledged: [0], again: [] });
		expect(errors.mock.calls.flat().join("\n")).toContain("recording_failed");
		expect(await receivedRequests("not-recorded")).toHaveLength(1);

		// Somebody may still be at it: until the lease is over nobody else sends.
		await sender.consume([wakeUp?.body]);
		await sender.sweep();
		await sender.drain();
		expect(await receivedRequests("not-recorded")).toHaveLength(1);
		vi.setSystemTime(Date.now() + LEASE_MS + 1_000);
		await sender.sweep();
		await sender.drain();
		const requests = await receivedRequests("not-recorded");
		expect(requests).toHaveLength(2);
		expect(new Set(requests.map(({ headers, body }) => `${headers["webhook-id"]} ${body}`)).size).toBe(1);
		expect((await sender.delivery(id)).status).toBe("success");
	});
});
