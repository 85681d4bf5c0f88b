// Authentication, scopes, and the separation of organizations.
import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { checksum } from "../../src/gate/api-key.ts";
import { type Api, ORIGIN, read } from "../support/api.ts";
import { watchBindings, withoutSending } from "../support/bindings.ts";
import { createCaller, createKey, createOrganization } from "../support/callers.ts";
import { madeUpKey } from "../support/made-up.ts";
import { hasOperations, type Ids, operations, pathOf, scopeNounOf } from "./operations.ts";
import { createTarget, references } from "./references.ts";
import { resources } from "./resources.ts";
import { bodyFor, bodyOf, createRow, idsFor, omit, resourceAt, rowPath, withRemovedQuery } from "./rows.ts";

const NO_KEY = { code: "UNAUTHORIZED", message: "This API key is missing or not valid." };
const nothing = (prefix: string) => `${prefix}_01kaj2m5m8f7jt2n3v4w5x6y7z`;

describe("without a key that is valid", () => {
	it.each(operations)("$operationId is 401", async (operation) => {
		const url = `${ORIGIN}/api/v1${pathOf(operation)}`;
		const reply = await read(await exports.default.fetch(url, { method: operation.method }));
		expect(reply.status).toBe(401);
		expect(omit(reply.body, "requestId")).toEqual(NO_KEY);
	});

	const key = madeUpKey();
	const swapped = key.endsWith("0") ? `${key.slice(0, -1)}1` : `${key.slice(0, -1)}0`;
	const withChecksum = (text: string) => text + checksum(text);
	it.each<[string, Record<string, string>, string?]>([
		["no key", {}],
		["an empty key", { "x-api-key": "" }],
		["a blank key", { "x-api-key": " " }],
		["a key in the query", {}, `?x-api-key=${key}&api_key=${key}`],
		["two keys", { "x-api-key": `${key}, ${key}` }],
		["another prefix", { "x-api-key": withChecksum(`lx_live_${"a".repeat(32)}`) }],
		["an unknown mode", { "x-api-key": withChecksum(`lw_demo_${"a".repeat(32)}`) }],
		["a key too short", { "x-api-key": withChecksum(`lw_live_${"a".repeat(31)}`) }],
		["a key too long", { "x-api-key": withChecksum(`lw_live_${"a".repeat(33)}`) }],
		["another alphabet", { "x-api-key": withChecksum(`lw_live_${"-".repeat(32)}`) }],
		["a wrong checksum", { "x-api-key": swapped }],
		["another case", { "x-api-key": key.toUpperCase() }],
		["64 KB", { "x-api-key": "a".repeat(65_536) }],
		["basic authorization", { authorization: `Basic ${key}` }],
		["a malformed bearer", { authorization: "Bearer nonsense" }],
	])("%s is refused before anything is asked", async (_, headers, query = "") => {
		const watch = watchBindings();
		const reply = await read(await watch.target(new Request(`${ORIGIN}/api/v1/leads${query}`, { headers })));
		expect(reply.status).toBe(401);
		expect(omit(reply.body, "requestId")).toEqual(NO_KEY);
		expect(watch.roundTrips).toEqual([]);
		expect(watch.limiterCalls).toBe(0);
	});

	it("unknown, expired and revoked keys all get that answer", async () => {
		const organizationId = await createOrganization();
		const admin = await createCaller({ organizationId });
		const expired = await createKey(organizationId, { expiresAt: Date.now() - 1 });
		const revoked = await createCaller({ organizationId });
		const unknown = madeUpKey();
		await revoked.get("/leads");
		expect((await admin.delete(`/api-keys/${revoked.keyId}`)).status).toBe(204);
		for (const key of [unknown, expired.key, revoked.key]) {
			const reply = await admin.get("/leads", { "x-api-key": key });
			expect(reply.status).toBe(401);
			expect(omit(reply.body, "requestId")).toEqual(NO_KEY);
			expect(reply.headers.get("ratelimit-limit")).toBeNull();
		}
	});

	it("a bearer token is accepted too, in any case of the word", async () => {
		const { key } = await createCaller();
		for (const authorization of [`Bearer ${key}`, `bearer ${key}`]) {
			const reply = await read(
				await exports.default.fetch(`${ORIGIN}/api/v1/leads`, { headers: { authorization } }),
			);
			expect(reply.status).toBe(200);
		}
	});

	it("only the API key decides which organization a request is for", async () => {
		const api = await createCaller();
		const other = await createCaller();
		const lead = await createRow(other, resourceAt("leads"));
		const claims = {
			"x-organization-id": other.organizationId,
			"x-forwarded-for": "127.0.0.1",
			"x-forwarded-host": "localhost",
			"x-http-method-override": "DELETE",
		};
		expect((await api.get(`/leads/${lead.id}`, claims)).status).toBe(404);
		expect((await api.get(`/leads?organizationId=${other.organizationId}`, claims)).status).toBe(400);
		expect((await other.get(`/leads/${lead.id}`, claims)).status).toBe(200);
		expect((await other.get(`/leads/${lead.id}`)).body).toEqual(lead);
	});
});

describe("scopes", () => {
	it.each(operations)("$operationId needs $scope and says so", async (operation) => {
		const { method, scope, resource } = operation;
		const erases = operation.operationId.startsWith("erase");
		const verb = method === "GET" ? "read" : erases ? "erase" : "write";
		const own = scopeNounOf(resource);
		expect(scope).toBe(`${own}:${verb}`);
		const others = ["leads", "tags", "users"].filter((noun) => noun !== resource);
		const api = await createCaller({
			scopes: [
				`${own}:${verb === "read" ? "write" : "read"}`,
				verb === "read" ? "*:write" : "*:read",
				...(erases ? ["*:write"] : others.map((noun) => `${noun}:${verb}`)),
			],
		});
		const reply = await api.send(method, pathOf(operation));
		expect(reply).toMatchObject({ status: 403, body: { code: "FORBIDDEN" } });
		expect(reply.body.message).toContain(scope);
	});

	it.each([
		[["*"], 200, 201],
		[["*:read"], 200, 403],
		[["*:write"], 403, 201],
		[["tags:read"], 200, 403],
		[["tags:write"], 403, 201],
		[["tags:read", "tags:write"], 200, 201],
		[["tag:read", "leads:write"], 403, 403],
		[[], 403, 403],
	])("%j: list %d, create %d", async (scopes, list, create) => {
		const api = await createCaller({ scopes });
		expect((await api.get("/tags")).status).toBe(list);
		expect((await api.post("/tags", { name: "VIP" })).status).toBe(create);
	});
});

describe("another organization", () => {
	const onOne = operations.filter(({ path }) => path.includes("{id}"));

	it.each(onOne)("$operationId of its rows is 404 and changes nothing", async (operation) => {
		const [mine, theirs] = [withoutSending(await createCaller()), withoutSending(await createCaller())];
		const foreign = await idsFor(theirs, operation);
		const gone = await idsFor(theirs, operation);
		// A foreign row for each parameter of the path in turn, and own rows for the others.
		const names = Object.keys(operation.examples);
		const own = names.length > 1 ? await idsFor(mine, operation) : {};
		const mixed = Array.from({ length: 2 ** names.length - 1 }, (_, mask) =>
			Object.fromEntries(
				names.map((name, bit) => [name, ((mask + 1) >> bit) & 1 ? foreign[name] : own[name]]),
			),
		) as Ids[];
		// Events belong to no resource.
		const resource = resources.find(({ path }) => operation.path.startsWith(`/${path}/{id}`));
		const deleted = resource !== undefined && hasOperations("remove")(resource);
		const row = { ...operation, path: operation.path.slice(0, operation.path.lastIndexOf("}") + 1) };
		const top = { ...operation, path: operation.path.slice(0, operation.path.indexOf("}") + 1) };
		const before = await Promise.all([row, top].map((one) => theirs.get(pathOf(one, foreign))));
		expect(before.map(({ status }) => status)).toEqual([200, 200]);
		if (deleted) await theirs.delete(pathOf(top, gone));
		const body = await bodyFor(mine, operation);
		const send = (ids: Ids, query = "") =>
			mine.send(operation.method, `${pathOf(operation, ids)}${query}`, body, { "if-match": "*" });

		const unknown = await send({ id: nothing(operation.examples.id?.split("_")[0] ?? "") });
		expect(unknown).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
		const isRead = resource && operation.path.endsWith("/{id}") && operation.method === "GET";
		const query = isRead ? withRemovedQuery(resource) : "";
		const replies = [await send(foreign, query), await send(gone, query)];
		for (const ids of mixed) replies.push(await send(ids));
		for (const reply of replies) {
			expect(reply.status).toBe(404);
			expect(omit(reply.body, "requestId")).toEqual(omit(unknown.body, "requestId"));
		}
		const after = await Promise.all([row, top].map((one) => theirs.get(pathOf(one, foreign))));
		expect(after.map((reply) => reply.body)).toEqual(before.map((reply) => reply.body));
		expect((await theirs.get(pathOf(top, gone))).status).toBe(deleted ? 404 : 200);
	});

	it.each(resources.filter(hasOperations("list")))("$path: its rows are in no list", async (resource) => {
		const [mine, theirs] = [await createCaller(), await createCaller()];
		const row = await createRow(theirs, resource);
		const reply = await mine.get(`/${resource.path}${withRemovedQuery(resource)}&limit=100`);
		expect(reply.status).toBe(200);
		expect(reply.text).not.toContain(row.id);
		expect((await theirs.get(`/${resource.path}`)).text).toContain(row.id);
	});

	it("a change of one organization's settings leaves another's as they are", async () => {
		const [mine, theirs] = [await createCaller(), await createCaller()];
		const before = (await theirs.get("/organization")).body;
		expect((await mine.patch("/organization", { name: "Ours" })).body.id).not.toBe(before.id);
		expect((await theirs.get("/organization")).body).toEqual(before);
	});

	it.each(references)("$path: $field takes ids of our own live $target.path only", async (reference) => {
		const { resource, target, noun } = reference;
		const [mine, theirs] = [await createCaller(), await createCaller()];
		const own = await createTarget(mine, reference);
		const foreign = await createTarget(theirs, reference);
		const deleted = await createTarget(mine, reference);
		expect((await mine.delete(`/${target.path}/${deleted.id}`)).status).toBe(204);
		const otherKind = reference.kind
			? [(await createRow(mine, target, { ...(await bodyOf(mine, target)), ...reference.kind.other })).id]
			: [];
		const row = await createRow(mine, resource);
		const rows = async () => (await mine.get(`/${resource.path}?limit=100`)).body.items.length;
		const before = await rows();
		const value = (id: string) => (reference.many ? reference.withIds(own.id, id) : reference.withIds(id));
		const at = reference.errorPath(1);

		const base = await bodyOf(mine, resource);
		const doors = [(part: object) => mine.post(`/${resource.path}`, { ...base, ...part })];
		if (hasOperations("update")(resource)) doors.push((part) => mine.patch(rowPath(resource, row.id), part));
		for (const door of doors) {
			const unknown = await door(value(nothing(target.prefix)));
			expect(unknown).toMatchObject({ status: 400, body: { code: "BAD_REQUEST", errors: [{ path: at }] } });
			expect(unknown.body.message).toBe(`${at}: There is no such ${noun}.`);
			for (const id of [foreign.id, deleted.id, ...otherKind]) {
				const reply = await door(value(id));
				expect(reply.status).toBe(400);
				expect(omit(reply.body, "requestId")).toEqual(omit(unknown.body, "requestId"));
			}
			expect((await door(value(nothing("zz")))).status, "another kind of id").toBe(400);
			const accepted = await door(reference.withIds(own.id));
			expect(reference.idsOf(accepted.body)).toEqual([own.id]);
		}
		expect(await rows()).toBe(before + 1);
	});
});

describe("ids in paths", () => {
	const onOne = operations.filter(({ path }) => path.includes("{id}"));
	const wrong = [
		"x",
		"%00",
		"..%2f..",
		"%zz",
		"a".repeat(5_000),
		nothing("zz"),
		"LD_01KAJ2M5M8F7JT2N3V4W5X6Y7Z",
	];

	it("of a wrong form are 404 without a look into the database", async () => {
		const watch = watchBindings();
		const api: Api = (await createCaller({ keys: 16 })).via(watch.target);
		for (const { key } of [api, ...api.more.map((more) => ({ key: more }))])
			await api.get("/tags", { "x-api-key": key });
		watch.reset();
		for (const operation of onOne)
			for (const id of wrong) {
				const body = operation.method === "GET" || operation.method === "DELETE" ? undefined : {};
				const reply = await api.send(operation.method, pathOf(operation, { id }), body);
				expect(reply, `${operation.operationId} ${id.slice(0, 40)}`).toMatchObject({
					status: 404,
					body: { code: "NOT_FOUND" },
				});
			}
		expect(watch.roundTrips).toEqual([]);
	});
});
