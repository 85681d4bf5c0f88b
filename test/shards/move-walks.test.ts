// A walk over all rows, which a migration or a new secret wants, at the end where an organization is to arrive. Its chores leave
// arriving rows alone, so a move that waited for them there would wait for ever.
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { STAGE } from "../../src/db/moves.ts";
import { carryOutMoves } from "../../src/moving/worker.ts";
import { MINUTE_MS } from "../../src/time.ts";
import { Sender } from "../support/sender.ts";
import { bindingsOf } from "../support/shards.ts";
import { callerToMove, completeMove, FROM, stageOf, TO, wish, withFakeDate } from "./moving.ts";

withFakeDate();

it.each([
	["before a move begins", STAGE.requested, 10],
	// The rows that have arrived are left alone for ten minutes more, and the move begins anew.
	["during a move", STAGE.clearing, 20],
])("%s is done first", async (_, stage, minutes) => {
	const api = await callerToMove();
	await api.post("/tags", { name: "One" });
	const sender = await Sender.start();
	await sender.sweep();
	await wish(api.organizationId, FROM, TO);
	if (stage === STAGE.clearing) await carryOutMoves(env, FROM, 1_000);
	const { DB } = bindingsOf(TO);
	await DB.prepare("INSERT INTO refolds VALUES ('leads', '', '')").run();
	// A sweep whose chores had no time left.
	vi.setSystemTime(Date.now() + MINUTE_MS);
	await carryOutMoves(env, FROM, 1_000);
	expect(await stageOf(api.organizationId, FROM)).toBe(STAGE.requested);
	expect(await completeMove(sender, api.organizationId, FROM, TO)).toBeLessThan(minutes);
	expect(await DB.prepare("SELECT count(*) AS n FROM refolds").first("n")).toBe(0);
	expect((await api.get("/tags")).body.items).toHaveLength(1);
});
