// Forms that find the lead of a person who has answered before.
import { describe, expect, it } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { withoutSending } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { eventsOf, eventTypesOf } from "../support/events.ts";
import { createForm } from "../support/forms.ts";
import { setQuotas } from "../support/quotas.ts";

const answer = (api: Api, form: Json, answers: object) =>
	api.post("/form-responses", { formId: form.id, answers }).then((reply) => {
		if (reply.status !== 201) throw new Error(reply.text);
		return reply;
	});

const leadsOf = async (api: Api) => (await api.get("/leads")).body.items;

describe("the lead of a person who answers again", () => {
	const fields = [
		{ label: "Name", mapTo: "name" },
		{ label: "E-mail", key: "email", type: "email", mapTo: "email" },
		{ label: "Company", mapTo: "company" },
		{ label: "Story", key: "story", type: "longText", mapTo: "notes" },
		{ label: "Points", key: "points", mapTo: "score" },
		{ label: "Code", key: "code", mapTo: "cf_code" },
	];
	const matching = { matchBy: "email" };
	const leadOf = async (api: Api, { body }: { readonly body: Json }) =>
		(await api.get(`/leads/${body.leadId}`)).body;

	it("is changed instead of made again, and its notes are added to", async () => {
		const api = withoutSending(await createCaller());
		const form = await createForm(api, fields, matching);
		expect(form.matchBy).toBe("email");
		const first = await answer(api, form, {
			name: "Jane",
			email: "Jane@Example.com",
			story: "Hello.",
			points: "5",
		});
		const skip = (await eventsOf(api.organizationId)).length;
		const second = await answer(api, form, {
			email: "jane@EXAMPLE.com",
			company: "Acme",
			story: "Again.",
			points: "many",
		});
		expect(second.body.leadId).toBe(first.body.leadId);
		expect(await leadOf(api, second)).toMatchObject({
			name: "Jane",
			email: "jane@EXAMPLE.com",
			company: "Acme",
			score: 5,
			notes: "Hello.\nAgain.\nPoints: many",
		});
		expect(await eventTypesOf(api.organizationId, skip)).toEqual([
			"form.response.created",
			"lead.updated",
			"save_lead",
		]);
		const third = await answer(api, form, { email: "jane@EXAMPLE.com", story: "Again." });
		expect((await leadOf(api, third)).version, "nothing is new").toBe((await leadOf(api, second)).version);
		expect(await leadsOf(api)).toHaveLength(1);
		expect((await api.get("/form-responses")).body.items).toHaveLength(3);
		expect((await leadOf(api, await answer(api, form, { name: "Nobody" }))).name, "without an address").toBe(
			"Nobody",
		);
		expect((await leadOf(api, await answer(api, form, { email: "x@example.com" }))).name).toBe(
			"x@example.com",
		);
	});

	it("is the oldest that is not deleted, and a new one where the form does not match", async () => {
		const api = withoutSending(await createCaller());
		const lead = (name: string) =>
			api.post("/leads", { name, email: "jane@example.com", notes: "x".repeat(9_990) });
		const gone = (await lead("Gone")).body;
		await api.delete(`/leads/${gone.id}`);
		const [oldest] = [await lead("One"), await lead("Two")].map(({ body }) => body);
		const form = await createForm(api, fields, matching);
		const say = async (story: string) =>
			leadOf(api, await answer(api, form, { email: "jane@example.com", story }));
		const full = `${"x".repeat(9_990)}\n123456789`;
		expect(await say("123456789")).toMatchObject({ id: oldest.id, name: "One", notes: full });
		expect(await say("More")).toMatchObject({ name: "jane@example.com", notes: "More" });
		expect((await api.get(`/leads/${oldest.id}`)).body).toMatchObject({ version: 2, notes: full });
		await api.patch(`/forms/${form.id}`, { matchBy: "none" });
		expect((await leadOf(api, await answer(api, form, { email: "jane@example.com" }))).number).toBe(5);
	});

	it("says in its notes which response has what they have no room for", async () => {
		const api = withoutSending(await createCaller());
		const more = { label: "More", key: "more", type: "longText", mapTo: "score" };
		const form = await createForm(api, [...fields.slice(0, 4), more], matching);
		const story = "y".repeat(9_990);
		for (const email of [undefined, "jane@example.com"]) {
			const reply = await answer(api, form, { email, story, more: "z".repeat(9_000) });
			expect(reply.body.answers.more).toHaveLength(9_000);
			const { notes } = await leadOf(api, reply);
			const end = `… (cut; the whole answers: ${reply.body.id})`;
			expect(notes).toHaveLength(10_000);
			expect(notes.endsWith(end)).toBe(true);
			expect(notes.startsWith("y".repeat(9_900))).toBe(true);
		}
	});

	it("has answers that its notes have only as part of a line", async () => {
		const api = withoutSending(await createCaller());
		const form = await createForm(api, fields, matching);
		const email = "jane@example.com";
		const before = "12.3.: Not interested in the big plan.\r\nCall at 9.";
		await api.post("/leads", { name: "Jane", email, notes: before });
		const say = async (story: string) => (await leadOf(api, await answer(api, form, { email, story }))).notes;
		expect(await say("interested")).toBe(`${before}\ninterested`);
		for (const known of ["interested", "Call at 9.", `${before}\r\ninterested`, "Call at 9.\ninterested"])
			expect(await say(known), known).toBe(`${before}\ninterested`);
		expect(await say("9.\nint")).toBe(`${before}\ninterested\n9.\nint`);
		const reply = await answer(api, form, { email, story: "Points: many more", points: "many" });
		expect((await leadOf(api, reply)).notes).toMatch(/\n9\.\nint\nPoints: many more\nPoints: many$/);
	});

	it("counts the characters of notes, and never cuts one in two", async () => {
		const api = withoutSending(await createCaller());
		const more = { label: "More", key: "more", type: "longText", mapTo: "score" };
		const form = await createForm(api, [...fields.slice(0, 4), more], matching);
		const email = "jane@example.com";
		const { id } = (await api.post("/leads", { name: "Jane", email, notes: "😀".repeat(6_000) })).body;
		const added = await leadOf(api, await answer(api, form, { email, story: "🚀".repeat(3_999) }));
		expect([added.id, added.notes]).toEqual([id, `${"😀".repeat(6_000)}\n${"🚀".repeat(3_999)}`]);
		for (const shift of ["", "x"]) {
			const reply = await answer(api, form, {
				story: `${shift}${"😀".repeat(9_000)}`,
				more: "🚀".repeat(9_000),
			});
			const { notes } = await leadOf(api, reply);
			expect([...notes]).toHaveLength(10_000);
			expect(notes).not.toContain("\uFFFD");
			expect(notes.startsWith(`${shift}${"😀".repeat(9_000)}\nMore: 🚀🚀`)).toBe(true);
		}
	});

	it("is one, however many answers come at once", async () => {
		const api = withoutSending(await createCaller());
		const form = await createForm(api, fields, matching);
		const replies = await Promise.all(
			Array.from({ length: 6 }, (_, index) =>
				answer(api, form, { email: "jane@example.com", story: `Note ${index}` }),
			),
		);
		expect(new Set(replies.map(({ body }) => body.leadId)).size).toBe(1);
		const [lead, ...others] = await leadsOf(api);
		expect(others).toEqual([]);
		for (let index = 0; index < 6; index += 1) expect(lead.notes).toContain(`Note ${index}`);
	});

	it("keeps what its custom fields refuse as notes, and needs no room for leads", async () => {
		const api = withoutSending(await createCaller());
		await api.post("/custom-fields", { entity: "leads", label: "Code", type: "text", unique: true });
		await api.post("/leads", { name: "Other", cf_code: "X1" });
		await api.post("/leads", { name: "Third" });
		await api.post("/leads", { name: "Jane", email: "jane@example.com", cf_code: "X2" });
		await setQuotas(api.organizationId, { records: 3 });
		const form = await createForm(api, fields, matching);
		const taken = await leadOf(api, await answer(api, form, { email: "jane@example.com", code: "X1" }));
		expect(taken).toMatchObject({ name: "Jane", cf_code: "X2", notes: "Code: X1" });
		expect(
			(await leadOf(api, await answer(api, form, { email: "jane@example.com", code: "X2" }))).cf_code,
		).toBe("X2");
		expect((await answer(api, form, { email: "new@example.com" })).body.leadId).toBeNull();
	});
});
