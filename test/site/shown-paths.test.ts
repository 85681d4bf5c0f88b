// The paths in the logs: those of our own operations and pages are readable, and nothing else is.
import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/ids.ts";
import { shownPath } from "../../src/request-log/shown.ts";
import { ORIGIN } from "../support/api.ts";

const id = newId("lead", 0);

describe("a path in the logs", () => {
	it("is whole where it is one of an operation or a page", async () => {
		const response = await exports.default.fetch(`${ORIGIN}/openapi.json`);
		const { paths } = await response.json<{ paths: Record<string, unknown> }>();
		const operations = Object.keys(paths).map((path) => `/api/v1${path.replaceAll(/\{\w+\}/g, id)}`);
		expect(operations.length).toBeGreaterThan(50);
		const form = `/f/${newId("form", 0)}`;
		const pages = ["/", "/docs", "/docs/search.json", "/openapi.json", "/llms-full.txt", "/health", "/mcp"];
		for (const path of [...operations, ...pages, form, `${form}/embed.js`, "/dashboard/leads"])
			expect(shownPath(path)).toBe(path);
	});

	it("is left out where a caller wrote it", () => {
		for (const part of [
			"lw_live_x7KqT2mWc9RfLs4VbN8pYdHg3ZaEuJ6i0AbCdE",
			"jane@example.com",
			"jane%40example.com",
			"+4915112345678",
		])
			expect(shownPath(`/api/v1/leads/${part}/events`)).toBe("/api/v1/leads/…/events");
	});
});
