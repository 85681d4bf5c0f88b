// The public pages: what anybody may read without a key.
import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import docsScript from "../../assets/docs.js?raw";
import viewerReadme from "../../assets/vendor/README.md?raw";
import { type Json, ORIGIN, read } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";

const get = (path: string, init?: RequestInit) => exports.default.fetch(`${ORIGIN}${path}`, init).then(read);

/** A file of the assets, which the platform serves before the Worker is asked. */
const asset = (path: string) => env.ASSETS.fetch(`${ORIGIN}${path}`).then(read);

/** Paths of all assets, as the platform serves them. */
const assets = Object.keys(import.meta.glob("../../dist/assets/**/*")).map((file) =>
	file.replace("../../dist/assets", "").replace(/\.html$/, ""),
);

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
		expect((await below(api.key)).status).toBe(200);
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

describe("llms.txt", () => {
	it("has the form of llmstxt.org", async () => {
		const { status, headers, text } = await get("/llms.txt");
		expect(status).toBe(200);
		expect(headers.get("content-type")).toBe("text/plain; charset=utf-8");
		expect(text).toMatch(/^# Leadwire\n\n> .+\n\n/);
		const [, ...sections] = text.split(/^## /m);
		expect(sections.length).toBeGreaterThan(5);
		for (const section of sections) {
			const [, ...lines] = section.split("\n").filter(Boolean);
			for (const line of lines) expect(line).toMatch(/^- \[[^\]]+\]\(https:\/\/[^\s)]+\): .+/);
		}
	});

	it("leads to every operation and event, by links that are alive", async () => {
		const { text } = await get("/llms.txt");
		const { body } = await get("/openapi.json");
		const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => new URL(link));
		const operations = Object.values<Json>(body.paths).flatMap((item) => Object.values<Json>(item));
		for (const { operationId } of operations)
			expect(
				links.filter(({ pathname }) => pathname === `/docs/operations/${operationId}.md`),
				operationId,
			).toHaveLength(1);
		for (const event of Object.keys(body.webhooks))
			expect(
				links.filter(({ pathname }) => pathname === `/docs/events/${event}.md`),
				event,
			).toHaveLength(1);
		for (const pathname of new Set(links.map((link) => link.pathname))) {
			if (!assets.includes(pathname)) expect((await get(pathname)).status, pathname).toBe(200);
		}
		for (const link of links) expect(link.origin).toBe(ORIGIN);
	});
});

describe("the page of an operation or an event as Markdown", () => {
	it("is complete by itself: the call, its body and answer, and every schema that they refer to", async () => {
		const { status, headers, text } = await asset("/docs/operations/invoiceQuotation.md");
		expect(status).toBe(200);
		expect(headers.get("content-type")).toBe("text/markdown; charset=utf-8");
		expect(text).toMatch(/^# Invoice a quotation\n\n`POST \/api\/v1\/quotations\/\{id\}\/invoice`/);
		for (const part of ["Body: ConvertedInvoice", "- 201: Invoice", "Scope: `quotations:write`"])
			expect(text).toContain(part);
		const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, name]) => name);
		expect(headings.sort()).toEqual(["ConvertedInvoice", "Invoice", "LineItem", "Payment"]);
		expect(text.length).toBeLessThan(20_000);
		const event = await asset("/docs/events/invoice.paid.md");
		expect(event.text).toMatch(/^# invoice\.paid\n/);
		expect(event.text).toContain("\n## Invoice\n");
	});

	it.each(["/docs/operations/nope.md", "/docs/operations/createLead", "/docs/events/lead.md"])(
		"%s is 404",
		async (path) => {
			expect((await get(path)).status).toBe(404);
		},
	);
});

describe("the entries of the search", () => {
	it("has every operation and event once, at the reference's addresses", async () => {
		const { body: entries } = await get("/docs/search.json");
		const { body } = await get("/openapi.json");
		const operations = Object.values<Json>(body.paths).flatMap((item) => Object.values<Json>(item));
		expect(new Set(entries.map(({ href }: Json) => href)).size).toBe(
			operations.length + Object.keys(body.webhooks).length,
		);
		expect(entries).toContainEqual({
			href: "/docs#tag/leads/createLead",
			title: "Create a lead",
			place: "POST /api/v1/leads",
			text: expect.stringContaining("Creates a lead"),
		});
	});
});

describe("llms-full.txt", () => {
	it("holds every operation with its parameters and examples, every event, every schema and the guides", async () => {
		const { status, headers, text } = await get("/llms-full.txt");
		expect(status).toBe(200);
		expect(headers.get("content-type")).toBe("text/plain; charset=utf-8");
		const { body } = await get("/openapi.json");
		for (const [path, item] of Object.entries<Json>(body.paths)) {
			for (const [method, { operationId, summary, requestBody }] of Object.entries<Json>(item)) {
				const [, after = ""] = text.split(`\`${method.toUpperCase()} /api/v1${path}\` (${operationId})`);
				const [own = ""] = after.split("\n## ");
				expect(text).toContain(`## ${summary}\n`);
				expect(own, operationId).toMatch(/Scope: `[a-z-]+:(read|write|erase)`/);
				expect(own, operationId).toContain("Answers:\n\n- 2");
				if (path.includes("{id}")) expect(own, operationId).toContain("- `id`* (path, string, `^");
				const example = requestBody?.content["application/json"].example;
				if (example) expect(own, operationId).toContain(JSON.stringify(example, null, 2));
			}
		}
		for (const event of Object.keys(body.webhooks)) expect(text).toContain(`\n## ${event}\n`);
		for (const [name, schema] of Object.entries<Json>(body.components.schemas)) {
			const [, own = ""] = text.split(`\n## ${name}\n`);
			for (const field of Object.keys(schema.properties ?? {})) expect(own, name).toContain(`- \`${field}\``);
		}
		for (const title of ["Quick start", "Webhooks", "Errors"]) expect(text).toContain(`\n# ${title}\n`);
		expect(text).not.toMatch(/\[object Object\]|undefined/);
	});
});

describe("health", () => {
	it("is ok while D1 answers, and 503 in the one shape while it doesn't", async () => {
		const well = await get("/health");
		expect(well.status).toBe(200);
		expect(well.body).toEqual({ status: "ok" });
		expect(well.headers.get("cache-control")).toBe("no-store");

		await env.DB.exec("ALTER TABLE organizations RENAME TO missing");
		const ill = await get("/health");
		await env.DB.exec("ALTER TABLE missing RENAME TO organizations");
		expect(ill.status).toBe(503);
		expect(ill.headers.get("retry-after")).toMatch(/^\d+$/);
		expect(ill.body).toEqual({
			code: "SERVICE_UNAVAILABLE",
			message: expect.any(String),
			requestId: ill.headers.get("x-request-id"),
		});
		expect((await get("/health")).status).toBe(200);
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
