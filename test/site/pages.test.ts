// The public pages and the document: what anybody may read without a key.
import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import docsScript from "../../assets/docs.js?raw";
import viewerReadme from "../../assets/vendor/README.md?raw";
import { ORIGIN, read } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { assets, get } from "./reading.ts";

const directives = (policy: string | null) =>
	new Map(
		(policy ?? "").split("; ").map((directive) => [directive.split(" ")[0], directive.split(" ").slice(1)]),
	);

describe.each(["/", "/docs"])("the page %s", (path) => {
	it("is HTML with the headers that keep it safe", async () => {
		const { status, headers } = await get(path);
		expect(status).toBe(200);
		expect(headers.get("content-type")).toMatch(/^text\/html; charset=utf-8$/i);
		expect(headers.get("x-content-type-options")).toBe("nosniff");
		expect(headers.get("referrer-policy")).toBe("no-referrer");
		expect(headers.get("link")).toContain('</openapi.json>; rel="service-desc"');
		const policy = directives(headers.get("content-security-policy"));
		expect(policy.get("default-src")).toEqual(["'none'"]);
		expect(policy.get("frame-ancestors")).toEqual(["'none'"]);
		expect(policy.get("base-uri")).toEqual(["'none'"]);
		expect(policy.get("form-action")).toEqual(["'none'"]);
		expect(policy.get("script-src")).toEqual(path === "/docs" ? ["'self'"] : undefined);
		const sources = [...policy.values()].flat();
		expect(
			sources.filter((source) => !["'none'", "'self'", "data:", "'unsafe-inline'"].includes(source)),
		).toEqual([]);
		expect(policy.get("style-src")).toEqual(path === "/docs" ? ["'self'", "'unsafe-inline'"] : ["'self'"]);
	});

	it("loads and links to nothing but what is on this host", async () => {
		const { text } = await get(path);
		const targets = [...text.matchAll(/\s(?:src|href|action)="([^"]*)"/g)].map(([, target = ""]) => target);
		expect(targets.length).toBeGreaterThan(3);
		for (const target of targets) {
			expect(target).toMatch(/^\/(?!\/)/);
			if (!assets.includes(target)) expect((await get(target)).status, target).toBe(200);
		}
		expect(text).not.toMatch(/<script(?![^>]*\ssrc=)/);
		expect(text).not.toMatch(/<style|\sstyle=|\son\w+=|@import/);
	});
});

describe("a text that a client has", () => {
	it.each([
		...["/", "/docs", "/openapi.json", "/api/v1/openapi.json", "/api/v1/webhook-events", "/docs/search.json"],
		...["/postman.json", "/llms.txt", "/llms-full.txt"],
	])("is not sent again: %s", async (path) => {
		const { headers, text } = await get(path);
		const tag = headers.get("etag") ?? "";
		expect(tag).toMatch(/^"[\w-]+"$/);
		const known = (header: string) => get(path, { headers: { "if-none-match": header } });
		// Cloudflare makes tags weak where it compresses.
		for (const header of [tag, `W/${tag}`, `"older", ${tag}`, tag.replace(/"$/, '-gzip"'), "*"]) {
			const again = await known(header);
			expect([again.status, again.text, again.headers.get("etag")], header).toEqual([304, "", tag]);
			expect(again.headers.get("cache-control")).toBe(headers.get("cache-control"));
		}
		const other = await known('"older"');
		expect([other.status, other.text === text]).toEqual([200, true]);
	});
});

describe("the reference", () => {
	it("reads the document of this host and asks nothing of others", () => {
		expect(docsScript).toContain('url: "/openapi.json"');
		expect(docsScript).not.toMatch(/https?:|\/\/[a-z]+\./);
		for (const off of ["withDefaultFonts: false", "telemetry: false", "persistAuth: false"])
			expect(docsScript).toContain(off);
	});

	it("is rendered by the file that its README names, unchanged", async () => {
		const { text } = await get("/docs");
		const [, name = ""] = text.match(/src="\/vendor\/([^"]+)"/) ?? [];
		expect(viewerReadme).toContain(`\`${name}\``);
		const files = import.meta.glob<string>("../../assets/vendor/*.js", { query: "?raw", import: "default" });
		const content = await files[`../../assets/vendor/${name}`]?.();
		const digest = await crypto.subtle.digest("SHA-512", new TextEncoder().encode(content));
		expect(viewerReadme).toContain(btoa(String.fromCharCode(...new Uint8Array(digest))));
	});
});

describe("the landing page", () => {
	it("names this host as the reader called it", async () => {
		expect((await get("/")).text).toContain(`export LEADWIRE_URL="${ORIGIN}"`);
	});
});

describe("the document", () => {
	it("is the same below /api/v1; with a key it is that organization's own, and a wrong key is 401", async () => {
		const api = await createCaller();
		const { text, headers, status } = await get("/openapi.json");
		expect(status).toBe(200);
		expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
		const below = (key: string) => get("/api/v1/openapi.json", { headers: { "x-api-key": key } });
		expect((await below("")).text).toBe(text);
		const own = await below(api.key);
		expect([own.status, own.body.info["x-organization-id"]]).toEqual([200, api.organizationId]);
		expect((await below("lw_live_wrong")).status).toBe(401);
	});

	it("has its paths below /api/v1 of whatever host serves it", async () => {
		const { body } = await get("/openapi.json");
		expect(body.openapi).toMatch(/^3\.1\./);
		expect(body.servers).toMatchObject([{ url: "/api/v1" }]);
		expect(body.info).toMatchObject({ title: "Leadwire", version: "1.0.0", license: { identifier: "MIT" } });
		for (const subject of ["Authentication", "Rate limit", "Lists", "Errors", "Envelope", "Webhooks"])
			expect(body.info.description).toMatch(new RegExp(`^## ${subject}`, "m"));
	});
});

describe("other public paths", () => {
	it.each(["/docs", "/openapi.json", "/llms.txt", "/llms-full.txt", "/postman.json", "/health"])(
		"%s is the same page with a slash behind it",
		async (path) => {
			const response = await exports.default.fetch(`${ORIGIN}${path}/`, { redirect: "manual" });
			expect(response.status).toBe(308);
			expect(response.headers.get("location")).toBe(path);
			expect((await get(`${path}/`)).status).toBe(200);
		},
	);

	it.each(["/nope", "/docs/nope", "/api", "/_headers"])("%s is 404 in the one shape", async (path) => {
		const { status, body } = await get(path);
		expect(status).toBe(404);
		expect(body).toEqual({ code: "NOT_FOUND", message: expect.any(String), requestId: expect.any(String) });
	});

	it.each(["/", "/docs", "/openapi.json", "/llms.txt", "/llms-full.txt", "/health"])(
		"%s takes no POST",
		async (path) => {
			const { status, headers, body } = await get(path, { method: "POST" });
			expect(status).toBe(405);
			expect(headers.get("allow")).toBe("GET, HEAD");
			expect(body.code).toBe("METHOD_NOT_ALLOWED");
		},
	);

	it("are only served over HTTPS", async () => {
		const reply = await exports.default.fetch("http://api.leadwire.test/docs").then(read);
		expect(reply.status).toBe(403);
		expect(reply.body.code).toBe("FORBIDDEN");
	});
});
