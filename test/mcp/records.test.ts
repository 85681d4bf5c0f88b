// Records as an agent reads and writes them.
import { beforeAll, describe, expect, it } from "vitest";
import type { Api } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { type Agent, agentOf, leadInput, messageOf } from "./client.ts";

let api: Api;
let agent: Agent;

beforeAll(async () => {
	api = await createCaller();
});

/** Each test has a key of its own, for none has more than 60 calls. */
async function fresh(): Promise<Agent> {
	return agentOf(await createCaller({ organizationId: api.organizationId }));
}

describe("records", () => {
	it("are created, found, changed, deleted, restored and read", async () => {
		agent = await fresh();
		const ada = { name: "Ada Lovelace", email: "ada@example.com", score: 7 };
		const made = await agent.call("create_record", leadInput(ada));
		expect(made).toMatchObject({ ...ada, version: 1, tagIds: [] });
		expect(messageOf(made)).toBe(`Created "Ada Lovelace", ${made.id}.`);
		expect(Object.values(made)).not.toContain(null);
		expect(made).not.toHaveProperty("company");

		const filters = { email: ["ada@example.com", "nobody@example.com"] };
		const page = await agent.call("find_records", { resource: "leads", filters });
		expect(page).toEqual({ items: [made], hasMore: false });
		expect(messageOf(page)).toBe("Found 1 leads.");

		const changed = await agent.call("update_record", {
			id: made.id,
			fields: { company: "Engines", score: null },
			ifVersion: 1,
		});
		expect(changed).toMatchObject({ company: "Engines", version: 2 });
		expect(changed).not.toHaveProperty("score");
		expect((await api.get(`/leads/${made.id}`)).body).toMatchObject(changed);
		expect(await agent.call("get_record", { id: made.id })).toEqual(changed);

		const gone = { id: made.id, deleted: true };
		expect(await agent.fail("delete_record", { id: made.id, ifVersion: 1 })).toMatchObject({
			code: "PRECONDITION_FAILED",
		});
		expect(await agent.call("delete_record", { id: made.id, ifVersion: 2 })).toEqual(gone);
		expect(await agent.fail("get_record", { id: made.id })).toMatchObject({ code: "NOT_FOUND" });
		const deleted = await agent.call("get_record", { id: made.id, includeDeleted: true });
		const restored = await agent.call("restore_record", { id: made.id, ifVersion: deleted.version });
		expect(restored).toMatchObject({ id: made.id, company: "Engines" });
	});

	it("are created by the hundred and matched by a field", async () => {
		agent = await fresh();
		const items = [{ name: "First" }, { name: "Second", nope: 1 }];
		const batch = await agent.call("change_records", { resource: "clients", mode: "create", items });
		expect(batch).toMatchObject({ created: 1, failed: 1 });
		expect(batch.results[1].error.errors).toEqual([{ path: "nope", message: "Unknown field." }]);
		const matching = (fields: object) => ({ resource: "clients", matchBy: "email", fields });
		const one = await agent.call("upsert_record", matching({ name: "A", email: "a@acme.example.com" }));
		const unchanged = await agent.call("upsert_record", matching({ name: "A", email: "a@acme.example.com" }));
		expect(unchanged).toEqual(one);
		expect(messageOf(unchanged)).toBe(`Updated "A", ${one.id}.`);
		const same = await agent.call("upsert_record", matching({ name: "B", email: "a@acme.example.com" }));
		expect(same).toMatchObject({ id: one.id, name: "B" });
		expect(messageOf(one)).toContain("Created");
		expect(messageOf(same)).toContain("Updated");
		const many = await agent.call("change_records", {
			resource: "clients",
			mode: "upsert",
			matchBy: "email",
			items: [
				{ name: "C", email: "a@acme.example.com" },
				{ name: "D", email: "d@acme.example.com" },
			],
		});
		expect(many).toMatchObject({ created: 1, updated: 1, deleted: 0, failed: 0 });
		expect(messageOf(many)).toBe("Of clients 1 created, 1 updated, 0 deleted, 0 refused.");
		const gone = { resource: "clients", mode: "delete", items: [{ id: one.id, version: 3 }] };
		expect(await agent.call("change_records", gone)).toMatchObject({ deleted: 1 });
	});

	it("may come as a text that holds them, as many models write objects", async () => {
		agent = await fresh();
		const fields = JSON.stringify({ name: "Quoted", email: "quoted@example.com" });
		expect(await agent.call("create_record", { resource: "leads", fields })).toMatchObject({
			name: "Quoted",
		});
		const refusals = [
			["{name: Quoted}", "fields", "Expected an object."],
			[`{"metadata":${"[".repeat(9_999)}${"]".repeat(9_999)}}`, "fields", "Expected an object."],
			['{"name":"x","__proto__":{"score":1}}', "fields.__proto__", "Unknown field."],
			['{"name":"x\\u0000"}', "fields.name", "Must not contain U+0000."],
		] as const;
		for (const [text, path, message] of refusals) {
			const error = await agent.fail("create_record", { resource: "leads", fields: text });
			expect(error.errors).toEqual([{ path, message }]);
		}
	});

	it("come in pages, whose cursor is only valid for the same search", async () => {
		const other = await createCaller();
		agent = await agentOf(other);
		for (const name of ["A", "B", "C"]) await create(other, "/leads", { name });
		const sorted = { resource: "leads", limit: 2, orderBy: "name", orderDir: "asc" };
		const first = await agent.call("find_records", sorted);
		expect(first).toMatchObject({ items: [{ name: "A" }, { name: "B" }], hasMore: true });
		expect(messageOf(first)).toMatch(/^Found 2 leads. There are more: send nextCursor as cursor/);
		const second = await agent.call("find_records", { ...sorted, cursor: first.nextCursor });
		expect(second).toMatchObject({ items: [{ name: "C" }], hasMore: false });
		expect(second).not.toHaveProperty("nextCursor");
		const misplaced = { resource: "leads", orderBy: "score", cursor: first.nextCursor };
		expect((await agent.fail("find_records", misplaced)).errors[0].path).toBe("cursor");
	});

	it("are written once per idempotency key, in whichever order it is sent", async () => {
		agent = await fresh();
		const fields = { name: "Once", tagIds: [], email: "once@example.com" };
		const made = await agent.call("create_record", leadInput(fields, { idempotencyKey: "mcp-once" }));
		const { name, tagIds, email } = fields;
		const again = leadInput({ email, tagIds, name }, { idempotencyKey: "mcp-once" });
		expect(await agent.call("create_record", again)).toEqual(made);
		expect((await agent.call("find_records", { resource: "leads", filters: { email } })).items).toHaveLength(
			1,
		);
	});
});
