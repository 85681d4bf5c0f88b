// The form of every answer: errors, headers, methods, envelopes.
import { env, exports } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { catalogue } from "../../src/errors.ts";
import { type Api, ORIGIN, type Reply, read } from "../support/api.ts";
import { over, under } from "../support/bindings.ts";
import { givenCaller } from "../support/given.ts";
import {
	bodyOf,
	changeOf,
	evenGone,
	goneAt,
	has,
	made,
	oneOf,
	operations,
	pathOf,
	resourceAt,
	without,
} from "./harness.ts";
import { resources } from "./resources.ts";

const NOTHING = "ld_01kaj2m5m8f7jt2n3v4w5x6y7z";

/** The Worker with a database that fails. */
const broken = (message: string) =>
	under({
		...env,
		DB: over(env.DB, {
			batch() {
				throw new Error(message);
			},
		}),
	});

describe("an error", () => {
	const leaks =
		/D1|SQL|SELECT|INSERT|UNIQUE|sqlite|constraint|org_|stack|\bat \w+ \(|\.ts\b|src\/|node_modules/;
	const duplicate = { name: "Sam", email: "sam@example.com" };
	const stranger = new Error("D1_ERROR: UNIQUE constraint failed: leads.id at run (src/db/client.ts:30)");

	const errors: Record<number, (api: Api) => Promise<Reply>> = {
		400: (api) => api.post("/leads", { name: 1, nope: 2 }),
		401: (api) => api.get("/leads", { "x-api-key": "no" }),
		403: async ({ organizationId }) => (await givenCaller({ organizationId, scopes: [] })).get("/leads"),
		404: (api) => api.get(`/leads/${NOTHING}`),
		405: (api) => api.send("PUT", "/leads", {}),
		409: async (api) => {
			await api.post("/users", duplicate);
			return api.post("/users", duplicate);
		},
		412: async (api) => {
			const { id } = await made(api, resourceAt("leads"));
			return api.delete(`/leads/${id}`, { "if-match": '"7"' });
		},
		413: (api) => api.post("/leads", " ".repeat(300_000)),
		415: (api) => api.raw("POST", "/leads", { body: "{}" }),
		422: async (api) => {
			await api.post("/leads", { name: "a" }, { "idempotency-key": "x" });
			return api.post("/leads", { name: "b" }, { "idempotency-key": "x" });
		},
		429: async (api) => {
			const replies = await Promise.all(Array.from({ length: 61 }, () => api.get("/leads")));
			return replies.find(({ status }) => status === 429) ?? api.get("/leads");
		},
		500: (api) => api.via(broken(stranger.message)).get("/leads"),
		503: (api) => api.via(broken("D1_ERROR: D1 DB is overloaded. Too many requests queued.")).get("/leads"),
	};

	it.each(Object.entries(catalogue))(
		"%s has the one shape, and tells nothing it should not",
		async (code, { status }) => {
			const api = await givenCaller();
			await api.get("/tags");
			const reply = await errors[status]?.(api);
			if (!reply) throw new Error(`No request here is answered with ${status}`);
			expect(reply.status, reply.text).toBe(status);
			expect(reply.headers.get("content-type")).toBe("application/json; charset=utf-8");
			expect(reply.headers.get("x-request-id")).toBe(reply.body.requestId);
			expect(without(reply.body, "errors")).toEqual({
				code,
				message: expect.stringMatching(/^\S.*\.$/),
				requestId: expect.stringMatching(/^req_[0-9a-z]{26}$/),
			});
			for (const error of reply.body.errors ?? [])
				expect(error).toEqual({ path: expect.any(String), message: expect.stringMatching(/\.$/) });
			expect(reply.text).not.toMatch(leaks);
			expect(reply.headers.get("access-control-allow-origin")).toBe("*");
			const waits = status === 429 || status === 503;
			expect(reply.headers.has("retry-after")).toBe(waits);
			expect(reply.headers.has("allow")).toBe(status === 405);
		},
	);

	it("names every field at fault, the first one in its message", async () => {
		const api = await givenCaller();
		const { body } = await api.post("/leads", { name: "", email: "x", score: 1.5, tagIds: ["a"], nope: 1 });
		expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(
			expect.arrayContaining(["name", "email", "score", "tagIds.0", "nope"]),
		);
		expect(body.message).toBe(`${body.errors[0].path}: ${body.errors[0].message}`);
	});

	it("names at most fifty", async () => {
		const api = await givenCaller();
		const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`field${index}`, 1]));
		expect((await api.post("/leads", many)).body.errors).toHaveLength(50);
	});

	it("is never wrapped in an envelope", async () => {
		const api = await givenCaller({ envelope: true });
		for (const reply of [
			await api.get(`/leads/${NOTHING}`),
			await api.post("/leads", {}),
			await api.get("/nowhere"),
		])
			expect(Object.keys(reply.body).slice(0, 3)).toEqual(["code", "message", "requestId"]);
	});
});

describe("paths and methods", () => {
	const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
	const paths = [...new Set(operations.map(({ path }) => path))];
	const taken = (path: string) =>
		operations
			.filter((operation) => operation.path === path)
			.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));

	it.each(paths)("%s answers 405 to what it doesn't take, and says what it does", async (path) => {
		const api = await givenCaller();
		const operation = operations.find((one) => one.path === path);
		if (!operation) return;
		for (const method of methods) {
			const reply = await api.send(
				method,
				pathOf(operation),
				method === "POST" || method === "PATCH" ? {} : undefined,
			);
			// A fixed path such as /leads/batch also looks like /leads/{id}.
			const looksLikeId = /^\/[^/]+\/[a-z]+$/.test(path);
			if (taken(path).includes(method)) expect(reply.status, method).not.toBe(405);
			else if (reply.status !== 404 || !looksLikeId) {
				expect(reply.status, method).toBe(405);
				const allowed = reply.headers.get("allow")?.split(", ") ?? [];
				expect(allowed).not.toContain(method);
				expect(allowed).toEqual(expect.arrayContaining(taken(path)));
				if (!looksLikeId) expect(allowed.sort()).toEqual(taken(path).sort());
				if (method !== "HEAD") expect(reply.body.code).toBe("METHOD_NOT_ALLOWED");
			}
		}
	});

	it.each(["/nowhere", "/leads/", "//leads", "/leads/x/y/z", "/Leads", `/leads/${NOTHING}/nope`, "/", ""])(
		"there is no %s",
		async (path) => {
			const api = await givenCaller();
			for (const method of ["GET", "POST", "DELETE"])
				expect(await api.send(method, path), method).toMatchObject({
					status: 404,
					body: { code: "NOT_FOUND" },
				});
		},
	);

	it("outside of the API too, without a key", async () => {
		for (const path of ["/nowhere", "/api", "/api/v2/leads", "/.env", "/wp-login.php"]) {
			const reply = await read(await exports.default.fetch(ORIGIN + path));
			expect(reply, path).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
			expect(reply.body.requestId).toBe(reply.headers.get("x-request-id"));
		}
	});

	it("HEAD is GET without its body", async () => {
		const api = await givenCaller();
		const { id } = await made(api, resourceAt("leads"));
		await made(api, resourceAt("leads"));
		for (const path of [`/leads/${id}`, "/leads?limit=1"]) {
			const [get, head] = [await api.get(path), await api.send("HEAD", path)];
			expect(head).toMatchObject({ status: 200, text: "" });
			for (const header of ["content-type", "etag", "link", "cache-control", "ratelimit-limit"])
				expect(head.headers.get(header), header).toBe(get.headers.get(header));
		}
		expect((await api.send("HEAD", `/leads/${NOTHING}`)).status).toBe(404);
	});
});

describe("X-Request-Id", () => {
	it.each(["a", "A-b_c.d:9", "5f2c6c1e-9a3b-4c8e-8f5e-1d2c3b4a5f60", "x".repeat(128)])(
		"%s is echoed",
		async (id) => {
			const api = await givenCaller();
			for (const path of ["/leads", `/leads/${NOTHING}`, "/nowhere"]) {
				const reply = await api.get(path, { "x-request-id": id });
				expect(reply.headers.get("x-request-id")).toBe(id);
				if (reply.status !== 200) expect(reply.body.requestId).toBe(id);
			}
		},
	);

	it.each(["x".repeat(129), "a b", "a,b", "<script>", "ä", '"', "a;b", "{}"])(
		"%s is replaced",
		async (id) => {
			const api = await givenCaller();
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
		const api = await givenCaller();
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
		for (const method of ["GET", "POST", "PATCH", "DELETE"])
			expect(response.headers.get("access-control-allow-methods")?.split(",")).toContain(method);
		expect(Number(response.headers.get("access-control-max-age"))).toBeGreaterThan(0);
	});
});

describe("an answer to a key", () => {
	it("is private and not to be cached unasked", async () => {
		const api = await givenCaller();
		for (const reply of [
			await api.get("/leads"),
			await api.get(`/leads/${NOTHING}`),
			await api.post("/leads", {}),
		])
			expect(reply.headers.get("cache-control")).toBe("private, no-cache");
	});

	it("is JSON in UTF-8", async () => {
		const api = await givenCaller();
		expect((await api.get("/leads")).headers.get("content-type")).toBe("application/json; charset=utf-8");
	});
});

describe("the log", () => {
	afterEach(() => vi.restoreAllMocks());

	it("has one line per request that names it, and nothing of what it carried", async () => {
		const lines: string[] = [];
		vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
		vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
		const api = await givenCaller();
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
			await api.via(broken("D1_ERROR: it broke")).get("/leads"),
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

describe("a key with an envelope", () => {
	const meta = (more: object = {}) => ({
		timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
		message: expect.stringMatching(/^[A-Z][\w ]+$/),
		requestId: expect.stringMatching(/^req_/),
		...more,
	});

	it.each(resources.filter(has("create")))(
		"$path: every success as { data, meta }, otherwise as it is bare",
		async (resource) => {
			const bare = await givenCaller({ keys: 2 });
			const { organizationId } = bare;
			const api = await givenCaller({ organizationId, envelope: true, keys: 2 });
			const path = `/${resource.path}`;

			const created = await api.post(path, await bodyOf(bare, resource));
			const one = `${path}/${created.body.data.id}`;
			expect(created).toMatchObject({ status: 201, body: { meta: meta() } });
			expect(Object.keys(created.body)).toEqual(["data", "meta"]);
			expect(created.body.meta.requestId).toBe(created.headers.get("x-request-id"));
			for (const secret of resource.shownOnce ?? [])
				expect(created.body.data[secret]).toEqual(expect.any(String));

			const got = await api.get(one);
			expect(got.body).toEqual({ data: (await bare.get(one)).body, meta: meta() });
			expect(got.headers.get("etag")).toBe('"1"');

			await made(bare, resource);
			const list = await api.get(`${path}?limit=1`);
			const bareList = (await bare.get(`${path}?limit=1`)).body;
			expect(list.body).toEqual({
				data: bareList.items,
				meta: meta({ nextCursor: bareList.nextCursor, hasMore: true }),
			});
			const last = await api.get(`${path}?limit=100`);
			expect(last.body.meta).toEqual(meta({ nextCursor: null, hasMore: false }));
			if (!has("remove")(resource)) return;
			expect((await api.delete(one)).text).toBe("");
			expect((await api.get(`${one}${evenGone(resource)}`)).body.data[goneAt(resource)]).toEqual(
				expect.any(String),
			);
		},
	);

	it.each(resources.filter(has("update")))("$path: a change as { data, meta } too", async (resource) => {
		const bare = await givenCaller();
		const api = await givenCaller({ organizationId: bare.organizationId, envelope: true });
		const { id, version } = await made(bare, resource);
		const one = oneOf(resource, id);
		const patched = await api.patch(one, changeOf(resource), { "if-match": `"${version}"` });
		expect(patched.status).toBe(200);
		expect(patched.body).toEqual({ data: (await bare.get(one)).body, meta: meta() });
	});

	it("says of a new webhook what the source it comes from says", async () => {
		const api = await givenCaller({ envelope: true });
		const { body } = await api.post("/webhooks", await bodyOf(api, resourceAt("webhooks")));
		expect(body.meta.message).toBe("Webhook created successfully");
	});

	it("gets a batch and an upsert in it too", async () => {
		const api = await givenCaller({ envelope: true });
		const batch = await api.post("/leads/batch", { items: [{ name: "a" }, {}] });
		expect(batch.body).toMatchObject({ data: { created: 1, failed: 1 }, meta: meta() });
		const upsert = await api.post("/leads/upsert", { matchBy: "email", email: "a@example.com", name: "a" });
		expect(upsert.body).toMatchObject({ data: { email: "a@example.com" }, meta: meta() });
	});
});
