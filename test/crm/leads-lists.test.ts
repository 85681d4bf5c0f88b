// Finding leads: by each filter, by several, and by words.
import { describe, expect, it } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";

const lead = async (api: Api, body: object): Promise<string> => {
	const reply = await api.post("/leads", { name: "Jane Smith", ...body });
	expect(reply.status, reply.text).toBe(201);
	return reply.body.id;
};
const list = async (api: Api, query: string): Promise<string[]> => {
	const { status, body, text } = await api.get(`/leads?limit=100&${query}`);
	expect(status, text).toBe(200);
	return body.items.map(({ id }: Json) => id);
};
const create = async (api: Api, path: string, body: object): Promise<string> =>
	(await api.post(path, { name: "x", ...body })).body.id;

describe("the filters that name others", () => {
	const kinds = [
		{ filter: "sourceId", field: "sourceId", path: "/lead-sources", body: () => ({}), many: false },
		{
			filter: "stageId",
			field: "stageId",
			path: "/lead-stages",
			body: () => ({ type: "WORKING" }),
			many: false,
		},
		{ filter: "ownerId", field: "ownerId", path: "/users", body: email, many: false },
		{ filter: "assigneeId", field: "assigneeIds", path: "/users", body: email, many: true },
		{ filter: "tagId", field: "tagIds", path: "/tags", body: () => ({}), many: true },
	];
	function email() {
		return { email: `${crypto.randomUUID()}@example.com` };
	}

	it.each(kinds)(
		"$filter: one, several, none; and follows a change",
		async ({ filter, field, path, body, many }) => {
			const api = await createCaller();
			const [a, b, c] = [
				await create(api, path, body()),
				await create(api, path, body()),
				await create(api, path, body()),
			];
			const value = (...ids: string[]) => ({ [field]: many ? ids : ids[0] });
			const withA = await lead(api, value(a));
			const withB = await lead(api, value(b));
			const withBoth = await lead(api, many ? value(a, b) : value(a));
			const without = await lead(api, {});
			const both = many ? [withBoth] : [];
			expect(await list(api, `${filter}=${a}`)).toEqual([withBoth, withA]);
			expect(await list(api, `${filter}=${b}`)).toEqual([...both, withB]);
			expect(await list(api, `${filter}=${a}&${filter}=${b}`)).toEqual([withBoth, withB, withA]);
			expect(await list(api, `${filter}=${a}&${filter}=${b}&orderBy=updatedAt&orderDir=asc`)).toEqual([
				withA,
				withB,
				withBoth,
			]);
			expect(await list(api, `${filter}=${c}`)).toEqual([]);
			await api.patch(`/leads/${withA}`, value(c));
			await api.patch(`/leads/${without}`, value(a));
			expect(await list(api, `${filter}=${a}`)).toEqual([without, withBoth]);
			expect(await list(api, `${filter}=${c}&orderBy=name`)).toEqual([withA]);
			await api.delete(`/leads/${withA}`);
			expect(await list(api, `${filter}=${c}`)).toEqual([]);
			expect(await list(api, `${filter}=${c}&includeDeleted=true`)).toEqual([withA]);
			for (const wrong of ["x", `${a}x`, "ld_01kaj2m5m8f7jt2n3v4w5x6y7z", "' OR 1=1 --", "%25"])
				expect((await api.get(`/leads?${filter}=${wrong}`)).status, wrong).toBe(400);
		},
	);

	it("of another organization find nothing, in either", async () => {
		const [api, other] = [await createCaller(), await createCaller()];
		const tag = await create(other, "/tags", {});
		await lead(other, { tagIds: [tag] });
		await lead(api, {});
		expect(await list(api, `tagId=${tag}`)).toEqual([]);
	});
});

describe("several filters", () => {
	it("all have to hold, in every combination and order", async () => {
		const api = await createCaller({ keys: 2 });
		const [tag, stage] = [await create(api, "/tags", {}), await create(api, "/lead-stages", { type: "NEW" })];
		const user = await create(api, "/users", { email: "sam@example.com" });
		const all = {
			tagIds: [tag],
			stageId: stage,
			ownerId: user,
			assigneeIds: [user],
			archived: true,
			email: "a@example.com",
			mobile: "+14155550123",
		};
		const match = await lead(api, all);
		for (const field of Object.keys(all))
			await lead(api, { ...all, [field]: { tagIds: [], assigneeIds: [], archived: false }[field] ?? null });
		const query = `tagId=${tag}&stageId=${stage}&ownerId=${user}&assigneeId=${user}&archived=true&email=A@example.com&mobile=%2B14155550123`;
		for (const orderBy of ["createdAt", "updatedAt", "name", "score"])
			expect(await list(api, `${query}&orderBy=${orderBy}&search=jane`), orderBy).toEqual([match]);
		expect(await list(api, `tagId=${tag}&stageId=${stage}`)).toHaveLength(6);
		expect(await list(api, `archived=true&archived=false&tagId=${tag}`)).toHaveLength(7);
		expect(await list(api, `${query}&createdBefore=2020-01-01T00:00:00Z`)).toEqual([]);
	});
});

describe("search", () => {
	const jane = {
		name: "Jané Müller-Smith",
		email: "jane.mueller@example.com",
		mobile: "+1 415 555 0123",
		secondaryMobile: "0800 7777",
		company: "Acme Søndergaard & Co",
		title: "Interested in “Pro” plan",
		notes: "secretword",
	};

	it.each([
		["jan", true, "the beginning of a word"],
		["JANE", true, "another case, without the accent"],
		["jané", true, "with it"],
		["muller", true, "a part of a hyphenated name"],
		["Mu\u0308ller", true, "another way to write the accent"],
		["smith jane", true, "words in any order"],
		["jane smi", true, "the last word unfinished"],
		["jan smith", false, "any other word unfinished"],
		["ane", false, "the middle of a word"],
		["jane kim", false, "a word that is not there"],
		["jane.mueller@example.com", true, "an e-mail address"],
		["example.com", true, "its domain"],
		["415 555", true, "a phone number"],
		["0800", true, "the second number"],
		["acme", true, "the company"],
		["interested pro", true, "the title"],
		["secretword", false, "the notes"],
		["  jane\t\n ", true, "blanks around"],
		["!!!", false, "no word at all"],
		["'", false, "a quote alone"],
		['"jane"', true, "quotes"],
		['jane" OR "x', false, "a quote that closes"],
		["jane*", true, "a star"],
		["name:jane", false, "a column"],
		["organization:x", false, "the column of the organization"],
		["jane NOT smith", false, "NOT is a word"],
		["kim OR jane", false, "OR is a word"],
		["NEAR(jane smith)", false, "NEAR is a word"],
		["^jane", true, "a caret"],
		["-jane", true, "a minus"],
		["jane + smith", true, "a plus"],
		["(jane", true, "an open parenthesis"],
		["{name email}:jane", false, "a column filter"],
		["%", false, "a percent sign"],
		["j_ne", false, "an underscore"],
		["jane'; DROP TABLE leads; --", false, "SQL"],
		["jane\\", true, "a backslash"],
		["x".repeat(200), false, "a long word"],
		["jane ".repeat(40), true, "a word forty times"],
		["\u0301", false, "an accent alone"],
		["𝕁ane", true, "letters beyond the basic plane that stand for others"],
		["𐐨ane", false, "others beyond it"],
	])("%j: %s (%s)", async (words, found) => {
		const api = await createCaller();
		const id = await lead(api, jane);
		await lead(api, { name: "Somebody Else" });
		const query = `search=${encodeURIComponent(words)}`;
		for (const order of ["", "&orderBy=name", "&orderBy=updatedAt&orderDir=asc", "&orderDir=asc"])
			expect(await list(api, query + order)).toEqual(found ? [id] : []);
	});

	it.each(["", "x".repeat(256), "a&search=b", Array.from({ length: 22 }, (_, n) => `w${n}`).join("+")])(
		"refuses %j",
		async (words) => {
			const api = await createCaller();
			expect(await api.get(`/leads?search=${words}`)).toMatchObject({
				status: 400,
				body: { errors: [{ path: "search" }] },
			});
		},
	);

	it("finds words of other scripts", async () => {
		const api = await createCaller();
		const id = await lead(api, { name: "李小龙 Иванов", company: "Ελλάδα" });
		for (const words of ["李小", "иван", "ελλάδα"])
			expect(await list(api, `search=${encodeURIComponent(words)}`)).toEqual([id]);
	});

	it("finds what is there now", async () => {
		const api = await createCaller();
		const id = await lead(api, { name: "Jane" });
		await api.patch(`/leads/${id}`, { name: "Kim", company: "Acme" });
		expect([await list(api, "search=jane"), await list(api, "search=kim%20acme")]).toEqual([[], [id]]);
		await api.patch(`/leads/${id}`, { company: null });
		expect(await list(api, "search=acme")).toEqual([]);
		await api.delete(`/leads/${id}`);
		expect([await list(api, "search=kim"), await list(api, "search=kim&includeDeleted=true")]).toEqual([
			[],
			[id],
		]);
		await api.post(`/leads/${id}/restore`);
		expect(await list(api, "search=kim")).toEqual([id]);
		const { body } = await api.post("/leads/batch", {
			items: [{ name: "Batch One" }, { name: "Batch Two" }],
		});
		expect(await list(api, "search=batch&orderDir=asc")).toEqual(
			body.results.map((result: Json) => result.id),
		);
	});

	it("never finds another organization's rows, whatever is searched", async () => {
		const [api, other] = [await createCaller(), await createCaller()];
		const [mine, theirs] = [
			await lead(api, { name: "Jane" }),
			await lead(other, { name: "Jane", company: api.organizationId }),
		];
		const suffix = other.organizationId.slice("org_".length);
		expect(await list(api, "search=jane")).toEqual([mine]);
		expect(await list(other, "search=jane")).toEqual([theirs]);
		for (const words of [
			suffix,
			`organization:${suffix}`,
			`organization:"${suffix}"`,
			`${suffix} jane`,
			`jane" OR organization:"${suffix}`,
		])
			expect(await list(api, `search=${encodeURIComponent(words)}`)).toEqual([]);
		expect(await list(other, `search=${api.organizationId}`)).toEqual([theirs]);
	});

	it("pages through all it finds, newest first, while more come in", async () => {
		const api = await createCaller({ keys: 2 });
		const ids: string[] = [];
		for (let count = 0; count < 7; count += 1) {
			ids.unshift(await lead(api, { name: `Jane ${count}` }));
			await lead(api, { name: "Somebody Else" });
		}
		for (const orderDir of ["desc", "asc"]) {
			const seen: string[] = [];
			for (let cursor = "", page = 0; ; page += 1) {
				const [{ body }] = await Promise.all([
					api.get(`/leads?search=jane&limit=2&orderDir=${orderDir}${cursor}`),
					page < 2 ? lead(api, { name: "Jane Later" }) : null,
				]);
				seen.push(...body.items.map(({ id }: Json) => id));
				if (!body.nextCursor) break;
				cursor = `&cursor=${body.nextCursor}`;
			}
			expect(new Set(seen).size).toBe(seen.length);
			const expected = orderDir === "desc" ? ids : ids.toReversed();
			expect(seen.filter((id) => ids.includes(id))).toEqual(expected);
		}
	});
});
