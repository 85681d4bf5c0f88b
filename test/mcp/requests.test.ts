// What /mcp takes as a request: one message in JSON, from programs and from pages of hosts that it knows.
import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { ORIGIN, read } from "../support/api.ts";
import { watchBindings } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { agentOf } from "./client.ts";
import { PING, post } from "./posting.ts";

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
