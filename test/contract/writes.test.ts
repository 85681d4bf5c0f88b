// Changing, deleting and restoring: what a PATCH touches, whom a race favours, what delete means.
import { describe, expect, it } from "vitest";
import type { Json, Reply } from "../support/api.ts";
import { givenCaller } from "../support/given.ts";
import { bodyOf, changeOf, evenGone, goneAt, made, resourceAt, resources, without } from "./resources.ts";

const statuses = (replies: readonly Reply[]) => replies.map(({ status }) => status).sort((a, b) => a - b);
const times = <T>(count: number, make: (index: number) => Promise<T>) =>
	Promise.all(Array.from({ length: count }, (_, index) => make(index)));

describe.each(resources)("$path", (resource) => {
	const path = `/${resource.path}`;
	const fields = Object.entries(resource.fields);

	it("a create answers 201 with what a GET shows, where it is and its version", async () => {
		const api = await givenCaller();
		const body = bodyOf(resource);
		const reply = await api.post(path, body);
		expect(reply.status).toBe(201);
		expect(reply.body).toMatchObject(body);
		expect(reply.headers.get("location")).toBe(`/api/v1${path}/${reply.body.id}`);
		expect(reply.headers.get("etag")).toBe('"1"');
		const got = await api.get(`${path}/${reply.body.id}`);
		expect(got.status).toBe(200);
		expect(got.headers.get("etag")).toBe('"1"');
		expect(got.body).toEqual(without(reply.body, ...(resource.shownOnce ?? [])));
		for (const secret of resource.shownOnce ?? []) expect(reply.body[secret]).toEqual(expect.any(String));
		expect(got.body).toMatchObject({ version: 1, updatedAt: got.body.createdAt, [goneAt(resource)]: null });
	});

	it.each(fields)("a PATCH of %s changes nothing else", async (field, [, value]) => {
		const api = await givenCaller();
		const before = await made(api, resource);
		const reply = await api.patch(`${path}/${before.id}`, { [field]: value });
		expect(reply.status, reply.text).toBe(200);
		expect(reply.body[field]).toEqual(value);
		expect(reply.body.version).toBe(2);
		expect(reply.headers.get("etag")).toBe('"2"');
		const unchanged = (row: Json) => JSON.stringify(without(row, field, "version", "updatedAt"));
		expect(unchanged(reply.body)).toBe(unchanged(before));
		const got = await api.get(`${path}/${before.id}`);
		expect(got.text).toBe(reply.text);
		expect(got.body.updatedAt >= before.updatedAt).toBe(true);
	});

	it("null clears what may be unset", async () => {
		const api = await givenCaller();
		const { id } = await made(api, resource);
		for (const field of resource.clearable ?? [])
			expect((await api.patch(`${path}/${id}`, { [field]: null })).body[field], field).toBeNull();
		const { status, body } = await api.get(`${path}/${id}`);
		expect(status).toBe(200);
		for (const field of resource.clearable ?? []) expect(body[field]).toBeNull();
	});

	it("a PATCH that changes nothing keeps the version", async () => {
		const api = await givenCaller();
		const before = await made(api, resource);
		const same = Object.fromEntries(fields.map(([field]) => [field, before[field]]));
		for (const body of resource.revoked ? [same] : [{}, same]) {
			const reply = await api.patch(`${path}/${before.id}`, body);
			expect(reply.status).toBe(200);
			expect(reply.body).toEqual(before);
			expect(reply.headers.get("etag")).toBe('"1"');
		}
	});

	it.each(["PATCH", "DELETE"])("If-Match decides on a %s", async (method) => {
		const api = await givenCaller();
		const { id } = await made(api, resource);
		await api.patch(`${path}/${id}`, changeOf(resource));
		const current = (await api.get(`${path}/${id}`)).body;
		const back = method === "PATCH" ? { [fields[0]?.[0] ?? ""]: fields[0]?.[1][0] } : undefined;
		const send = (tag: string, body = back) => api.send(method, `${path}/${id}`, body, { "if-match": tag });

		for (const tag of ['"1"', '"3"', 'W/"2"', "2", '""', '"1", "3"', "'2'", '"2']) {
			expect(await send(tag), tag).toMatchObject({ status: 412, body: { code: "PRECONDITION_FAILED" } });
			expect((await api.get(`${path}/${id}`)).body, tag).toEqual(current);
		}
		if (method === "PATCH")
			expect((await send('"1"', changeOf(resource))).status, "a change of nothing").toBe(412);
		expect((await send('"1" , "2"')).status).toBe(method === "PATCH" ? 200 : 204);
		const again = await made(api, resource);
		const any = await api.send(method, `${path}/${again.id}`, back, { "if-match": "*" });
		expect(any.status).toBe(method === "PATCH" ? 200 : 204);
	});

	it("of twenty racing PATCHes with one If-Match one wins", async () => {
		const api = await givenCaller();
		const { id } = await made(api, resource);
		const [field = "", [first]] = fields[0] ?? ["", [""]];
		const replies = await times(20, (index) =>
			api.patch(`${path}/${id}`, { [field]: `${first} ${index}` }, { "if-match": '"1"' }),
		);
		expect(statuses(replies)).toEqual([200, ...Array(19).fill(412)]);
		const winner = replies.find(({ status }) => status === 200);
		expect((await api.get(`${path}/${id}`)).body).toEqual(winner?.body);
		expect(winner?.body.version).toBe(2);
	});

	it("without If-Match racing PATCHes of different fields all survive", async () => {
		const api = await givenCaller();
		const { id } = await made(api, resource);
		const racing = fields.slice(0, 8);
		const replies = await times(racing.length, async (index) => {
			const [field = "", [, value] = []] = racing[index] ?? [];
			return api.patch(`${path}/${id}`, { [field]: value });
		});
		expect(statuses(replies)).toEqual(racing.map(() => 200));
		const { body } = await api.get(`${path}/${id}`);
		for (const [field, [, value]] of racing) expect(body[field], field).toEqual(value);
		expect(body.version).toBe(1 + racing.length);
		expect(replies.map((reply) => reply.body.version).sort()).toEqual(racing.map((_, index) => index + 2));
	});

	it("is gone after a DELETE, and stays so for every verb", async () => {
		const api = await givenCaller();
		const before = await made(api, resource);
		const one = `${path}/${before.id}`;
		const deleted = await api.delete(one);
		expect(deleted).toMatchObject({ status: 204, text: "" });
		expect(deleted.headers.get("content-type")).toBeNull();
		const never = await api.get(`${path}/${resource.prefix}_01kaj2m5m8f7jt2n3v4w5x6y7z`);
		for (const reply of [
			await api.get(one),
			await api.delete(one),
			await api.patch(one, changeOf(resource)),
		]) {
			expect(reply.status).toBe(404);
			expect(without(reply.body, "requestId")).toEqual(without(never.body, "requestId"));
		}
		const shown = await api.get(`${one}${evenGone(resource)}`);
		const moved = ["version", "updatedAt", goneAt(resource)];
		expect(without(shown.body, ...moved)).toEqual(without(before, ...moved));
		expect(shown.body.version).toBe(2);
		expect(shown.headers.get("etag")).toBe('"2"');
		expect(shown.body[goneAt(resource)]).toBe(shown.body.updatedAt);
	});

	it("of ten racing DELETEs one succeeds", async () => {
		const api = await givenCaller();
		const { id } = await made(api, resource);
		const replies = await times(10, () => api.delete(`${path}/${id}`));
		expect(statuses(replies)).toEqual([204, ...Array(9).fill(404)]);
		expect((await api.get(`${path}/${id}${evenGone(resource)}`)).body.version).toBe(2);
	});

	it("a PATCH racing a DELETE comes before it or is 404", async () => {
		const api = await givenCaller();
		const { id } = await made(api, resource);
		const [patched, deleted] = await Promise.all([
			api.patch(`${path}/${id}`, changeOf(resource)),
			api.delete(`${path}/${id}`),
		]);
		expect(deleted.status).toBe(204);
		expect([200, 404]).toContain(patched.status);
		const { body } = await api.get(`${path}/${id}${evenGone(resource)}`);
		expect(body.version).toBe(patched.status === 200 ? 3 : 2);
		expect(body).toMatchObject(patched.status === 200 ? changeOf(resource) : {});
	});
});

describe.each(resources.filter(({ counts }) => !counts))("$path", (resource) => {
	const path = `/${resource.path}`;

	it("If-None-Match spares an unchanged row", async () => {
		const api = await givenCaller();
		const { id } = await made(api, resource);
		await api.patch(`${path}/${id}`, changeOf(resource));
		const get = (tag: string) => api.get(`${path}/${id}`, { "if-none-match": tag });
		for (const tag of ['"2"', 'W/"2"', "*", '"1", "2"']) {
			const reply = await get(tag);
			expect(reply, tag).toMatchObject({ status: 304, text: "" });
			expect(reply.headers.get("etag")).toBe('"2"');
		}
		for (const tag of ['"1"', "2", '"22"']) expect((await get(tag)).status, tag).toBe(200);
		await api.delete(`${path}/${id}`);
		expect((await get("*")).status).toBe(404);
	});
});

describe.each(resources.filter(({ revoked }) => !revoked))("$path", (resource) => {
	const path = `/${resource.path}`;

	it("comes back as it was when restored", async () => {
		const api = await givenCaller();
		const before = await made(api, resource);
		const restore = () => api.post(`${path}/${before.id}/restore`);
		expect(await restore(), "not deleted").toMatchObject({ status: 409, body: { code: "CONFLICT" } });
		await api.delete(`${path}/${before.id}`);
		const reply = await restore();
		expect(reply.status).toBe(200);
		expect(without(reply.body, "version", "updatedAt")).toEqual(without(before, "version", "updatedAt"));
		expect(reply.body).toMatchObject({ version: 3, deletedAt: null });
		expect(reply.headers.get("etag")).toBe('"3"');
		expect((await api.get(`${path}/${before.id}`)).body).toEqual(reply.body);
		expect((await api.get(path)).body.items).toEqual([reply.body]);
		expect((await restore()).status).toBe(409);
		expect((await api.post(`${path}/${resource.prefix}_01kaj2m5m8f7jt2n3v4w5x6y7z/restore`)).status).toBe(
			404,
		);
	});

	it("is restored once by ten racing requests", async () => {
		const api = await givenCaller();
		const { id } = await made(api, resource);
		await api.delete(`${path}/${id}`);
		const replies = await times(10, () => api.post(`${path}/${id}/restore`));
		expect(statuses(replies)).toEqual([200, ...Array(9).fill(409)]);
		expect((await api.get(`${path}/${id}`)).body.version).toBe(3);
	});
});

describe.each(resources.filter(({ revoked }) => revoked))("$path", (resource) => {
	const path = `/${resource.path}`;

	it("never comes back once revoked", async () => {
		const api = await givenCaller();
		const { id } = await made(api, resource);
		await api.delete(`${path}/${id}`);
		expect((await api.post(`${path}/${id}/restore`)).status).toBe(404);
	});
});

const references = resources.flatMap((resource) =>
	Object.entries(resource.references ?? {}).map(([field, { to, many = false }]) => ({
		resource,
		path: resource.path,
		field,
		to,
		many,
	})),
);

describe.each(references)("$field of $path", ({ resource, path, field, to, many }) => {
	const target = resourceAt(to);
	const holding = (id: string) => ({ ...bodyOf(resource), [field]: many ? [id] : id });

	it("keeps what it names from being deleted, until it lets go", async () => {
		const api = await givenCaller();
		const held = await made(api, target);
		const holder = await made(api, resource, holding(held.id));
		const reply = await api.delete(`/${to}/${held.id}`);
		expect(reply).toMatchObject({ status: 409, body: { code: "CONFLICT" } });
		expect(reply.body.message).toContain(holder.id);
		expect(reply.body.message).toContain(field);
		expect((await api.get(`/${to}/${held.id}`)).body).toEqual(held);
		await api.patch(`/${path}/${holder.id}`, { [field]: many ? [] : null });
		expect((await api.delete(`/${to}/${held.id}`)).status).toBe(204);
	});

	it("is free when its holder is deleted, which then cannot come back alone", async () => {
		const api = await givenCaller();
		const held = await made(api, target);
		const holder = await made(api, resource, holding(held.id));
		await api.delete(`/${path}/${holder.id}`);
		expect((await api.delete(`/${to}/${held.id}`)).status).toBe(204);
		const refused = await api.post(`/${path}/${holder.id}/restore`);
		expect(refused).toMatchObject({ status: 409, body: { errors: [{ path: many ? `${field}.0` : field }] } });
		await api.post(`/${to}/${held.id}/restore`);
		const restored = await api.post(`/${path}/${holder.id}/restore`);
		expect(restored.body[field]).toEqual(many ? [held.id] : held.id);
	});

	it("never names what is deleted, whoever comes first", async () => {
		const api = await givenCaller({ keys: 2 });
		for (let round = 0; round < 6; round += 1) {
			const held = await made(api, target);
			const [deleted, created] = await Promise.all([
				api.delete(`/${to}/${held.id}`),
				api.post(`/${path}`, holding(held.id)),
			]);
			expect([
				[204, 400],
				[409, 201],
			]).toContainEqual([deleted.status, created.status]);
			if (created.status === 201) await api.delete(`/${path}/${created.body.id}`);
		}
	});
});

describe("a unique field", () => {
	const users = (name: string, email: string) => ({ name, email });

	it("is taken by one live row, in any case", async () => {
		const api = await givenCaller();
		const { body: first } = await api.post("/users", users("A", "sam@example.com"));
		const { body: second } = await api.post("/users", users("B", "kim@example.com"));
		for (const reply of [
			await api.post("/users", users("C", "SAM@example.com")),
			await api.patch(`/users/${second.id}`, { email: "Sam@Example.com" }),
		])
			expect(reply).toMatchObject({ status: 409, body: { code: "CONFLICT", errors: [{ path: "email" }] } });
		expect((await api.patch(`/users/${first.id}`, { email: "SAM@example.com" })).status, "its own").toBe(200);
		const other = await givenCaller();
		expect((await other.post("/users", users("A", "sam@example.com"))).status, "elsewhere").toBe(201);
	});

	it("is free once its row is deleted, which then cannot come back", async () => {
		const api = await givenCaller();
		const { body: first } = await api.post("/users", users("A", "sam@example.com"));
		await api.delete(`/users/${first.id}`);
		const { body: second } = await api.post("/users", users("B", "sam@example.com"));
		expect(await api.post(`/users/${first.id}/restore`)).toMatchObject({
			status: 409,
			body: { errors: [{ path: "email" }] },
		});
		await api.delete(`/users/${second.id}`);
		expect((await api.post(`/users/${first.id}/restore`)).status).toBe(200);
	});

	it("goes to one of ten racing creates", async () => {
		const api = await givenCaller();
		const replies = await times(10, (index) => api.post("/users", users(`${index}`, "sam@example.com")));
		expect(statuses(replies)).toEqual([201, ...Array(9).fill(409)]);
		expect((await api.get("/users")).body.items).toHaveLength(1);
	});
});
