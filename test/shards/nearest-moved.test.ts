// A key that reads from the nearest copy, whose organization moves to another database, whose copies are behind too, and comes back.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { Replicas } from "../support/replicas.ts";
import { Sender } from "../support/sender.ts";
import { bindingsOf } from "../support/shards.ts";
import { completeMove, wish } from "./moving.ts";

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["Date"] });
	vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

it("sees everything there, and everything again when it is back", async () => {
	// The bookmarks of the database that it moves to are the greater ones, whatever its copy has.
	const left = await Replicas.of(bindingsOf(1).DB, [env.COPY_1], 5);
	const entered = await Replicas.of(bindingsOf(2).DB, [env.COPY_2], 900);
	const sender = await Sender.start({}, (bindings) => ({ ...bindings, DB_1: left.db, DB_2: entered.db }));
	const api = (await createCaller({ shard: 1, reads: "nearest", keys: 1 })).via(workerWith(sender.env));
	const { organizationId } = api;
	const path = `/leads/${(await api.post("/leads", { name: "Jane" })).body.id}`;
	const sees = async (name: string, when: string) => expect((await api.get(path)).body.name, when).toBe(name);
	await left.catchUpAll();
	await sees("Jane", "before");

	await wish(organizationId, 1, 2);
	await completeMove(sender, organizationId, 1, 2, () => sees("Jane", "on the way"));
	await sees("Jane", "there");
	expect((await api.patch(path, { name: "Joan" })).body.name).toBe("Joan");
	await sees("Joan", "there");
	await entered.catchUpAll();
	entered.served.length = 0;
	await sees("Joan", "there");
	const served = entered.served.filter(({ start }) => start !== null);
	expect(
		served.map(({ by }) => by),
		"by the copy",
	).toEqual([0]);

	// The copy of the first database has that the organization left.
	await left.catchUpAll();
	await wish(organizationId, 2, 1);
	await completeMove(sender, organizationId, 2, 1);
	await sees("Joan", "back");
});

it("sees everything though it was idle while its organization was away", async () => {
	const left = await Replicas.of(bindingsOf(1).DB, [env.COPY_1], 5);
	const sender = await Sender.start({}, (bindings) => ({ ...bindings, DB_1: left.db }));
	const api = (await createCaller({ shard: 1, reads: "nearest" })).via(workerWith(sender.env));
	const { organizationId } = api;
	const path = `/leads/${(await api.post("/leads", { name: "Jane" })).body.id}`;
	await left.catchUpAll();
	expect((await api.get(path)).status).toBe(200);
	await wish(organizationId, 1, 2);
	await completeMove(sender, organizationId, 1, 2);
	await left.catchUpAll();
	await wish(organizationId, 2, 1);
	await completeMove(sender, organizationId, 2, 1);
	expect((await api.get(path)).body.name).toBe("Jane");
});
