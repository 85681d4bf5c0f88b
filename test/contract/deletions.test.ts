// Delete and restore: what a deletion hides, what comes back, and the outcome of races.
import { describe, expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { inParallel, sortedStatuses } from "../support/requests.ts";
import { hasOperations } from "./operations.ts";
import { resources } from "./resources.ts";
import { changeOf, createRow, existingRows, omit, removedAtField, withRemovedQuery } from "./rows.ts";

describe.each(resources.filter(hasOperations("remove", "update")))("a DELETE of $path", (resource) => {
	const path = `/${resource.path}`;

	it("hides the row from every operation", async () => {
		const api = await createCaller();
		const before = await createRow(api, resource);
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
			expect(omit(reply.body, "requestId")).toEqual(omit(never.body, "requestId"));
		}
		const shown = await api.get(`${one}${withRemovedQuery(resource)}`);
		const moved = ["version", "updatedAt", removedAtField(resource)];
		expect(omit(shown.body, ...moved)).toEqual(omit(before, ...moved));
		expect(shown.body.version).toBe(2);
		expect(shown.headers.get("etag")).toBe('"2"');
		expect(shown.body[removedAtField(resource)]).toBe(shown.body.updatedAt);
	});

	it("succeeds once when ten are sent at the same time", async () => {
		const api = await createCaller();
		const { id } = await createRow(api, resource);
		const replies = await inParallel(10, () => api.delete(`${path}/${id}`));
		expect(sortedStatuses(replies)).toEqual([204, ...Array(9).fill(404)]);
		expect((await api.get(`${path}/${id}${withRemovedQuery(resource)}`)).body.version).toBe(2);
	});

	it("and a concurrent PATCH end in either order: the PATCH comes first, or is 404", async () => {
		const api = await createCaller();
		const { id } = await createRow(api, resource);
		const [patched, deleted] = await Promise.all([
			api.patch(`${path}/${id}`, changeOf(resource)),
			api.delete(`${path}/${id}`),
		]);
		expect(deleted.status).toBe(204);
		expect([200, 404]).toContain(patched.status);
		const { body } = await api.get(`${path}/${id}${withRemovedQuery(resource)}`);
		expect(body.version).toBe(patched.status === 200 ? 3 : 2);
		expect(body).toMatchObject(patched.status === 200 ? changeOf(resource) : {});
	});
});

describe.each(resources.filter(hasOperations("restore")))("$path", (resource) => {
	const path = `/${resource.path}`;

	it("comes back as it was when restored", async () => {
		const api = await createCaller();
		const others = await existingRows(api, resource);
		const before = await createRow(api, resource);
		const restore = () => api.post(`${path}/${before.id}/restore`);
		expect(await restore(), "not deleted").toMatchObject({ status: 409, body: { code: "CONFLICT" } });
		await api.delete(`${path}/${before.id}`);
		const reply = await restore();
		expect(reply.status).toBe(200);
		expect(omit(reply.body, "version", "updatedAt")).toEqual(omit(before, "version", "updatedAt"));
		expect(reply.body).toMatchObject({ version: 3, deletedAt: null });
		expect(reply.headers.get("etag")).toBe('"3"');
		expect((await api.get(`${path}/${before.id}`)).body).toEqual(reply.body);
		expect((await api.get(path)).body.items).toEqual([reply.body, ...others]);
		expect((await restore()).status).toBe(409);
		expect((await api.post(`${path}/${resource.prefix}_01kaj2m5m8f7jt2n3v4w5x6y7z/restore`)).status).toBe(
			404,
		);
	});

	it("is restored once by ten concurrent requests", async () => {
		const api = await createCaller();
		const { id } = await createRow(api, resource);
		await api.delete(`${path}/${id}`);
		const replies = await inParallel(10, () => api.post(`${path}/${id}/restore`));
		expect(sortedStatuses(replies)).toEqual([200, ...Array(9).fill(409)]);
		expect((await api.get(`${path}/${id}`)).body.version).toBe(3);
	});
});

describe.each(resources.filter(({ revoked }) => revoked))("$path", (resource) => {
	const path = `/${resource.path}`;

	it("never comes back once revoked", async () => {
		const api = await createCaller();
		const { id } = await createRow(api, resource);
		await api.delete(`${path}/${id}`);
		expect((await api.post(`${path}/${id}/restore`)).status).toBe(404);
	});
});
