// The tools as they are listed: one table of all that an agent decides by.
import { describe, expect, it } from "vitest";
import agentsGuide from "../../docs/agents.md?raw";
import type { Json } from "../support/api.ts";
import { givenCaller } from "../support/given.ts";
import { given } from "../support/selling.ts";
import { agentOf } from "./client.ts";

type Row = readonly [
	name: string,
	scope: string,
	does: "reads" | "adds" | "changes" | "sends",
	required: readonly string[],
	takes: readonly string[],
];

const TABLE: readonly Row[] = [
	["search_records", "leads:read", "reads", [], ["query", "kind", "limit", "cursor"]],
	["find_leads", "leads:read", "reads", [], ["search", "email", "stageId", "orderBy", "limit", "cursor"]],
	["get_lead", "leads:read", "reads", ["id"], ["includeDeleted"]],
	["create_lead", "leads:write", "adds", [], ["name", "email", "tagIds", "idempotencyKey"]],
	["update_lead", "leads:write", "changes", ["id"], ["name", "email", "ifVersion", "idempotencyKey"]],
	["find_deals", "deals:read", "reads", [], ["search", "status", "clientId", "cursor"]],
	["create_deal", "deals:write", "adds", ["clientId", "title"], ["price", "lineItems", "idempotencyKey"]],
	["move_deal", "deals:write", "changes", ["id", "stage"], ["lostReason", "ifVersion", "idempotencyKey"]],
	["find_tasks", "tasks:read", "reads", [], ["search", "status", "entityId", "cursor"]],
	["create_task", "tasks:write", "adds", ["title"], ["dueDate", "entity", "entityId", "idempotencyKey"]],
	["update_task", "tasks:write", "changes", ["id"], ["status", "ifVersion", "idempotencyKey"]],
	["list_failing_webhooks", "webhooks:read", "reads", [], []],
	["explain_delivery", "webhooks:read", "reads", ["deliveryId", "webhookId"], []],
	["redeliver", "webhooks:write", "sends", ["deliveryId", "webhookId"], ["idempotencyKey"]],
	[
		"recover_deliveries",
		"webhooks:write",
		"sends",
		["since", "webhookId"],
		["until", "status", "idempotencyKey"],
	],
];

const HINTS = {
	reads: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
	adds: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
	changes: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
	sends: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
};

/** A value for each field that some tool requires. */
const SOME: Readonly<Record<string, string>> = {
	query: "Jane",
	id: "dl_01kaj2m5m8f7jt2n3v4w5x6y7z",
	stage: "dps_01kaj2m5m8f7jt2n3v4w5x6y7z",
	webhookId: "webhook_01kaj2m5m8f7jt2n3v4w5x6y7z",
	deliveryId: "whd_01kaj2m5m8f7jt2n3v4w5x6y7z",
};

/** In characters of JSON: an agent reads all of it before it begins. */
const MOST_TO_READ = 50_000;

async function listed(scopes: readonly string[] = ["*"]): Promise<Json[]> {
	const agent = await agentOf(await givenCaller({ scopes }));
	return (await agent.client.listTools()).tools;
}

describe("the list of tools", () => {
	it("is this one, in this order, and not too long to read", async () => {
		const tools = await listed();
		expect(tools.map(({ name }) => name)).toEqual(TABLE.map(([name]) => name));
		expect(tools.length).toBeLessThanOrEqual(15);
		expect(JSON.stringify(tools).length).toBeLessThan(MOST_TO_READ);
	});

	it.each(TABLE)("%s: scope %s, it %s", async (name, scope, does, required, takes) => {
		const tool = (await listed([scope])).find((one) => one.name === name);
		expect(tool.annotations).toEqual({ title: tool.title, ...HINTS[does] });
		expect(tool.title).toMatch(/^[A-Z]/);
		expect(tool.description.length).toBeGreaterThan(40);
		expect(tool.inputSchema).toMatchObject({ type: "object", additionalProperties: false });
		expect([...(tool.inputSchema.required ?? [])].sort()).toEqual(required);
		expect(Object.keys(tool.inputSchema.properties)).toEqual(expect.arrayContaining([...required, ...takes]));
		expect(tool.outputSchema.type).toBe("object");
		const { properties = {}, additionalProperties } = tool.outputSchema;
		expect(Object.keys(properties).length > 0 || typeof additionalProperties === "object").toBe(true);
		const text = JSON.stringify(tool);
		expect(text).not.toMatch(/\$ref|"example"|"cf_"|"oneOf"/);
	});

	it.each(TABLE)(
		"%s is not shown without its scope, and says so when called",
		async (name, scope, does, required) => {
			const [resource = ""] = scope.split(":");
			const other = does === "reads" ? `${resource}:write` : `${resource}:read`;
			const agent = await agentOf(await givenCaller({ scopes: [other, "forms:read"] }));
			const { tools } = await agent.client.listTools();
			expect(tools.map((tool) => tool.name)).not.toContain(name);
			const error = await agent.fail(
				name,
				Object.fromEntries(
					[...required, ...(name === "search_records" ? ["query"] : [])].map((field) => [field, SOME[field]]),
				),
			);
			expect(error).toMatchObject({ code: "FORBIDDEN", message: `This API key lacks the scope ${scope}.` });
		},
	);

	it("shows a reader only what reads", async () => {
		const tools = await listed(["*:read"]);
		expect(tools.length).toBe(TABLE.filter(([, , does]) => does === "reads").length);
		expect(tools.every(({ annotations }) => annotations.readOnlyHint)).toBe(true);
		expect(await listed(["forms:read"])).toEqual([]);
	});

	it("names the organization's own fields, and no other's", async () => {
		const api = await givenCaller();
		await given(api, "/custom-fields", { entity: "leads", label: "Company Size", type: "number" });
		const { tools } = await (await agentOf(api)).client.listTools();
		const inputs = (name: string) =>
			(tools as Json[]).find((tool) => tool.name === name).inputSchema.properties;
		expect(inputs("create_lead").cf_company_size).toEqual({
			type: ["number", "null"],
			description: "Company Size",
		});
		expect(inputs("find_leads")).toHaveProperty("cf_company_size");
		expect(inputs("create_task")).not.toHaveProperty("cf_company_size");
		expect(JSON.stringify(await listed())).not.toContain("cf_company_size");
	});
});

describe("docs/agents.md", () => {
	it("has every tool in its table, in order, with its scope", () => {
		const rows = [...agentsGuide.matchAll(/^\| `(\w+)` \|[^|]*\| `([\w:]+)`/gm)].map(([, name, scope]) => [
			name,
			scope,
		]);
		expect(rows).toEqual(TABLE.map(([name, scope]) => [name, scope]));
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
