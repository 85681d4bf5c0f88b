// What `npm start` leaves on the disk and prints: no key, secret or header value, in whatever file SQLite or the queue keeps it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newKeyringSecret } from "../../src/keyring.ts";
import { writingsOf } from "../support/secret-search.ts";
import { portOf, startServer } from "./support/started.ts";

const STATE_DIR = mkdtempSync(join(tmpdir(), "leadwire-disk-"));
const secrets: Record<string, string> = {
	pepper: newKeyringSecret(),
	"master key": newKeyringSecret(),
	"given secret": "marker-Given-secret-0001",
	"authorization header": "Bearer marker-Authorization-0002",
	"plain header": "marker-Plain-header-00003",
};
const attempts: string[] = [];
const receiver = createServer((request, response) => {
	attempts.push(request.url ?? "");
	response.writeHead(request.url === "/fails" ? 503 : 200).end();
});
const stops: (() => unknown)[] = [];
after(async () => {
	for (const stop of stops) await stop();
	rmSync(STATE_DIR, { recursive: true, force: true });
});

/** Every file there is, by path, its bytes as characters. */
function files(folder: string): Record<string, string> {
	const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path));
	const read = paths
		.filter((path) => statSync(path).isFile())
		.map((path) => [path, readFileSync(path, "latin1")]);
	return Object.fromEntries(read);
}

function found(texts: Record<string, string>): string[] {
	return Object.entries(secrets).flatMap(([name, secret]) =>
		Object.entries(texts).flatMap(([place, text]) =>
			writingsOf(secret).some((needle) => text.includes(needle)) ? [`${name} in ${place}`] : [],
		),
	);
}

test("nothing secret is on the disk or in what is printed", async () => {
	receiver.listen(0, "127.0.0.1");
	await once(receiver, "listening");
	stops.push(() => receiver.close());
	const {
		base,
		key: given,
		printed,
		stop,
	} = await startServer(STATE_DIR, {
		KEY_PEPPER: secrets.pepper,
		ENCRYPTION_KEY: secrets["master key"],
		WEBHOOK_RETRY_DELAYS: "0,0",
	});
	stops.push(stop);
	secrets["printed key"] = given;
	const call = async (method: string, path: string, body?: object, key = secrets["printed key"]) => {
		const response = await fetch(base + path, {
			method,
			headers: {
				"x-api-key": key ?? "",
				"content-type": "application/json",
				"idempotency-key": crypto.randomUUID(),
			},
			...(body ? { body: JSON.stringify(body) } : {}),
		});
		return (await response.json()) as { id: string; key?: string; secret?: string };
	};
	const shown = async (name: string, path: string, body: object) => {
		const answer = await call("POST", path, body);
		secrets[name] = answer.key ?? answer.secret ?? "";
		assert(secrets[name], name);
		return answer;
	};

	const key = await shown("made key", "/api-keys", { name: "one" });
	await shown("rotated key", `/api-keys/${key.id}/rotate`, { graceSeconds: 60 });
	const headers = { Authorization: secrets["authorization header"], "X-Team": secrets["plain header"] };
	const to = (path: string) => ({
		url: `http://127.0.0.1:${portOf(receiver)}${path}`,
		events: ["*"],
		headers,
	});
	const made = await shown("made secret", "/webhooks", to("/works"));
	await shown("given secret", "/webhooks", { ...to("/fails"), secret: secrets["given secret"] });
	await shown("rotated secret", `/webhooks/${made.id}/rotate-secret`, {});
	await call("GET", `/leads?key=${secrets["made key"]}`);
	await call("GET", "/leads", undefined, secrets["made key"]?.replace(/.$/, "_"));
	await call("POST", "/leads", { name: "Written to the disk" });
	// Two attempts of each event that fails, and what that itself sets off.
	while (attempts.filter((path) => path === "/fails").length < 4 || !attempts.includes("/works"))
		await sleep(50);

	const lines = () => printed().replaceAll(/^(?:API key|Try): .*$/gm, "");
	assert.deepEqual(found({ ...files(STATE_DIR), output: lines() }), [], "while it runs");
	await stop();
	const left = files(STATE_DIR);
	assert.deepEqual(found({ ...left, output: lines() }), [], "after it stopped");

	// The files and lines that it went through are the right ones.
	const all = Object.values(left).join("\n");
	for (const text of ["Written to the disk", "/fails", made.id]) assert(all.includes(text), text);
	assert.match(lines(), /"type":"attempt"/);
	assert.deepEqual(found({ output: printed() }), ["printed key in output"]);
});
