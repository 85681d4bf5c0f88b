// /mcp as a client meets it before any tool: both eras, keys, limits, origins and bodies.
import { env } from "cloudflare:workers";
import type { OAuthClientProvider } from "@modelcontextprotocol/client";
import { describe, expect, it } from "vitest";
import { type Reply, read } from "../support/api.ts";
import { watchBindings, withMembers, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { madeUpKey } from "../support/made-up.ts";
import { wrapDatabases } from "../support/shards.ts";
import { agentOf, type Era } from "./client.ts";
import { PING, post } from "./posting.ts";

const JANE = { resource: "leads", fields: { name: "Jane" } };
const LEADS = { resource: "leads" };
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
