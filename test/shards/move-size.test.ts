// A large organization moves: writes are refused for few calls of the databases, however many rows there are.
import { afterEach, beforeEach, expect, inject, it, vi } from "vitest";
import type { Bindings } from "../../src/env.ts";
import { withMembers } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { copyRow } from "../support/many-rows.ts";
import { Sender } from "../support/sender.ts";
import { bindingsOf, wrapDatabases } from "../support/shards.ts";
import { completeMove, rowsIn, wish } from "./moving.ts";

/** 100,000 rows with `npm run test:moves`: leads, and as many links. */
const LEADS = inject("everyMove") ? 50_000 : 1_500;
/** A call from another continent takes 0.3 s at most, so these take less than ten seconds. */
const MAX_FROZEN_CALLS = 30;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

it(`moves ${LEADS * 2} rows, and refuses writes for at most ${MAX_FROZEN_CALLS} calls`, {
	timeout: 900_000,
}, async () => {
	const [from, to] = [1, 2];
	const api = await createCaller({ shard: from, keys: 3 });
	const tag = (await api.post("/tags", { name: "Tag" })).body;
	const lead = (await api.post("/leads", { name: "Jane", tagIds: [tag.id] })).body;
	await copyRow("leads", lead, LEADS - 1);
	const rows = await rowsIn(api.organizationId, from);
	expect((rows.leads?.length ?? 0) + (rows.links?.length ?? 0)).toBe(LEADS * 2);
	let calls = 0;
	const frozenCalls: number[] = [];
	let isFrozen = false;
	const home = (shard: number) =>
		bindingsOf(shard)
			.DB.prepare("SELECT home FROM organizations WHERE id = ?")
			.bind(api.organizationId)
			.first("home");
	const wrap = (bindings: Bindings): Bindings => ({
		...bindings,
		...wrapDatabases(
			(db) =>
				withMembers(db, {
					async batch(statements: D1PreparedStatement[]) {
						const result = await db.batch(statements);
						calls += 1;
						if (isFrozen) frozenCalls.push(calls);
						isFrozen = (await home(from)) === -1 || ((await home(from)) === to && (await home(to)) !== null);
						return result;
					},
				}),
			bindings,
		),
	});
	const sender = await Sender.start({}, wrap);
	await wish(api.organizationId, from, to);
	const minutes = await completeMove(sender, api.organizationId, from, to);
	console.log(
		`${LEADS * 2} rows: ${minutes} sweeps, ${calls} calls, ${frozenCalls.length} of them while writes were refused`,
	);
	expect(frozenCalls.length).toBeGreaterThan(0);
	expect(frozenCalls.length).toBeLessThanOrEqual(MAX_FROZEN_CALLS);
	const moved = await rowsIn(api.organizationId, to);
	for (const table of ["leads", "links", "tags", "counters", "event_log"])
		expect(JSON.stringify(moved[table]) === JSON.stringify(rows[table]), table).toBe(true);
});
