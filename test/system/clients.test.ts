// Clients written for the API that the call webhooks come from run against ours, given a key with an envelope: the same
// paths, bodies and fields, another host.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { type Json, type System, startSystem } from "./support/system.ts";

let system: System;
const folder = mkdtempSync(join(tmpdir(), "leadwire-clients-"));
before(async () => {
	system = await startSystem({ envelope: true });
});
after(async () => {
	await system?.close();
	rmSync(folder, { recursive: true, force: true });
});

/** Runs a client, and gives the lines that it printed. */
async function run(tool: string, script: string): Promise<string[]> {
	const env = { ...process.env, API: system.local.url.origin, HEPPU_API_KEY: system.key, FOLDER: folder };
	const child = spawn(tool, [join(import.meta.dirname, "clients", script)], { env });
	const [output, errors, [code]] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		once(child, "exit"),
	]);
	assert.equal(code, 0, errors);
	return output.trimEnd().split("\n");
}

const works = (tool: string, ...args: string[]) => spawnSync(tool, args).status === 0;
const WEBHOOK = /^webhook_\w+$/;

test("curl", { skip: works("curl", "--version") ? false : "curl is not installed" }, async () => {
	const [created, listed, updated, deleted, tunnelled] = await run("sh", "calls.sh");
	const { data, meta }: Json = JSON.parse(created ?? "");
	assert.match(data.id, WEBHOOK);
	assert.partialDeepStrictEqual(data, {
		url: "https://api.yourcompany.com/webhooks/heppu",
		events: ["call.completed", "call.failed", "chat.message.received"],
		description: "Production webhook endpoint",
		status: "active",
		lastDeliveredAt: null,
		secretPrefix: "whsec_you",
	});
	assert.equal(new Date(data.createdAt).toISOString(), data.createdAt);
	assert.equal(meta.message, "Webhook created successfully");
	assert.equal(new Date(meta.timestamp).toISOString(), meta.timestamp);
	const { secret: _, ...shown } = data;
	assert.deepEqual(JSON.parse(listed ?? "").data, [shown]);
	assert.partialDeepStrictEqual(JSON.parse(updated ?? ""), {
		data: { id: data.id, events: ["call.completed"], status: "active" },
	});
	assert.equal(deleted, "204");
	assert.equal(JSON.parse(tunnelled ?? "").data.url, "https://abc123.ngrok.io/webhooks/heppu");
	await system.call("DELETE", `/webhooks/${JSON.parse(tunnelled ?? "").data.id}`, 204);
});

const requests = works("python3", "-c", "import requests");
for (const [name, tool, script, skip] of [
	["JavaScript", process.execPath, "calls.mjs", false],
	["Python", "python3", "calls.py", requests ? false : "python3 with requests is not installed"],
] as const) {
	test(name, { skip }, async () => {
		const lines = await run(tool, script);
		const id = lines[0]?.split(": ")[1] ?? "";
		assert.match(id, WEBHOOK);
		assert.deepEqual(lines, [
			`Webhook created: ${id}`,
			`Webhooks: ${id}`,
			"Webhook updated: call.completed",
			"Webhook deleted: true",
		]);
	});
}

test("a test event is sent to a webhook, and read back from its log", async () => {
	const made = await system.call("POST", "/webhooks", 201, {
		url: "http://localhost:9/nobody",
		events: ["call.completed"],
	});
	const path = `/webhooks/${made.data.id}`;
	const sent = await system.call("POST", `${path}/test`, 202, { event: "call.completed" });
	assert.partialDeepStrictEqual(sent.data, { test: true, event: "call.completed" });
	const log = await system.call("GET", `${path}/deliveries`, 200);
	assert.equal(log.data[0].id, sent.data.id);
	const { data } = await system.call("GET", `${path}/deliveries/${sent.data.id}`, 200);
	assert.partialDeepStrictEqual(data.payload, { event: "call.completed", webhookId: sent.data.id });
});
