// What keeps programs and other sites from answering public forms: traps, origins, and limits of an address.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { workerWith } from "../support/bindings.ts";
import { JANE, publicForm } from "../support/public-form.ts";
import { BROWSER, load, send, timeIn } from "../support/visitors.ts";

afterEach(() => void vi.useRealTimers());

describe("a trap", () => {
	it("answers as if the answers were taken, and stores nothing", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
		const { api, form, responses } = await publicForm();
		const first = timeIn(await load(form));
		const trapped = { status: 201, body: { ok: true } };
		expect(await send(form, { ...JANE, _url: "https://spam.example" })).toMatchObject(trapped);
		vi.setSystemTime(Date.now() + 1_999);
		expect(await send(form, { ...JANE, _time: first })).toMatchObject(trapped);
		const page = await send(form, new URLSearchParams({ ...JANE, _time: first }), { headers: BROWSER });
		expect(page.status).toBe(303);
		expect(await responses()).toEqual([]);
		expect((await api.get("/leads")).body.items).toEqual([]);
		vi.setSystemTime(Date.now() + 1);
		expect(await send(form, { ...JANE, _time: first })).toMatchObject(trapped);
		expect(await responses()).toHaveLength(1);
		const refused = await send(form, new URLSearchParams({ _time: first }), { headers: BROWSER });
		expect(refused.status).toBe(400);
		vi.setSystemTime(Date.now() + 1);
		const corrected = { ...JANE, _time: timeIn(refused) };
		expect(await send(form, corrected), "corrected at once").toMatchObject(trapped);
		expect(await responses(), "nobody corrects a page without having read it").toHaveLength(2);
		const [, signature] = first.split(".");
		const other = await publicForm();
		for (const [target, time] of [
			[form, `1.${signature}`],
			[form, "1"],
			[other.form, first],
		] as const)
			expect((await send(target, { ...JANE, _time: time })).body.errors[0].path).toBe("_time");
	});
});

describe("allowed origins", () => {
	it("are those whose pages may show and send the form", async () => {
		const { form, responses } = await publicForm({ allowedOrigins: ["https://WWW.example.com"] });
		expect(form.allowedOrigins).toEqual(["https://www.example.com"]);
		for (const origin of ["https://evil.example", "null", "https://www.example.com.evil.example"]) {
			expect((await send(form, JANE, { headers: { origin } })).body.code, origin).toBe("FORBIDDEN");
			expect((await load(form, { headers: { origin } })).status, origin).toBe(403);
		}
		expect((await send(form, JANE)).status, "nobody says where it is from").toBe(403);
		expect(await responses()).toEqual([]);
		expect((await load(form)).headers.get("content-security-policy")).toContain(
			"frame-ancestors 'self' https://www.example.com",
		);
		expect((await load(form, { method: "HEAD" })).status, "HEAD is as GET").toBe(200);
		for (const origin of ["https://www.example.com", "https://api.leadwire.test"])
			expect((await send(form, JANE, { headers: { origin } })).status, origin).toBe(201);
		const open = await publicForm();
		expect((await send(open.form, JANE, { headers: { origin: "https://any.example" } })).status).toBe(201);
	});
});

describe("the limits of an address", () => {
	const limiters = () => {
		const counts = new Map<string, number>();
		const to = (max: number) => ({
			limit: async ({ key }: { key: string }) => {
				counts.set(key, (counts.get(key) ?? 0) + 1);
				return { success: (counts.get(key) ?? 0) <= max };
			},
		});
		return { ADDRESS_LIMITER: to(100), FORM_LIMITER: to(20) };
	};

	it("let twenty answers a minute through for each form", async () => {
		const { form, responses } = await publicForm();
		const other = await publicForm();
		const target = workerWith({ ...env, ...limiters() });
		const headers = { "cf-connecting-ip": "203.0.113.7" };
		for (let count = 0; count < 20; count += 1)
			expect((await send(form, { ...JANE, _url: "x" }, { target, headers })).status).toBe(201);
		const refused = await send(form, JANE, { target, headers });
		expect(refused).toMatchObject({ status: 429, body: { code: "TOO_MANY_REQUESTS" } });
		expect(refused.headers.get("retry-after")).toBe("60");
		expect((await send(other.form, JANE, { target, headers })).status).toBe(201);
		const elsewhere = { "cf-connecting-ip": "203.0.113.8" };
		expect((await send(form, JANE, { target, headers: elsewhere })).status).toBe(201);
		expect(await responses()).toHaveLength(1);
	});
});
