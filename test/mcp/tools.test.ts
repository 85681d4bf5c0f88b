// The tools as they are listed: one table of all that an agent decides by, and that they reach the whole API.
import { describe, expect, it } from "vitest";
import agentsGuide from "../../docs/guides/agents.md?raw";
import { endpoints } from "../../src/app.ts";
import { placeOf, toolCallFor } from "../../src/mcp/directory.ts";
import type { Json } from "../support/api.ts";
import { watchBindings } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { agentOf } from "./client.ts";

type Row = readonly [
	name: string,
	does: "reads" | "adds" | "changes" | "restores" | "acts" | "sends",
	required: readonly string[],
	optional: readonly string[],
	/** One of the scopes that show it, and one that doesn't. */
	scope: string,
	other: string,
];

const TABLE: readonly Row[] = [
	["describe_resource", "reads", ["resource"], [], "leads:write", "api-keys:read"],
	["search_records", "reads", ["search"], ["limit"], "tasks:read", "tasks:write"],
	[
		"find_records",
		"reads",
		["resource"],
		["cursor", "filters", "limit", "orderBy", "orderDir", "parentId", "search"],
		"invoices:read",
		"invoices:write",
	],
	["get_record", "reads", ["id"], ["includeDeleted"], "tags:read", "tags:write"],
	["create_record", "adds", ["fields", "resource"], ["idempotencyKey"], "clients:write", "clients:read"],
	[
		"change_records",
		"acts",
		["items", "mode", "resource"],
		["idempotencyKey", "matchBy"],
		"deals:write",
		"tags:write",
	],
	[
		"upsert_record",
		"changes",
		["fields", "matchBy", "resource"],
		["idempotencyKey"],
		"leads:write",
		"deals:write",
	],
	[
		"update_record",
		"changes",
		["fields", "id"],
		["idempotencyKey", "ifVersion"],
		"deals:write",
		"deals:read",
	],
	["delete_record", "changes", ["id"], ["ifVersion"], "users:write", "users:read"],
	["restore_record", "restores", ["id"], ["idempotencyKey", "ifVersion"], "users:write", "users:read"],
	["get_report", "reads", ["report"], ["deliveryId", "filters", "id"], "deals:read", "leads:read"],
	[
		"run_action",
		"acts",
		["action"],
		["fields", "id", "idempotencyKey", "ifVersion"],
		"invoices:write",
		"deals:write",
	],
	[
		"webhook_action",
		"sends",
		["action"],
		["deliveryId", "fields", "id", "idempotencyKey", "ifVersion"],
		"webhooks:write",
		"webhooks:read",
	],
	["list_failing_webhooks", "reads", [], [], "webhooks:read", "webhooks:write"],
	["explain_delivery", "reads", ["deliveryId", "webhookId"], [], "webhooks:read", "webhooks:write"],
];

const INSIDE = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false };
const HINTS = {
	reads: { ...INSIDE, readOnlyHint: true, idempotentHint: true },
	adds: INSIDE,
	changes: { ...INSIDE, destructiveHint: true, idempotentHint: true },
	restores: { ...INSIDE, idempotentHint: true },
	acts: { ...INSIDE, destructiveHint: true },
	sends: { ...INSIDE, destructiveHint: true, openWorldHint: true },
};

/** In characters of JSON: an agent reads all of it before it begins. */
const MAX_TOOL_LIST_CHARACTERS = 16 * 1_024;
const MAX_DESCRIPTION_CHARACTERS = 24 * 1_024;

async function listed(scopes: readonly string[] = ["*"]): Promise<Json[]> {
	const agent = await agentOf(await createCaller({ scopes }));
	return (await agent.client.listTools()).tools;
}

describe("the list of tools", () => {
	it("is this one, in this order, and not too long to read", async () => {
		const tools = await listed();
		expect(tools.map(({ name }) => name)).toEqual(TABLE.map(([name]) => name));
		expect(JSON.stringify(tools).length).toBeLessThan(MAX_TOOL_LIST_CHARACTERS);
	});

	it.each(TABLE)("%s: it %s", async (name, does, required, optional, scope, other) => {
		const tool = (await listed([scope])).find((one) => one.name === name);
		expect(tool.annotations).toEqual({ title: tool.title, ...HINTS[does] });
		expect(tool.title).toMatch(/^[A-Z]/);
		expect(tool.description.length).toBeGreaterThan(40);
		expect(tool.inputSchema).toMatchObject({ type: "object", additionalProperties: false });
		expect([...(tool.inputSchema.required ?? [])].sort()).toEqual(required);
		expect(Object.keys(tool.inputSchema.properties).sort()).toEqual([...required, ...optional].sort());
		expect(tool.outputSchema.type).toBe("object");
		expect(JSON.stringify(tool)).not.toMatch(/\$ref|"oneOf"|"anyOf"|header/i);
		expect((await listed([other])).map((one) => one.name)).not.toContain(name);
	});

	it("offers what the key may use, and nothing more", async () => {
		const tools = await listed(["deals:write", "leads:read", "webhooks:read"]);
		const offered = (name: string, argument: string) =>
			tools.find((one) => one.name === name)?.inputSchema.properties[argument];
		expect(offered("create_record", "resource").enum).toEqual(["deals"]);
		expect(offered("find_records", "resource").enum).toEqual(["leads", "webhooks", "deliveries"]);
		expect(offered("update_record", "id").description).toBe("Of: deals dl_.");
		expect(offered("get_record", "id").description).toBe("Of: leads ld_, webhooks webhook_.");
		expect(tools.map(({ name }) => name)).not.toContain("run_action");
		const readers = await listed(["*:read"]);
		expect(readers.length).toBe(TABLE.filter(([, does]) => does === "reads").length);
		expect(readers.every(({ annotations }) => annotations.readOnlyHint)).toBe(true);
		expect(await listed(["api-keys:read", "api-keys:write"])).toEqual([]);
	});

	it("is made without a query, whatever fields the organization has", async () => {
		const watch = watchBindings();
		const agent = await agentOf((await createCaller()).via(watch.target));
		watch.reset();
		await agent.client.listTools();
		expect(watch.limiterCalls).toBe(1);
		expect(watch.roundTrips).toEqual([]);
	});
});

describe("the whole API", () => {
	it("is reached: each operation stands in one tool, but for those of keys", async () => {
		const properties = Object.fromEntries(
			(await listed()).map(({ name, inputSchema }) => [name, inputSchema.properties]),
		);
		for (const endpoint of endpoints) {
			const place = placeOf(endpoint);
			const [, tool = "", argument = "", value = ""] =
				toolCallFor(endpoint)?.match(/^(\w+) \((\w+) ([\w-]+)/) ?? [];
			if (place === null) expect(endpoint.path).toMatch(/^\/api-keys/);
			else if (argument in properties[tool]) expect(properties[tool][argument].enum).toContain(value);
			else {
				const prefix = endpoint.ids.id?.prefix;
				expect(properties[tool].id.description, endpoint.operationId).toContain(`${value} ${prefix}_`);
			}
		}
		const called = endpoints.map(toolCallFor).filter(Boolean);
		expect(new Set(called).size).toBe(called.length);
	});

	it("is described on demand, with the organization's own fields and for what the key may do", async () => {
		const api = await createCaller();
		await create(api, "/custom-fields", { entity: "leads", label: "Company Size", type: "number" });
		const agent = await agentOf(api);
		const shown = await agent.call("describe_resource", { resource: "leads" });
		const byTool = Object.fromEntries(
			shown.operations.map(({ tool, ...rest }: Json) => [tool.replace(" (resource leads)", ""), rest]),
		);
		expect(byTool.create_record.fields.cf_company_size).toEqual({
			type: ["number", "null"],
			description: "Company Size",
		});
		expect(byTool.find_records.filters).toHaveProperty("cf_company_size");
		expect(byTool.find_records.orderBy).toContain("score");
		expect(byTool["run_action (action convertLead)"].fields).toHaveProperty("deal");
		const narrow = await agentOf(
			await createCaller({ organizationId: api.organizationId, scopes: ["leads:read"] }),
		);
		const read = await narrow.call("describe_resource", { resource: "leads" });
		expect(read.operations.map(({ tool }: Json) => tool)).toEqual([
			"find_records (resource leads)",
			"get_record (resource leads)",
		]);
		expect(await narrow.fail("describe_resource", { resource: "deals" })).toMatchObject({
			code: "FORBIDDEN",
			message: "This API key lacks every scope of deals.",
		});
	});

	it("is described briefly, whatever the resource", async () => {
		const agent = await agentOf(await createCaller());
		const { tools } = await agent.client.listTools();
		const { enum: resources } = (tools as Json[])[0].inputSchema.properties.resource;
		expect(resources).toEqual(expect.arrayContaining(["leads", "invoices", "organization", "deliveries"]));
		for (const resource of resources) {
			const shown = await agent.call("describe_resource", { resource });
			expect(shown.operations.length, resource).toBeGreaterThan(0);
			const text = JSON.stringify(shown);
			expect(text.length, resource).toBeLessThan(MAX_DESCRIPTION_CHARACTERS);
			expect(text, resource).not.toContain("$ref");
		}
	});
});

describe("docs/guides/agents.md", () => {
	it("has every tool in its table, in order", () => {
		const rows = [...agentsGuide.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
		expect(rows).toEqual(TABLE.map(([name]) => name));
	});

	it("has snippets that are JSON and name the endpoint and the header", () => {
		const snippets = [...agentsGuide.matchAll(/```json\n(.*?)```/gs)].map(([, text = ""]) =>
			JSON.parse(text),
		);
		expect(snippets).toHaveLength(3);
		for (const { mcpServers, servers } of snippets) {
			const { url, headers } = (mcpServers ?? servers).leadwire;
			expect(new URL(url).pathname).toBe("/mcp");
			expect(Object.keys(headers)).toEqual(["x-api-key"]);
		}
	});
});
