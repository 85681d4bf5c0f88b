// A move whose target is missing, full or failing: the organization goes on where it is.
import { expect, inject, it, vi } from "vitest";
import { MINUTE_MS } from "../../src/time.ts";
import { withBatch, workerWith } from "../support/bindings.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { bindingsOf, wrapDatabases } from "../support/shards.ts";
import { misplacedRows } from "../support/wrong-shard.ts";
import { callerToMove, completeMove, FROM, homeOf, stageOf, TO, wish, withFakeDate } from "./moving.ts";

const errors = withFakeDate();

it("to a database that isn't there is dropped, and the organization stays", async () => {
	const api = await callerToMove();
	await wish(api.organizationId, FROM, 7);
	const sender = await Sender.start();
	vi.setSystemTime(Date.now() + MINUTE_MS);
	await sender.sweep();
	expect(errors.join()).toContain("There is no binding DB_7");
	expect(await stageOf(api.organizationId, FROM)).toBeNull();
	expect((await api.post("/tags", { name: "One" })).status).toBe(201);
});

it("to a database that is full is tried again, while everything works; withdrawn, it leaves nothing behind", async () => {
	const collecting = await Sender.start();
	const api = (await callerToMove()).via(workerWith(collecting.env));
	await api.post("/webhooks", {
		url: `${inject("receiver")}/status/200/full-target`,
		events: ["lead.created"],
	});
	await wish(api.organizationId, FROM, TO);
	let isFull = false;
	const full = await Sender.start({}, (bindings) => ({
		...bindings,
		...wrapDatabases(
			(db, shard) =>
				withBatch(db, (statements) =>
					isFull && shard === TO && statements.length > 1
						? Promise.reject(new Error("D1_ERROR: Exceeded maximum DB size"))
						: db.batch(statements),
				),
			bindings,
		),
	}));
	for (let minute = 1; minute <= 5; minute += 1) {
		vi.setSystemTime(Date.now() + MINUTE_MS);
		isFull = minute > 1;
		await full.sweep().catch(() => undefined);
		expect((await api.post("/leads", { name: `Lead ${minute}` })).status).toBe(201);
		await collecting.drain();
		expect(await receivedRequests("full-target")).toHaveLength(minute);
	}
	expect(errors.join()).toContain("Exceeded maximum DB size");
	isFull = false;
	const { withdrawMove } = await import("../../src/moving/request.ts");
	const { write } = await import("../../src/db/commit.ts");
	const [withdrawn] = await write(bindingsOf(FROM).DB, [withdrawMove(api.organizationId, FROM, Date.now())]);
	expect(withdrawn).toHaveLength(1);
	for (let minute = 0; minute < 3; minute += 1) {
		vi.setSystemTime(Date.now() + MINUTE_MS);
		await full.sweep();
	}
	expect(await stageOf(api.organizationId, FROM)).toBeNull();
	expect(await stageOf(api.organizationId, TO)).toBeNull();
	expect((await api.get("/leads")).body.items).toHaveLength(5);
	expect(await misplacedRows()).toEqual([]);
});

it("whose target fails while writes are refused lets them in again where the organization is", async () => {
	const api = await callerToMove();
	await wish(api.organizationId, FROM, TO);
	let isBroken = true;
	const sender = await Sender.start({}, (bindings) => ({
		...bindings,
		...wrapDatabases(
			(db, shard) =>
				withBatch(db, async (statements) => {
					if (isBroken && shard === TO && (await homeOf(api, FROM)) === -1)
						throw new Error("D1_ERROR: internal error; reference = 0");
					return db.batch(statements);
				}),
			bindings,
		),
	}));
	for (let minute = 1; minute <= 4; minute += 1) {
		vi.setSystemTime(Date.now() + MINUTE_MS);
		await sender.sweep().catch(() => undefined);
		expect((await api.post("/tags", { name: `Tag ${minute}` })).status).toBe(201);
	}
	expect(errors.join()).toContain('"what":"move_failed"');
	isBroken = false;
	await completeMove(sender, api.organizationId, FROM, TO);
	expect((await api.get("/tags")).body.items).toHaveLength(4);
});
