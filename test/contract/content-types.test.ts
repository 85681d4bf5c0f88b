// Which types a body may have.
import { describe, expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { JSON_TYPE, utf8 } from "../support/requests.ts";
import { operations, pathOf } from "./operations.ts";
import { bodyFor, createRowFor } from "./rows.ts";

describe("content types", () => {
	const valid = JSON.stringify({ name: "Jane" });

	it.each([
		["application/json", 201],
		["application/json;charset=utf-8", 201],
		["application/json; charset=UTF-8", 201],
		['application/json; charset="utf-8"', 201],
		["APPLICATION/JSON", 201],
		["application/json;", 201],
		["application/json\t;\tcharset=utf-8 ;", 201],
		["text/plain", 415],
		["text/plain;charset=UTF-8", 415],
		["application/x-www-form-urlencoded", 415],
		["multipart/form-data; boundary=x", 415],
		["application/jsonx", 415],
		["application/vnd.api+json", 415],
		["application/json, text/plain", 415],
		["application/json;; charset=utf-8 x", 415],
		["application/json; charset=utf-16", 415],
		["application/json; charset=iso-8859-1", 415],
		["json", 415],
	])("%s is %d", async (type, status) => {
		const api = await createCaller();
		const reply = await api.raw("POST", "/leads", { headers: { "content-type": type }, body: valid });
		expect(reply.status).toBe(status);
		if (status === 415) expect(reply.body.code).toBe("UNSUPPORTED_MEDIA_TYPE");
	});

	it("a missing content type and every content encoding are 415", async () => {
		const api = await createCaller();
		expect((await api.raw("POST", "/leads", { body: utf8(valid) })).status).toBe(415);
		for (const encoding of ["gzip", "deflate", "br", "identity"]) {
			const headers = { ...JSON_TYPE, "content-encoding": encoding };
			expect((await api.raw("POST", "/leads", { headers, body: valid })).status, encoding).toBe(415);
		}
	});

	it.each(operations.filter(({ method }) => method === "POST"))(
		"$operationId takes nothing but JSON",
		async (operation) => {
			const api = await createCaller();
			const { id } = await createRowFor(api, operation);
			const headers = { "content-type": "text/plain" };
			const body = JSON.stringify((await bodyFor(api, operation)) ?? {});
			const reply = await api.raw("POST", pathOf(operation, { id }), { headers, body });
			expect(reply.status).toBe(415);
		},
	);
});
