// Spellings of people: names made of parts, e-mail addresses, phone numbers, and the folding of text for search, sorts and
// look-ups.
import { describe, expect, it } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { create, createPipeline } from "../support/deals.ts";
import { eventsOf } from "../support/events.ts";

const found = async (api: Api, path: string, query: Record<string, string>): Promise<string[]> => {
	const { status, body, text } = await api.get(`/${path}?${new URLSearchParams(query)}`);
	expect(status, text).toBe(200);
	return body.items.map(({ name, title, id }: Json) => name ?? title ?? id);
};

const kinds = [
	{ path: "leads", type: {}, phone: "mobile", updated: "lead.updated" },
	{ path: "clients", type: { type: "contact" }, phone: "phone", updated: "client.updated" },
];

describe.each(kinds)("the name of one of $path", ({ path, type, updated }) => {
	it("made of parts follows them, in answers, search and events", async () => {
		const api = await createCaller();
		const { id, name } = await create(api, `/${path}`, { ...type, firstName: "Jane", lastName: "Smith" });
		expect(name).toBe("Jane Smith");
		const { body } = await api.patch(`/${path}/${id}`, { lastName: "Miller" });
		expect(body).toMatchObject({ name: "Jane Miller", firstName: "Jane", lastName: "Miller" });
		expect(await found(api, path, { search: "jane miller" })).toEqual(["Jane Miller"]);
		expect(await found(api, path, { search: "smith" })).toEqual([]);
		const events = await eventsOf(api.organizationId, 1);
		const change = events.find((event) => event.type === updated)?.payload;
		expect(change.data).toEqual(body);
		expect(change.changes.name).toEqual({ from: "Jane Smith", to: "Jane Miller" });
		const saved = events.filter((event) => event.type === "save_lead").at(-1);
		if (path === "leads")
			expect(saved?.payload.data).toMatchObject({ first_name: "Jane", last_name: "Miller" });

		expect((await api.patch(`/${path}/${id}`, { firstName: null })).body.name).toBe("Miller");
		expect((await api.patch(`/${path}/${id}`, { lastName: null })).body.name).toBe("Miller");
	});

	it("set by itself stays, and so do the parts, which are searched", async () => {
		const api = await createCaller();
		const { id } = await create(api, `/${path}`, { ...type, firstName: "Jane", lastName: "Smith" });
		const set = await api.patch(`/${path}/${id}`, { name: "Dr. J." });
		expect(set.body).toMatchObject({ name: "Dr. J.", firstName: "Jane", lastName: "Smith" });
		expect((await api.patch(`/${path}/${id}`, { lastName: "Müller" })).body.name).toBe("Dr. J.");
		for (const search of ["dr j", "jane", "muller dr"])
			expect(await found(api, path, { search }), search).toEqual(["Dr. J."]);
		expect(await found(api, path, { search: "smith" })).toEqual([]);
		const back = await api.patch(`/${path}/${id}`, { name: "Jane Müller" });
		expect(back.body.name).toBe("Jane Müller");
		expect((await api.patch(`/${path}/${id}`, { lastName: "Kim" })).body.name).toBe("Jane Kim");
	});

	it("is refused where its parts make too long a one", async () => {
		const api = await createCaller();
		const parts = { firstName: "x".repeat(200), lastName: "y".repeat(200) };
		const reply = await api.post(`/${path}`, { ...type, ...parts });
		expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: "name" }] } });
		expect((await api.post(`/${path}`, { ...type, ...parts, name: "X Y" })).status).toBe(201);
	});

	it("has up to 255 characters, not half as many emoji", async () => {
		const api = await createCaller();
		const name = "😀".repeat(255);
		const one = await create(api, `/${path}`, { ...type, name });
		expect(one.name).toBe(name);
		const parts = { firstName: "😀".repeat(127), lastName: "🚀".repeat(127) };
		expect((await create(api, `/${path}`, { ...type, ...parts })).name).toHaveLength(2 * 254 + 1);
		const { body } = await api.patch(`/${path}/${one.id}`, { name: "🚀".repeat(255) });
		expect(body).toMatchObject({ name: "🚀".repeat(255), version: 2 });
		const batch = await api.post(`/${path}/batch`, { items: [{ ...type, name }] });
		expect(batch.body, batch.text).toMatchObject({ created: 1, failed: 0 });
		const longer = await api.post(`/${path}`, { ...type, ...parts, lastName: "🚀".repeat(128) });
		expect(longer).toMatchObject({ status: 400, body: { errors: [{ path: "name" }] } });
	});
});

describe.each(kinds)("an e-mail address of $path", ({ path, type }) => {
	it("is the same in every spelling, to filters and upserts, and shown as typed", async () => {
		const api = await createCaller();
		const spellings = ["Jane@MÜLLER.de", "jane@müller.de", "JANE@xn--mller-kva.de", "jane@mu\u0308ller.de"];
		const [first = "", ...others] = spellings;
		const { id } = await create(api, `/${path}`, { ...type, name: "Jane", email: first });
		await create(api, `/${path}`, { ...type, name: "Joe", email: "joe@müller.de" });
		for (const email of spellings)
			for (const orderBy of ["createdAt", "name"])
				expect(await found(api, path, { email, orderBy }), email).toEqual(["Jane"]);
		for (const email of others) {
			const reply = await api.post(`/${path}/upsert`, { matchBy: "email", ...type, name: "Jane", email });
			expect(reply, email).toMatchObject({ status: 200, body: { id, email } });
		}
		for (const search of ["jane@müller.de", "muller.de", "mller-kva.de"])
			expect(
				await found(api, path, { search: search.replace("muller.de", "jane muller.de") }),
				search,
			).toContain("Jane");
	});
});

describe.each(kinds)("a phone number of $path", ({ path, type, phone }) => {
	it("that is international is one in every spelling", async () => {
		const api = await createCaller();
		const spellings = ["+1 415 555 0123", "+1 (415) 555-0123", "001-415-555-0123", "+14155550123"];
		const ids = new Set<string>();
		for (const number of spellings) {
			const body = { matchBy: phone, ...type, name: "Jane", [phone]: number };
			const reply = await api.post(`/${path}/upsert`, body);
			expect(reply.body[phone]).toBe(number);
			ids.add(reply.body.id);
		}
		expect(ids.size).toBe(1);
		await create(api, `/${path}`, { ...type, name: "Joe", [phone]: "+1 415 555 0124" });
		for (const number of spellings) {
			expect(await found(api, path, { [phone]: number }), number).toEqual(["Jane"]);
			expect(await found(api, path, { [phone]: number, search: "jane", orderBy: "name" })).toEqual(["Jane"]);
		}
		expect(await found(api, path, { [phone]: "(415) 555-0123" })).toEqual([]);
	});

	it.each(["+1 415 555 9876", "+14155559876", "+1-415-5559876", "4155559876", "(415) 555-9876"])(
		"written %s is found by search in every spelling",
		async (typed) => {
			const api = await createCaller();
			await create(api, `/${path}`, { ...type, name: "Jane", [phone]: typed });
			await create(api, `/${path}`, { ...type, name: "Joe", [phone]: "+1 212 555 0000" });
			for (const search of ["(415) 555-9876", "415.555.9876", "4155559876", "415 555 98"])
				expect(await found(api, path, { search }), search).toEqual(["Jane"]);
			expect(await found(api, path, { search: "+44 415 555 9876" })).toEqual([]);
		},
	);

	it("that is national is matched as it was typed alone", async () => {
		const api = await createCaller();
		await create(api, `/${path}`, { ...type, name: "Jane", [phone]: "(415) 555-9876" });
		expect(await found(api, path, { [phone]: "(415) 555-9876" })).toEqual(["Jane"]);
		expect(await found(api, path, { [phone]: "+14155559876" })).toEqual([]);
		expect(await found(api, path, { [phone]: "415 555 9876" })).toEqual([]);
	});
});

it("a lead is found by its second number, too", async () => {
	const api = await createCaller();
	const { id } = await create(api, "/leads", {
		name: "Jane",
		mobile: "+1 212 555 0000",
		secondaryMobile: "+49 30 123456",
	});
	for (const search of ["030 123456", "+4930123456", "+49 (0)30 123456", "30/123456"])
		expect(await found(api, "leads", { search }), search).toEqual(["Jane"]);
	await api.patch(`/leads/${id}`, { secondaryMobile: null });
	expect(await found(api, "leads", { search: "030 123456" })).toEqual([]);
});

describe("custom fields", () => {
	it("of text, e-mail and phone are looked up as built-in ones are", async () => {
		const api = await createCaller();
		for (const type of ["text", "email", "phone"])
			await create(api, "/custom-fields", { entity: "leads", label: `My ${type}`, type, unique: true });
		const values = { cf_my_text: "Łódź", cf_my_email: "jane@MÜLLER.de", cf_my_phone: "+1 415 555 0123" };
		const { id } = await create(api, "/leads", { name: "Jane", ...values });
		const others = { cf_my_text: "LODZ", cf_my_email: "Jane@xn--mller-kva.de", cf_my_phone: "+14155550123" };
		for (const [field, value] of Object.entries(others)) {
			expect(await found(api, "leads", { [field]: value }), field).toEqual(["Jane"]);
			const twin = await api.post("/leads", { name: "Joe", [field]: value });
			expect(twin, field).toMatchObject({ status: 409, body: { errors: [{ path: field }] } });
			const saved = await api.post("/leads/upsert", { matchBy: field, name: "Jane", [field]: value });
			expect(saved, field).toMatchObject({ status: 200, body: { id, [field]: value } });
		}
	});
});

describe("one folding", () => {
	it.each([
		["Łukasz Łódź", ["lukasz", "łódź", "LODZ"]],
		["Søren Ødegård", ["soren", "ødegard", "ODEGÅRD"]],
		["Groß", ["gross", "GROẞ", "groß"]],
		["Işık", ["isik", "IŞIK", "ışık"]],
		["Ægir Œuvre", ["aegir oeuvre", "œuvre"]],
		["Đorđe Þór", ["dorde", "thor"]],
		["ＡＣＭＥ　１２", ["acme 12"]],
		["株式会社東京商事", ["東京", "商事", "株式会社", "東京商", "社東"]],
		["김철수", ["철수", "김철"]],
		["山田タロウ", ["ﾀﾛｳ", "タロ"]],
	])("finds %s by %j, in leads, clients, deals, tasks, products and papers", async (text, words) => {
		const api = await createCaller({ keys: 4 });
		await createPipeline(api);
		const other = await create(api, "/clients", { name: "Other" });
		await create(api, "/clients", { name: text });
		await create(api, "/leads", { name: "x", company: text });
		await create(api, "/deals", { title: text, clientId: other.id });
		await create(api, "/tasks", { title: "x", description: text });
		await create(api, "/products", { name: text, price: 1 });
		const lineItems = [{ name: text, quantity: 1, price: 1 }];
		await create(api, "/quotations", { clientId: other.id, date: "2026-01-31", lineItems });
		await create(api, "/invoices", {
			clientId: other.id,
			date: "2026-01-31",
			dueDate: "2026-02-28",
			subject: text,
			lineItems,
		});
		for (const path of ["clients", "leads", "deals", "tasks", "products", "quotations", "invoices"])
			for (const search of words)
				expect(await found(api, path, { search }), `${path} ${search}`).toHaveLength(1);
		expect(await found(api, "leads", { search: "京東" })).toEqual([]);
	});

	it("finds papers by their client's name", async () => {
		const api = await createCaller();
		await createPipeline(api);
		const client = await create(api, "/clients", { name: "Łódź 東京商事" });
		await create(api, "/deals", { title: "Deal", clientId: client.id });
		for (const search of ["lodz", "商事", "東京 deal"])
			expect(await found(api, "deals", { search }), search).toEqual(["Deal"]);
	});

	it.each(["leads", "clients", "tags", "products", "lead-sources", "users", "pipelines"])(
		"sorts %s, page after page",
		async (path) => {
			const api = await createCaller({ keys: 2 });
			const names = ["Zoe", "Ågot", "agot b", "Łukasz", "Lukas", "Øyvind", "oz", "Straße", "strasz"];
			for (const [index, name] of names.entries()) {
				const more = {
					products: { price: 1 },
					users: { email: `u${index}@example.com` },
					pipelines: { stages: ["ACTIVE", "WON", "LOST"].map((type) => ({ name: type, type })) },
				}[path];
				await create(api, `/${path}`, { name, ...more });
			}
			const expected = ["Ågot", "agot b", "Lukas", "Łukasz", "Øyvind", "oz", "Straße", "strasz", "Zoe"];
			for (const orderDir of ["asc", "desc"]) {
				const seen: string[] = [];
				for (let cursor = ""; ; ) {
					const { body } = await api.get(`/${path}?orderBy=name&orderDir=${orderDir}&limit=2${cursor}`);
					seen.push(...body.items.map(({ name }: Json) => name));
					if (!body.nextCursor) break;
					cursor = `&cursor=${body.nextCursor}`;
				}
				expect(seen).toEqual(orderDir === "asc" ? expected : expected.toReversed());
			}
		},
	);

	it("is what tax numbers, SKUs and users' addresses are looked up by", async () => {
		const api = await createCaller();
		await create(api, "/clients", { name: "Acme", taxNumber: "ＤＥ１２３" });
		expect(await found(api, "clients", { taxNumber: "de123" })).toEqual(["Acme"]);
		await create(api, "/products", { name: "Thing", price: 1, sku: "GRÖßE-1" });
		expect(await found(api, "products", { sku: "grosse-1" })).toEqual(["Thing"]);
		await create(api, "/users", { name: "Sam", email: "sam@müller.de" });
		expect(await found(api, "users", { email: "SAM@xn--mller-kva.de" })).toEqual(["Sam"]);
		const twin = await api.post("/users", { name: "Sam", email: "sam@MÜLLER.de" });
		expect(twin).toMatchObject({ status: 409, body: { errors: [{ path: "email" }] } });
	});
});
