// /mcp as a client meets it before any tool: both eras, keys, limits, origins and bodies.
import { env, exports } from "cloudflare:workers";
import type { OAuthClientProvider } from "@modelcontextprotocol/client";
import { describe, expect, it } from "vitest";
import { type Api, ORIGIN, type Reply, read } from "../support/api.ts";
import { watchBindings, withMembers, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { madeUpKey } from "../support/made-up.ts";
import { wrapDatabases } from "../support/shards.ts";
import { agentOf, type Era } from "./client.ts";

const JANE = { resource: "leads", fields: { name: "Jane" } };
const LEADS = { resource: "leads" };
const PING = { jsonrpc: "2.0", id: 1, method: "ping" };

/** One POST to /mcp, as a client of 2025 would send it. */
async function post(api: Pick<Api, "key" | "target">, body: unknown, headers: Record<string, string> = {}) {
	const request = new Request(`${ORIGIN}/mcp`, {
		method: "POST",
		headers: {
			"x-api-key": api.key,
			"content-type": "application/json",
			accept: "application/json, text/event-stream",
			...headers,
		},
		body: typeof body === "string" ? body : JSON.stringify(body),
	});
	return read(await api.target(request));
}

describe.each<Era>(["2025", "2026"])("a client of %s", (era) => {
	it("connects, is told what this is, and calls a tool", async () => {
		const agent = await agentOf(await createCaller(), { era });
		expect(agent.client.getServerVersion()).toMatchObject({ name: "leadwire", title: "Leadwire" });
		expect(agent.client.getServerCapabilities()).toEqual({ tools: {} });
		expect(agent.client.getInstructions()).toContain("The prefix of an id shows its type");
		expect(agent.client.getNegotiatedProtocolVersion()).toMatch(new RegExp(`^${era}-`));
		const lead = await agent.call("create_record", JANE);
		expect(lead.id).toMatch(/^ld_/);
	});

	it("is answered in JSON, with the headers of every answer to a key", async () => {
		const agent = await agentOf(await createCaller(), { era });
		await agent.client.listTools();
		const last = agent.responses.at(-1);
		expect(last?.headers.get("content-type")).toMatch(/^application\/json/);
		expect(last?.headers.get("ratelimit-limit")).toBe("60");
		expect(last?.headers.get("cache-control")).toBe("private, no-cache");
		expect(last?.headers.get("x-request-id")).toMatch(/^req_/);
		expect(agent.responses.every(({ headers }) => !headers.has("mcp-session-id"))).toBe(true);
	});

	it("has one request counted for each that it sends", async () => {
		const watch = watchBindings();
		const api = (await createCaller()).via(watch.target);
		const agent = await agentOf(api, { era });
		const lead = await agent.call("create_record", JANE);
		watch.reset();
		await agent.call("search_records", { search: "Jane" });
		await agent.call("get_record", { id: lead.id });
		expect(watch.limiterCalls).toBe(2);
		const left = agent.responses
			.map(({ headers }) => Number(headers.get("ratelimit-remaining")))
			.filter(Boolean);
		expect(left.at(-1)).toBe(60 - left.length);
	});

	it.each(["", madeUpKey()])(
		"whose key is refused is told how to get one, and begins no OAuth dialogue",
		async (key) => {
			const { target } = await createCaller();
			const seen: { path: string; reply: Reply }[] = [];
			const watching = async (request: Request) => {
				const response = await target(request);
				seen.push({ path: new URL(request.url).pathname, reply: await read(response.clone()) });
				return response;
			};
			let dialogues = 0;
			const authProvider: OAuthClientProvider = {
				redirectUrl: "http://localhost:1/callback",
				clientMetadata: { redirect_uris: ["http://localhost:1/callback"] },
				clientInformation: () => undefined,
				saveClientInformation() {},
				tokens: () => undefined,
				saveTokens() {},
				redirectToAuthorization() {
					dialogues += 1;
				},
				saveCodeVerifier() {},
				codeVerifier: () => "",
			};
			const told = /Send an API key as x-api-key\..*\/dashboard.*There is no OAuth/;
			await expect(agentOf({ key, target: watching }, { era, authProvider })).rejects.toThrow(told);
			expect(dialogues).toBe(0);
			const [refused] = seen;
			expect(refused?.reply).toMatchObject({ status: 401, body: { message: expect.stringMatching(told) } });
			expect(refused?.reply.headers.get("www-authenticate")).toBe('Bearer realm="Leadwire"');
			const discovery = seen.filter(({ path }) => path.startsWith("/.well-known/"));
			expect(discovery.length).toBeGreaterThan(1);
			for (const { reply } of discovery) expect(reply.status).toBe(404);

			await expect(agentOf({ key, target }, { era })).rejects.toThrow();
		},
	);

	it("calls an unknown tool and gets a protocol error", async () => {
		const agent = await agentOf(await createCaller(), { era });
		await expect(agent.client.callTool({ name: "drop_table" })).rejects.toMatchObject({ code: -32602 });
	});
});

describe("a key", () => {
	it("is taken as a bearer token too", async () => {
		const { key, target } = await createCaller();
		const agent = await agentOf({ key, target }, { headers: { authorization: `Bearer ${key}` } });
		expect(await agent.call("list_failing_webhooks")).toEqual({ failing: [], healthy: 0 });
	});

	it.each([
		["missing", ""],
		["malformed", "lw_live_nonsense"],
		["unknown", madeUpKey("test")],
	])("that is %s is refused in the API's words, at no cost", async (_, key) => {
		const watch = watchBindings();
		const reply = await post({ key, target: watch.target }, PING);
		expect(reply.status).toBe(401);
		expect(reply.body).toEqual({
			code: "UNAUTHORIZED",
			message:
				"This API key is missing or not valid. Send an API key as x-api-key. Whoever has a key can create more at https://api.leadwire.test/dashboard; the operator of this server makes the first one. There is no OAuth.",
			requestId: reply.headers.get("x-request-id"),
		});
		expect(watch.limiterCalls).toBe(0);
	});

	it("that is used up gets 429 and Retry-After; it shares its 60 with the API, and nothing is written", async () => {
		const api = await createCaller();
		const agent = await agentOf(api);
		const before = agent.responses.length;
		await Promise.all(Array.from({ length: 60 - before }, () => api.get("/leads/nonsense")));
		const reply = await post(api, PING);
		expect(reply.status).toBe(429);
		expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(0);
		expect(reply.headers.get("ratelimit-remaining")).toBe("0");
		expect(reply.body.code).toBe("TOO_MANY_REQUESTS");
		await expect(agent.client.callTool({ name: "create_record", arguments: JANE })).rejects.toThrow();
		const other = await createCaller({ organizationId: api.organizationId });
		expect((await other.get("/leads")).body.items).toEqual([]);
	});

	it("with an envelope gets no envelope here", async () => {
		const agent = await agentOf(await createCaller({ envelope: true }));
		expect(await agent.call("create_record", JANE)).toMatchObject({ name: "Jane" });
		expect((await agent.call("find_records", LEADS)).items).toHaveLength(1);
	});
});

describe("a fault of ours", () => {
	it("is a tool error that tells nothing of it", async () => {
		const api = await createCaller();
		const agent = await agentOf(api);
		await agent.call("find_records", LEADS);
		const batch = () => Promise.reject(new Error("D1_ERROR: no such table: leads"));
		const broken = await agentOf(
			api.via(workerWith({ ...env, ...wrapDatabases((db) => withMembers(db, { batch })) })),
		);
		const { requestId, ...error } = await broken.fail("find_records", LEADS);
		expect(error).toEqual({ code: "INTERNAL_ERROR", message: "Something failed on our side." });
		expect(broken.responses.at(-1)?.headers.get("x-request-id")).toBe(requestId);
	});
});

describe("a request that isn't a message", () => {
	it.each(["GET", "DELETE", "PUT"])(
		"by %s is 405, so that clients of 2025 open no stream",
		async (method) => {
			const reply = await read(await exports.default.fetch(`${ORIGIN}/mcp`, { method }));
			expect(reply.status).toBe(405);
			expect(reply.headers.get("allow")).toBe("POST");
			expect(reply.body.code).toBe("METHOD_NOT_ALLOWED");
		},
	);

	it("is refused as everywhere: type, encoding, size, syntax, depth", async () => {
		const api = await createCaller();
		expect((await post(api, PING, { "content-type": "text/plain" })).status).toBe(415);
		expect((await post(api, PING, { "content-encoding": "gzip" })).status).toBe(415);
		const large = { ...PING, params: { filler: "a".repeat(256 * 1_024) } };
		expect((await post(api, large)).body).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
		expect((await post(api, "{")).body).toMatchObject({
			code: "BAD_REQUEST",
			message: "The body is not valid JSON.",
		});
		const deep = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":${"[".repeat(40)}${"]".repeat(40)}}}`;
		expect((await post(api, deep)).status).toBe(400);
		expect((await post(api, { hello: "world" })).status).toBe(400);
	});

	it("is refused as a batch, which would be counted once for many calls", async () => {
		const api = await createCaller();
		for (const batch of [[], [PING], [PING, { ...PING, id: 2 }]]) {
			const reply = await post(api, batch);
			expect(reply).toMatchObject({
				status: 400,
				body: { message: "Send one JSON-RPC message per request." },
			});
		}
	});

	it("is told so where the method is unknown", async () => {
		const reply = await post(await createCaller(), { ...PING, method: "leads/list" });
		expect(reply.body).toMatchObject({ jsonrpc: "2.0", id: 1, error: { code: -32601 } });
	});

	it("that is a notification gets 202", async () => {
		const reply = await post(await createCaller(), { jsonrpc: "2.0", method: "notifications/initialized" });
		expect(reply).toMatchObject({ status: 202, text: "" });
	});

	it("opens no stream of server messages", async () => {
		const agent = await agentOf(await createCaller());
		await expect(agent.client.listen({ toolsListChanged: true })).rejects.toThrow(/limit/);
	});
});

describe("a page in a browser", () => {
	it.each([
		["https://api.leadwire.test", 200],
		["http://localhost:6274", 200],
		["http://127.0.0.1:3000", 200],
		["https://evil.example", 403],
		["https://api.leadwire.test.evil.example", 403],
		["https://localhost.evil.example", 403],
		["null", 403],
	])("of %s gets %i", async (origin, status) => {
		const api = await createCaller();
		const reply = await post(api, PING, { origin });
		expect(reply.status).toBe(status);
		if (status === 403) expect(reply.body.code).toBe("FORBIDDEN");
	});

	it("that was refused costs the key nothing", async () => {
		const watch = watchBindings();
		const api = (await createCaller()).via(watch.target);
		await post(api, PING, { origin: "https://evil.example" });
		expect(watch.limiterCalls).toBe(0);
	});

	it("on a host that DNS points at this machine is refused, for it comes over plain HTTP", async () => {
		const { key } = await createCaller();
		const response = await exports.default.fetch("http://evil.example:8787/mcp", {
			method: "POST",
			headers: { "x-api-key": key, origin: "http://evil.example:8787", "content-type": "application/json" },
			body: JSON.stringify(PING),
		});
		expect((await read(response)).status).toBe(403);
	});
});
