// Turnstile on public forms: its secret, and the check of each visitor. If it can't be made, nothing is stored.
import { env } from "cloudflare:workers";
import { describe, expect, inject, it, vi } from "vitest";
import type { Json } from "../support/api.ts";
import { withMembers, withoutSending, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { contactField, createForm } from "../support/forms.ts";
import { receivedRequests } from "../support/sender.ts";
import { run, wrapDatabases } from "../support/shards.ts";
import { load, send } from "../support/visitors.ts";

const JANE = { your_name: "Jane" };
const SITE_KEY = "0x4AAAAAAADnPIDROrmt1Wwj";
const RIGHT = { turnstileSiteKey: SITE_KEY, turnstileSecret: "right" };

async function guarded(keys: object = RIGHT, path = "turnstile") {
	const api = withoutSending(await createCaller());
	const form = await createForm(api, contactField, { isPublic: true, ...keys });
	const bucket = `turnstile-${form.id}`;
	const bindings = { ...env, TURNSTILE_URL: `${inject("receiver")}/${path}/${bucket}` };
	const target = workerWith(bindings);
	const answer = (token?: string, headers = {}) =>
		send(
			form,
			{ ...JANE, ...(token === undefined ? {} : { "cf-turnstile-response": token }) },
			{ target, headers },
		);
	const responses = async (): Promise<Json[]> => (await api.get("/form-responses")).body.items;
	return { api, form, bucket, bindings, target, answer, responses };
}

describe("the keys of Turnstile", () => {
	it("are both needed, and the secret is encrypted and never shown", async () => {
		const { api, form } = await guarded();
		expect(form).toMatchObject({ turnstileSiteKey: SITE_KEY });
		const path = `/forms/${form.id}`;
		for (const reply of [
			await api.get(path),
			await api.get("/forms"),
			await api.patch(path, { title: "Other" }),
		])
			expect(reply.text).not.toContain("turnstileSecret");
		const [stored] = await run("SELECT turnstileSecret FROM forms WHERE id = ?", form.id);
		expect(stored.turnstileSecret).toMatch(/^v1\.k1\./);
		for (const [keys, at] of [
			[{ turnstileSiteKey: SITE_KEY }, "turnstileSecret"],
			[{ turnstileSecret: "right" }, "turnstileSiteKey"],
			[{ turnstileSiteKey: SITE_KEY, turnstileSecret: "a b" }, "turnstileSecret"],
		] as const)
			expect((await api.post("/forms", { title: "x", ...keys })).body.errors[0].path).toBe(at);
		expect((await api.patch(path, { turnstileSecret: null })).body.errors[0].path).toBe("turnstileSecret");
		const other = (await api.post("/forms", { title: "Other" })).body;
		expect((await api.patch(`/forms/${other.id}`, { turnstileSecret: "x" })).status).toBe(400);
		expect((await api.patch(path, { turnstileSiteKey: "0x5" })).status, "the secret stays").toBe(200);
		expect((await api.patch(path, { turnstileSiteKey: null })).body.turnstileSiteKey).toBeNull();
		expect(
			(await run("SELECT turnstileSecret FROM forms WHERE id = ?", form.id))[0].turnstileSecret,
		).toBeNull();
	});
});

describe("a form with Turnstile", () => {
	it("takes answers of those whom it has checked, each token once", async () => {
		const { form, bucket, target, answer, responses } = await guarded();
		const page = await load(form, { target });
		const origin = new URL(inject("receiver")).origin;
		expect(page.text).toContain(`data-sitekey="${SITE_KEY}"`);
		expect(page.headers.get("content-security-policy")).toContain(
			`script-src ${origin}; frame-src ${origin}`,
		);
		const failed = { status: 400, body: { errors: [{ path: "cf-turnstile-response" }] } };
		expect(await answer()).toMatchObject(failed);
		expect(await answer("x".repeat(2_049))).toMatchObject(failed);
		expect(await answer(`bad-${form.id}`)).toMatchObject(failed);
		expect(await send(form, {}, { target }), "the answers are looked at first").toMatchObject({
			body: { errors: [{ path: "your_name" }] },
		});
		const token = `good-${form.id}`;
		expect(await answer(token, { "cf-connecting-ip": "203.0.113.9" })).toMatchObject({ status: 201 });
		expect(await answer(token)).toMatchObject(failed);
		expect(await responses()).toHaveLength(1);
		expect(JSON.stringify(await responses())).not.toContain(token);
		const requests = await receivedRequests(bucket);
		expect(requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
			{ secret: "right", response: `bad-${form.id}` },
			{ secret: "right", response: token, remoteip: "203.0.113.9" },
			{ secret: "right", response: token },
		]);
		expect(requests[0]?.path).toMatch(/\/siteverify$/);
	});

	it("asks once, also when another write comes first", async () => {
		const { api, form, bucket, bindings, responses } = await guarded();
		let trips = 0;
		const databases = wrapDatabases((db) =>
			withMembers(db, {
				batch: async (statements: D1PreparedStatement[]) => {
					trips += 1;
					if (trips === 3)
						await api.patch(`/forms/${form.id}`, { fields: [...contactField, { label: "More" }] });
					return db.batch(statements);
				},
			}),
		);
		const target = workerWith({ ...bindings, ...databases });
		const reply = await send(form, { ...JANE, "cf-turnstile-response": `raced-${form.id}` }, { target });
		expect([reply.status, trips], reply.text).toEqual([201, 5]);
		expect(await receivedRequests(bucket)).toHaveLength(1);
		expect(await responses()).toHaveLength(1);
	});

	it.each([
		["does not answer", "hang"],
		["resets the connection", "reset"],
		["answers with an error", "status/500"],
		["answers with something else", "body/10"],
		["leads elsewhere", "redirect"],
	])("takes nothing while Turnstile %s", async (_, path) => {
		const logged = vi.spyOn(console, "error").mockImplementation(() => {});
		const { answer, responses } = await guarded(RIGHT, path);
		const reply = await answer("good");
		expect(reply, reply.text).toMatchObject({ status: 503, body: { code: "SERVICE_UNAVAILABLE" } });
		expect(reply.headers.get("retry-after")).toBe("5");
		expect(await responses()).toEqual([]);
		const lines = logged.mock.calls.join();
		expect(lines).toContain('"what":"turnstile"');
		expect(lines).not.toMatch(/right|good/);
		logged.mockRestore();
	});

	it("takes nothing if its secret is wrong, and tells visitors no more than that", async () => {
		const { answer, responses } = await guarded({ ...RIGHT, turnstileSecret: "wrong" });
		expect((await answer("good")).body).toMatchObject({
			code: "CONFLICT",
			message: "This form takes no answers at the moment.",
		});
		expect(await responses()).toEqual([]);
	});
});
