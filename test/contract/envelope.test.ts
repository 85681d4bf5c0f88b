// The answers to a key with an envelope.
import { afterEach, describe, expect, it, vi } from "vitest";
import { createCaller } from "../support/callers.ts";
import { hasOperations } from "./operations.ts";
import { resources } from "./resources.ts";
import {
	bodyOf,
	changeOf,
	createRow,
	removedAtField,
	resourceAt,
	rowPath,
	withRemovedQuery,
} from "./rows.ts";

afterEach(() => vi.useRealTimers());

describe("a key with an envelope", () => {
	const meta = (more: object = {}) => ({
		timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
		message: expect.stringMatching(/^[A-Z][\w ]+$/),
		requestId: expect.stringMatching(/^req_/),
		...more,
	});

	it.each(resources.filter(hasOperations("create")))(
		"$path: every success as { data, meta }, otherwise as it is bare",
		async (resource) => {
			const bare = await createCaller({ keys: 2 });
			const { organizationId } = bare;
			const api = await createCaller({ organizationId, envelope: true, keys: 2 });
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

			await createRow(bare, resource);
			const list = await api.get(`${path}?limit=1`);
			const bareList = (await bare.get(`${path}?limit=1`)).body;
			expect(list.body).toEqual({
				data: bareList.items,
				meta: meta({ nextCursor: bareList.nextCursor, hasMore: true }),
			});
			const last = await api.get(`${path}?limit=100`);
			expect(last.body.meta).toEqual(meta({ nextCursor: null, hasMore: false }));
			if (!hasOperations("remove")(resource)) return;
			expect((await api.delete(one)).text).toBe("");
			expect(
				(await api.get(`${one}${withRemovedQuery(resource)}`)).body.data[removedAtField(resource)],
			).toEqual(expect.any(String));
		},
	);

	it.each(resources.filter(hasOperations("update")))(
		"$path: a change as { data, meta } too",
		async (resource) => {
			const bare = await createCaller();
			const api = await createCaller({ organizationId: bare.organizationId, envelope: true });
			const { id, version } = await createRow(bare, resource);
			const one = rowPath(resource, id);
			const patched = await api.patch(one, changeOf(resource), { "if-match": `"${version}"` });
			expect(patched.status).toBe(200);
			expect(patched.body).toEqual({ data: (await bare.get(one)).body, meta: meta() });
		},
	);

	it("has the message of a new webhook that the contract names", async () => {
		const api = await createCaller({ envelope: true });
		const { body } = await api.post("/webhooks", await bodyOf(api, resourceAt("webhooks")));
		expect(body.meta.message).toBe("Webhook created successfully");
	});

	it.each(["tags", "webhooks"])("%s: a replay repeats all of the first answer", async (path) => {
		const api = await createCaller({ envelope: true });
		const body = await bodyOf(api, resourceAt(path));
		const send = () => api.post(`/${path}`, body, { "idempotency-key": "once" });
		const first = await send();
		vi.setSystemTime(Date.now() + 1_000);
		const again = await send();
		expect(again.headers.get("idempotency-replayed")).toBe("true");
		expect(again.text).toBe(first.text);
		expect(again.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
	});

	it("wraps the answers of batches and upserts, too", async () => {
		const api = await createCaller({ envelope: true });
		const batch = await api.post("/leads/batch", { items: [{ name: "a" }, {}] });
		expect(batch.body).toMatchObject({ data: { created: 1, failed: 1 }, meta: meta() });
		const upsert = await api.post("/leads/upsert", { matchBy: "email", email: "a@example.com", name: "a" });
		expect(upsert.body).toMatchObject({ data: { email: "a@example.com" }, meta: meta() });
	});
});
