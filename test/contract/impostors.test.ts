// Objects with a member such as `length`, which zod reads although it has found that the value is not a text. Found by
// test/system/fuzz.test.ts.
import { describe, expect, it } from "vitest";
import { agentOf } from "../mcp/client.ts";
import { createCaller } from "../support/callers.ts";
import { hasOperations } from "./operations.ts";
import { resources } from "./resources.ts";
import { bodyOf, createRow, rowPath } from "./rows.ts";

const impostors: readonly unknown[] = [
	{ length: { toString: 1 } },
	{ length: { valueOf: {}, toString: null } },
	{ length: [{ toString: 1 }] },
	{ length: 1_000_000 },
	{ length: { length: { toString: 1 } }, size: { toString: 1 } },
];

describe.each(resources)("a field of $path", (resource) => {
	it("that imitates a built-in method is refused, with the expected type", async () => {
		const api = await createCaller({ keys: 4 });
		const doors = [
			...(hasOperations("create")(resource)
				? [["POST", `/${resource.path}`, await bodyOf(api, resource)] as const]
				: []),
			...(hasOperations("update")(resource)
				? [["PATCH", rowPath(resource, (await createRow(api, resource)).id), {}] as const]
				: []),
		];
		for (const [method, path, body] of doors)
			for (const field of Object.keys(resource.fields).slice(0, 20)) {
				const free = ["metadata", "headers"].includes(field);
				const [impostor] = impostors;
				const reply = await api.send(method, path, { ...body, [field]: free ? [impostor] : impostor });
				expect(reply.status, `${field} ${reply.text}`).toBe(400);
				expect(reply.body.errors[0].path.split(".")[0]).toBe(field);
			}
	});
});

it.each(impostors)("%j is a 400 of its field, beside the others at fault", async (impostor) => {
	const api = await createCaller();
	const reply = await api.post("/leads", { name: impostor, score: "x", tagIds: impostor });
	expect(reply).toMatchObject({ status: 400, body: { message: "name: Expected a string." } });
	expect(reply.body.errors).toEqual([
		{ path: "name", message: "Expected a string." },
		{ path: "score", message: "Expected a number." },
		{ path: "tagIds", message: "Expected a list." },
	]);
});

it("such an item fails alone in a batch", async () => {
	const api = await createCaller();
	const items = [{ name: "One" }, { name: impostors[0] }, { name: "Two" }, impostors[0]];
	const { status, body } = await api.post("/leads/batch", { items });
	expect(status).toBe(200);
	expect(body).toMatchObject({ created: 2, failed: 2 });
	expect(body.results[1].error.message).toBe("name: Expected a string.");
	expect((await api.get("/leads")).body.items).toHaveLength(2);
});

it("such a value is refused by MCP tools, too", async () => {
	const agent = await agentOf(await createCaller());
	for (const impostor of impostors)
		expect(
			await agent.fail("create_record", { resource: "leads", fields: { name: impostor } }),
		).toMatchObject({
			code: "BAD_REQUEST",
			errors: [{ path: "fields.name", message: "Expected a string." }],
		});
});

it("such a value is accepted in metadata", async () => {
	const api = await createCaller();
	const metadata = { length: { toString: 1 } };
	const reply = await api.post("/conversations", { conversationType: "chat", metadata });
	expect(reply).toMatchObject({ status: 201, body: { metadata } });
});

it("at most fifty errors are named", async () => {
	const api = await createCaller();
	const ids = Array.from(
		{ length: 50 },
		(_, index) => `tag_01kaj2m5m8f7jt2n3v4w5x${String(index).padStart(4, "0")}`,
	);
	const users = ids.map((id) => id.replace("tag", "usr"));
	const body = { name: "x", tagIds: ids, assigneeIds: users };
	const single = await api.post("/leads", body);
	expect(single.status).toBe(400);
	expect(single.body.errors).toHaveLength(50);
	const batch = await api.post("/leads/batch", { items: [body] });
	expect(batch.body.results[0].error.errors.length).toBeLessThanOrEqual(50);
});
