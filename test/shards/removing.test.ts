// An organization is removed from all databases that know of it, and nothing else is.
import { expect, it, vi } from "vitest";
import { write } from "../../src/db/commit.ts";
import { requestRemoval } from "../../src/moving/request.ts";
import { MINUTE_MS } from "../../src/time.ts";
import { browserOf } from "../gate/sessions.ts";
import { Api } from "../support/api.ts";
import { workerWith } from "../support/bindings.ts";
import { createCaller, createKey } from "../support/callers.ts";
import { Faults } from "../support/faults.ts";
import { Sender } from "../support/sender.ts";
import { bindingsOf, placeOrganization, total } from "../support/shards.ts";
import { differences, everyRow, fillTables, wordsIn } from "./everything.ts";
import { rowsIn, stageOf, wish, withFakeDate } from "./moving.ts";

withFakeDate();

/** Where the organization is, and where it was before. */
const HOME = 1;
const FORMER = 2;
/** More than one slice. */
const TAGS = 510;
const MAX_SWEEPS = 250;

const unwant = async (organizationId: string, shard: number) => {
	const [rows = []] = await write(bindingsOf(shard).DB, [requestRemoval(organizationId, shard, Date.now())]);
	return rows.length === 1;
};

/** Puts an organization where it is as if it had moved there: its keys lead there from its former database. */
async function forward(organizationId: string): Promise<void> {
	const [here, there] = [bindingsOf(FORMER).DB, bindingsOf(HOME).DB];
	for (const [table, owner] of [
		["organizations", "id"],
		["api_keys", "organizationId"],
	]) {
		const { results } = await here
			.prepare(`SELECT * FROM ${table} WHERE ${owner} = ?`)
			.bind(organizationId)
			.all();
		for (const { ordinal: _, ...row } of results)
			await there
				.prepare(
					`INSERT INTO ${table} (${Object.keys(row).map((name) => `"${name}"`)}) VALUES (${Object.keys(row).map(() => "?")})`,
				)
				.bind(...Object.values(row))
				.run();
	}
	await here.prepare("UPDATE organizations SET home = ? WHERE id = ?").bind(HOME, organizationId).run();
	placeOrganization(organizationId, HOME);
}

/** An organization with rows in every table, which has moved, and a neighbour in each of its databases. */
async function scene(sender: Sender) {
	const target = workerWith(sender.env);
	const api = (await createCaller({ shard: FORMER })).via(target);
	const { organizationId } = api;
	const { key, id } = await createKey(organizationId);
	const second = new Api(key, organizationId, id).via(target);
	await forward(organizationId);
	await api.post("/leads", { name: "Zebediah Quux", email: "zq@example.com" });
	await bindingsOf(HOME)
		.DB.prepare(
			`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${TAGS})
				INSERT INTO tags (organizationId, id, version, createdAt, updatedAt, name) SELECT ?, ? || i, 1, 1, 1, 'Tag ' || i FROM n`,
		)
		.bind(organizationId, `tag_${organizationId}_`)
		.run();
	await fillTables(organizationId, HOME);
	const empty = Object.entries(await rowsIn(organizationId, HOME)).filter(([, rows]) => rows.length === 0);
	expect(empty).toEqual([]);
	const neighbours = [await createCaller({ shard: HOME }), await createCaller({ shard: FORMER })];
	for (const [index, one] of neighbours.entries()) {
		await one.post("/leads", { name: "Zebediah Quux" });
		await fillTables(one.organizationId, index === 0 ? HOME : FORMER);
	}
	// What migrations leave to be done.
	while ((await total("SELECT count(*) FROM refolds")) > 0) await sender.sweep();
	const others = async () => (await everyRow()).filter((row) => !row.includes(organizationId));
	return { api, second, organizationId, others, neighbour: neighbours[0] };
}

/** Sweeps once a minute until nothing of the organization is to be removed any more. */
async function completeRemoval(
	sender: Sender,
	organizationId: string,
	before: (sweep: number) => void = () => undefined,
): Promise<void> {
	for (let sweep = 1; sweep <= MAX_SWEEPS; sweep += 1) {
		vi.setSystemTime(Date.now() + MINUTE_MS);
		before(sweep);
		await sender.sweep().catch(() => undefined);
		const stages = await Promise.all([HOME, FORMER].map((shard) => stageOf(organizationId, shard)));
		if (stages.every((stage) => stage === null)) return;
	}
	throw new Error("It is still not removed.");
}

it("refuses its keys and sessions, wherever they are remembered; then leaves no row of it, and all of others", async () => {
	const sender = await Sender.start();
	const { api, second: remembering, organizationId, others, neighbour } = await scene(sender);
	const browser = await browserOf(api);
	const status = async (one: Pick<Api, "get">) => (await one.get("/organization")).status;
	const rename = async (one: Api | undefined) =>
		(await one?.patch("/organization", { name: "Renamed" }))?.status;
	for (const one of [remembering, browser]) expect(await status(one)).toBe(200);
	const before = await others();
	expect(await wordsIn(organizationId)).toBeGreaterThan(0);
	for (const shard of [FORMER, HOME]) expect(await unwant(organizationId, shard)).toBe(true);
	expect(await unwant(organizationId, HOME), "once").toBe(false);
	expect(await wish(organizationId, HOME, FORMER), "and no move of it").toBe(false);
	expect(await rename(remembering), "until then").toBe(200);

	await sender.sweep();
	for (const one of [browser, remembering]) expect(await status(one)).toBe(401);
	expect([await rename(api), await rename(api)]).toEqual([503, 401]);
	vi.setSystemTime(Date.now() + MINUTE_MS);
	await sender.sweep();
	const { tags } = await rowsIn(organizationId, HOME);
	expect(tags?.length, "what began before may take a minute").toBeGreaterThan(TAGS);

	await completeRemoval(sender, organizationId);
	expect(differences(before, await everyRow())).toEqual([]);
	expect(await wordsIn(organizationId)).toBe(0);
	for (const one of [api, remembering, browser]) expect(await status(one)).toBe(401);
	expect(await rename(neighbour)).toBe(200);
});

it("is the same when its process dies at any call", async () => {
	vi.spyOn(console, "log").mockReturnValue();
	const faults = new Faults();
	const sender = await Sender.start({}, (bindings) => faults.wrap(bindings));
	const { organizationId, others } = await scene(sender);
	const before = await others();
	for (const shard of [HOME, FORMER]) await unwant(organizationId, shard);
	let [sweeps, deaths] = [0, 0];
	await completeRemoval(sender, organizationId, (sweep) => {
		sweeps = sweep;
		if (faults.revive()) deaths += 1;
		faults.arm({ at: sweep, mode: "died" });
	});
	faults.disarm();
	expect(deaths).toBeGreaterThan(sweeps / 2);
	expect(differences(before, await everyRow())).toEqual([]);
});
