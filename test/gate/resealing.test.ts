// An old ENCRYPTION_KEY can be taken out: everything that is sealed under it is sealed anew under the first one.
import { env } from "cloudflare:workers";
import { getTableName } from "drizzle-orm";
import { afterEach, describe, expect, inject, it, vi } from "vitest";
import { sealedTables } from "../../src/db/sealed-tables.ts";
import { newKeyringSecret } from "../../src/keyring.ts";
import type { Api, Json } from "../support/api.ts";
import { withMembers, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { bindingsOf, shards, wrapDatabases } from "../support/shards.ts";

afterEach(() => vi.restoreAllMocks());

const OLD = env.ENCRYPTION_KEY;
const NEW = newKeyringSecret().replace("k1:", "k2:");
const BOTH = `${NEW},${OLD}`;
const HEADERS = { "x-token": "very-secret" };
const TABLES = sealedTables.map(({ table }) => getTableName(table));

/** As the operator does by `npm run admin -- secrets reseal`. */
async function wanted(): Promise<void> {
	for (const shard of shards)
		for (const table of TABLES)
			await bindingsOf(shard)
				.DB.prepare("INSERT OR REPLACE INTO resealings VALUES (?, '', '', 0)")
				.bind(table)
				.run();
}

/** How much is left to do in all shards. */
const left = async () =>
	(
		await Promise.all(
			shards.map((shard) =>
				bindingsOf(shard).DB.prepare("SELECT count(*) AS n FROM resealings").first<number>("n"),
			),
		)
	).reduce((sum: number, count) => sum + Number(count), 0);

/** What is sealed under the old key, in all shards. */
async function underOld(): Promise<string[]> {
	const found = await Promise.all(
		shards.map((shard) =>
			bindingsOf(shard)
				.DB.prepare(
					`SELECT value FROM (SELECT secret AS value FROM webhooks UNION ALL SELECT previousSecret FROM webhooks
					UNION ALL SELECT headers FROM webhooks UNION ALL SELECT answer FROM idempotency_keys
					UNION ALL SELECT turnstileSecret FROM forms) WHERE value LIKE 'v1.k1.%'`,
				)
				.all<{ value: string }>(),
		),
	);
	return found.flatMap(({ results }) => results.map(({ value }) => value));
}

/** An organization with webhooks in every state and answers that show a secret, all of it from before the new key. */
async function given(name: string, sender: Sender, shard: number) {
	const api = (await createCaller({ shard })).via(workerWith(sender.env));
	const url = `${inject("receiver")}/status/200/${name}`;
	const made = (key: string) => ({ url, events: ["lead.created"], headers: HEADERS, description: key });
	const hook = await api.post("/webhooks", made("one"), { "idempotency-key": "hook" });
	const rotated = (await api.post("/webhooks", made("two"))).body;
	await api.post(
		`/webhooks/${rotated.id}/rotate-secret`,
		{ graceSeconds: 3_600 },
		{ "idempotency-key": "turn" },
	);
	const deleted = (await api.post("/webhooks", made("three"))).body;
	await api.delete(`/webhooks/${deleted.id}`);
	const key = await api.post("/api-keys", { name: "x", scopes: ["*"] }, { "idempotency-key": "key" });
	await api.post("/forms", { title: "Form", turnstileSiteKey: "0x4", turnstileSecret: "secret" });
	const rows = async () =>
		(
			await bindingsOf(shard)
				.DB.prepare(
					`SELECT id, version, updatedAt FROM webhooks WHERE organizationId = ?1
					UNION ALL SELECT id, version, updatedAt FROM forms WHERE organizationId = ?1 ORDER BY id`,
				)
				.bind(api.organizationId)
				.all()
		).results;
	return { api, hook, deleted, key, made, rows, before: await rows() };
}

/** The same caller of an application with other keys. */
const withKeys = (sender: Sender, api: Api, ENCRYPTION_KEY: string) =>
	api.via(workerWith({ ...sender.env, ENCRYPTION_KEY }));

async function sweepUntilDone(sender: Sender): Promise<void> {
	for (let sweeps = 0; (await left()) > 0; sweeps += 1) {
		expect(sweeps).toBeLessThan(20);
		await sender.sweep();
	}
}

describe("resealing", () => {
	it.each(shards)(
		"lets the old key be taken out in shard %i: all still reads, and is delivered",
		async (shard) => {
			const sender = await Sender.start();
			const name = `resealed-${shard}`;
			const { api, hook, deleted, key, made, rows, before } = await given(name, sender, shard);
			expect((await underOld()).length).toBeGreaterThanOrEqual(11);
			await wanted();
			await sweepUntilDone(await Sender.start({ ENCRYPTION_KEY: BOTH }));
			expect(await underOld()).toEqual([]);
			expect(await rows(), "nobody sees a change").toEqual(before);

			const after = withKeys(sender, api, NEW);
			const again = await after.post("/webhooks", made("one"), { "idempotency-key": "hook" });
			expect([again.status, again.body]).toEqual([201, hook.body]);
			expect(again.headers.get("idempotency-replayed")).toBe("true");
			const same = await after.post("/api-keys", { name: "x", scopes: ["*"] }, { "idempotency-key": "key" });
			expect(same.body).toEqual(key.body);
			expect((await after.post(`/webhooks/${deleted.id}/restore`)).status).toBe(200);
			const lists = (await after.get("/webhooks")).body.items;
			for (const one of lists) expect(Object.keys(one.headers)).toEqual(["x-token"]);
			sender.queued.splice(0);
			expect((await after.post("/leads", { name: "Jane" })).status).toBe(201);
			const bodies = sender.queued.splice(0).map(({ body }) => body);
			const other = await Sender.start({ ENCRYPTION_KEY: NEW });
			await other.consume(bodies);
			const arrived = await receivedRequests(name);
			expect(arrived).toHaveLength(3);
			for (const { headers } of arrived) expect(headers["x-token"]).toBe("very-secret");
			const signatures = arrived.map(({ headers }) => String(headers["webhook-signature"]).split(" ").length);
			expect(signatures.toSorted(), "the one in its grace is signed twice").toEqual([1, 1, 2]);
		},
	);

	it("is gone on with after each interruption, and repeated until nothing is found", async () => {
		const sender = await Sender.start();
		const { api } = await given("interrupted", sender, 0);
		await wanted();
		let batches = 0;
		const dying = (at: number) =>
			wrapDatabases((db) =>
				withMembers(db, {
					async batch(statements: D1PreparedStatement[]) {
						batches += 1;
						if (batches === at) throw new Error("D1_ERROR: internal error");
						return db.batch(statements);
					},
				}),
			);
		vi.spyOn(console, "error").mockReturnValue();
		for (let at = 1; at <= 12; at += 1) {
			batches = 0;
			const mortal = await Sender.start({ ...dying(at), ENCRYPTION_KEY: BOTH });
			await mortal.sweep().catch(() => undefined);
		}
		// Written under the old key by an isolate that has not heard of the new one, where the walk has been.
		await withKeys(sender, api, OLD).post("/webhooks", { url: "https://hooks.example.com/a", events: ["*"] });
		await wanted();
		await sweepUntilDone(await Sender.start({ ENCRYPTION_KEY: BOTH }));
		expect(await underOld()).toEqual([]);
	});

	it("leaves a row that changes meanwhile to the next pass, and what is new as it is", async () => {
		const sender = await Sender.start();
		const { api, hook } = await given("raced", sender, 0);
		await wanted();
		let secret = "";
		const racing = wrapDatabases((db) =>
			withMembers(db, {
				prepare: (text: string) => {
					const prepared = db.prepare(text);
					if (secret === "" && /^UPDATE "webhooks" SET "secret" = seen/.test(text)) secret = "pending";
					return prepared;
				},
				async batch(statements: D1PreparedStatement[]) {
					if (secret === "pending") {
						secret = (
							await withKeys(sender, api, BOTH).post(`/webhooks/${hook.body.id}/rotate-secret`, {
								graceSeconds: 0,
							})
						).body.secret;
					}
					return db.batch(statements);
				},
			}),
		);
		await sweepUntilDone(await Sender.start({ ...racing, ENCRYPTION_KEY: BOTH }));
		expect(secret).toMatch(/^whsec_/);
		expect(await underOld()).toEqual([]);
		const url = `${inject("receiver")}/status/200/raced-too`;
		await withKeys(sender, api, NEW).patch(`/webhooks/${hook.body.id}`, { url });
		const reply: Json = await withKeys(sender, api, NEW).post(`/webhooks/${hook.body.id}/rotate-secret`, {
			graceSeconds: 60,
		});
		expect(reply.status, "the secret of the rotation opens").toBe(200);
	});

	it("skips and logs what no key opens, and ends", async () => {
		const errors = vi.spyOn(console, "error").mockReturnValue();
		const sender = await Sender.start();
		const { hook } = await given("unknown", sender, 0);
		await bindingsOf(0)
			.DB.prepare("UPDATE webhooks SET secret = 'v1.k1.AAAAAAAAAAAAAAAA.AAAA' WHERE id = ?")
			.bind(hook.body.id)
			.run();
		await wanted();
		await sweepUntilDone(await Sender.start({ ENCRYPTION_KEY: BOTH }));
		expect(errors.mock.calls.flat().join()).toContain('"what":"not_resealed"');
		expect(await underOld()).toEqual(["v1.k1.AAAAAAAAAAAAAAAA.AAAA"]);
		await bindingsOf(0).DB.prepare("UPDATE webhooks SET secret = NULL WHERE id = ?").bind(hook.body.id).run();
	});

	it("has nothing to do where there is one key", async () => {
		const sender = await Sender.start();
		await given("single", sender, 0);
		const before = await underOld();
		await wanted();
		await sweepUntilDone(sender);
		expect(await underOld()).toEqual(before);
	});
});
