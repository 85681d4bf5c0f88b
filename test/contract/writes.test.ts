// Create and update: what a PATCH changes, the outcome of races, and conditions on what is there.
import { describe, expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { inParallel, sortedStatuses } from "../support/requests.ts";
import { hasOperations } from "./operations.ts";
import { resources } from "./resources.ts";
import { bodyOf, changeOf, createRow, omit, removedAtField, rowPath } from "./rows.ts";

describe.each(resources.filter(hasOperations("create")))("$path", (resource) => {
	const path = `/${resource.path}`;

	it("a create answers 201 with what a GET shows, where it is and its version", async () => {
		const api = await createCaller();
		const body = await bodyOf(api, resource);
		const reply = await api.post(path, body);
		expect(reply.status).toBe(201);
		expect(reply.body).toMatchObject(body);
		expect(reply.headers.get("location")).toBe(`/api/v1${path}/${reply.body.id}`);
		expect(reply.headers.get("etag")).toBe('"1"');
		const got = await api.get(`${path}/${reply.body.id}`);
		expect(got.status).toBe(200);
		expect(got.headers.get("etag")).toBe('"1"');
		expect(got.body).toEqual(omit(reply.body, ...(resource.shownOnce ?? [])));
		for (const secret of resource.shownOnce ?? []) expect(reply.body[secret]).toEqual(expect.any(String));
		expect(got.body).toMatchObject({
			version: 1,
			updatedAt: got.body.createdAt,
			[removedAtField(resource)]: null,
		});
	});
});

describe.each(resources.filter(hasOperations("update")))("a PATCH of $path", (resource) => {
	const fields = Object.entries(resource.fields);
	const [[field = "", [first]] = ["", [""]]] = fields;

	it.each(fields)("with %s changes nothing else", async (changed, [, value]) => {
		const api = await createCaller();
		const before = await createRow(api, resource);
		const one = rowPath(resource, before.id);
		const reply = await api.patch(one, { [changed]: value });
		expect(reply.status, reply.text).toBe(200);
		expect(reply.body).toMatchObject({ [changed]: value, version: before.version + 1 });
		expect(reply.headers.get("etag")).toBe(`"${before.version + 1}"`);
		const moved = [changed, ...(resource.sideEffects?.[changed] ?? []), "version", "updatedAt"];
		expect(omit(reply.body, ...moved)).toEqual(omit(before, ...moved));
		const got = await api.get(one);
		expect(got.text).toBe(reply.text);
		expect(got.body.updatedAt >= before.updatedAt).toBe(true);
	});

	it("with null clears what may be unset", async () => {
		const api = await createCaller();
		const one = rowPath(resource, (await createRow(api, resource)).id);
		for (const cleared of resource.clearable ?? [])
			expect((await api.patch(one, { [cleared]: null })).body[cleared], cleared).toBeNull();
		const { status, body } = await api.get(one);
		expect(status).toBe(200);
		for (const cleared of resource.clearable ?? []) expect(body[cleared]).toBeNull();
	});

	it("that changes nothing keeps the version", async () => {
		const api = await createCaller();
		const body = await bodyOf(api, resource);
		const before = await createRow(api, resource, body);
		const same = Object.fromEntries(
			fields.map(([name]) => [name, resource.newItemIds?.includes(name) ? before[name] : body[name]]),
		);
		for (const change of resource.revoked ? [same] : [{}, same]) {
			const reply = await api.patch(rowPath(resource, before.id), change);
			expect(reply.status, reply.text).toBe(200);
			expect(reply.body).toEqual(before);
			expect(reply.headers.get("etag")).toBe(`"${before.version}"`);
		}
	});

	it("of twenty that race with one If-Match one wins", async () => {
		const api = await createCaller();
		const { id, version } = await createRow(api, resource);
		const one = rowPath(resource, id);
		const replies = await inParallel(20, (index) =>
			api.patch(one, { [field]: `${first} ${index}` }, { "if-match": `"${version}"` }),
		);
		expect(sortedStatuses(replies)).toEqual([200, ...Array(19).fill(412)]);
		const winner = replies.find(({ status }) => status === 200);
		expect((await api.get(one)).body).toEqual(winner?.body);
		expect(winner?.body.version).toBe(version + 1);
	});

	it("without If-Match races others of different fields, and all survive", async () => {
		const api = await createCaller();
		const { id, version } = await createRow(api, resource);
		const moved = Object.values(resource.sideEffects ?? {}).flat();
		const racing = fields.filter(([name]) => !moved.includes(name)).slice(0, 8);
		const replies = await inParallel(racing.length, async (index) => {
			const [name = "", [, value] = []] = racing[index] ?? [];
			return api.patch(rowPath(resource, id), { [name]: value });
		});
		expect(sortedStatuses(replies)).toEqual(racing.map(() => 200));
		const { body } = await api.get(rowPath(resource, id));
		for (const [name, [, value]] of racing) expect(body).toMatchObject({ [name]: value });
		expect(body.version).toBe(version + racing.length);
		expect(replies.map((reply) => reply.body.version).sort((a, b) => a - b)).toEqual(
			racing.map((_, index) => version + 1 + index),
		);
	});
});

const conditional = resources.flatMap((resource) => [
	...(hasOperations("update")(resource) ? [{ path: resource.path, resource, method: "PATCH" }] : []),
	...(hasOperations("remove")(resource) ? [{ path: resource.path, resource, method: "DELETE" }] : []),
]);

describe.each(conditional)("If-Match on a $method of $path", ({ resource, method }) => {
	it("changes the row if it names its version, and else is 412", async () => {
		const api = await createCaller();
		const { id, version } = await createRow(api, resource);
		const one = rowPath(resource, id);
		const [field = "", [first] = []] = Object.entries(resource.fields)[0] ?? [];
		await api.patch(one, changeOf(resource));
		const current = (await api.get(one)).body;
		expect(current.version).toBe(version + 1);
		const [old, now, next] = [version, version + 1, version + 2];
		const back = method === "PATCH" ? { [field]: first } : undefined;
		const send = (tag: string, body = back) => api.send(method, one, body, { "if-match": tag });

		const wrong = [`"${old}"`, `"${next}"`, `W/"${old}"`, `${now}`, '""', `"${old}", "${next}"`];
		for (const tag of [...wrong, `'${now}'`, `"${now}`]) {
			expect(await send(tag), tag).toMatchObject({ status: 412, body: { code: "PRECONDITION_FAILED" } });
			expect((await api.get(one)).body, tag).toEqual(current);
		}
		if (method === "PATCH")
			expect((await send(`"${old}"`, changeOf(resource))).status, "a change of nothing").toBe(412);
		expect((await send(`"${old}" , "${now}"`)).status).toBe(method === "PATCH" ? 200 : 204);
		const again = rowPath(resource, (await createRow(api, resource)).id);
		const any = await api.send(method, again, back, { "if-match": "*" });
		expect(any.status).toBe(method === "PATCH" ? 200 : 204);
	});
});

describe.each(resources.filter((resource) => hasOperations("get")(resource) && !resource.hasCounters))(
	"$path",
	(resource) => {
		it("If-None-Match spares an unchanged row", async () => {
			const api = await createCaller();
			const { id, version: first } = await createRow(api, resource);
			const one = rowPath(resource, id);
			const changed = await api.patch(one, changeOf(resource));
			const version = changed.status === 200 ? first + 1 : first;
			const get = (tag: string) => api.get(one, { "if-none-match": tag });
			for (const tag of [`"${version}"`, `W/"${version}"`, "*", `"${version - 1}", "${version}"`]) {
				const reply = await get(tag);
				expect(reply, tag).toMatchObject({ status: 304, text: "" });
				expect(reply.headers.get("etag")).toBe(`"${version}"`);
			}
			for (const tag of [`"${version - 1}"`, `${version}`, `"${version}${version}"`])
				expect((await get(tag)).status, tag).toBe(200);
			if (!hasOperations("remove")(resource)) return;
			await api.delete(one);
			expect((await get("*")).status).toBe(404);
		});
	},
);
