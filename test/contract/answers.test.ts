// What every answer carries: its request id, CORS, caching, and its line in the log.
import { exports } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ORIGIN, type Reply } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { operationsIn, readDocument } from "../support/document.ts";
import { withFailingDatabase } from "../support/failing-database.ts";
import { UNKNOWN_LEAD_ID } from "../support/requests.ts";

describe("X-Request-Id", () => {
	it.each(["a", "A-b_c.d:9", "5f2c6c1e-9a3b-4c8e-8f5e-1d2c3b4a5f60", "x".repeat(128)])(
		"%s is echoed",
		async (id) => {
			const api = await createCaller();
			for (const path of ["/leads", `/leads/${UNKNOWN_LEAD_ID}`, "/nowhere"]) {
				const reply = await api.get(path, { "x-request-id": id });
				expect(reply.headers.get("x-request-id")).toBe(id);
				if (reply.status !== 200) expect(reply.body.requestId).toBe(id);
			}
		},
	);

	it.each(["x".repeat(129), "a b", "a,b", "<script>", "ä", '"', "a;b", "{}"])(
		"%s is replaced",
		async (id) => {
			const api = await createCaller();
			const reply = await api.get("/leads", { "x-request-id": id });
			expect(reply.headers.get("x-request-id")).toMatch(/^req_[0-9a-z]{26}$/);
		},
	);

	it("is there on answers without a key, and never twice the same", async () => {
		const ids = new Set<string | null>();
		for (const path of ["/", "/nowhere", "/api/v1/leads", "/api/v1/leads"])
			ids.add((await exports.default.fetch(ORIGIN + path)).headers.get("x-request-id"));
		expect(ids.size).toBe(4);
		expect(ids).not.toContain(null);
	});
});

describe("CORS", () => {
	const exposed = [
		"X-Request-Id",
		"ETag",
		"Location",
		"Link",
		"Idempotency-Replayed",
		"Retry-After",
		"Allow",
		"WWW-Authenticate",
		"RateLimit-Limit",
		"RateLimit-Remaining",
		"RateLimit-Reset",
		"RateLimit-Policy",
		"RateLimit",
	];

	it("exposes what the contract names, to any origin, without credentials", async () => {
		const api = await createCaller();
		for (const reply of [
			await api.get("/leads", { origin: "https://app.example" }),
			await api.get("/nowhere", { origin: "null" }),
			await api.get("/leads", { "x-api-key": "no", origin: "https://app.example" }),
		]) {
			expect(reply.headers.get("access-control-allow-origin")).toBe("*");
			expect(reply.headers.get("access-control-expose-headers")?.split(",").sort()).toEqual(exposed.sort());
			expect(reply.headers.get("access-control-allow-credentials")).toBeNull();
		}
	});

	it("answers a preflight without a key, for every header and method the API takes", async () => {
		const wanted = "x-api-key,authorization,content-type,if-match,if-none-match,idempotency-key,x-request-id";
		const response = await exports.default.fetch(`${ORIGIN}/api/v1/leads`, {
			method: "OPTIONS",
			headers: {
				origin: "https://app.example",
				"access-control-request-method": "PATCH",
				"access-control-request-headers": wanted,
			},
		});
		expect(response.status).toBe(204);
		expect(response.headers.get("access-control-allow-origin")).toBe("*");
		expect(response.headers.get("access-control-allow-headers")).toBe(wanted);
		const taken = operationsIn(await readDocument()).map(({ method }) => method.toUpperCase());
		expect(response.headers.get("access-control-allow-methods")?.split(",").sort()).toEqual(
			[...new Set([...taken, "HEAD"])].sort(),
		);
		expect(Number(response.headers.get("access-control-max-age"))).toBeGreaterThan(0);
	});
});

describe("an answer to a key", () => {
	it("has Cache-Control: private, no-cache", async () => {
		const api = await createCaller();
		for (const reply of [
			await api.get("/leads"),
			await api.get(`/leads/${UNKNOWN_LEAD_ID}`),
			await api.post("/leads", {}),
		])
			expect(reply.headers.get("cache-control")).toBe("private, no-cache");
	});

	it("has the headers of its kind, each once", async () => {
		const api = await createCaller();
		const lead = `/leads/${(await api.post("/leads", { name: "Jane" })).body.id}`;
		const [json, once] = ["application/json; charset=utf-8", "private, no-cache"];
		const tagged = `${once}, no-transform`;
		const found: Record<string, unknown> = {};
		const note = (name: string, { headers }: Reply) => {
			found[name] = [headers.get("content-type"), headers.get("cache-control")];
			expect(headers.get("access-control-allow-origin"), name).toBe("*");
			expect(headers.get("ratelimit-limit"), name).toBe("60");
			const names = headers.get("access-control-expose-headers")?.split(",") ?? [];
			expect(new Set(names).size, name).toBe(names.length);
		};
		note("list", await api.get("/leads"));
		note("one", await api.get(lead));
		note("unchanged", await api.get(lead, { "if-none-match": '"1"' }));
		note("changed", await api.patch(lead, { name: "Joan" }));
		note("conflict", await api.patch(lead, { name: "Jill" }, { "if-match": '"1"' }));
		note("deleted", await api.delete(lead));
		note("unknown", await api.get(lead));
		note("no method", await api.send("PUT", "/leads", {}));
		note("document", await api.get("/openapi.json"));
		expect(found).toEqual({
			list: [json, once],
			one: [json, tagged],
			unchanged: [null, tagged],
			changed: [json, tagged],
			conflict: [json, once],
			deleted: [null, once],
			unknown: [json, once],
			"no method": [json, once],
			document: ["application/json", once],
		});
	});
});

describe("the log", () => {
	afterEach(() => vi.restoreAllMocks());

	it("has one line per request with its id, and nothing of its body, query or headers", async () => {
		const lines: string[] = [];
		vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
		vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
		const api = await createCaller();
		const webhook = {
			url: "https://hooks.example.com/hidden-a",
			events: ["*"],
			headers: { "x-token": "hidden-b" },
		};
		const replies = [
			await api.post("/leads", { name: "hidden-c" }, { "idempotency-key": "hidden-d" }),
			await api.get("/leads?search=hidden"),
			await api.post("/webhooks", { ...webhook, secret: "hidden-e-0123456789" }),
			await api.post("/api-keys", { name: "hidden-f" }),
			await api.post("/leads", '{"name": hidden'),
			await api.get("/leads", { "x-api-key": "hidden-g" }),
			await api.via(withFailingDatabase("D1_ERROR: it broke")).get("/leads"),
		];
		const text = lines.join("\n");
		expect(text).not.toContain("hidden");
		expect(text).not.toContain(api.key);
		expect(text).not.toContain(replies[3]?.body.key);
		const requests = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === "request");
		expect(requests.map(({ requestId }) => requestId)).toEqual(
			replies.map(({ headers }) => headers.get("x-request-id")),
		);
		for (const [index, { status }] of replies.entries())
			expect(requests[index]).toMatchObject({ status, method: expect.any(String), path: expect.any(String) });
		expect(requests.map(({ keyId }) => keyId)).toEqual(
			replies.map(({ status }) => (status === 401 ? undefined : api.keyId)),
		);
		const [fault] = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === "fault");
		expect(fault).toMatchObject({
			what: "unexpected",
			requestId: requests[6]?.requestId,
			message: "D1_ERROR: it broke",
		});
	});
});
