// What is made for agents and for the search: llms.txt, a Markdown page for each operation and event, and the entries.
import { describe, expect, it } from "vitest";
import { type Json, ORIGIN } from "../support/api.ts";
import { asset, assets, get } from "./reading.ts";

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
