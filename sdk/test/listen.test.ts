// `webhooks listen`: the requests equal those of a webhook, and receivers of both signature schemes accept them.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient, verifyWebhook } from "leadwire";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { serve } from "./setup.ts";

const SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const EVENTS = ["lead.*", "save_lead", "call.completed"];
const PATIENCE_MS = 30_000;

interface Received {
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

const server = await serve();
const received: Received[] = [];
let answer = 200;
const receiver = createServer(async (request, response) => {
	received.push({ path: request.url ?? "", headers: request.headers, body: await text(request) });
	response.writeHead(answer).end("thanks");
});
/** The API, which can be made unreachable; `asked` has the times of the requests (ms). */
let down = false;
const asked: number[] = [];
const front = createServer(async (request, response) => {
	asked.push(Date.now());
	if (down) return response.writeHead(503, { "retry-after": "0" }).end();
	const key = String(request.headers["x-api-key"]);
	const reply = await fetch(new URL(request.url ?? "", server.url), { headers: { "x-api-key": key } });
	response.writeHead(reply.status, { "content-type": "application/json" }).end(await reply.text());
});
for (const one of [receiver, front]) await once(one.listen(0, "127.0.0.1"), "listening");
const addressOf = (one: typeof front) => `http://127.0.0.1:${(one.address() as AddressInfo).port}`;

const { key, organizationId } = await server.newKey();
const { key: another } = await server.newKey(organizationId);
const client = createClient({ apiKey: another, baseUrl: server.url });
const children: ChildProcess[] = [];
after(async () => {
	for (const one of [receiver, front]) one.close();
	await server.dispose();
});

afterEach(() => {
	for (const child of children.splice(0)) child.kill();
});

/** Starts `webhooks listen` and waits until it is ready. */
async function listen(...args: string[]) {
	const to = ["--forward", `${addressOf(receiver)}/hook`, "--interval", "1"];
	const child = spawn(
		process.execPath,
		[join(repositoryRoot, "sdk", "dist", "cli", "main.js"), "webhooks", "listen", ...to, ...args],
		{ env: { PATH: process.env.PATH, LEADWIRE_URL: addressOf(front), LEADWIRE_API_KEY: key } },
	);
	children.push(child);
	const said = { output: "", errors: "" };
	child.stdout.setEncoding("utf8").on("data", (chunk: string) => (said.output += chunk));
	child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said.errors += chunk));
	await until(
		() => said.output.includes("\n"),
		() => said.errors,
	);
	return { said };
}

async function until(condition: () => boolean, explain: () => string): Promise<void> {
	for (const end = Date.now() + PATIENCE_MS; !condition(); await sleep(20)) {
		if (Date.now() > end) assert.fail(`It didn't come to that. ${explain()}`);
	}
}

const at = (path: string) => received.filter((one) => one.path === path);
const named = (path: string) => at(path).map(({ headers }) => headers["x-webhook-event"]);
const arrived = (path: string, count: number) =>
	until(
		() => at(path).length >= count,
		() => named(path).join(),
	);

/** A receiver of the older scheme: HMAC of the body with the secret as text, and a timestamp of the last five minutes. */
function takesOlderScheme({ headers, body }: Received): boolean {
	const signature = String(headers["x-webhook-signature-256"]);
	const age = Math.floor(Date.now() / 1_000) - Number.parseInt(String(headers["x-webhook-timestamp"]), 10);
	const expected = createHmac("sha256", SECRET).update(body).digest("hex");
	assert(signature.startsWith("sha256="));
	return age <= 300 && timingSafeEqual(Buffer.from(signature.replace("sha256=", "")), Buffer.from(expected));
}

test("it sends the same headers and body as a webhook, and both schemes verify them", async () => {
	await client.POST("/leads", { body: { name: "Before" } });
	await client.POST("/webhooks", {
		body: { url: `${addressOf(receiver)}/real`, events: EVENTS, secret: SECRET },
	});
	const { said } = await listen(
		"--secret",
		SECRET,
		"--events",
		"lead.*,save_lead",
		"--events",
		"call.completed",
	);
	assert.match(
		said.output,
		new RegExp(
			`^Secret: ${SECRET.replaceAll("+", "\\+")}\nSending lead\\.\\*, save_lead, call\\.completed to `,
		),
	);

	const { data: lead } = await client.POST("/leads", { body: { name: "Zoë", email: "zoe@x.example" } });
	await client.PATCH("/leads/{id}", { params: { path: { id: lead.id } }, body: { score: 5 } });
	await client.POST("/clients", { body: { name: "Not asked for" } });
	const call = { conversationType: "phone", status: "completed", metadata: { contactName: "Zoë" } } as const;
	await client.POST("/conversations", { body: call });
	await Promise.all([arrived("/hook", 5), arrived("/real", 5)]);

	const anonymous = (one: Received) => one.body.replaceAll(/"whd_\w{26}"/g, '"whd_"');
	assert.deepEqual(at("/hook").map(anonymous).sort(), at("/real").map(anonymous).sort());
	// The runtime adds a header of its own to the real ones.
	const own = Object.keys(at("/real")[0]?.headers ?? {}).filter((name) => name !== "cf-worker");
	assert(own.length > 10);
	for (const name of own) assert(at("/hook")[0]?.headers[name], name);
	for (const one of at("/hook")) {
		assert(takesOlderScheme(one));
		const event = await verifyWebhook(one.body, one.headers, SECRET);
		assert.equal(event.type, one.headers["x-webhook-event"]);
		assert.equal(event.id, one.headers["x-webhook-id"]);
		if (event.type !== "save_lead") assert.equal(event.payload.webhookId, event.id);
	}
	assert.match(said.output, new RegExp(`  lead\\.created  ${lead.id}  →  200 in \\d+ ms: thanks\n`));
});

test("it starts with the next event, sends nothing twice, and prints what the receiver answered", async () => {
	received.length = 0;
	answer = 500;
	const { said } = await listen("--json", "--events", "lead.created");
	const [begun = ""] = said.output.split("\n");
	assert.match(JSON.parse(begun).secret, /^whsec_[0-9A-Za-z+/]{32}$/);
	await client.POST("/leads", { body: { name: "One" } });
	await arrived("/hook", 1);
	await client.POST("/leads", { body: { name: "Two" } });
	await arrived("/hook", 2);
	await sleep(2_500);
	const names = at("/hook").map(({ body }) => JSON.parse(body).data.name);
	assert.deepEqual(names, ["One", "Two"]);
	const results = said.output
		.trim()
		.split("\n")
		.slice(1)
		.map((line) => JSON.parse(line));
	assert.deepEqual(
		results.map(({ event, status, answer: said }) => [event, status, said]),
		[
			["lead.created", 500, "thanks"],
			["lead.created", 500, "thanks"],
		],
	);
});

test("three batches of a hundred arrive within ten seconds, in their order, for a third of the key's requests", async () => {
	received.length = 0;
	answer = 204;
	await listen("--events", "lead.created", "--interval", "4");
	await sleep(5_000);
	asked.length = 0;
	const begun = Date.now();
	const items = Array.from({ length: 100 }, (_, index) => ({ name: `Of the burst ${index}` }));
	for (let batch = 0; batch < 3; batch += 1) await client.POST("/leads/batch", { body: { items } });
	await arrived("/hook", 300);
	assert(Date.now() - begun < 10_000, `It took ${Date.now() - begun} ms.`);
	const names = at("/hook").map(({ body }) => JSON.parse(body).data.name);
	assert.deepEqual(
		names.slice(0, 100),
		items.map(({ name }) => name),
	);
	assert.equal(new Set(at("/hook").map(({ headers }) => headers["x-webhook-id"])).size, 300);
	await sleep(8_000);
	// A burst of five, and one each four seconds, make 20 a minute.
	const seconds = (Date.now() - begun) / 1_000;
	assert(asked.length <= 5 + Math.ceil(seconds / 4), `${asked.length} requests in ${seconds} s`);
	assert.equal(at("/hook").length, 300);
});

test("it survives an unreachable server and a missing receiver", async () => {
	received.length = 0;
	answer = 204;
	const { said } = await listen("--events", "lead.created");
	down = true;
	await until(
		() => said.errors.includes("503"),
		() => said.errors,
	);
	await client.POST("/leads", { body: { name: "Meanwhile" } });
	down = false;
	await arrived("/hook", 1);
	receiver.close();
	receiver.closeAllConnections();
	await client.POST("/leads", { body: { name: "To nobody" } });
	await until(
		() => said.output.includes("no answer in"),
		() => said.output,
	);
	assert.match(said.output, /→ {2}no answer in \d+ ms: (ECONNREFUSED|UND_ERR_SOCKET|ECONNRESET)\n/);
});
