// What `npm run admin -- org export` and `org import` rely on in the Worker.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { write } from "../../src/db/commit.ts";
import { STAGE } from "../../src/db/moves.ts";
import { IMPORTING, organizations } from "../../src/db/schema/organizations.ts";
import { sql } from "../../src/db/sql.ts";
import { isOrganization } from "../../src/db/tenant.ts";
import { type ExportLock, isFree, lock, removeEntries, unlock } from "../../src/moving/export-lock.ts";
import { joinJournal } from "../../src/moving/journal.ts";
import { withdrawMove } from "../../src/moving/request.ts";
import { changesAfter } from "../../src/moving/snapshot.ts";
import { MINUTE_MS } from "../../src/time.ts";
import { workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { Sender } from "../support/sender.ts";
import { bindingsOf } from "../support/shards.ts";
import { completeMove, stageOf, wish } from "./moving.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const SHARD = 1;
const { DB } = bindingsOf(SHARD);
const count = (query: string) => DB.prepare(`SELECT count(*) AS n ${query}`).first<number>("n");
const triggers = () =>
	count(`FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'move\\_%' ESCAPE '\\'`);

const lockOf = (organizationId: string, kind: ExportLock["kind"]): ExportLock => ({
	organizationId,
	shard: SHARD,
	kind,
	lease: crypto.randomUUID(),
});

/** Locks an organization, and has its writes journaled, as an export does. */
const beginExport = (own: ExportLock) => write(DB, [lock(own, Date.now()), ...joinJournal()]);

it("the journal that an export has begun is ended by the sweeper when nothing uses it any more", async () => {
	const sender = await Sender.start();
	const api = (await createCaller({ shard: SHARD })).via(workerWith(sender.env));
	const own = lockOf(api.organizationId, "export");
	await beginExport(own);
	await api.post("/leads", { name: "Journaled" });
	expect(await count("FROM move_changes")).toBeGreaterThan(0);
	await sender.sweep();
	expect(await triggers()).toBeGreaterThan(80);
	await write(DB, [unlock(own)]);
	await sender.sweep();
	expect(await triggers()).toBe(0);
});

it("new rows are exported in the order in which they were made, whichever changed last", async () => {
	const api = await createCaller({ shard: SHARD });
	await beginExport(lockOf(api.organizationId, "export"));
	const first = (await api.post("/leads", { name: "First" })).body.id;
	const second = (await api.post("/leads", { name: "Second" })).body.id;
	await api.patch(`/leads/${first}`, { score: 1 });
	const [rows = []] = await write(DB, [changesAfter(api.organizationId, 0, sql`true`)]);
	const keys = rows.filter(({ table }) => table === "leads").map(({ key }) => JSON.parse(String(key))[0]);
	expect(keys).toEqual([first, second]);
});

it("an export that was interrupted is forgotten when its time is over, and not before", async () => {
	const sender = await Sender.start();
	const api = (await createCaller({ shard: SHARD })).via(workerWith(sender.env));
	await beginExport(lockOf(api.organizationId, "export"));
	await api.post("/leads", { name: "Journaled" });
	vi.setSystemTime(Date.now() + MINUTE_MS);
	await sender.sweep();
	expect(await stageOf(api.organizationId, SHARD)).not.toBeNull();
	expect((await write(DB, [lock(lockOf(api.organizationId, "export"), Date.now())]))[0]).toEqual([]);
	expect(await wish(api.organizationId, SHARD, 2)).toBe(false);
	vi.setSystemTime(Date.now() + 2 * MINUTE_MS);
	await sender.sweep();
	expect(await stageOf(api.organizationId, SHARD)).toBeNull();
	expect(await count(`FROM move_changes WHERE organizationId = '${api.organizationId}'`)).toBe(0);
	expect(await triggers()).toBe(0);
});

it("what is journaled for a move is not removed by an export that has ended", async () => {
	const api = await createCaller({ shard: SHARD });
	const [own, next] = [lockOf(api.organizationId, "export"), lockOf(api.organizationId, "export")];
	await beginExport(own);
	await write(DB, [unlock(own), lock(next, Date.now())]);
	await api.post("/leads", { name: "Journaled" });
	const end = async () =>
		(await write(DB, [removeEntries(api.organizationId, isFree(api.organizationId))]))[0];
	expect(await end()).toEqual([]);
	await write(DB, [unlock(next)]);
	expect((await end())?.length).toBeGreaterThan(0);
});

it("an import that was interrupted before it began holds up deliveries no longer; one that has begun stays closed", async () => {
	const sender = await Sender.start();
	for (const home of [null, IMPORTING]) {
		const api = (await createCaller({ shard: SHARD })).via(workerWith(sender.env));
		await write(DB, [
			lock(lockOf(api.organizationId, "import"), Date.now()),
			sql`UPDATE ${organizations} SET "home" = ${home} WHERE ${isOrganization(organizations, api.organizationId)}`,
		]);
		for (let minute = 0; minute < 12; minute += 1) {
			vi.setSystemTime(Date.now() + MINUTE_MS);
			if (minute > 9) await sender.sweep();
		}
		expect(await stageOf(api.organizationId, SHARD)).toBe(home === null ? null : STAGE.arriving);
		await DB.prepare("DELETE FROM moves").run();
	}
});

it("an export is never taken for a move, which would end by removing what is at one end", async () => {
	const sender = await Sender.start();
	const api = (await createCaller({ shard: SHARD })).via(workerWith(sender.env));
	await api.post("/leads", { name: "Kept" });
	const leads = await count("FROM leads");
	await beginExport(lockOf(api.organizationId, "export"));
	expect((await write(DB, [withdrawMove(api.organizationId, SHARD, Date.now())]))[0]).toEqual([]);
	// As if it had been withdrawn all the same.
	await write(DB, [
		sql`UPDATE moves SET "stage" = ${STAGE.withdrawn}, "leaseUntil" = 0 WHERE "organizationId" = ${api.organizationId}`,
	]);
	for (let minute = 0; minute < 5; minute += 1) {
		vi.setSystemTime(Date.now() + MINUTE_MS);
		await sender.sweep();
	}
	expect(await count("FROM leads")).toBe(leads);
	await write(DB, [sql`DELETE FROM moves WHERE "organizationId" = ${api.organizationId}`]);
});

it("a move beside an export ends with the journal still on", async () => {
	const sender = await Sender.start();
	const one = (await createCaller({ shard: SHARD })).via(workerWith(sender.env));
	const other = (await createCaller({ shard: SHARD })).via(workerWith(sender.env));
	const own = lockOf(one.organizationId, "export");
	await beginExport(own);
	expect(await wish(other.organizationId, SHARD, 2)).toBe(true);
	const renewed = async () => {
		await write(DB, [
			sql`UPDATE moves SET "leaseUntil" = ${Date.now() + 2 * MINUTE_MS} WHERE "lease" = ${own.lease}`,
		]);
	};
	await completeMove(sender, other.organizationId, SHARD, 2, renewed);
	expect(await triggers()).toBeGreaterThan(80);
	await one.post("/leads", { name: "Journaled" });
	expect(await count(`FROM move_changes WHERE organizationId = '${one.organizationId}'`)).toBeGreaterThan(0);
	await write(DB, [unlock(own)]);
});

it("an organization that is being imported answers 503 to its keys, whatever it has", async () => {
	const api = await createCaller({ shard: SHARD });
	const at = async (home: number | null) =>
		void (await write(DB, [
			sql`UPDATE ${organizations} SET "home" = ${home} WHERE ${isOrganization(organizations, api.organizationId)}`,
		]));
	await at(IMPORTING);
	expect((await api.get("/leads")).status).toBe(503);
	await at(null);
	expect((await api.get("/leads")).status).toBe(200);
});
