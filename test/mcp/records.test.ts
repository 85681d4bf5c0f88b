// Records as an agent reads and writes them; every tool with good and with bad input, and errors in its own words.
import { beforeAll, describe, expect, it } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { withoutSending } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { create, createPipeline } from "../support/deals.ts";
import { type Agent, agentOf, messageOf } from "./client.ts";

const NOBODY = "01kaj2m5m8f7jt2n3v4w5x6y7z";
const LEAD = `ld_${NOBODY}`;

let api: Api;
let agent: Agent;
let stranger: Api;

beforeAll(async () => {
	api = await createCaller();
	stranger = await createCaller();
});

/** Each test has a key of its own, for none has more than 60 calls. */
async function fresh(): Promise<Agent> {
	return agentOf(await createCaller({ organizationId: api.organizationId }));
}

const lead = (fields: object, more: object = {}) => ({ resource: "leads", fields, ...more });

describe("records", () => {
	it("are created, found, changed, deleted, restored and read", async () => {
		agent = await fresh();
		const ada = { name: "Ada Lovelace", email: "ada@example.com", score: 7 };
		const made = await agent.call("create_record", lead(ada));
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

	it.each([
		["create_record", lead({ email: "nonsense", nope: 1 }), ["fields.email", "fields.nope"]],
		["create_record", lead({ name: "x", tagIds: [`tag_${NOBODY}`] }), ["fields.tagIds.0"]],
		["create_record", lead({ name: "x", id: LEAD }), ["fields.id"]],
		["create_record", lead({ name: "x", constructor: 1 }), ["fields.constructor"]],
		["find_records", { resource: "leads", filters: { constructor: 1 } }, ["filters.constructor"]],
		["find_records", { resource: "deliveries", parentId: LEAD }, ["parentId"]],
		["create_record", lead({ name: "x", idempotencyKey: "k" }), ["fields.idempotencyKey"]],
		["create_record", lead({ name: "x" }, { idempotencyKey: "größe" }), ["idempotencyKey"]],
		["create_record", lead({ name: "x" }, { idempotencyKey: 7 }), ["idempotencyKey"]],
		["create_record", lead({ name: "x" }, { ifVersion: 1 }), ["ifVersion"]],
		["create_record", { resource: "deals", fields: { title: "x" } }, ["fields.clientId"]],
		["create_record", { resource: "api-keys", fields: {} }, ["resource"]],
		["create_record", { resource: "leads" }, ["fields"]],
		["change_records", { resource: "leads", mode: "create", items: [] }, ["items"]],
		["upsert_record", lead({ name: "x" }, { matchBy: "score" }), ["matchBy"]],
		["upsert_record", lead({ matchBy: "email" }, { matchBy: "email" }), ["fields.matchBy"]],
		["get_record", {}, ["id"]],
		["get_record", { id: "somebody" }, ["id"]],
		["get_record", { id: `msg_${NOBODY}` }, ["id"]],
		["update_record", { id: LEAD, fields: { score: 1 }, ifVersion: "1" }, ["ifVersion"]],
		["update_record", { id: LEAD, fields: { convertedAt: null } }, ["fields.convertedAt"]],
		["delete_record", { id: LEAD, idempotencyKey: "k" }, ["idempotencyKey"]],
		["find_records", { resource: "leads", limit: 101 }, ["limit"]],
		["find_records", { resource: "leads", orderBy: "colour" }, ["orderBy"]],
		["find_records", { resource: "leads", cursor: "abc" }, ["cursor"]],
		["find_records", { resource: "leads", filters: { colour: "red" } }, ["filters.colour"]],
		["find_records", { resource: "deals", filters: { status: ["OPEN"] } }, ["filters.status.0"]],
		["find_records", { resource: "leads", limit: 5, filters: { limit: 9 } }, ["filters.limit"]],
		["find_records", { resource: "tags", search: "x", colour: 1 }, ["colour"]],
		["find_records", { resource: "messages" }, ["parentId"]],
		["find_records", { resource: "leads", parentId: "x" }, ["parentId"]],
		["run_action", { action: "convertLead" }, ["id"]],
		["run_action", { action: "mergeLeads", id: LEAD }, ["action"]],
		["run_action", { action: "payInvoice", id: `inv_${NOBODY}` }, ["fields.amount"]],
		["run_action", { action: "voidInvoice", id: `inv_${NOBODY}`, fields: { why: "x" } }, ["fields.why"]],
		["run_action", { action: "updateOrganization", id: LEAD, fields: {} }, ["id"]],
		["get_report", { report: "getDealTotals", id: LEAD }, ["id"]],
		["get_report", { report: "getDealTotals", filters: { nope: 1 } }, ["filters.nope"]],
		["webhook_action", { action: "redeliver", id: `webhook_${NOBODY}` }, ["deliveryId"]],
		[
			"webhook_action",
			{ action: "redeliver", id: `webhook_${NOBODY}`, deliveryId: `whd_${NOBODY}`, ifVersion: 1 },
			["ifVersion"],
		],
		["webhook_action", { action: "recoverDeliveries", id: `webhook_${NOBODY}` }, ["fields.since"]],
		["list_failing_webhooks", { all: true }, ["all"]],
		["explain_delivery", { webhookId: "x" }, ["deliveryId"]],
	])("%s with %o is refused, naming %o", async (name, input, paths) => {
		const error = await (await fresh()).fail(name, input);
		expect(error).toMatchObject({ code: "BAD_REQUEST", requestId: expect.stringMatching(/^req_/) });
		expect(error.errors.map(({ path }: Json) => path)).toEqual(paths);
		expect(error.message).toBe(`${error.errors[0].path}: ${error.errors[0].message}`);
	});

	it.each([
		["get_record", { id: LEAD }],
		["update_record", { id: LEAD, fields: { score: 1 } }],
		["update_record", { id: `dl_${NOBODY}`, fields: { stageId: "Won" } }],
		["delete_record", { id: LEAD }],
		["restore_record", { id: LEAD }],
		["run_action", { action: "convertLead", id: LEAD }],
		["explain_delivery", { webhookId: `webhook_${NOBODY}`, deliveryId: `whd_${NOBODY}` }],
	])("%s of what isn't there says so", async (name, input) => {
		expect(await (await fresh()).fail(name, input)).toMatchObject({ code: "NOT_FOUND" });
	});

	it("are refused in an agent's words, not in those of HTTP", async () => {
		agent = await fresh();
		const client = await create(api, "/clients", { name: "Acme" });
		const made = await agent.call("create_record", lead({ name: "Raced" }, { idempotencyKey: "words" }));
		await agent.call("update_record", { id: made.id, fields: { score: 1 } });
		const stale = { id: made.id, fields: { score: 2 }, ifVersion: 1 };
		const refusals = [
			await agent.fail("update_record", stale),
			await agent.fail("run_action", { action: "convertLead", id: made.id, ifVersion: 1 }),
			await agent.fail("create_record", lead({ name: "Other" }, { idempotencyKey: "words" })),
			await agent.fail("create_record", {
				resource: "invoices",
				fields: { clientId: client.id, date: "2026-01-31", dueDate: "2026-02-28", payments: [] },
			}),
		];
		const [changed, converted, reused, owned] = refusals;
		expect(changed).toMatchObject({
			code: "PRECONDITION_FAILED",
			message: expect.stringContaining("ifVersion"),
		});
		expect(converted).toMatchObject({ code: "PRECONDITION_FAILED" });
		expect(reused).toMatchObject({
			code: "UNPROCESSABLE",
			message: expect.stringContaining("idempotencyKey"),
		});
		expect(owned.errors).toContainEqual({
			path: "fields.payments",
			message: "The server sets this. Send run_action (action payInvoice).",
		});
		expect(JSON.stringify(refusals)).not.toMatch(/If-Match|Idempotency-Key|header|POST |\/api\//i);
		expect((await api.get(`/leads/${made.id}`)).body.score).toBe(1);
	});

	it("come in pages, whose cursor is good for nothing else", async () => {
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
		const made = await agent.call("create_record", lead(fields, { idempotencyKey: "mcp-once" }));
		const { name, tagIds, email } = fields;
		const again = lead({ email, tagIds, name }, { idempotencyKey: "mcp-once" });
		expect(await agent.call("create_record", again)).toEqual(made);
		expect((await agent.call("find_records", { resource: "leads", filters: { email } })).items).toHaveLength(
			1,
		);
	});
});

describe("what belongs to others", () => {
	it("is not found, in the same words as what never was", async () => {
		agent = await agentOf(stranger);
		const client = await create(api, "/clients", { name: "Ours" });
		const { pipeline } = await createPipeline(api);
		const deal = await create(api, "/deals", { title: "Ours", clientId: client.id, pipelineId: pipeline.id });
		const ours = await create(api, "/leads", { name: "Ours" });
		const hook = await create(withoutSending(api), "/webhooks", {
			url: "https://hooks.example.com",
			events: ["*"],
		});
		const deliveryId = `whd_${NOBODY}`;
		const calls: [string, string, (id: string) => object][] = [
			["get_record", client.id, (id) => ({ id })],
			["update_record", ours.id, (id) => ({ id, fields: { score: 1 } })],
			["update_record", deal.id, (id) => ({ id, fields: { stageId: "Won" } })],
			["update_record", deal.id, (id) => ({ id, fields: { stageId: deal.stageId } })],
			["delete_record", ours.id, (id) => ({ id })],
			["restore_record", ours.id, (id) => ({ id })],
			["run_action", ours.id, (id) => ({ action: "convertLead", id })],
			["explain_delivery", hook.id, (webhookId) => ({ webhookId, deliveryId })],
			["webhook_action", hook.id, (id) => ({ action: "redeliver", id, deliveryId })],
			["find_records", hook.id, (parentId) => ({ resource: "deliveries", parentId })],
			[
				"create_record",
				client.id,
				(clientId) => ({ resource: "deals", fields: { title: "Theirs", clientId } }),
			],
		];
		for (const [name, id, input] of calls) {
			const { requestId: _, ...theirs } = await agent.fail(name, input(id));
			const { requestId: __, ...nobodys } = await agent.fail(name, input(id.replace(/_.*/, `_${NOBODY}`)));
			expect(theirs, name).toEqual(nobodys);
			expect(theirs.code).toBe(name === "create_record" ? "BAD_REQUEST" : "NOT_FOUND");
		}
		expect(await agent.call("search_records", { search: "Ours" })).toMatchObject({
			leads: { items: [] },
			deals: { items: [] },
		});
		expect(await agent.call("list_failing_webhooks")).toEqual({ failing: [], healthy: 0 });
	});
});
