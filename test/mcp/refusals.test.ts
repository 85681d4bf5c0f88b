// Bad input to every tool, and errors in an agent's words.
import { beforeAll, describe, expect, it } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { withoutSending } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { create, createPipeline } from "../support/deals.ts";
import { type Agent, agentOf, leadInput } from "./client.ts";

const NOBODY = "01kaj2m5m8f7jt2n3v4w5x6y7z";
const LEAD = `ld_${NOBODY}`;

let api: Api;
beforeAll(async () => {
	api = await createCaller();
});

/** Each test has a key of its own, because a key has 60 calls a minute. */
const fresh = async (): Promise<Agent> => agentOf(await createCaller({ organizationId: api.organizationId }));

describe("a call", () => {
	it.each([
		["create_record", leadInput({ email: "nonsense", nope: 1 }), ["fields.email", "fields.nope"]],
		["create_record", leadInput({ name: "x", tagIds: [`tag_${NOBODY}`] }), ["fields.tagIds.0"]],
		["create_record", leadInput({ name: "x", id: LEAD }), ["fields.id"]],
		["create_record", leadInput({ name: "x", constructor: 1 }), ["fields.constructor"]],
		["find_records", { resource: "leads", filters: { constructor: 1 } }, ["filters.constructor"]],
		["find_records", { resource: "deliveries", parentId: LEAD }, ["parentId"]],
		["create_record", leadInput({ name: "x", idempotencyKey: "k" }), ["fields.idempotencyKey"]],
		["create_record", leadInput({ name: "x" }, { idempotencyKey: "größe" }), ["idempotencyKey"]],
		["create_record", leadInput({ name: "x" }, { idempotencyKey: 7 }), ["idempotencyKey"]],
		["create_record", leadInput({ name: "x" }, { ifVersion: 1 }), ["ifVersion"]],
		["create_record", { resource: "deals", fields: { title: "x" } }, ["fields.clientId"]],
		["create_record", { resource: "api-keys", fields: {} }, ["resource"]],
		["create_record", { resource: "leads" }, ["fields"]],
		["change_records", { resource: "leads", mode: "create", items: [] }, ["items"]],
		["upsert_record", leadInput({ name: "x" }, { matchBy: "score" }), ["matchBy"]],
		["upsert_record", leadInput({ matchBy: "email" }, { matchBy: "email" }), ["fields.matchBy"]],
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
		["find_records", { resource: "deals", filters: { status: ["OPEN"] } }, ["filters.status"]],
		["find_records", { resource: "deals", filters: { status: ["WON", "OPEN"] } }, ["filters.status.1"]],
		["find_records", { resource: "leads", limit: 5, filters: { limit: 9 } }, ["filters.limit"]],
		["find_records", { resource: "leads", filters: { ownerId: null } }, ["filters.ownerId"]],
		["find_records", { resource: "leads", filters: { nope: null } }, ["filters.nope"]],
		["find_records", { resource: "leads", filters: { id: [] } }, ["filters.id"]],
		["find_records", { resource: "leads", filters: { id: [LEAD, null] } }, ["filters.id"]],
		["get_report", { report: "getDealTotals", filters: { pipelineId: null } }, ["filters.pipelineId"]],
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

	it("is refused in terms of the tools, not of HTTP", async () => {
		const agent = await fresh();
		const client = await create(api, "/clients", { name: "Acme" });
		const made = await agent.call("create_record", leadInput({ name: "Raced" }, { idempotencyKey: "words" }));
		await agent.call("update_record", { id: made.id, fields: { score: 1 } });
		const stale = { id: made.id, fields: { score: 2 }, ifVersion: 1 };
		const refusals = [
			await agent.fail("update_record", stale),
			await agent.fail("run_action", { action: "convertLead", id: made.id, ifVersion: 1 }),
			await agent.fail("create_record", leadInput({ name: "Other" }, { idempotencyKey: "words" })),
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
});

describe("a record of another organization", () => {
	it("is not found, in the same words as one that never existed", async () => {
		const agent = await agentOf(await createCaller());
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
