// An operator narrows what an organization may subscribe to, while the server runs: subscriptions, what is sent, and what is
// listed all follow, by name and by wildcard; and widening brings it all back.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { newKeyringSecret } from "../../src/keyring.ts";
import { portOf, runAdmin, startServer } from "./support/started.ts";
import type { Json } from "./support/system.ts";

const STATE_DIR = mkdtempSync(join(tmpdir(), "leadwire-topics-"));
const environment = { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() };
const stops: (() => unknown)[] = [() => rmSync(STATE_DIR, { recursive: true, force: true })];
after(async () => {
	for (const stop of stops.reverse()) await stop();
});

test("org topics restricts what may be subscribed to and what is sent", async () => {
	const receiver = createServer((_, response) => response.writeHead(204).end()).listen(0, "127.0.0.1");
	await once(receiver, "listening");
	stops.push(() => receiver.close());
	const { base, key, stop } = await startServer(STATE_DIR, environment);
	stops.push(stop);
	const call = async (method: string, path: string, wanted: number, body?: object): Promise<Json> => {
		const response = await fetch(base + path, {
			method,
			headers: { "x-api-key": key, ...(body ? { "content-type": "application/json" } : {}) },
			...(body ? { body: JSON.stringify(body) } : {}),
		});
		const answer: Json = await response.json();
		assert.equal(response.status, wanted, JSON.stringify(answer));
		return answer;
	};
	const admin = (...args: string[]) => runAdmin(STATE_DIR, environment, "org", "topics", ...args);
	const { id: org } = await call("GET", "/organization", 200);
	const url = `http://127.0.0.1:${portOf(receiver)}/`;
	const subscribe = (events: string[], wanted = 201) => call("POST", "/webhooks", wanted, { url, events });
	const sentBy = async ({ id }: Json): Promise<string[]> => {
		const { items } = await call("GET", `/webhooks/${id}/deliveries`, 200);
		return items.map(({ event }: Json) => event).sort();
	};
	const topics = async () =>
		(await call("GET", "/webhooks/topics", 200)).items.map(({ event }: Json) => event);

	const every = await topics();
	const hooks: Record<string, Json> = {};
	for (const events of ["*", "lead.*", "lead.created", "lead.updated", "save_lead", "task.*"])
		hooks[events] = await subscribe([events]);
	const write = async () => {
		const { id } = await call("POST", "/leads", 201, { name: "Jane" });
		await call("PATCH", `/leads/${id}`, 200, { score: 1 });
		await call("POST", "/tasks", 201, { title: "Call back" });
	};
	const sent = async () =>
		Object.fromEntries(
			await Promise.all(Object.entries(hooks).map(async ([name, hook]) => [name, await sentBy(hook)])),
		);

	assert.equal((await admin("--org", org, "--allow", "lead.created,call.busy")).code, 0);
	assert.deepEqual(await topics(), ["lead.created", "call.busy"]);
	await write();
	const narrow = { "*": ["lead.created"], "lead.*": ["lead.created"], "lead.created": ["lead.created"] };
	assert.deepEqual(await sent(), { ...narrow, "lead.updated": [], save_lead: [], "task.*": [] });
	for (const [events, path] of [
		[["lead.updated"], "events.0"],
		[["lead.created", "task.*"], "events.1"],
		[["save_lead"], "events.0"],
		[["deal.*"], "events.0"],
	] as const) {
		const { errors } = await subscribe([...events], 400);
		assert.equal(errors[0].path, path);
	}
	await call("PATCH", `/webhooks/${hooks["*"].id}`, 400, { events: ["task.created"] });
	await call("POST", `/webhooks/${hooks["*"].id}/test`, 400, { event: "task.created" });
	for (const events of ["lead.*", "call.*", "*"]) await subscribe([events]);
	// What rests is not lost to those who ask for it.
	const { items } = await call("GET", "/events?type=task.created", 200);
	assert.equal(items.length > 0, true);

	assert.equal((await admin("--org", org, "--allow", "lead.exploded")).code, 2);
	assert.equal((await admin("--org", org)).code, 2);
	assert.equal((await admin("--org", "org_none", "--all")).code, 1);
	assert.deepEqual(await topics(), ["lead.created", "call.busy"]);

	assert.equal((await admin("--org", org, "--all")).code, 0);
	assert.deepEqual(await topics(), every);
	await write();
	const lead = ["lead.created", "lead.updated"];
	assert.deepEqual(await sent(), {
		"*": ["lead.created", ...lead, "save_lead", "save_lead", "task.created"],
		"lead.*": ["lead.created", ...lead],
		"lead.created": ["lead.created", "lead.created"],
		"lead.updated": ["lead.updated"],
		save_lead: ["save_lead", "save_lead"],
		"task.*": ["task.created"],
	});
});
