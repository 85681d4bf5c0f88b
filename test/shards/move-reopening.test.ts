// A process that dies while an organization accepts no writes: few statements of a later sweep are enough to let them in again.
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import type { Bindings } from "../../src/env.ts";
import { carryOutMoves, REOPENING_QUERIES } from "../../src/moving/worker.ts";
import { MINUTE_MS } from "../../src/time.ts";
import { countedDatabases, withBatch } from "../support/bindings.ts";
import { Sender } from "../support/sender.ts";
import { wrapDatabases } from "../support/shards.ts";
import { callerToMove, completeMove, duringFreeze, FROM, homeOf, TO, wish, withFakeDate } from "./moving.ts";

withFakeDate();

const tick = () => vi.setSystemTime(Date.now() + MINUTE_MS);

/** Bindings whose databases fail from the moment on in which `isDead` becomes true, but not the batch that is under way. */
const dyingWith = (process: { isDead: boolean }) => (bindings: Bindings) => ({
	...bindings,
	...wrapDatabases(
		(db) =>
			withBatch(db, async (statements) => {
				if (process.isDead) throw new Error("D1_ERROR: the process has died");
				return db.batch(statements);
			}),
		bindings,
	),
});

/** Dies once the organization is at the other end. */
const dyingAfterSwitch = (process: { isDead: boolean }) => (bindings: Bindings) => ({
	...bindings,
	...wrapDatabases(
		(db, shard) =>
			withBatch(db, async (statements, sent) => {
				const results = await db.batch(statements);
				const isSwitch = ({ text, params }: (typeof sent)[number]) =>
					text.startsWith('UPDATE "organizations" SET "home"') && params[0] === TO;
				if (shard === FROM && sent.some(isSwitch)) process.isDead = true;
				return results;
			}),
		bindings,
	),
});

const wraps = {
	frozen: (process: { isDead: boolean }) => (bindings: Bindings) =>
		duringFreeze(async () => {
			process.isDead = true;
		})(dyingWith(process)(bindings)),
	switched: (process: { isDead: boolean }) => (bindings: Bindings) =>
		dyingAfterSwitch(process)(dyingWith(process)(bindings)),
};

it.each([
	["before the switch", "frozen", -1, null],
	["after the switch", "switched", TO, TO],
] as const)("%s: writes are accepted again", async (_, stage, homeAtDeath, homeAfter) => {
	const api = await callerToMove();
	await api.post("/tags", { name: "One" });
	await wish(api.organizationId, FROM, TO);
	const process = { isDead: false };
	const dying = await Sender.start({}, wraps[stage](process));
	while (!process.isDead) {
		tick();
		await dying.sweep().catch(() => undefined);
	}
	expect(await homeOf(api, FROM)).toBe(homeAtDeath);
	expect((await api.post("/tags", { name: "Refused" })).status).toBe(503);

	tick();
	const count = { statements: 0 };
	await carryOutMoves({ ...env, ...countedDatabases(count) }, FROM, REOPENING_QUERIES);
	expect(count.statements).toBeLessThanOrEqual(REOPENING_QUERIES);
	expect(await homeOf(api, FROM)).toBe(homeAfter);
	await api.get("/tags");
	expect((await api.post("/tags", { name: "Two" })).status).toBe(201);
	await completeMove(await Sender.start(), api.organizationId, FROM, TO);
	expect((await api.get("/tags")).body.items).toHaveLength(2);
});

it("says how many statements it has sent, also when the database fails at the end", async () => {
	const api = await callerToMove();
	await wish(api.organizationId, FROM, TO);
	const faults = vi.spyOn(console, "error").mockReturnValue();
	const count = { statements: 0 };
	const failing = wrapDatabases((db) =>
		withBatch(db, (statements, sent) => {
			count.statements += sent.length;
			const isRelease = sent.some(({ text }) => text.startsWith('UPDATE "moves" SET "leaseUntil"'));
			return isRelease ? Promise.reject(new Error("D1_ERROR: internal error")) : db.batch(statements);
		}),
	);
	expect(await carryOutMoves({ ...env, ...failing }, FROM, 1_000)).toBe(count.statements);
	expect(count.statements).toBeGreaterThan(1);
	expect(faults.mock.calls.flat().join()).toContain('"what":"moves_failed"');
	faults.mockRestore();
	tick();
	await completeMove(await Sender.start(), api.organizationId, FROM, TO);
});
