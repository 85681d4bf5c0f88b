// `npm run test:n8n`: our package in a real n8n, against a real `npm start`. A workflow is activated, runs when a deal is won and
// writes a task, and leaves no webhook behind. It is no part of `npm test`, because n8n needs some thousand packages.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newKeyringSecret } from "../../src/keyring.ts";
import { type Started, startServer } from "../../test/system/support/started.ts";
import { installN8n, installNode } from "./installed.ts";
import { type N8n, startN8n } from "./running.ts";

/** As the guide makes it, and what this workflow writes. */
const SCOPES = [
	...["organization:read", "webhooks:read", "webhooks:write", "deals:read", "leads:read", "tasks:read"],
	...["tasks:write", "pipelines:read"],
];
const PATIENCE_MS = 60_000;

interface Row {
	readonly id: string;
	readonly [field: string]: unknown;
}

interface Page {
	readonly items: readonly Row[];
}

interface Execution {
	readonly id: string;
	readonly status: string;
}

const folder = mkdtempSync(join(tmpdir(), "leadwire-n8n-"));
let leadwire: Started;
let n8n: N8n;
let credentials: { readonly id: string; readonly name: string };
let workflow: Row;
let deal: Row;

before(async () => {
	const user = join(folder, "user");
	mkdirSync(user);
	const command = await installN8n();
	await installNode(user);
	const secrets = { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() };
	leadwire = await startServer(join(folder, "state"), secrets);
	n8n = await startN8n(command, user);
});
after(async () => {
	await n8n?.stop();
	await leadwire?.stop();
	rmSync(folder, { recursive: true, force: true });
});

/** A call of Leadwire's API that is not n8n's. */
async function api<T = Row>(method: string, path: string, body?: object): Promise<T> {
	const answer = await fetch(`${leadwire.base}${path}`, {
		method,
		headers: { "x-api-key": leadwire.key, "content-type": "application/json" },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	assert(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
	return (await answer.json()) as T;
}

async function until<T>(read: () => Promise<T | undefined>, what: string): Promise<T> {
	for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(2_000)) {
		const found = await read();
		if (found !== undefined) return found;
	}
	return assert.fail(`${what} did not come to be`);
}

const ownWebhooks = async () =>
	(await api<Page>("GET", "/webhooks?limit=100")).items.filter(({ name }) => name === "n8n: Won deals");

const newCredentials = async (apiKey: string) => {
	const data = { url: leadwire.base, apiKey };
	const made = await n8n.call<Row>("POST", "/credentials", { name: "Leadwire", type: "leadwireApi", data });
	return { id: made.id, name: "Leadwire", type: "leadwireApi", data };
};

const testOf = (made: object) =>
	n8n.call<{ status: string; message: string }>("POST", "/credentials/test", { credentials: made });

test("the test of credentials accepts a key, and says that another is not valid", async () => {
	const { key } = await api<{ key: string }>("POST", "/api-keys", { name: "n8n", scopes: SCOPES });
	const good = await newCredentials(key);
	assert.equal((await testOf(good)).status, "OK");
	assert.equal((await testOf(await newCredentials(`${key}x`))).status, "Error");
	credentials = { id: good.id, name: good.name };
});

test("the trigger's dropdown has the events of the organization", async () => {
	const options = await n8n.call<{ value: string }[]>("POST", "/dynamic-node-parameters/options", {
		path: "parameters.events",
		nodeTypeAndVersion: { name: "n8n-nodes-leadwire.leadwireTrigger", version: 1 },
		currentNodeParameters: {},
		credentials: { leadwireApi: credentials },
		methodName: "getEvents",
	});
	assert(
		options.some(({ value }) => value === "deal.stageChanged"),
		JSON.stringify(options),
	);
});

test("an activated workflow subscribes its own webhook, with its filter", async () => {
	const node = (name: string, type: string, at: number, parameters: object, more: object = {}) => ({
		...{ id: crypto.randomUUID(), name, type: `n8n-nodes-leadwire.${type}`, typeVersion: 1 },
		...{ position: [at, 0], parameters, credentials: { leadwireApi: credentials }, ...more },
	});
	const next = (name: string) => ({ main: [[{ node: name, type: "main", index: 0 }]] });
	const filter = '{ "data.status": ["WON"] }';
	const won = { events: ["deal.stageChanged"], options: { filter } };
	const task = { title: "=Thank for {{ $json.data.title }}", fields: { entityId: "={{ $json.data.id }}" } };
	workflow = await n8n.call("POST", "/workflows", {
		name: "Won deals",
		settings: {},
		nodes: [
			node("Won", "leadwireTrigger", 0, won, { webhookId: crypto.randomUUID() }),
			node("Task", "leadwire", 200, { resource: "task", operation: "create", ...task, customFields: {} }),
			node("Deal", "leadwire", 400, { resource: "deal", operation: "get", id: "={{ $json.entityId }}" }),
		],
		connections: { Won: next("Task"), Task: next("Deal") },
	});
	await n8n.call("POST", `/workflows/${workflow.id}/activate`, { versionId: workflow.versionId });
	// n8n subscribes after its answer.
	const [webhook, ...more] = await until(async () => {
		const made = await ownWebhooks();
		return made.length > 0 ? made : undefined;
	}, "the webhook");
	assert.deepEqual(more, []);
	assert.deepEqual(webhook?.events, ["deal.stageChanged"]);
	assert.deepEqual(webhook?.filter, JSON.parse(filter));
	assert(String(webhook?.url).startsWith(`${n8n.origin}/webhook/`), String(webhook?.url));
});

test("a deal that is won runs the workflow, which makes a task for it", async () => {
	const { items } = await api<{ items: { stages: { id: string; type: string }[] }[] }>("GET", "/pipelines");
	const stageOf = (type: string) => items[0]?.stages.find((stage) => stage.type === type)?.id;
	const client = await api("POST", "/clients", { type: "company", name: "Vert" });
	deal = await api("POST", "/deals", { title: "Relaunch", clientId: client.id, stageId: stageOf("ACTIVE") });
	// The filter lets this one not through.
	const lost = await api("POST", "/deals", {
		title: "Lost",
		clientId: client.id,
		stageId: stageOf("ACTIVE"),
	});
	await api("PATCH", `/deals/${lost.id}`, { stageId: stageOf("LOST") });
	await api("PATCH", `/deals/${deal.id}`, { stageId: stageOf("WON") });
	const tasks = await until(async () => {
		const found = (await api<Page>("GET", `/tasks?entityId=${deal.id}`)).items;
		return found.length > 0 ? found : undefined;
	}, "the task");
	assert.deepEqual(
		tasks.map(({ title }) => title),
		["Thank for Relaunch"],
	);
	const runs = await until(async () => {
		const { results } = await n8n.call<{ results: Execution[] }>("GET", "/executions");
		return results.length > 0 && results.every(({ status }) => status === "success") ? results : undefined;
	}, "the end of the run");
	assert.equal(runs.length, 1);
	const { data } = await n8n.call<{ data: string }>("GET", `/executions/${runs[0]?.id}`);
	assert(data.includes(deal.id) && data.includes('"Relaunch"'), "what each node gave");
	assert.deepEqual((await api<Page>("GET", `/tasks?entityId=${lost.id}`)).items, []);
});

test("what is not signed with the webhook's secret is answered with 401 and runs nothing", async () => {
	const [webhook] = await ownWebhooks();
	const forged = await fetch(String(webhook?.url), {
		method: "POST",
		headers: { "content-type": "application/json", "webhook-id": "x", "webhook-signature": "v1,eA==" },
		body: JSON.stringify({ event: "deal.stageChanged", data: { id: deal.id, title: "Forged" } }),
	});
	assert.equal(forged.status, 401);
	assert.equal((await api<Page>("GET", `/tasks?entityId=${deal.id}`)).items.length, 1);
});

test("a deactivated workflow leaves no webhook behind", async () => {
	await n8n.call("POST", `/workflows/${workflow.id}/deactivate`, {});
	await until(async () => ((await ownWebhooks()).length === 0 ? true : undefined), "the end of the webhook");
});
