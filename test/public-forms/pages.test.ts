// What a browser loads of a public form: its page, and the script that shows it in another page.
import { describe, expect, it } from "vitest";
import type { Json } from "../support/api.ts";
import { createForm } from "../support/forms.ts";
import { publicForm } from "../support/public-form.ts";
import { load } from "../support/visitors.ts";

describe("the page of a form", () => {
	it("has no script and no cookie, and is not stored", async () => {
		const { form } = await publicForm();
		const { status, headers, text } = await load(form);
		expect(status).toBe(200);
		expect(headers.get("content-security-policy")).toBe(
			"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors *",
		);
		expect(headers.get("cache-control")).toBe("no-store");
		expect(headers.get("set-cookie")).toBeNull();
		expect(text).not.toContain("<script");
	});

	it.each([
		["https", "'self' https:"],
		["http", "'self' https: http:"],
	])("may lead on to a page of %s, which may redirect to any host", async (scheme, targets) => {
		const { form } = await publicForm({ redirectUrl: `${scheme}://example.com/thanks` });
		expect((await load(form)).headers.get("content-security-policy")).toContain(`form-action ${targets};`);
	});

	it("has the options of a choice as they were given, with all their blanks", async () => {
		const options = ["1  -  10", " 11-50 "];
		const { api } = await publicForm();
		const form = await createForm(api, [{ label: "Size", type: "singleSelect", options }], {
			isPublic: true,
		});
		const [field] = form.fields;
		const { text } = await load(form);
		for (const option of field.options)
			expect(text).toContain(`<option value="${option}">${option}</option>`);
	});
});

describe("the script of a form", () => {
	it("is there only while the form is public, which browsers keep for some minutes", async () => {
		const { api, form } = await publicForm();
		const script = (one: Json, headers: Record<string, string> = {}) =>
			load(one, { suffix: "/embed.js", headers: { accept: "*/*", ...headers } });
		const shown = await script(form);
		expect(shown.status).toBe(200);
		expect(shown.text).toContain("document.currentScript");
		expect(shown.headers.get("content-type")).toMatch(/^text\/javascript\b/);
		expect(shown.headers.get("cache-control")).toBe("max-age=300");
		const known = { "if-none-match": shown.headers.get("etag") ?? "" };
		expect((await script(form, known)).status).toBe(304);
		await api.patch(`/forms/${form.id}`, { isPublic: false });
		for (const one of [form, { id: "frm_01kaj2m5m8f7jt2n3v4w5x6y7z" }, { id: "x" }]) {
			const missing = await script(one, known);
			expect(missing).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
			expect(missing.headers.get("cache-control")).toContain("no-cache");
		}
		await api.patch(`/forms/${form.id}`, { isPublic: true });
		expect((await script(form)).status, "at once").toBe(200);
	});
});
