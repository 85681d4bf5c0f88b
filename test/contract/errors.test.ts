// The common form of errors, and the answers to unknown paths and methods.
import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { errorCatalogue } from "../../src/errors.ts";
import { type Api, ORIGIN, type Reply, read } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { withFailingDatabase } from "../support/failing-database.ts";
import { UNKNOWN_LEAD_ID } from "../support/requests.ts";
import { operations, pathOf } from "./operations.ts";
import { createRow, omit, resourceAt } from "./rows.ts";

describe("an error", () => {
	const leaks =
		/D1|SQL|SELECT|INSERT|UNIQUE|sqlite|constraint|org_|stack|\bat \w+ \(|\.ts\b|src\/|node_modules/;
	const duplicate = { name: "Sam", email: "sam@example.com" };
	const stranger = new Error("D1_ERROR: UNIQUE constraint failed: leads.id at run (src/db/client.ts:30)");

	const errors: Record<number, (api: Api) => Promise<Reply>> = {
		400: (api) => api.post("/leads", { name: 1, nope: 2 }),
		401: (api) => api.get("/leads", { "x-api-key": "no" }),
		403: async ({ organizationId }) => (await createCaller({ organizationId, scopes: [] })).get("/leads"),
		404: (api) => api.get(`/leads/${UNKNOWN_LEAD_ID}`),
		405: (api) => api.send("PUT", "/leads", {}),
		409: async (api) => {
			await api.post("/users", duplicate);
			return api.post("/users", duplicate);
		},
		412: async (api) => {
			const { id } = await createRow(api, resourceAt("leads"));
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
		500: (api) => api.via(withFailingDatabase(stranger.message)).get("/leads"),
		503: (api) =>
			api.via(withFailingDatabase("D1_ERROR: D1 DB is overloaded. Too many requests queued.")).get("/leads"),
	};

	it.each(Object.entries(errorCatalogue))(
		"%s has the shape of all errors, without internal details",
		async (code, { status }) => {
			const api = await createCaller();
			await api.get("/tags");
			const reply = await errors[status]?.(api);
			if (!reply) throw new Error(`No request here is answered with ${status}`);
			expect(reply.status, reply.text).toBe(status);
			expect(reply.headers.get("content-type")).toBe("application/json; charset=utf-8");
			expect(reply.headers.get("x-request-id")).toBe(reply.body.requestId);
			expect(omit(reply.body, "errors")).toEqual({
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

	it("names every invalid field, and the first one in its message", async () => {
		const api = await createCaller();
		const { body } = await api.post("/leads", { name: "", email: "x", score: 1.5, tagIds: ["a"], nope: 1 });
		expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(
			expect.arrayContaining(["name", "email", "score", "tagIds.0", "nope"]),
		);
		expect(body.message).toBe(`${body.errors[0].path}: ${body.errors[0].message}`);
	});

	it("names a name that is empty once", async () => {
		const api = await createCaller();
		await api.post("/custom-fields", { entity: "leads", label: "Size", type: "text" });
		const refused = async (body: object) => (await api.post("/leads", body)).body.errors;
		expect(await refused({ name: "", cf_size: "" })).toEqual([
			{ path: "name", message: "Must not be empty." },
		]);
		expect(await refused({ name: "Jane", cf_size: "" })).toEqual([
			{ path: "cf_size", message: "Must not be empty." },
		]);
		expect(await refused({ name: " " })).toEqual([{ path: "name", message: "Must not be blank." }]);
	});

	it("is never wrapped in an envelope", async () => {
		const api = await createCaller({ envelope: true });
		for (const reply of [
			await api.get(`/leads/${UNKNOWN_LEAD_ID}`),
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

	it.each(paths)("%s answers 405 to other methods, with the allowed ones", async (path) => {
		const api = await createCaller();
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

	it.each([
		"/nowhere",
		"/leads/",
		"//leads",
		"/leads/x/y/z",
		"/Leads",
		`/leads/${UNKNOWN_LEAD_ID}/nope`,
		"/",
		"",
	])("there is no %s", async (path) => {
		const api = await createCaller();
		for (const method of ["GET", "POST", "DELETE"])
			expect(await api.send(method, path), method).toMatchObject({
				status: 404,
				body: { code: "NOT_FOUND" },
			});
	});

	it("outside of the API too, without a key", async () => {
		for (const path of ["/nowhere", "/api", "/api/v2/leads", "/.env", "/wp-login.php"]) {
			const reply = await read(await exports.default.fetch(ORIGIN + path));
			expect(reply, path).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
			expect(reply.body.requestId).toBe(reply.headers.get("x-request-id"));
		}
	});

	it("HEAD is GET without its body", async () => {
		const api = await createCaller();
		const { id } = await createRow(api, resourceAt("leads"));
		await createRow(api, resourceAt("leads"));
		for (const path of [`/leads/${id}`, "/leads?limit=1"]) {
			const [get, head] = [await api.get(path), await api.send("HEAD", path)];
			expect(head).toMatchObject({ status: 200, text: "" });
			for (const header of ["content-type", "etag", "link", "cache-control", "ratelimit-limit"])
				expect(head.headers.get(header), header).toBe(get.headers.get(header));
		}
		expect((await api.send("HEAD", `/leads/${UNKNOWN_LEAD_ID}`)).status).toBe(404);
	});
});
