// Leads: numbers, names, stages, the forms of their fields. What every resource shares is in ../contract.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leads } from "../../src/db/schema/leads.ts";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { createLead, leadNumbers } from "../support/leads.ts";

const stage = async (api: Api, type: string, position: number): Promise<string> =>
	(await api.post("/lead-stages", { name: `${type} ${position}`, type, position })).body.id;

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("a lead's number", () => {
	it("counts without gaps under concurrent creates, batches and refusals", async () => {
		const api = await createCaller({ keys: 3 });
		const batch = { items: [{ name: "a" }, {}, { name: "b" }, { name: "c" }] };
		const replies = await Promise.all([
			...upTo(20).map(() => api.post("/leads", { name: "one" })),
			...upTo(5).map(() => api.post("/leads/batch", batch)),
			...upTo(5).map(() => api.post("/leads", { name: "", nope: 1 })),
			...upTo(5).map(() => api.post("/leads", { name: "x", tagIds: ["tag_01kaj2m5m8f7jt2n3v4w5x6y7z"] })),
			...upTo(5).map((n) =>
				api.post("/leads/upsert", { matchBy: "email", email: `${n}@example.com`, name: "u" }),
			),
			...upTo(5).map((n) => api.post("/leads", { name: "k" }, { "idempotency-key": `${n}` })),
		]);
		expect(replies.filter(({ status }) => status >= 500)).toEqual([]);
		expect(await leadNumbers(api)).toEqual(upTo(20 + 15 + 5 + 5));
		for (const { status, body } of replies.filter((reply) => reply.status === 201)) {
			expect(status).toBe(201);
			expect((await api.get(`/leads/${body.id}`)).body.number).toBe(body.number);
		}
	});

	it("counts within its organization, and is never used twice", async () => {
		const [api, other] = [await createCaller(), await createCaller()];
		const first = await createLead(api);
		await api.delete(`/leads/${first.id}`);
		expect((await createLead(api)).number).toBe(2);
		expect((await createLead(other)).number).toBe(1);
		expect((await api.post(`/leads/${first.id}/restore`)).body.number).toBe(1);
		expect((await api.patch(`/leads/${first.id}`, { score: 1 })).body.number).toBe(1);
	});

	it("follows the order of a batch's items", async () => {
		const api = await createCaller();
		const items = upTo(100).map((n) => ({ name: `Lead ${n}` }));
		expect((await api.post("/leads/batch", { items })).body.created).toBe(100);
		const { body } = await api.get("/leads?limit=100&orderDir=asc");
		expect(body.items.map(({ name, number }: Json) => [name, number])).toEqual(
			upTo(100).map((n) => [`Lead ${n}`, n]),
		);
	});
});

describe("a lead's name", () => {
	it.each([
		[{ name: "Jane Smith" }, "Jane Smith"],
		[{ firstName: "Jane", lastName: "Smith" }, "Jane Smith"],
		[{ firstName: "Jane" }, "Jane"],
		[{ lastName: "Smith" }, "Smith"],
		[{ name: "JS", firstName: "Jane", lastName: "Smith" }, "JS"],
		[{ firstName: null, lastName: "Smith" }, "Smith"],
	])("%j makes %s", async (body, name) => {
		const reply = await (await createCaller()).post("/leads", body);
		expect(reply).toMatchObject({ status: 201, body: { name } });
	});

	it.each([
		{},
		{ email: "jane@example.com" },
		{ firstName: null },
		{ name: "" },
		{ name: " \t" },
		{ name: null },
	])("%j has none and is 400", async (body) => {
		const reply = await (await createCaller()).post("/leads", body);
		expect(reply.status).toBe(400);
		expect(reply.body.errors[0].path).toBe("name");
	});

	it("stays when its parts change", async () => {
		const api = await createCaller();
		const { id } = await createLead(api, { firstName: "Jane" });
		const { body } = await api.patch(`/leads/${id}`, { firstName: "Janet", lastName: "Jones" });
		expect(body).toMatchObject({ name: "Jane Smith", firstName: "Janet", lastName: "Jones" });
		expect((await api.patch(`/leads/${id}`, { name: null })).status).toBe(400);
	});
});

describe("a lead's stage", () => {
	it("is the first of type NEW, by position and then by age", async () => {
		const api = await createCaller();
		expect((await createLead(api)).stageId).toBeNull();
		await stage(api, "WORKING", 0);
		expect((await createLead(api)).stageId).toBeNull();
		const second = await stage(api, "NEW", 2);
		expect((await createLead(api)).stageId).toBe(second);
		const first = await stage(api, "NEW", 1);
		await stage(api, "NEW", 1);
		expect((await createLead(api)).stageId).toBe(first);
		expect((await createLead(api, { stageId: second })).stageId).toBe(second);
		expect((await createLead(api, { stageId: null })).stageId).toBeNull();
		const batch = (await api.post("/leads/batch", { items: [{ name: "a" }] })).body.results[0].id;
		expect((await api.get(`/leads/${batch}`)).body.stageId).toBe(first);
	});

	it("is looked up again when the stages change, even if it was cached", async () => {
		const api = await createCaller();
		const [first, second] = [await stage(api, "NEW", 1), await stage(api, "NEW", 2)];
		const held = await createLead(api);
		expect(held.stageId).toBe(first);
		await api.patch(`/lead-stages/${first}`, { position: 3 });
		expect((await createLead(api)).stageId).toBe(second);
		await api.patch(`/lead-stages/${second}`, { type: "JUNK" });
		expect((await createLead(api)).stageId).toBe(first);
		const fresh = await stage(api, "NEW", 0);
		await api.delete(`/lead-stages/${fresh}`);
		expect((await createLead(api)).stageId).toBe(first);
		expect((await (await createCaller()).post("/leads", { name: "elsewhere" })).body.stageId).toBeNull();
	});

	it("exists for every lead, even if it is deleted at the same time", async () => {
		const api = await createCaller({ keys: 2 });
		for (let round = 0; round < 5; round += 1) {
			const id = await stage(api, "NEW", 0);
			await createLead(api).then(({ id: own }) => api.delete(`/leads/${own}`));
			const [deleted, created] = await Promise.all([
				api.delete(`/lead-stages/${id}`),
				api.post("/leads", { name: "Jane" }),
			]);
			expect(created.status).toBe(201);
			expect([deleted.status, created.body.stageId]).toEqual(
				deleted.status === 204 ? [204, null] : [409, id],
			);
			await api.delete(`/leads/${created.body.id}`);
			await api.delete(`/lead-stages/${id}`);
		}
	});
});

describe("a lead's fields", () => {
	const long = "x".repeat(256);

	it.each<[string, readonly unknown[], readonly unknown[]]>([
		[
			"value",
			[0, 0.0001, 12.3456, 0.07, 1_250.5, 99_999_999_999.9999],
			[-1, 1.00005, 0.1 + 0.2, 1e11, "12.50", true],
		],
		["score", [0, -1_000_000, 1_000_000, null], [1_000_001, -1_000_001, 1.5, "5", true, [5]]],
		["currency", ["EUR", "USD", "JPY", null], ["eur", "EU", "EURO", "ZZZ", "", 978]],
		[
			"expectedCloseDate",
			["2026-12-31", "2024-02-29", "0001-01-01", "9999-12-31", null],
			[
				"2025-02-30",
				"2025-02-29",
				"2025-13-01",
				"2025-1-2",
				"2025-01-01T00:00:00Z",
				"31.12.2025",
				"",
				20_250_101,
				"12025-01-01",
			],
		],
		[
			"email",
			["jane@example.com", "o'neill+tag@sub.example.co", "zoë@exämple.de", null],
			[
				"jane",
				"@example.com",
				"jane@",
				"jane@localhost",
				"a b@example.com",
				"jane@example.com\r\nBcc: x@example.com",
				"<jane@example.com>",
				`${"x".repeat(65)}@example.com`,
				`x@${long}.com`,
				"",
			],
		],
		[
			"mobile",
			["+14155550123", "(0) 41/555-01.23 x9", "07", null],
			["phone", "+", "", "1", "+1415\n555", "5".repeat(41), 14_155_550_123],
		],
		[
			"website",
			["example.com", "https://example.com/a?b#c", "HTTP://EXAMPLE.com:8080", null],
			[
				"javascript:alert(1)",
				"ftp://example.com",
				"example",
				"https://",
				"https://exa mple.com",
				"//example.com",
				"data:text/html,x",
				"https://user@example.com",
				`https://example.com/${"x".repeat(2_048)}`,
				"",
			],
		],
		["notes", ["", "x".repeat(10_000), "\u202e\r\n\t'\"", null], ["x".repeat(10_001), 1, ["x"]]],
		["company", ["x".repeat(255), " padded ", null], [long, "", "  ", 1]],
		["archived", [true, false], [null, "true", 1]],
		[
			"tagIds",
			[[]],
			[null, "tag_01kaj2m5m8f7jt2n3v4w5x6y7z", [1], ["usr_01kaj2m5m8f7jt2n3v4w5x6y7z"], ["x"]],
		],
		["ownerId", [null], ["", "x", 1, "usr_01KAJ2M5M8F7JT2N3V4W5X6Y7Z", "usr_81kaj2m5m8f7jt2n3v4w5x6y7z"]],
	])("%s takes what it should, and nothing else", async (field, good, bad) => {
		const api = await createCaller();
		const { id } = await createLead(api);
		for (const value of good) {
			const reply = await api.patch(`/leads/${id}`, { [field]: value });
			expect(reply.status, `${JSON.stringify(value)?.slice(0, 80)}: ${reply.text.slice(0, 200)}`).toBe(200);
			expect(reply.body[field]).toEqual(value);
			expect((await api.get(`/leads/${id}`)).body[field]).toEqual(value);
		}
		const before = await api.get(`/leads/${id}`);
		for (const value of bad) {
			const reply = await api.patch(`/leads/${id}`, { [field]: value });
			expect(reply.status, JSON.stringify(value)?.slice(0, 80)).toBe(400);
			expect(reply.body.errors[0].path).toMatch(new RegExp(`^${field}(?:\\.\\d+)?$`));
		}
		expect((await api.get(`/leads/${id}`)).text).toBe(before.text);
	});

	it("that hold ids keep their order, each id once", async () => {
		const api = await createCaller();
		const ids: string[] = [];
		for (const name of ["a", "b", "c"]) ids.push((await api.post("/tags", { name })).body.id);
		const [a, b, c] = ids;
		const { id } = await createLead(api, { tagIds: [c, a, c] });
		expect((await api.get(`/leads/${id}`)).body.tagIds).toEqual([c, a]);
		expect((await api.patch(`/leads/${id}`, { tagIds: [b, b, c] })).body.tagIds).toEqual([b, c]);
		const found = async (tag: string | undefined) => (await api.get(`/leads?tagId=${tag}`)).body.items.length;
		expect([await found(a), await found(b), await found(c)]).toEqual([0, 1, 1]);
	});

	it("of money are exact to four places", () => {
		const { value } = leads;
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 999_999_999_999_999 }), (units) => {
				const amount = Number(`${Math.floor(units / 10_000)}.${String(units % 10_000).padStart(4, "0")}`);
				expect(value.mapToDriverValue(amount)).toBe(units);
				expect(value.mapFromDriverValue(units)).toBe(amount);
			}),
			{ numRuns: 5_000 },
		);
	});
});
