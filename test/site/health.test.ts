// The health check, which anybody may ask for.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { get } from "./reading.ts";

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
