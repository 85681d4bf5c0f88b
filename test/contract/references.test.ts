// References between rows, which prevent the deletion of their target, and unique values.
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../src/time.ts";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { readDocument } from "../support/document.ts";
import { purgeAll } from "../support/purge.ts";
import { inParallel, sortedStatuses } from "../support/requests.ts";
import { hasOperations } from "./operations.ts";
import { createTarget, references } from "./references.ts";
import { bodyOf, createRow, rowPath } from "./rows.ts";

const holding = references.filter(({ mayBeDeleted }) => !mayBeDeleted);

describe.each(holding)("$field of $path, of $target.path", (reference) => {
	const { resource, path, field, target } = reference;
	const to = `/${target.path}`;
	const body = async (api: Api, id: string) => ({
		...(await bodyOf(api, resource)),
		...reference.withIds(id),
	});

	it("prevents the deletion of the row it names, until it is changed", async () => {
		const api = await createCaller();
		const held = await createTarget(api, reference);
		const holder = await createRow(api, resource, await body(api, held.id));
		const before = (await api.get(`${to}/${held.id}`)).body;
		const reply = await api.delete(`${to}/${held.id}`);
		expect(reply).toMatchObject({ status: 409, body: { code: "CONFLICT" } });
		expect(reply.body.message).toContain(holder.id);
		expect(reply.body.message).toContain(field);
		expect((await api.get(`${to}/${held.id}`)).body).toEqual(before);
		const letGo = reference.withoutIds ?? reference.withIds((await createTarget(api, reference)).id);
		expect((await api.patch(`/${path}/${holder.id}`, letGo)).status).toBe(200);
		expect((await api.delete(`${to}/${held.id}`)).status).toBe(204);
	});

	it("is named where the document tells what a deletion may be refused for", async () => {
		const { delete: removal } = (await readDocument()).paths[`${to}/{id}`];
		expect(removal.description).toMatch(
			new RegExp(`Refused \\(409\\)[^:]*: .*\`${field}\` of [a-z, ]*\\b${path}\\b`),
		);
		const { example } = removal.responses["409"].content["application/json"];
		expect(example.message).toMatch(/^This [a-z ]+ is in use: an? [a-z]+ holds it as [a-zA-Z]+\.$/);
	});

	it.runIf(hasOperations("remove")(resource))(
		"is free when its holder is deleted, which then cannot come back alone",
		async () => {
			const api = await createCaller();
			const held = await createTarget(api, reference);
			const holder = await createRow(api, resource, await body(api, held.id));
			await api.delete(`/${path}/${holder.id}`);
			expect((await api.delete(`${to}/${held.id}`)).status).toBe(204);
			const refused = await api.post(`/${path}/${holder.id}/restore`);
			expect(refused).toMatchObject({ status: 409, body: { errors: [{ path: reference.errorPath(0) }] } });
			await api.post(`${to}/${held.id}/restore`);
			const restored = await api.post(`/${path}/${holder.id}/restore`);
			expect(reference.idsOf(restored.body)).toEqual([held.id]);
		},
	);

	it("never names a deleted row, in either order of concurrent writes", async () => {
		const api = await createCaller({ keys: 2 });
		for (let round = 0; round < 6; round += 1) {
			const held = await createTarget(api, reference);
			const holder = await body(api, held.id);
			const [deleted, created] = await Promise.all([
				api.delete(`${to}/${held.id}`),
				api.post(`/${path}`, holder),
			]);
			expect([
				[204, 400],
				[409, 201],
			]).toContainEqual([deleted.status, created.status]);
		}
	});
});

/** Lists whose items go on naming what was deleted. */
const naming = references.filter(
	({ mayBeDeleted, resource }) => mayBeDeleted && hasOperations("update")(resource),
);

describe.each(naming)("$field of $path, naming $target.path", (reference) => {
	const { resource, path, field, target } = reference;

	it("may keep the id of a row that was removed for good when its own row is changed, deleted and restored", async () => {
		const api = await createCaller();
		const [held, other] = [await createTarget(api, reference), await createTarget(api, reference)];
		const body = { ...(await bodyOf(api, resource)), ...reference.withIds(held.id) };
		const { id } = await createRow(api, resource, body);
		const at = `/${path}/${id}`;
		for (const one of [held, other]) expect((await api.delete(`/${target.path}/${one.id}`)).status).toBe(204);
		for (const days of [0, 91]) {
			await purgeAll(Date.now() + days * DAY_MS);
			const asRead = (await api.get(at)).body;
			const changed = await api.patch(at, { [field]: [...asRead[field], ...asRead[field]] });
			expect(changed.status, changed.text).toBe(200);
			expect(reference.idsOf(changed.body)).toEqual(Array(2 ** (days === 0 ? 1 : 2)).fill(held.id));
			expect(await api.patch(at, reference.withIds(other.id))).toMatchObject({
				status: 400,
				body: { errors: [{ path: reference.errorPath(0) }] },
			});
			expect((await api.delete(at)).status).toBe(204);
			const restored = await api.post(`${at}/restore`);
			expect(restored.status, restored.text).toBe(200);
			expect(restored.body[field]).toEqual(changed.body[field]);
		}
	});
});

describe.each(
	holding.flatMap((reference) => (reference.kind ? [{ ...reference, only: reference.kind }] : [])),
)("$field of $path, of one kind of $target.path", (reference) => {
	const { resource, path, only, target } = reference;
	const kinds = Object.keys(only.body);
	const body = async (api: Api, id: string) => ({
		...(await bodyOf(api, resource)),
		...reference.withIds(id),
	});

	it("keeps the row it names from changing its kind, until it is changed", async () => {
		const api = await createCaller();
		const held = await createTarget(api, reference);
		const at = rowPath(target, held.id);
		const holder = await createRow(api, resource, await body(api, held.id));
		const before = (await api.get(at)).body;
		const reply = await api.patch(at, only.other);
		expect(reply).toMatchObject({ status: 409, body: { code: "CONFLICT" } });
		expect(reply.body.errors.map((error: Json) => error.path)).toEqual(kinds);
		expect(reply.body.message).toContain(holder.id);
		expect((await api.get(at)).body).toEqual(before);
		expect((await api.patch(at, only.body)).status, "the kind it has").toBe(200);
		await api.patch(rowPath(resource, holder.id), reference.withoutIds ?? {});
		expect((await api.patch(at, only.other)).status).toBe(200);
	});

	it.runIf(hasOperations("remove")(resource))(
		"can't come back to one that has become of another kind",
		async () => {
			const api = await createCaller();
			const held = await createTarget(api, reference);
			const holder = await createRow(api, resource, await body(api, held.id));
			await api.delete(`/${path}/${holder.id}`);
			expect((await api.patch(rowPath(target, held.id), only.other)).status).toBe(200);
			expect(await api.post(`/${path}/${holder.id}/restore`)).toMatchObject({
				status: 409,
				body: { errors: [{ path: reference.errorPath(0), message: `There is no such ${reference.noun}.` }] },
			});
			await api.patch(rowPath(target, held.id), only.body);
			expect((await api.post(`/${path}/${holder.id}/restore`)).status).toBe(200);
		},
	);

	it("never names a row of another kind, in either order of concurrent writes", async () => {
		const api = await createCaller({ keys: 2 });
		for (let round = 0; round < 6; round += 1) {
			const held = await createTarget(api, reference);
			const holder = await body(api, held.id);
			const [changed, created] = await Promise.all([
				api.patch(rowPath(target, held.id), only.other),
				api.post(`/${path}`, holder),
			]);
			expect([
				[200, 400],
				[409, 201],
			]).toContainEqual([changed.status, created.status]);
		}
	});
});

describe("a unique field", () => {
	const users = (name: string, email: string) => ({ name, email });

	it("is unique among live rows, ignoring case", async () => {
		const api = await createCaller();
		const { body: first } = await api.post("/users", users("A", "sam@example.com"));
		const { body: second } = await api.post("/users", users("B", "kim@example.com"));
		for (const reply of [
			await api.post("/users", users("C", "SAM@example.com")),
			await api.patch(`/users/${second.id}`, { email: "Sam@Example.com" }),
		])
			expect(reply).toMatchObject({ status: 409, body: { code: "CONFLICT", errors: [{ path: "email" }] } });
		expect((await api.patch(`/users/${first.id}`, { email: "SAM@example.com" })).status, "its own").toBe(200);
		const other = await createCaller();
		expect((await other.post("/users", users("A", "sam@example.com"))).status, "elsewhere").toBe(201);
	});

	it("is free once its row is deleted, which then cannot come back", async () => {
		const api = await createCaller();
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

	it("is given to one of ten concurrent creates", async () => {
		const api = await createCaller();
		const replies = await inParallel(10, (index) => api.post("/users", users(`${index}`, "sam@example.com")));
		expect(sortedStatuses(replies)).toEqual([201, ...Array(9).fill(409)]);
		expect((await api.get("/users")).body.items).toHaveLength(1);
	});
});
