// Receivers written from the documentation that this API must stay compatible with, and the Standard Webhooks library, with
// the running system: each accepts our deliveries, also during the rotation of a secret.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { expressReceiver, printed } from "./receivers/express.ts";
import { leads, saveLead } from "./receivers/leads.ts";
import { libraryReceiver } from "./receivers/library.ts";
import { type Receiver, startNodeReceiver, startPythonReceiver } from "./receivers/start.ts";
import { outcomeOf, type System, startSystem } from "./support/system.ts";

let system: System;
const open: { close(): Promise<void> }[] = [];
before(async () => {
	system = await startSystem();
	open.push(system);
});
after(async () => {
	for (const one of open.reverse()) await one.close();
});

const skip = spawnSync("python3", ["--version"]).status === 0 ? false : "python3 is not installed";

/** Each way to check, and what it holds at first; `older` checks the older header, whose one signature is the old secret's. */
const kinds = [
	{
		name: "the Express sample",
		start: () => startNodeReceiver(expressReceiver),
		older: true,
		skip: false,
		secret: undefined,
	},
	{
		name: "the Flask sample",
		start: startPythonReceiver,
		older: true,
		skip,
		secret: "whsec_your_secret_key_here",
	},
	{
		name: "the Standard Webhooks library",
		start: () => startNodeReceiver((secret) => libraryReceiver(secret)),
		older: false,
		skip: false,
		secret: undefined,
	},
	{
		name: "the library with secrets of one's own",
		start: () => startNodeReceiver((secret) => libraryReceiver(secret, "raw")),
		older: false,
		skip: false,
		secret: "my-very-own-secret",
	},
];

const phone = { conversationType: "phone", agentName: "Sales Agent" };

/** A webhook on a receiver, which holds its secret. */
async function connect(receiver: Receiver, events: string[], given?: string) {
	open.push(receiver);
	const webhook = await system.call("POST", "/webhooks", 201, {
		url: receiver.url,
		events,
		...(given ? { secret: given } : {}),
	});
	await receiver.setSecret(webhook.secret);
	return webhook;
}

/** One event, and what the receiver answered. */
async function told(webhookId: string, event: object = { ...phone, status: "busy" }) {
	await system.call("POST", "/conversations", 201, event);
	return outcomeOf(system, webhookId);
}

for (const { name, start, older, skip, secret } of kinds) {
	test(`${name} accepts deliveries before, during and after a rotation`, { skip }, async () => {
		const receiver = await start();
		const webhook = await connect(receiver, ["call.*"], secret);
		const { id } = webhook;
		const is = async (good: boolean, when: string) => {
			const { statusCode, body } = await told(id);
			assert.equal(statusCode < 300, good, `${when}: ${statusCode} ${body}`);
		};
		await is(true, "before");
		await receiver.setSecret("whsec_wrongwrongwrongwrongwrongwrongwr");
		await is(false, "with a wrong secret");
		await receiver.setSecret(webhook.secret);

		const next = secret ? { secret: `${secret}-2` } : {};
		const rotated = await system.call("POST", `/webhooks/${id}/rotate-secret`, 200, next);
		await is(true, "in the grace, with the old secret");
		await receiver.setSecret(rotated.secret);
		await is(!older, "in the grace, with the new secret");

		await system.call("POST", `/webhooks/${id}/activate-secret`, 200);
		await is(true, "activated, with the new secret");
		await receiver.setSecret(webhook.secret);
		await is(false, "activated, with the old secret");

		const last = secret ? { secret: `${secret}-3` } : {};
		const body = { ...last, graceSeconds: 1 };
		const short = await system.call("POST", `/webhooks/${id}/rotate-secret`, 200, body);
		await sleep(Math.max(0, Date.parse(short.previousSecretExpiresAt) - Date.now()) + 50);
		await receiver.setSecret(rotated.secret);
		await is(false, "after the grace, with the old secret");
		await receiver.setSecret(short.secret);
		await is(true, "after the grace, with the new secret");
		await system.call("DELETE", `/webhooks/${id}`, 204);
	});
}

/** What ends a call or a chat, and what the Express sample prints of it (the Flask one fails where a field is missing). */
const ends: readonly (readonly [conversation: object, lines: readonly string[]])[] = [
	[
		{ ...phone, status: "completed", duration: 125, summary: "Asked about an order." },
		["Call ID completed", "Duration: 125s", "Summary: Asked about an order."],
	],
	[{ ...phone, status: "no_answer" }, ["Call ID call.no-answer", "Previous attempts: 0"]],
	[
		{ ...phone, status: "failed", callMetadata: { context: { previousAttempts: 2 } } },
		["Call ID call.failed", "Previous attempts: 2"],
	],
	[
		{ conversationType: "chat", status: "completed", messageCount: 8, chatMetadata: { resolved: false } },
		["Chat ID completed", "Messages: 8", "Resolved: false"],
	],
	[{ conversationType: "chat", status: "completed" }, ["Chat ID completed"]],
];

test("the samples read every call and chat event as their own document has it", { skip }, async () => {
	const flask = await connect(await startPythonReceiver(), ["call.*", "chat.*"]);
	const plain = await connect(await startNodeReceiver(expressReceiver), ["call.*", "chat.*"]);
	for (const [conversation, lines] of ends) {
		printed.length = 0;
		const { id } = await system.call("POST", "/conversations", 201, conversation);
		for (const webhook of [plain, flask]) {
			const { statusCode, body } = await outcomeOf(system, webhook.id);
			assert.deepEqual([statusCode, JSON.parse(body)], [200, { received: true }]);
		}
		const said = printed.map((line) => line.replace(id, "ID"));
		assert.deepEqual(said.slice(0, lines.length), lines);
	}
	printed.length = 0;
	const { items } = await system.call("GET", `/webhooks/${plain.id}/deliveries?limit=1`, 200);
	await system.call("POST", `/webhooks/${plain.id}/deliveries/${items[0].id}/redeliver`, 202);
	while (printed.length === 0) await sleep(25);
	assert.deepEqual(printed, ["Duplicate webhook, skipping"]);
	for (const { id } of [plain, flask]) await system.call("DELETE", `/webhooks/${id}`, 204);
});

test("the lead sample accepts every save_lead, signed or not", async () => {
	const receiver = await startNodeReceiver(() => saveLead);
	open.push(receiver);
	const webhook = await system.call("POST", "/webhooks", 201, {
		name: "Lead Tracking Webhook",
		url: receiver.url,
		events: ["save_lead"],
		headers: { Authorization: "Bearer token" },
		secret: null,
	});
	const lead = await system.call("POST", "/leads", 201, { firstName: "Zoë", name: "Zoë Müller", score: 7 });
	assert.deepEqual(await outcomeOf(system, webhook.id), { statusCode: 200, body: "Webhook received" });
	await system.call("PATCH", `/leads/${lead.id}`, 200, { company: "Acme" });
	while (leads.length < 2) await sleep(25);
	const fields = ["email", "company", "first_name", "last_name", "phone", "website", "position", "twitter"];
	for (const one of leads)
		assert.deepEqual(Object.keys(one as object), [...fields, "linkedin", "notes", "score"]);
	assert.partialDeepStrictEqual(leads, [
		{ company: null, first_name: "Zoë", last_name: "Müller", email: "", score: 7 },
		{ company: "Acme" },
	]);
});
