// The client against the Worker itself: what it answers and what it refuses.
import { describe, expect, it } from "vitest";
import { createClient, LeadwireError, paginate } from "../../sdk/src/index.ts";
import { ORIGIN } from "../support/api.ts";
import { clientOf, createTestClient, failureOf, noAnswer } from "./clients.ts";

describe("a call", () => {
	it("creates, reads, changes, deletes and restores", async () => {
		const { client } = await createTestClient();
		const { data: lead, response } = await client.POST("/leads", { body: { name: "Jane", tagIds: [] } });
		expect(response.status).toBe(201);
		expect(lead).toMatchObject({ id: expect.stringMatching(/^ld_/), name: "Jane", number: 1 });
		const params = { path: { id: lead.id } };
		expect((await client.PATCH("/leads/{id}", { params, body: { name: "June" } })).data.name).toBe("June");
		expect((await client.GET("/leads/{id}", { params })).data.name).toBe("June");
		const deleted = await client.DELETE("/leads/{id}", { params });
		expect(deleted.response.status).toBe(204);
		expect(deleted.data).toBeUndefined();
		expect((await client.POST("/leads/{id}/restore", { params })).data.deletedAt).toBeNull();
	});

	it("sends lists of filter values as the API takes them", async () => {
		const { client } = await createTestClient();
		for (const email of ["a@x.example", "b@x.example", "c@x.example"])
			await client.POST("/leads", { body: { name: email, email } });
		const query = { email: ["a@x.example", "c@x.example"], orderDir: "asc" as const };
		const { data } = await client.GET("/leads", { params: { query } });
		expect(data.items.map(({ email }) => email)).toEqual(query.email);
	});

	it("takes custom fields", async () => {
		const { client } = await createTestClient();
		await client.POST("/custom-fields", { body: { entity: "leads", label: "Size", type: "number" } });
		const { data } = await client.POST("/leads", { body: { name: "Big", cf_size: 12 } });
		expect(data.cf_size).toBe(12);
	});

	it("gives bare answers under a key that wraps them, too", async () => {
		const { client } = await createTestClient({ envelope: true });
		for (const name of ["One", "Two", "Three"]) {
			expect((await client.POST("/leads", { body: { name } })).data.name).toBe(name);
		}
		const names: string[] = [];
		for await (const { name } of paginate(client, "/leads", { query: { limit: 2 } })) names.push(name);
		expect(names).toEqual(["Three", "Two", "One"]);
	});

	it("needs a key", () => {
		expect(() => createClient({ apiKey: "" })).toThrow("createClient needs an apiKey.");
		for (const apiKey of ["lw_live_…", "lw_live_a\nb"])
			expect(() => createClient({ apiKey })).toThrow(
				/^The API key has characters that no key has\. (?!.*[…\n])/,
			);
	});
});

describe("paginate", () => {
	it("gives every item once, in order, and asks for no page too many", async () => {
		const { client, sent } = await createTestClient();
		const items = Array.from({ length: 25 }, (_, index) => ({ name: `Lead ${index}` }));
		await client.POST("/leads/batch", { body: { items } });
		sent.length = 0;
		const names: string[] = [];
		const query = { limit: 10, orderDir: "asc" as const };
		for await (const { name } of paginate(client, "/leads", { query })) names.push(name);
		expect(names).toEqual(items.map(({ name }) => name));
		expect(sent).toHaveLength(3);
	});

	it("asks only for what is taken", async () => {
		const { client, sent } = await createTestClient();
		await client.POST("/leads/batch", { body: { items: [{ name: "A" }, { name: "B" }, { name: "C" }] } });
		sent.length = 0;
		for await (const { name } of paginate(client, "/leads", { query: { limit: 1 } })) if (name === "B") break;
		expect(sent).toHaveLength(2);
	});

	it("takes ids of the path", async () => {
		const { client } = await createTestClient();
		const { data } = await client.POST("/conversations", { body: { conversationType: "chat" } });
		const path = { id: data.id };
		await client.POST("/conversations/{id}/messages", {
			params: { path },
			body: { role: "visitor", text: "Hi" },
		});
		const texts: string[] = [];
		for await (const { text } of paginate(client, "/conversations/{id}/messages", { path })) texts.push(text);
		expect(texts).toEqual(["Hi"]);
	});
});

describe("an error", () => {
	it("says what the API said", async () => {
		const { client, sent } = await createTestClient();
		const error = await failureOf(client.POST("/leads", { body: { email: "none", mobile: "!" } }));
		expect(error).toMatchObject({
			name: "LeadwireError",
			status: 400,
			code: "BAD_REQUEST",
			retryAfter: null,
		});
		expect(error.errors.map(({ path }) => path)).toEqual(["email", "mobile"]);
		expect(error.message).toMatch(/^email: /);
		expect(error.requestId).toMatch(/^req_/);
		expect(sent).toHaveLength(1);
	});

	it("is 429 with the seconds to wait once the key's requests are used up", async () => {
		const { client } = await createTestClient({ retries: 0 });
		const calls = Array.from({ length: 61 }, () => client.GET("/organization").catch((error) => error));
		const refused = (await Promise.all(calls)).filter((result) => result instanceof LeadwireError);
		expect(refused).toHaveLength(1);
		expect(refused[0]).toMatchObject({ status: 429, code: "TOO_MANY_REQUESTS" });
		expect(refused[0]?.retryAfter).toBeGreaterThan(0);
	});

	it("is NOT_MODIFIED where If-None-Match says that we have it", async () => {
		const { client } = await createTestClient();
		const { data, response } = await client.POST("/leads", { body: { name: "Same" } });
		const header = { "If-None-Match": response.headers.get("etag") ?? "" };
		const error = await failureOf(client.GET("/leads/{id}", { params: { path: { id: data.id }, header } }));
		expect(error).toMatchObject({ status: 304, code: "NOT_MODIFIED" });
	});

	it("is UNEXPECTED where somebody else answered", async () => {
		const { client } = await createTestClient({
			send: async () => new Response("<h1>Teapot</h1>", { status: 418 }),
		});
		const error = await failureOf(client.GET("/leads"));
		expect(error).toMatchObject({
			status: 418,
			code: "UNEXPECTED",
			message: expect.stringContaining("Teapot"),
		});
	});
});

it("a call without an answer says where it went, and why there was none", async () => {
	const { client } = clientOf("lw_test_key", { send: noAnswer, retries: 0 });
	const error = await failureOf(client.GET("/leads"));
	expect(error).toMatchObject({ status: 0, code: "NO_ANSWER", requestId: null });
	expect(error.message).toBe(`No answer from ${ORIGIN}: The connection was lost.`);
	expect(error.cause).toBeInstanceOf(TypeError);
});
