// Answers to public forms, which are sent without a key.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Json } from "../support/api.ts";
import { watchBindings } from "../support/bindings.ts";
import { JANE, publicForm } from "../support/public-form.ts";
import { setQuotas } from "../support/quotas.ts";
import { BROWSER, load, send } from "../support/visitors.ts";

afterEach(() => void vi.useRealTimers());

describe("answers without a key", () => {
	it.each([
		["JSON", { ...JANE, people: 3, day: "2026-12-01", agreed: true, topics: ["A", "C"], story: "One\nTwo" }],
		[
			"JSON like that of form responses",
			{
				answers: { ...JANE, people: 3, day: "2026-12-01", agreed: true, topics: ["A", "C"] },
				story: "One\nTwo",
			},
		],
		[
			"JSON of texts",
			{ ...JANE, people: "3", day: "2026-12-01", agreed: "on", topics: ["A", "C"], story: "One\nTwo" },
		],
		...["urlencoded", "multipart"].map((form): [string, URLSearchParams | FormData] => {
			const body = form === "multipart" ? new FormData() : new URLSearchParams();
			for (const [name, value] of [
				["name", "Jane Smith"],
				["email", " jane@example.com "],
				["people", "3"],
				["day", "2026-12-01"],
				["agreed", "true"],
				["topics", "A"],
				["topics", "C"],
				["story", "One\r\nTwo"],
				["_url", ""],
				["_page", "https://www.example.com/contact?x=1"],
				["_referrer", "https://search.example.com/"],
			] as const)
				body.append(name, value);
			return [form, body];
		}),
	])("are taken as %s", async (encoding, body) => {
		const { api, form, responses } = await publicForm();
		const reply = await send(form, body, { headers: { "user-agent": "Mozilla/5.0" } });
		expect(reply, reply.text).toMatchObject({ status: 201, body: { ok: true } });
		expect(reply.headers.get("access-control-allow-origin")).toBe("*");
		expect(reply.headers.get("set-cookie")).toBeNull();
		const [response] = await responses();
		expect(response).toMatchObject({
			answers: { ...JANE, people: 3, day: "2026-12-01", agreed: true, topics: ["A", "C"], story: "One\nTwo" },
			source: encoding.startsWith("JSON")
				? { userAgent: "Mozilla/5.0", pageUrl: null }
				: { pageUrl: "https://www.example.com/contact?x=1", referrer: "https://search.example.com/" },
		});
		expect((await api.get(`/leads/${response.leadId}`)).body).toMatchObject(JANE);
		const actors = (await api.get("/events?orderDir=asc")).body.items.map(({ actor }: Json) => actor);
		expect(actors[0]).toEqual({ type: "form", id: form.id, name: "Contact us" });
		expect(actors[1]).toMatchObject({ type: "system", id: "form-response" });
	});

	it("take one read and one write, once the form is known", async () => {
		const watch = watchBindings();
		const { form } = await publicForm();
		await send(form, JANE, { target: watch.target });
		watch.reset();
		expect((await send(form, JANE, { target: watch.target })).status).toBe(201);
		expect(watch.roundTrips).toHaveLength(2);
		watch.reset();
		expect((await load(form, { target: watch.target })).status).toBe(200);
		expect(watch.roundTrips).toHaveLength(1);
	});

	it("are refused by the keys of their fields, and nothing is stored", async () => {
		const { form, responses } = await publicForm();
		for (const [body, path] of [
			[{}, "name"],
			[{ ...JANE, email: "jane" }, "email"],
			[{ ...JANE, people: "many" }, "people"],
			[{ ...JANE, people: "0x10" }, "people"],
			[{ ...JANE, day: "soon" }, "day"],
			[{ ...JANE, agreed: "perhaps" }, "agreed"],
			[{ ...JANE, topics: ["A", "D"] }, "topics.1"],
			[{ ...JANE, other: 1 }, "other"],
			[{ ...JANE, leadId: null }, "leadId"],
			[{ ...JANE, _time: "1.2" }, "_time"],
			[{ ...JANE, _url: { toString: 1, valueOf: 1 } }, "_url"],
			[{ ...JANE, _page: ["a", "b"] }, "_page"],
			[{ ...JANE, name: "a\0b" }, "name"],
			['{"name":"Jane","__proto__":{"email":"x"}}', "__proto__"],
			['{"answers":{"name":"Jane","__proto__":{"email":"x"}}}', "__proto__"],
			[{ ...JANE, constructor: "x" }, "constructor"],
			[`{"name":${"[".repeat(9_000)}${"]".repeat(9_000)}}`, ""],
			[[], ""],
		] as const) {
			const headers = { "content-type": "application/json" };
			const reply = await send(form, typeof body === "string" ? body : JSON.stringify(body), { headers });
			expect(reply, `${path}: ${reply.text}`).toMatchObject({
				status: 400,
				body: { code: "BAD_REQUEST", errors: [{ path }] },
			});
		}
		const files = new FormData();
		files.append("name", new File(["x"], "x.txt"));
		expect((await send(form, files)).body.errors[0].path).toBe("name");
		const part = (boundary: string) =>
			`--${boundary}\r\nContent-Disposition: form-data; name="name"\r\n\r\nJane\r\n`;
		for (const [type, body] of [
			["multipart/form-data; boundary=x", "--y"],
			["multipart/form-data; boundary=x", part("x")],
			["multipart/form-data; boundary=x; boundary=y", `${part("y")}--y--`],
			["multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="a\0b"\r\n\r\n--x--'],
			["multipart/form-data; boundary=", `${part("")}----`],
			["multipart/form-data", `${part("x")}--x--`],
		] as const)
			expect((await send(form, body, { headers: { "content-type": type } })).status, body).toBe(400);
		const many = new URLSearchParams(Array.from({ length: 8_000 }, (_, index) => [`a${index}`, ""]));
		expect((await send(form, many)).body.errors).toHaveLength(50);
		expect((await send(form, "name=Jane", { headers: { "content-type": "text/plain" } })).status).toBe(415);
		const long = new URLSearchParams({ ...JANE, story: "x".repeat(65_536) });
		expect(await send(form, long)).toMatchObject({ status: 413, body: { code: "PAYLOAD_TOO_LARGE" } });
		expect(await responses()).toEqual([]);
	});

	it("are refused if they are not UTF-8, rather than stored with other characters", async () => {
		const { form, responses } = await publicForm();
		const latin1 = (text: string) =>
			new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))]);
		const part = '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nJosé\r\n--x--\r\n';
		for (const [type, body] of [
			["application/x-www-form-urlencoded", latin1("name=José")],
			["application/x-www-form-urlencoded", "name=Jos%E9"],
			["application/x-www-form-urlencoded", "name=Jane&Jos%c3=x"],
			["multipart/form-data; boundary=x", latin1(part)],
		] as const)
			expect(await send(form, body, { headers: { "content-type": type } }), String(body)).toMatchObject({
				status: 400,
				body: { message: "The body is not valid UTF-8." },
			});
		expect(await responses()).toEqual([]);
		const headers = { "content-type": "application/x-www-form-urlencoded" };
		await send(form, "name=Jos%C3%a9+100%25+50%+%F0%9F%98%80", { headers });
		expect(await responses()).toMatchObject([{ answers: { name: "José 100% 50% 😀" } }]);
	});

	it("are read in no time, also 64 KB that are nearly a number", async () => {
		const { form } = await publicForm();
		const begin = performance.now();
		const reply = await send(form, { ...JANE, people: `${"1".repeat(64_000)}x` });
		expect(reply.body.errors[0].path).toBe("people");
		expect(performance.now() - begin).toBeLessThan(1_000);
	});

	it("are 404 unless the form is public, whoever asks", async () => {
		const { api, form, responses } = await publicForm({ isPublic: false });
		const missing = { status: 404, body: { code: "NOT_FOUND", message: "There is no such form." } };
		expect(await send(form, JANE)).toMatchObject(missing);
		expect(await send(form, JANE, { headers: { "x-api-key": api.key } })).toMatchObject(missing);
		for (const id of ["frm_01kaj2m5m8f7jt2n3v4w5x6y7z", "frm_x", "ld_01kaj2m5m8f7jt2n3v4w5x6y7z"])
			expect(await send({ id }, JANE)).toMatchObject(missing);
		const page = await load(form);
		expect(page.status).toBe(404);
		expect(page.text).toContain("There is no such form");
		await api.patch(`/forms/${form.id}`, { isPublic: true });
		expect((await send(form, JANE)).status, "at once").toBe(201);
		await api.patch(`/forms/${form.id}`, { isPublic: false });
		expect(await send(form, JANE), "at once").toMatchObject(missing);
		await api.patch(`/forms/${form.id}`, { isPublic: true });
		expect((await send(form, JANE)).status).toBe(201);
		await api.delete(`/forms/${form.id}`);
		expect(await send(form, JANE)).toMatchObject(missing);
		expect((await load(form)).status).toBe(404);
		expect(await responses()).toHaveLength(2);
	});

	it("are not taken by a form that is closed, or whose organization has no room, and nobody learns why", async () => {
		const closed = await publicForm({ isActive: false });
		const full = await publicForm();
		await setQuotas(full.api.organizationId, { bytes: 0 });
		for (const { form, responses } of [closed, full]) {
			const reply = await send(form, JANE);
			expect(reply, reply.text).toMatchObject({
				status: 409,
				body: { code: "CONFLICT", message: "This form takes no answers at the moment." },
			});
			expect(reply.text).not.toContain("quota");
			expect(await responses()).toEqual([]);
		}
	});
});

describe("the answer of a browser's form", () => {
	it("is a redirect to the form's page, or to one of ours", async () => {
		const { api, form } = await publicForm();
		const body = () => new URLSearchParams(JANE);
		const own = await send(form, body(), { headers: BROWSER });
		expect([own.status, own.headers.get("location")]).toEqual([303, `/f/${form.id}/sent`]);
		expect((await load(form, { suffix: "/sent" })).text).toContain("Thank you");
		await api.patch(`/forms/${form.id}`, { redirectUrl: "https://www.example.com/thanks?über" });
		const next = "https://www.example.com/thanks?%C3%BCber";
		const redirected = await send(form, body(), { headers: BROWSER });
		expect([redirected.status, redirected.headers.get("location")]).toEqual([303, next]);
		const json = await send(form, JANE, { headers: BROWSER });
		expect([json.status, json.headers.get("location"), json.body]).toEqual([201, next, { ok: true }]);
		const embedded = await send(form, body(), { headers: BROWSER, suffix: "?embed" });
		expect([embedded.status, embedded.headers.get("location")]).toEqual([201, next]);
		expect(embedded.headers.get("access-control-expose-headers")).toMatch(/\bLocation\b/);
		expect(embedded.text).toContain("Thank you");
	});

	it("is the page with what was sent and what is wrong, escaped", async () => {
		const { form } = await publicForm();
		const evil = '"><script>alert(1)</script>';
		const body = new URLSearchParams({
			email: evil,
			story: "\n<b>",
			topics: "B",
			agreed: "true",
			[evil]: "x",
		});
		const page = await send(form, body, { headers: BROWSER });
		expect(page.status).toBe(400);
		expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
		expect(page.text).not.toMatch(/<script|<b>/);
		expect(page.text).toContain('role="alert"');
		expect(page.text).toContain('<a href="#q-name">Name</a>: Required.');
		expect(page.text).toMatch(
			/id="q-name" name="name" aria-required="true" aria-invalid="true" aria-describedby="q-name-error"/,
		);
		expect(page.text).toContain('value="&quot;&gt;&lt;script&gt;');
		expect(page.text).toMatch(/value="B" checked/);
		expect(page.text).toMatch(/name="agreed" checked/);
		expect(page.text).toContain(">\n\n&lt;b&gt;</textarea>");
	});
});
