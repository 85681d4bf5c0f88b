// Leads: batch and upsert.
import { describe, expect, it } from "vitest";
import type { Json, Reply } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { createLead, leadNumbers } from "../support/leads.ts";

describe("a batch", () => {
	it("answers for each item in order, and keeps the good ones", async () => {
		const api = await createCaller();
		const tag = (await api.post("/tags", { name: "VIP" })).body.id;
		const unknown = "tag_01kaj2m5m8f7jt2n3v4w5x6y7z";
		const items = [
			{ name: "first", tagIds: [tag] },
			{ nam: "typo" },
			{ name: "second", tagIds: [unknown] },
			null,
			{ name: "third", score: 1.5 },
			"text",
			{ firstName: "Fourth" },
			[],
		];
		const { status, body } = await api.post("/leads/batch", { items });
		expect(status).toBe(200);
		expect(body).toMatchObject({ created: 2, failed: 6 });
		expect(body.results.map(({ index }: Json) => index)).toEqual(items.map((_, index) => index));
		const errors = body.results.map(({ error }: Json) => error?.message ?? null);
		expect(errors).toEqual(
			[
				null,
				"name: Required, unless firstName or lastName is given.",
				"tagIds.0: There is no such tag.",
				"Expected an object.",
				"score: Expected a whole number.",
				"Expected an object.",
				null,
				"Expected an object.",
			].map((message, index) =>
				index === 1 ? expect.stringMatching(/^nam: Unknown field|^name: Required/) : message,
			),
		);
		for (const { error } of body.results.filter((result: Json) => result.error))
			expect(error).toMatchObject({ code: "BAD_REQUEST", errors: [{ path: expect.any(String) }] });
		const names = async (id: string) => (await api.get(`/leads/${id}`)).body.name;
		expect([await names(body.results[0].id), await names(body.results[6].id)]).toEqual(["first", "Fourth"]);
		expect((await api.get("/leads")).body.items).toHaveLength(2);
		expect(await leadNumbers(api)).toEqual([1, 2]);
	});

	it.each<[string, unknown, string]>([
		["no items", { items: [] }, "items"],
		["101 items", { items: Array(101).fill({ name: "x" }) }, "items"],
		["items missing", {}, "items"],
		["items of another kind", { items: { name: "x" } }, "items"],
		["a field more", { items: [{ name: "x" }], atomic: true }, "atomic"],
		["a bare list", [{ name: "x" }], ""],
	])("with %s is 400 as a whole", async (_, body, path) => {
		const api = await createCaller();
		expect(await api.post("/leads/batch", body)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		expect(await leadNumbers(api)).toEqual([]);
	});
});

describe("an upsert", () => {
	const by = (matchBy: string, fields: object) => ({ matchBy, ...fields });

	it("creates records that don't exist and updates those that do", async () => {
		const api = await createCaller();
		const first = await api.post(
			"/leads/upsert",
			by("email", { email: "jane@example.com", name: "Jane", score: 1 }),
		);
		expect(first).toMatchObject({ status: 201, body: { name: "Jane", number: 1, version: 1 } });
		expect(first.headers.get("location")).toBe(`/api/v1/leads/${first.body.id}`);
		const second = await api.post("/leads/upsert", by("email", { email: "JANE@example.com", score: 2 }));
		expect(second.status).toBe(200);
		expect(second.headers.get("location")).toBeNull();
		expect(second.headers.get("etag")).toBe('"2"');
		expect(second.body).toMatchObject({
			id: first.body.id,
			name: "Jane",
			score: 2,
			email: "JANE@example.com",
		});
		const same = await api.post("/leads/upsert", by("email", { email: "JANE@example.com", score: 2 }));
		expect(same).toMatchObject({ status: 200, body: second.body });
		const other = await api.post("/leads/upsert", by("mobile", { mobile: "+14155550123", name: "Kim" }));
		expect(other).toMatchObject({ status: 201, body: { number: 2 } });
		expect(
			(await api.post("/leads/upsert", by("mobile", { mobile: "+14155550123", score: 5 }))).body,
		).toMatchObject({
			id: other.body.id,
			score: 5,
		});
	});

	it("of two matches is 409, names both and changes neither", async () => {
		const api = await createCaller();
		const rows = [
			await createLead(api, { email: "jane@example.com" }),
			await createLead(api, { email: "Jane@Example.com" }),
		];
		const reply = await api.post("/leads/upsert", by("email", { email: "jane@example.com", score: 9 }));
		expect(reply).toMatchObject({ status: 409, body: { code: "CONFLICT", errors: [{ path: "email" }] } });
		for (const row of rows) {
			expect(reply.body.message).toContain(row.id);
			expect((await api.get(`/leads/${row.id}`)).body).toEqual(row);
		}
	});

	it("matches no deleted rows, and none of another organization", async () => {
		const [api, other] = [await createCaller(), await createCaller()];
		const gone = await createLead(api, { email: "jane@example.com" });
		await api.delete(`/leads/${gone.id}`);
		const theirs = await createLead(other, { email: "jane@example.com" });
		const reply = await api.post("/leads/upsert", by("email", { email: "jane@example.com", name: "New" }));
		expect(reply.status).toBe(201);
		expect((await other.get(`/leads/${theirs.id}`)).body).toEqual(theirs);
		expect((await api.get(`/leads/${gone.id}?includeDeleted=true`)).body.version).toBe(2);
	});

	it.each<[object, string]>([
		[{ matchBy: "email" }, "email"],
		[{ matchBy: "email", email: null, name: "x" }, "email"],
		[{ matchBy: "email", email: "nonsense", name: "x" }, "email"],
		[{ matchBy: "email", mobile: "+14155550123", name: "x" }, "email"],
		[{ matchBy: "name", name: "x" }, "matchBy"],
		[{ matchBy: "cf_nope", cf_nope: "x", name: "x" }, "cf_nope"],
		[{ matchBy: "constructor", name: "x" }, "matchBy"],
		[{ email: "jane@example.com", name: "x" }, "matchBy"],
		[{ matchBy: "email", email: "jane@example.com" }, "name"],
		[{ matchBy: "email", email: "jane@example.com", name: "x", nope: 1 }, "nope"],
		[
			{ matchBy: "email", email: "jane@example.com", name: "x", tagIds: ["tag_01kaj2m5m8f7jt2n3v4w5x6y7z"] },
			"tagIds.0",
		],
	])("of %j is 400", async (body, path) => {
		const api = await createCaller();
		const reply = await api.post("/leads/upsert", body);
		expect(reply.status, reply.text).toBe(400);
		expect(reply.body.errors.map((error: Json) => error.path)).toContain(path);
		expect(await leadNumbers(api)).toEqual([]);
	});

	it("creates one row from ten concurrent upserts, with the fields of all", async () => {
		const api = await createCaller();
		const fields = [
			"score",
			"company",
			"title",
			"position",
			"twitter",
			"linkedin",
			"notes",
			"firstName",
			"lastName",
			"website",
		];
		const replies: Reply[] = await Promise.all(
			fields.map((field) =>
				api.post(
					"/leads/upsert",
					by("email", {
						email: "jane@example.com",
						name: "Jane",
						[field]: field === "score" ? 1 : "a.example",
					}),
				),
			),
		);
		expect(replies.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 201]);
		const { items } = (await api.get("/leads")).body;
		expect(items).toHaveLength(1);
		expect(items[0].version).toBe(10);
		for (const field of fields) expect(items[0][field], field).not.toBeNull();
	});
});
