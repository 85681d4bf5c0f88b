// The dashboard's cookie: to its own page alone, beside a key of no account, and with an allowance of its own.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { parseKeyring } from "../../src/keyring.ts";
import { seal } from "../../src/sealed.ts";
import { HOUR_MS } from "../../src/time.ts";
import { read } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { madeUpKey } from "../support/made-up.ts";
import { Browser, browserOf, COOKIE, cookieOf, fetchFrom, OWN_ORIGIN, SESSION, signIn } from "./sessions.ts";

describe("a cookie", () => {
	it("that is forged, altered, or of another place, keyring or secret is refused", async () => {
		const api = await createCaller();
		const { cookie } = await browserOf(api);
		const value = cookie.slice(cookie.indexOf("=") + 1);
		const claims = JSON.stringify({
			id: "ses_01kaj2m5m8f7jt2n3v4w5x6y7z",
			organizationId: api.organizationId,
			keyId: api.keyId,
			expiresAt: Date.now() + HOUR_MS,
		});
		// With an id of its own, because a session whose key is not found is refused for a minute.
		const other = { ...JSON.parse(claims), id: "ses_01kaj2m5m8f7jt2n3v4w5x6y70" };
		const ring = parseKeyring(env.ENCRYPTION_KEY);
		const foreign = parseKeyring(`k1:${btoa("f".repeat(32))}`);
		const forgeries = [
			"",
			"x",
			btoa(claims),
			`${value.slice(0, -1)}${value.endsWith("A") ? "B" : "A"}`,
			await seal(ring, api.organizationId, "key-session", claims),
			await seal(ring, "dashboard", "cursor", claims),
			await seal(foreign, "dashboard", "key-session", claims),
			await seal(
				ring,
				"dashboard",
				"key-session",
				JSON.stringify({ ...JSON.parse(claims), expiresAt: Date.now() - 1 }),
			),
			await seal(ring, "dashboard", "key-session", JSON.stringify({ ...other, keyId: "key_other" })),
			await seal(ring, "dashboard", "key-session", JSON.stringify({ ...other, organizationId: "org_other" })),
		];
		for (const forgery of forgeries)
			expect((await new Browser(`${COOKIE}=${forgery}`).get("/tags")).status, forgery).toBe(401);
		const real = await seal(ring, "dashboard", "key-session", claims);
		expect((await new Browser(`${COOKIE}=${real}`).get("/tags")).status, "the same, in its place").toBe(200);
	});

	it("under the name for localhost counts for nothing over HTTPS", async () => {
		const { key } = await createCaller();
		const local = cookieOf(await signIn(key, OWN_ORIGIN, "http://localhost:8787"));
		expect((await new Browser(local).get("/tags")).status).toBe(401);
	});

	it("without the dashboard's header, or from another origin, is refused for reads and writes alike", async () => {
		const api = await createCaller();
		const browser = await browserOf(api);
		const foreign = [
			{},
			{ "x-requested-with": "fetch" },
			{ ...OWN_ORIGIN, origin: "https://evil.example" },
			{ ...OWN_ORIGIN, origin: "null" },
			{ ...OWN_ORIGIN, origin: "http://api.leadwire.test" },
		];
		for (const headers of foreign) {
			for (const [method, path, body] of [
				["GET", "/tags", undefined],
				["POST", "/tags", { name: "x" }],
				["DELETE", SESSION, undefined],
				["GET", SESSION, undefined],
			] as const) {
				const response = await fetchFrom(path === SESSION ? path : `/api/v1${path}`, {
					method,
					headers: { cookie: browser.cookie, "content-type": "application/json", ...headers },
					...(body ? { body: JSON.stringify(body) } : {}),
				});
				expect(await read(response), `${method} ${JSON.stringify(headers)}`).toMatchObject({
					status: 403,
					body: { code: "FORBIDDEN" },
				});
			}
		}
		expect((await api.get("/tags")).body.items).toEqual([]);
		expect((await browser.get("/tags")).status, "it is still there").toBe(200);
	});

	it("can't be used by scripts of other origins: no preflight allows credentials", async () => {
		const preflight = await fetchFrom("/api/v1/tags", {
			method: "OPTIONS",
			headers: {
				origin: "https://evil.example",
				"access-control-request-method": "POST",
				"access-control-request-headers": "x-requested-with,content-type",
			},
		});
		expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
		expect(preflight.headers.get("access-control-allow-credentials")).toBeNull();
	});
});

describe("a key beside a cookie", () => {
	it("is who is calling, whatever the cookie says, with the key's own limit", async () => {
		const mine = await createCaller();
		const theirs = await createCaller();
		const { cookie } = await browserOf(theirs);
		await mine.post("/tags", { name: "Mine" });
		const reply = await mine.get("/tags", { cookie });
		expect(reply.body.items).toHaveLength(1);
		expect(reply.headers.get("ratelimit-limit")).toBe("60");
		expect((await mine.get("/tags", { cookie, authorization: "Basic x" })).status).toBe(200);
	});

	it("that is not valid is refused: the cookie does not help it", async () => {
		const api = await createCaller();
		const browser = await browserOf(api);
		for (const headers of [{ "x-api-key": "" }, { "x-api-key": madeUpKey() }, { authorization: "Bearer no" }])
			expect(await browser.get("/tags", { ...OWN_ORIGIN, ...headers })).toMatchObject({
				status: 401,
				body: { message: "This API key is missing or not valid." },
			});
	});
});

describe("the allowance of a key's sessions", () => {
	it("is 300 in any 60 seconds for all of them together, exactly, beside the key's own 60", async () => {
		const api = await createCaller();
		const [browser, other, third] = [await browserOf(api), await browserOf(api), await browserOf(api)];
		const [first] = [await browser.get("/tags?limit=1")];
		expect(first?.headers.get("ratelimit-limit")).toBe("300");
		expect(first?.headers.get("ratelimit-policy")).toBe('"default";q=300;w=60');
		expect(first?.headers.get("ratelimit")).toMatch(/^"default";r=299;t=\d+$/);
		const nothing = "/leads/ld_01kaj2m5m8f7jt2n3v4w5x6y7z";
		const replies = await Promise.all(
			Array.from({ length: 310 }, (_, turn) => (turn % 2 ? browser : other).get(nothing)),
		);
		expect(replies.filter(({ status }) => status === 404)).toHaveLength(299);
		const refused = replies.filter(({ status }) => status === 429);
		expect(refused).toHaveLength(11);
		for (const reply of refused) {
			expect(reply.body.message).toBe(
				`This key's sessions' 300 requests in 60 seconds are used up; retry in ${reply.headers.get("retry-after")} s.`,
			);
			expect(reply.headers.get("ratelimit-remaining")).toBe("0");
		}
		expect((await third.get("/tags")).status, "another session of the same key").toBe(429);
		expect((await (await browserOf(await createCaller())).get("/tags")).status, "of another key").toBe(200);
		const own = await api.get("/tags");
		expect(own.headers.get("ratelimit-remaining"), "the key: three sign-ins, and this").toBe("56");
	});
});
