// Requests that come without TLS: to nobody but this machine itself.
import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { read } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";

describe("plain HTTP", () => {
	const fetched = async (url: string) => read(await exports.default.fetch(url, { redirect: "manual" }));

	it("is refused, not redirected, whatever the key", async () => {
		const { key } = await createCaller();
		for (const path of ["/", "/health", "/api/v1/leads", "/nowhere"]) {
			const url = `http://api.leadwire.test${path}`;
			const reply = await read(
				await exports.default.fetch(url, { headers: { "x-api-key": key }, redirect: "manual" }),
			);
			expect(reply, path).toMatchObject({ status: 403, body: { code: "FORBIDDEN" } });
			expect(reply.headers.get("location")).toBeNull();
		}
	});

	it("does not let a webhook on this machine call the server itself", async () => {
		const { key } = await createCaller();
		const create = (url: string) =>
			exports.default.fetch("http://localhost:8787/api/v1/webhooks", {
				method: "POST",
				headers: { "x-api-key": key, "content-type": "application/json" },
				body: JSON.stringify({ url, events: ["*"] }),
			});
		for (const url of ["http://localhost:8787/api/v1/leads", "http://127.0.0.1:8787/"])
			expect(await read(await create(url)), url).toMatchObject({
				status: 400,
				body: { errors: [{ path: "url" }] },
			});
		expect((await create("http://localhost:9999/hook")).status, "the receiver beside it").toBe(201);
	});

	it("is only served on this machine", async () => {
		for (const host of ["localhost", "localhost:8787", "127.0.0.1", "[::1]:8787"])
			expect((await fetched(`http://${host}/api/v1/leads`)).status, host).toBe(401);
		for (const host of ["localhost.example.com", "127.0.0.2", "leadwire.local"])
			expect((await fetched(`http://${host}/api/v1/leads`)).status, host).toBe(403);
	});
});
