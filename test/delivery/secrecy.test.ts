// No secret is stored, logged or shown in plain text: runs many operations and failures with keys, secrets and headers, and
// then searches everything that was written.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, inject, it, vi } from "vitest";
import { toBase64, toHex } from "../../src/base64.ts";
import { Api, type Json, type Reply } from "../support/api.ts";
import { limitersWith, withMembers, workerWith } from "../support/bindings.ts";
import { madeUpKey } from "../support/made-up.ts";
import { findSecrets, writingsOf } from "../support/secret-search.ts";
import { Sender } from "../support/sender.ts";
import { run, wrapDatabases } from "../support/shards.ts";
import { databaseTexts, limiterTexts } from "../support/stored-texts.ts";

/** All that is written to the console. */
function watchLogs(): string[] {
	const lines: string[] = [];
	for (const method of ["log", "info", "warn", "error", "debug"] as const) {
		vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
			lines.push(args.map((arg) => (arg instanceof Error ? `${arg} ${arg.stack}` : String(arg))).join(" "));
		});
	}
	return lines;
}

afterEach(() => {
	vi.restoreAllMocks();
});

describe("a search", () => {
	it("finds a secret in every encoding, at any offset", () => {
		const secret = 'lw_test_with "quotes" and ÄÖ to its end/+';
		const bytes = (text: string) => new TextEncoder().encode(text);
		for (const before of ["", "x", "xy", "xyz"]) {
			const text = `${before}${secret}yz`;
			for (const written of [text, JSON.stringify(text), toBase64(bytes(text)), toHex(bytes(text))]) {
				expect(findSecrets({ secret }, { place: written }), written).toEqual(["secret in place"]);
			}
		}
		expect(findSecrets({ secret }, { place: secret.slice(0, -20) })).toEqual([]);
		expect(writingsOf(secret).every((needle) => needle.length >= 15)).toBe(true);
	});
});

describe("no key, secret or header value", () => {
	it("is left in the database, the limiters, the logs, the queue or another answer", async () => {
		const logs = watchLogs();
		const vars = { WEBHOOK_RETRY_DELAYS: "0,0", WEBHOOK_TIMEOUT_SECONDS: "1" };
		const sender = await Sender.start(vars);
		const api = new Api(sender.key, sender.organizationId, "").via(workerWith(sender.env));
		const secrets: Record<string, string> = {
			"the caller's key": sender.key,
			"a key nobody has": madeUpKey(),
			"the pepper": env.KEY_PEPPER,
			"the master key": env.ENCRYPTION_KEY,
			"a given secret": "marker-Given-secret-0001",
			"a secret given again": "marker-Given-secret-0002",
			"a refused secret": "marker Refused secret 03",
			"a refused password": "marker-Refused-password4",
			"a refused header": "marker-Refused-header-5é",
			"the authorization header": "Bearer marker-Authorization-0006",
			"the key header": "marker-Key-header-0007",
			"the token header": "marker-Token-header-0008",
			"an address in a path": "marker.Address@example.com",
		};
		/** Reads back as it is, to those who may read webhooks; nowhere else. */
		const plain = { "the plain header": "marker-Plain-header-00009" };
		const answers: Record<string, string> = {};
		const readsWebhook: Record<string, string> = {};
		const keep = (reply: Reply, status: number, place: Record<string, string>, name: string) => {
			expect(reply.status, `${name}: ${reply.text}`).toBe(status);
			place[`answer ${Object.keys(place).length} ${name}`] =
				`${[...reply.headers].join("\n")}\n${reply.text}`;
			return reply.body;
		};
		/** An answer that must hold none of it. */
		const ask = async (
			status: number,
			method: string,
			path: string,
			body?: object,
			headers?: Record<string, string>,
		): Promise<Json> =>
			keep(
				await api.send(method, path, body, headers),
				status,
				path.startsWith("/webhooks") ? readsWebhook : answers,
				`${method} ${path}`,
			);
		/** One that shows a secret by contract, under the name it goes by from then on. */
		const shows = async (
			name: string,
			status: number,
			path: string,
			body: object,
			headers?: Record<string, string>,
		): Promise<Json> => {
			const reply = await api.send("POST", path, body, headers);
			expect(reply.status, reply.text).toBe(status);
			const secret = reply.body.key ?? reply.body.secret;
			expect(secret, name).toEqual(expect.any(String));
			secrets[name] = secret;
			return reply.body;
		};

		const key = await shows("a made key", 201, "/api-keys", { name: "one" });
		await shows("a key made again", 201, "/api-keys", { name: "two" }, { "idempotency-key": "key-1" });
		await shows("a key replayed", 201, "/api-keys", { name: "two" }, { "idempotency-key": "key-1" });
		expect(secrets["a key replayed"]).toBe(secrets["a key made again"]);
		await shows("a rotated key", 201, `/api-keys/${key.id}/rotate`, { graceSeconds: 60 });
		await ask(200, "GET", "/api-keys");

		const headers = {
			Authorization: secrets["the authorization header"],
			"X-Api-Key": secrets["the key header"],
			"X-Auth-Token": secrets["the token header"],
			"X-Team": plain["the plain header"],
		};
		const hook = (path: string) => ({ url: `${inject("receiver")}${path}`, events: ["*"], headers });
		const made = await shows("a made secret", 201, "/webhooks", hook("/status/200/secrecy"));
		await shows("a secret made again", 201, "/webhooks", hook("/rejects/secrecy"), {
			"idempotency-key": "hook-1",
		});
		await shows("a secret replayed", 201, "/webhooks", hook("/rejects/secrecy"), {
			"idempotency-key": "hook-1",
		});
		const given = await shows("a given secret", 201, "/webhooks", {
			...hook("/reset/secrecy"),
			secret: secrets["a given secret"],
		});
		await shows(
			"a rotated secret",
			200,
			`/webhooks/${made.id}/rotate-secret`,
			{},
			{ "idempotency-key": "rotate-1" },
		);
		await shows("a secret given again", 200, `/webhooks/${given.id}/rotate-secret`, {
			secret: secrets["a secret given again"],
		});
		await ask(409, "POST", `/webhooks/${made.id}/rotate-secret`, {});
		await ask(200, "PATCH", `/webhooks/${made.id}`, { headers: { ...headers, "X-Auth-Token": "***" } });

		const url = "https://hooks.example.com/a";
		const events = ["lead.created"];
		await ask(
			400,
			"POST",
			"/webhooks",
			{ url, events, secret: secrets["a refused secret"] },
			{ "idempotency-key": "no-1" },
		);
		await ask(400, "POST", "/webhooks", {
			url: `https://me:${secrets["a refused password"]}@example.com/`,
			events,
		});
		await ask(400, "POST", "/webhooks", {
			url,
			events,
			headers: { "X-Secret": secrets["a refused header"] },
		});
		await ask(400, "POST", "/leads", { name: "x", apiKey: sender.key });
		await ask(400, "GET", `/leads?key=${sender.key}`);
		for (const misplaced of [sender.key, secrets["an address in a path"]]) {
			await ask(404, "GET", `/leads/${misplaced}`);
			await ask(404, "GET", `/${misplaced}/of/nothing`);
			await ask(401, "GET", `/leads/${misplaced}`, undefined, { "x-api-key": "" });
		}
		await ask(200, "GET", "/leads", undefined, { "x-request-id": sender.key });
		await ask(200, "GET", "/leads", undefined, { "x-request-id": "given.by:the-caller_1" });
		await ask(401, "GET", "/leads", undefined, { "x-api-key": secrets["a key nobody has"] ?? "" });
		await ask(401, "GET", "/leads", undefined, { "x-api-key": sender.key.slice(0, -1) });

		await ask(201, "POST", "/leads", { name: "Found in the database" });
		await ask(202, "POST", `/webhooks/${given.id}/test`, { event: "lead.created" });
		const told: unknown[] = [];
		for (let round = 0; round < 3; round += 1) {
			told.push(...sender.queued);
			await sender.drain();
		}

		const databases = wrapDatabases((db) =>
			withMembers(db, { batch: () => Promise.reject(new Error("D1_ERROR: Network connection lost.")) }),
		);
		const KEY_LIMITER = limitersWith(() => Promise.reject(new Error("reset")));
		for (const [broken, status] of [
			[databases, 503],
			[{ KEY_LIMITER }, 201],
		] as const) {
			const reply = await api
				.via(workerWith({ ...sender.env, ...broken }))
				.post("/leads", { name: "In bad times" });
			keep(reply, status, answers, "with a fault");
		}
		sender.queueFails = true;
		await ask(201, "POST", "/leads", { name: "Nobody is woken" });
		await run("UPDATE webhooks SET secret = 'v1.k9.AAAAAAAAAAAAAAAA.AAAA' WHERE id = ?", given.id);
		await sender.sweep();

		for (const { id } of [made, given]) {
			await ask(200, "GET", `/webhooks/${id}`);
			const { items } = await ask(200, "GET", `/webhooks/${id}/deliveries`);
			for (const one of items.slice(0, 3)) await ask(200, "GET", `/webhooks/${id}/deliveries/${one.id}`);
		}
		await ask(200, "GET", "/webhooks");
		await ask(200, "GET", "/events?limit=100");

		const tables = await databaseTexts();
		const kept = { ...tables, ...(await limiterTexts()), logs: logs.join("\n"), queue: JSON.stringify(told) };
		expect(findSecrets({ ...secrets, ...plain }, { ...kept, ...answers })).toEqual([]);
		expect(findSecrets(secrets, readsWebhook)).toEqual([]);

		// All of it was looked at: each place holds something of that day.
		expect(tables["table leads"]).toContain("Found in the database");
		expect(tables["table attempts"]).toContain("/reset/secrecy");
		expect(tables["table attempts"]).toContain("unknown token ***, ***, {");
		expect(tables["table idempotency_keys"]).toContain("hook-1");
		expect(findSecrets(plain, readsWebhook)).not.toEqual([]);
		expect(Object.keys(kept).filter((place) => place.startsWith("limiter "))).not.toEqual([]);
		expect(kept.logs).toContain('"requestId":"given.by:the-caller_1"');
		expect(kept.logs).toContain('"path":"/api/v1/leads/…"');
		for (const type of ["request", "attempt", "delivery_deferred", "limiter_failed", "queue_refused"]) {
			expect(kept.logs).toContain(`"${type}"`);
		}
		expect(told).not.toEqual([]);
	});
});
