// Leads, clients, deals and tasks as an agent reads and writes them; every tool with good and with bad input.
import { beforeAll, describe, expect, it } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { unsent } from "../support/bindings.ts";
import { givenCaller } from "../support/given.ts";
import { given, givenPipeline } from "../support/selling.ts";
import { type Agent, agentOf, wordsOf } from "./client.ts";

const NOBODY = "01kaj2m5m8f7jt2n3v4w5x6y7z";

let api: Api;
let agent: Agent;
let stranger: Api;

beforeAll(async () => {
	api = await givenCaller();
	stranger = await givenCaller();
});

/** Each test has a key of its own, for none has more than 60 calls. */
async function fresh(): Promise<Agent> {
	return agentOf(await givenCaller({ organizationId: api.organizationId }));
}

describe("leads", () => {
	it("are created, found, changed and read", async () => {
		agent = await fresh();
		const lead = await agent.call("create_lead", {
			name: "Ada Lovelace",
			email: "ada@example.com",
			score: 7,
		});
		expect(lead).toMatchObject({
			name: "Ada Lovelace",
			email: "ada@example.com",
			score: 7,
			version: 1,
			tagIds: [],
		});
		expect(wordsOf(lead)).toBe(`Created "Ada Lovelace", ${lead.id}.`);
		expect(Object.values(lead)).not.toContain(null);
		expect(lead).not.toHaveProperty("company");

		const page = await agent.call("find_leads", { email: ["ada@example.com", "nobody@example.com"] });
		expect(page).toEqual({ items: [lead], hasMore: false });
		expect(wordsOf(page)).toBe("1 lead.");

		const changed = await agent.call("update_lead", {
			id: lead.id,
			company: "Engines",
			score: null,
			ifVersion: 1,
		});
		expect(changed).toMatchObject({ company: "Engines", version: 2 });
		expect(changed).not.toHaveProperty("score");
		expect(wordsOf(changed)).toContain(lead.id);
		expect((await api.get(`/leads/${lead.id}`)).body).toMatchObject(changed);
		const found = await agent.call("search_records", { query: lead.id });
		expect(found).toEqual({ leads: { items: [changed], hasMore: false } });
		expect(await agent.call("get_lead", { id: lead.id })).toEqual(changed);
	});

	it.each([
		["create_lead", { email: "nonsense", name: "x", nope: 1 }, "BAD_REQUEST", ["email", "nope"]],
		["create_lead", { name: "x", billing: { a: 1 } }, "BAD_REQUEST", ["billing"]],
		["create_lead", { name: "x\0" }, "BAD_REQUEST", ["name"]],
		["create_lead", { name: "x", tagIds: [`tag_${NOBODY}`] }, "BAD_REQUEST", ["tagIds.0"]],
		["create_lead", { name: "x", idempotencyKey: "größe" }, "BAD_REQUEST", ["Idempotency-Key"]],
		["get_lead", { id: `ld_${NOBODY}` }, "NOT_FOUND", null],
		["get_lead", {}, "BAD_REQUEST", ["id"]],
		["create_deal", { title: "x" }, "BAD_REQUEST", ["clientId"]],
		["create_deal", { title: "x", clientId: `clt_${NOBODY}` }, "BAD_REQUEST", ["clientId"]],
		["create_task", { title: "x", entity: "leads" }, "BAD_REQUEST", ["entityId"]],
		["create_lead", { name: "x", idempotencyKey: 7 }, "BAD_REQUEST", ["idempotencyKey"]],
		["create_lead", { name: "x", ifVersion: 1 }, "BAD_REQUEST", ["ifVersion"]],
		["find_leads", { idempotencyKey: "x" }, "BAD_REQUEST", ["idempotencyKey"]],
		["update_lead", { id: `ld_${NOBODY}`, ifVersion: "1" }, "BAD_REQUEST", ["ifVersion"]],
		["update_lead", {}, "BAD_REQUEST", ["id"]],
		["update_lead", { id: `ld_${NOBODY}`, score: 1 }, "NOT_FOUND", null],
		["update_task", { id: "tsk_", status: "COMPLETED" }, "NOT_FOUND", null],
		["update_task", { id: `tsk_${NOBODY}`, status: "DONE" }, "BAD_REQUEST", ["status"]],
		["find_leads", { limit: 101 }, "BAD_REQUEST", ["limit"]],
		["find_leads", { colour: "red" }, "BAD_REQUEST", ["colour"]],
		["find_deals", { status: ["OPEN"] }, "BAD_REQUEST", ["status.0"]],
		["find_tasks", { cursor: "abc" }, "BAD_REQUEST", ["cursor"]],
		["search_records", {}, "BAD_REQUEST", ["query"]],
		["search_records", { query: "x", kind: "forms" }, "BAD_REQUEST", ["kind"]],
		["search_records", { query: "x", cursor: "abc" }, "BAD_REQUEST", ["kind"]],
		["search_records", { query: "x", kind: "users" }, "BAD_REQUEST", ["query"]],
		["search_records", { kind: "deals" }, "BAD_REQUEST", ["query"]],
		["search_records", { query: "x", limit: 101 }, "BAD_REQUEST", ["limit"]],
		["search_records", { query: `ld_${NOBODY}` }, "NOT_FOUND", null],
		["move_deal", { id: `dl_${NOBODY}` }, "BAD_REQUEST", ["stage"]],
		["move_deal", { id: `dl_${NOBODY}`, stage: "Won" }, "NOT_FOUND", null],
		["list_failing_webhooks", { all: true }, "BAD_REQUEST", ["all"]],
		["explain_delivery", { webhookId: "x" }, "BAD_REQUEST", ["deliveryId"]],
		["redeliver", { deliveryId: `whd_${NOBODY}` }, "BAD_REQUEST", ["webhookId"]],
		["recover_deliveries", { webhookId: `webhook_${NOBODY}` }, "BAD_REQUEST", ["since"]],
		[
			"recover_deliveries",
			{ webhookId: `webhook_${NOBODY}`, since: "2020-01-01T00:00:00Z" },
			"BAD_REQUEST",
			["since"],
		],
	])("%s with %o is refused: %s %o", async (name, input, code, paths) => {
		const error = await (await fresh()).fail(name, input);
		expect(error).toMatchObject({
			code,
			message: expect.any(String),
			requestId: expect.stringMatching(/^req_/),
		});
		expect(error.errors?.map(({ path }: Json) => path) ?? null).toEqual(paths);
	});

	it("come in pages, whose cursor is good for nothing else", async () => {
		const other = await givenCaller();
		agent = await agentOf(other);
		for (const name of ["A", "B", "C"]) await given(other, "/leads", { name });
		const first = await agent.call("find_leads", { limit: 2, orderBy: "name", orderDir: "asc" });
		expect(first).toMatchObject({ items: [{ name: "A" }, { name: "B" }], hasMore: true });
		expect(wordsOf(first)).toMatch(/^2 leads. There are more: send nextCursor as cursor/);
		const second = await agent.call("find_leads", {
			limit: 2,
			orderBy: "name",
			orderDir: "asc",
			cursor: first.nextCursor,
		});
		expect(second).toMatchObject({ items: [{ name: "C" }], hasMore: false });
		expect(second).not.toHaveProperty("nextCursor");
		const misplaced = await agent.fail("find_leads", { orderBy: "score", cursor: first.nextCursor });
		expect(misplaced.errors[0].path).toBe("cursor");
	});

	it("are written once per idempotency key, whichever way and in whichever order it is sent", async () => {
		agent = await fresh();
		const input = { name: "Once", tagIds: [], email: "once@example.com", idempotencyKey: "mcp-once" };
		const lead = await agent.call("create_lead", input);
		const { name, tagIds, email, idempotencyKey } = input;
		expect(await agent.call("create_lead", { idempotencyKey, email, tagIds, name })).toEqual(lead);
		expect(await agent.fail("create_lead", { ...input, name: "Twice" })).toMatchObject({
			code: "UNPROCESSABLE",
		});
		expect((await agent.call("find_leads", { email })).items).toHaveLength(1);
		const gone = { id: `ld_${NOBODY}`, score: 1, idempotencyKey: "mcp-gone" };
		const error = await agent.fail("update_lead", gone);
		expect(await agent.fail("update_lead", gone)).toMatchObject({
			code: "NOT_FOUND",
			message: error.message,
		});
	});

	it("are not overwritten where someone else was first", async () => {
		agent = await fresh();
		const lead = await agent.call("create_lead", { name: "Raced" });
		await agent.call("update_lead", { id: lead.id, score: 1 });
		const error = await agent.fail("update_lead", { id: lead.id, score: 2, ifVersion: 1 });
		expect(error.code).toBe("PRECONDITION_FAILED");
		expect((await api.get(`/leads/${lead.id}`)).body.score).toBe(1);
	});
});

describe("what belongs to others", () => {
	it("is not found, in the same words as what never was", async () => {
		agent = await agentOf(stranger);
		const client = await given(api, "/clients", { name: "Ours" });
		const deal = await given(api, "/deals", {
			title: "Ours",
			clientId: client.id,
			pipelineId: (await givenPipeline(api)).pipeline.id,
		});
		const lead = await given(api, "/leads", { name: "Ours" });
		const task = await given(api, "/tasks", { title: "Ours" });
		const hook = await given(unsent(api), "/webhooks", { url: "https://hooks.example.com", events: ["*"] });
		const calls: [string, string, (id: string) => object][] = [
			["search_records", client.id, (query) => ({ query })],
			["get_lead", lead.id, (id) => ({ id })],
			["update_lead", lead.id, (id) => ({ id, score: 1 })],
			["update_task", task.id, (id) => ({ id, status: "COMPLETED" })],
			["move_deal", deal.id, (id) => ({ id, stage: "Won" })],
			["move_deal", deal.id, (id) => ({ id, stage: deal.stageId })],
			["explain_delivery", hook.id, (webhookId) => ({ webhookId, deliveryId: `whd_${NOBODY}` })],
			["redeliver", hook.id, (webhookId) => ({ webhookId, deliveryId: `whd_${NOBODY}` })],
			["recover_deliveries", hook.id, (webhookId) => ({ webhookId, since: new Date().toISOString() })],
			["create_deal", client.id, (clientId) => ({ title: "Theirs", clientId })],
		];
		for (const [name, id, input] of calls) {
			const { requestId: _, ...theirs } = await agent.fail(name, input(id));
			const { requestId: __, ...nobodys } = await agent.fail(name, input(id.replace(/_.*/, `_${NOBODY}`)));
			expect(theirs, name).toEqual(nobodys);
			expect(theirs.code).toBe(name === "create_deal" ? "BAD_REQUEST" : "NOT_FOUND");
		}
		expect(await agent.call("search_records", { query: "Ours" })).toMatchObject({
			leads: { items: [] },
			deals: { items: [] },
		});
		expect(await agent.call("list_failing_webhooks")).toEqual({ failing: [], healthy: 0 });
	});
});

describe("deals and tasks", () => {
	it("go from a client to a won deal, by the names of stages", async () => {
		const own = await givenCaller();
		const stages = await givenPipeline(own);
		agent = await agentOf(own);
		const client = await given(own, "/clients", { name: "Acme Corp", type: "company" });
		const lineItems = [{ name: "Hours", quantity: 2, price: 10.5 }];
		const deal = await agent.call("create_deal", { title: "Relaunch", clientId: client.id, lineItems });
		expect(deal).toMatchObject({ price: 21, status: "ACTIVE", lineItems: [{ name: "Hours", amount: 21 }] });
		expect((await agent.call("find_deals", { clientId: [client.id], status: "ACTIVE" })).items).toEqual([
			deal,
		]);

		const moved = await agent.call("move_deal", { id: deal.id, stage: " talks " });
		expect(moved).toMatchObject({ stageId: stages.talks, probability: 60 });
		const error = await agent.fail("move_deal", { id: deal.id, stage: "Finished" });
		expect(error.errors).toEqual([
			{ path: "stage", message: expect.stringContaining(`Talks (${stages.talks})`) },
		]);
		const lost = await agent.call("move_deal", {
			id: deal.id,
			stage: stages.lost,
			lostReason: "Price",
		});
		expect(lost).toMatchObject({ status: "LOST", lostReason: "Price" });
		const won = await agent.call("move_deal", { id: deal.id, stage: "Won", ifVersion: lost.version });
		expect(won).toMatchObject({ status: "WON", wonAt: expect.any(String) });
		expect(wordsOf(won)).toContain("is in Won: WON");

		const task = await agent.call("create_task", {
			title: "Send invoice",
			entity: "deals",
			entityId: deal.id,
		});
		expect((await agent.call("find_tasks", { entityId: [deal.id], status: ["OPEN"] })).items).toEqual([task]);
		const done = await agent.call("update_task", { id: task.id, status: "COMPLETED" });
		expect(done.completedAt).toBe(done.updatedAt);
	});

	it("with two stages of one name asks for the id", async () => {
		const own = await givenCaller();
		const stages = [
			{ name: "New", type: "ACTIVE" },
			{ name: "new", type: "ACTIVE" },
			{ name: "W", type: "WON" },
			{ name: "L", type: "LOST" },
		];
		const { pipeline } = await givenPipeline(own, { stages });
		const client = await given(own, "/clients", { name: "Acme" });
		const deal = await given(own, "/deals", { title: "D", clientId: client.id, pipelineId: pipeline.id });
		const error = await (await agentOf(own)).fail("move_deal", { id: deal.id, stage: "NEW" });
		expect(error.message).toMatch(
			/^stage: Several stages have this name; send the id of one: New \(dps_.*new \(dps_[^,]*$/,
		);
	});

	it("by name needs to read what the name is looked up in", async () => {
		const own = await givenCaller();
		const stages = await givenPipeline(own);
		const client = await given(own, "/clients", { name: "Acme" });
		const deal = await given(own, "/deals", { title: "D", clientId: client.id });
		const writer = await agentOf(
			await givenCaller({ organizationId: own.organizationId, scopes: ["deals:write"] }),
		);
		expect((await writer.fail("move_deal", { id: deal.id, stage: "Won" })).message).toContain("deals:read");
		expect(await writer.call("move_deal", { id: deal.id, stage: stages.won })).toMatchObject({
			status: "WON",
		});
	});
});
