// Sessions of the dashboard: a key exchanged for a cookie, which is worth no more than the key.
import { afterEach, describe, expect, it, vi } from "vitest";
import { HOUR_MS, SECOND_MS } from "../../src/time.ts";
import { ORIGIN, read } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { madeUpKey } from "../support/made-up.ts";
import { dbOf } from "../support/shards.ts";
import { Browser, browserOf, COOKIE, cookieOf, fetchFrom, OWN_ORIGIN, SESSION, signIn } from "./sessions.ts";

const ended = {
	status: 401,
	body: { code: "UNAUTHORIZED", message: "This session has ended; sign in again." },
};

afterEach(() => vi.useRealTimers());

describe("signing in", () => {
	it("gives a cookie that scripts can't read and other sites can't send, and no trace of the key", async () => {
		const api = await createCaller({ scopes: ["leads:read"] });
		const reply = await signIn(api.key);
		expect(reply.body).toEqual({
			organizationId: api.organizationId,
			keyId: api.keyId,
			scopes: ["leads:read"],
		});
		expect(reply.headers.get("set-cookie")).toMatch(
			new RegExp(`^${COOKIE}=v1\\.k1\\.[\\w.-]+; Max-Age=28800; Path=/; HttpOnly; Secure; SameSite=Strict$`),
		);
		expect(reply.headers.get("cache-control")).toBe("no-store");
		for (const part of [api.key, api.keyId, api.organizationId, api.key.slice(8, 40)])
			expect(atobs(cookieOf(reply))).not.toContain(part);
	});

	it("does without Secure on plain localhost alone", async () => {
		const { key } = await createCaller();
		const local = await signIn(key, OWN_ORIGIN, "http://localhost:8787");
		expect(local.headers.get("set-cookie")).toMatch(
			/^leadwire-session=\S+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Strict$/,
		);
		const plain = await signIn(key, OWN_ORIGIN, "http://api.leadwire.test");
		expect(plain).toMatchObject({ status: 403 });
		expect(plain.headers.get("set-cookie")).toBeNull();
	});

	it("costs one of the key's own requests, so that sessions can't be had without end", async () => {
		const api = await createCaller();
		const replies = await Promise.all(Array.from({ length: 61 }, () => signIn(api.key)));
		expect(replies.filter(({ status }) => status === 201)).toHaveLength(60);
		const refused = replies.find(({ status }) => status === 429);
		expect(refused?.body.message).toMatch(/^This key's 60 requests/);
		expect((await api.get("/tags")).status).toBe(429);
	});

	it("forgives blanks around a pasted key", async () => {
		const { key } = await createCaller();
		expect((await signIn(` ${key}\n`)).status).toBe(201);
	});

	it.each([
		["another key", () => madeUpKey()],
		["no key at all", () => ""],
		["a text that no header could hold", () => "schlüssel\n→"],
	])("with %s is 401 and sets nothing", async (_, key) => {
		const reply = await signIn(key());
		expect(reply).toMatchObject({ status: 401, body: { code: "UNAUTHORIZED" } });
		expect(reply.headers.get("set-cookie")).toBeNull();
	});

	it("with a revoked or expired key is 401", async () => {
		const admin = await createCaller();
		const revoked = await createCaller({ organizationId: admin.organizationId });
		expect((await revoked.get("/tags")).status, "remembered").toBe(200);
		expect((await admin.delete(`/api-keys/${revoked.keyId}`)).status).toBe(204);
		expect((await signIn(revoked.key)).status).toBe(401);
		expect((await signIn((await createCaller({ expiresAt: Date.now() - 1 })).key)).status).toBe(401);
	});

	it.each([[{ apiKey: 1 }], [{}], [{ apiKey: "x", more: 1 }]])("takes no other body: %j", async (body) => {
		const response = await fetchFrom(SESSION, {
			method: "POST",
			headers: { ...OWN_ORIGIN, "content-type": "application/json" },
			body: JSON.stringify(body),
		});
		expect(await read(response)).toMatchObject({ status: 400, body: { code: "BAD_REQUEST" } });
	});

	it("is for the dashboard's own page", async () => {
		const { key } = await createCaller();
		for (const headers of [
			{},
			{ "x-requested-with": "XMLHttpRequest" },
			{ ...OWN_ORIGIN, origin: "https://evil.example" },
		])
			expect(await signIn(key, headers)).toMatchObject({ status: 403, body: { code: "FORBIDDEN" } });
		expect((await signIn(key, { ...OWN_ORIGIN, origin: ORIGIN })).status).toBe(201);
	});
});

describe("a session", () => {
	it("reads and writes through the public API, as its key would", async () => {
		const api = await createCaller();
		const browser = await browserOf(api);
		const made = await browser.send("POST", "/tags", { name: "VIP" });
		expect(made.status).toBe(201);
		expect((await api.get(`/tags/${made.body.id}`)).body).toEqual(made.body);
		expect((await browser.get(SESSION)).body).toEqual({
			organizationId: api.organizationId,
			keyId: api.keyId,
			scopes: ["*"],
		});
	});

	it("has the scopes of its key, and can't grant more", async () => {
		const browser = await browserOf(await createCaller({ scopes: ["leads:read", "api-keys:write"] }));
		expect((await browser.get("/leads")).status).toBe(200);
		expect(await browser.send("POST", "/leads", { name: "x" })).toMatchObject({
			status: 403,
			body: { message: "This API key lacks the scope leads:write." },
		});
		expect((await browser.send("POST", "/api-keys", { name: "x", scopes: ["*"] })).status).toBe(400);
	});

	it("is never answered in an envelope", async () => {
		const api = await createCaller({ envelope: true });
		expect((await api.get("/tags")).body).toHaveProperty("meta");
		expect((await (await browserOf(api)).get("/tags")).body).toEqual({
			items: [],
			nextCursor: null,
			hasMore: false,
		});
	});

	it("notes that its key was used", async () => {
		const api = await createCaller();
		const browser = await browserOf(api);
		await browser.get("/tags");
		const lastUsedAt = () =>
			dbOf(api.organizationId)
				.prepare("SELECT lastUsedAt FROM api_keys WHERE id = ?")
				.bind(api.keyId)
				.first("lastUsedAt");
		await vi.waitUntil(async () => (await lastUsedAt()) !== null);
	});

	it("that isn't there is no error to ask for", async () => {
		expect((await new Browser("").get(SESSION)).status).toBe(204);
		expect((await new Browser("").get("/tags")).body.message).toBe("This API key is missing or not valid.");
	});

	it("sees nothing of another organization", async () => {
		const lead = (await (await createCaller()).post("/leads", { name: "Theirs" })).body;
		expect((await (await browserOf(await createCaller())).get(`/leads/${lead.id}`)).status).toBe(404);
	});

	it("is not used by a page that was signed in with another key, and goes on for its own", async () => {
		const [before, api] = [await createCaller(), await createCaller()];
		const browser = await browserOf(api);
		const as = (keyId: string) => ({ ...OWN_ORIGIN, "x-leadwire-session-key": keyId });
		for (const keyId of [before.keyId, "", "nonsense"]) {
			expect(await browser.get("/tags", as(keyId))).toMatchObject(ended);
			expect(await browser.get(SESSION, as(keyId))).toMatchObject(ended);
			expect(await browser.send("POST", "/tags", { name: "Theirs" }, as(keyId))).toMatchObject(ended);
		}
		expect((await browser.send("POST", "/tags", { name: "Ours" }, as(api.keyId))).status).toBe(201);
		const tags = (await browser.get("/tags")).body.items;
		expect(tags).toMatchObject([{ name: "Ours" }]);
	});

	it("ends with its key, at once: revoked, expired, or rotated away", async () => {
		const admin = await createCaller();
		const another = () => createCaller({ organizationId: admin.organizationId });
		const revoked = await another();
		const browser = await browserOf(revoked);
		expect((await browser.get("/tags")).status).toBe(200);
		await admin.delete(`/api-keys/${revoked.keyId}`);
		expect(await browser.get("/tags")).toMatchObject(ended);
		expect(await browser.send("POST", "/tags", { name: "x" })).toMatchObject(ended);

		const rotated = await another();
		const old = await browserOf(rotated);
		expect((await admin.post(`/api-keys/${rotated.keyId}/rotate`, {})).status).toBe(201);
		expect(await old.get("/tags")).toMatchObject(ended);
	});

	it("ends after eight hours", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
		const browser = await browserOf(await createCaller());
		vi.setSystemTime(Date.now() + 8 * HOUR_MS - SECOND_MS);
		expect((await browser.get("/tags")).status).toBe(200);
		vi.setSystemTime(Date.now() + 1_000);
		expect(await browser.get("/tags")).toMatchObject(ended);
	});

	it("is over for every copy of its cookie once signed out, and for it alone", async () => {
		const api = await createCaller();
		const [browser, other] = [await browserOf(api), await browserOf(api)];
		const out = await browser.send("DELETE", SESSION);
		expect(out.status).toBe(204);
		expect(out.headers.get("set-cookie")).toBe(
			`${COOKIE}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict`,
		);
		expect(await browser.get("/tags")).toMatchObject(ended);
		expect((await other.get("/tags")).status).toBe(200);
		expect((await api.get("/tags")).status).toBe(200);
		expect((await new Browser("").send("DELETE", SESSION)).status, "without one").toBe(204);
	});
});

/** Every base64url part of a text, decoded, beside the text itself. */
function atobs(text: string): string {
	const parts = text.split(/[^\w-]/).map((part) => {
		try {
			return atob(part.replaceAll("-", "+").replaceAll("_", "/"));
		} catch {
			return "";
		}
	});
	return [text, ...parts].join("\n");
}
