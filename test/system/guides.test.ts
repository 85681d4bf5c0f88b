// The guides, held to the running system: every command in them is run as it stands, against what it is said to answer.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { operator } from "../../scripts/admin/operator.ts";
import { executeOn } from "../../scripts/admin/query.ts";
import { type Guide, readGuides } from "../../scripts/assets/pages.ts";
import { type Local, startLocal } from "../../scripts/local/local.ts";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { newKeyringSecret } from "../../src/keyring.ts";
import { compareOutput } from "./support/matching.ts";

const PATIENCE_MS = 10_000;
const secrets = { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() };
const run = promisify(execFile);

const guides = readGuides();
/** What the receivers were sent, by path. */
const received: { path: string; body: string }[] = [];
const receiver = createServer((request, response) => {
	const chunks: Buffer[] = [];
	request.on("data", (chunk) => chunks.push(chunk));
	request.on("end", () => {
		received.push({ path: request.url ?? "", body: Buffer.concat(chunks).toString() });
		response.end("ok");
	});
});
let local: Local;

before(async () => {
	receiver.listen(0, "127.0.0.1");
	await once(receiver, "listening");
	local = await startLocal({ secrets, vars: { ALLOW_INSECURE_TARGETS: "true" } });
});
after(async () => {
	await local.dispose();
	receiver.closeAllConnections();
	receiver.close();
});

test("every file of docs/guides is published", () => {
	const files = readdirSync(join(repositoryRoot, "docs", "guides")).map((file) => file.replace(/\.md$/, ""));
	assert.deepEqual(guides.map(({ slug }) => slug).sort(), files.sort());
});

for (const guide of guides) {
	test(`${guide.slug}: its commands answer what it says`, async () => {
		const commands = commandsOf(guide);
		const known = new Map(
			["https://hooks.example.com", "https://hooks.slack.com"].map((host) => [host, receiverUrl()]),
		);
		const environment = await givenCaller();
		for (const { script, answers } of commands) await holds(script, answers, known, environment);
	});

	test(`${guide.slug}: its page loads and links to what is there`, async () => {
		const page = await fetch(new URL(`/docs/${guide.slug}`, local.url));
		assert.equal(page.status, 200);
		const html = await page.text();
		assert.match(
			page.headers.get("content-security-policy") ?? "",
			/^default-src 'none'; script-src 'self';/,
		);
		assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
		const links = new Set(
			[...html.matchAll(/\s(?:href|src)="(\/[^"]*|#[^"]*)"/g)].map(([, link = ""]) => link),
		);
		assert(links.size > 10);
		for (const link of links) {
			const { pathname, hash } = new URL(link, page.url);
			const target = await fetch(new URL(pathname, local.url));
			assert.equal(target.status, 200, link);
			const text = await target.text();
			if (hash && pathname !== "/docs")
				assert(text.includes(`id="${hash.slice(1)}"`), `${link} names no heading`);
		}
		const twin = await fetch(new URL(`/docs/${guide.slug}.md`, local.url));
		assert.equal(twin.headers.get("content-type"), "text/markdown; charset=utf-8");
		assert((await twin.text()).startsWith(`# ${guide.title}\n`));
	});
}

test("slack: the stand-in for Slack gets the text that its guide shows", async () => {
	const texts = () => received.filter(({ path }) => path.startsWith("/services/")).map(({ body }) => body);
	for (const end = Date.now() + PATIENCE_MS; texts().length === 0 && Date.now() < end; ) await sleep(200);
	assert.deepEqual(texts(), [JSON.stringify({ text: ":tada: *Website relaunch* is won: 12500 EUR" })]);
});

test("llms.txt leads to every guide, and llms-full.txt holds them", async () => {
	const [short, full] = await Promise.all(
		["/llms.txt", "/llms-full.txt"].map(async (path) => (await fetch(new URL(path, local.url))).text()),
	);
	for (const { slug, markdown } of guides) {
		assert(short?.includes(`/docs/${slug}.md)`), slug);
		assert(full?.includes(markdown.trim()), slug);
	}
	for (const [, link = ""] of short?.matchAll(/\]\((http[^)]+)\)/g) ?? [])
		assert.equal((await fetch(link)).status, 200, link);
});

interface Command {
	readonly script: string;
	/** What stands below it: `json 201`, `http 201` or `text`, and the text. */
	readonly answers: { readonly form: string; readonly text: string } | null;
}

function commandsOf({ markdown }: Guide): Command[] {
	const blocks = [...markdown.matchAll(/^```(\S+)(?: (\S+))?\n(.*?)^```$/gms)];
	return blocks.flatMap(([, language, , script = ""], at) => {
		// What sets a reader's environment, or configures a program of theirs, is not ours to run.
		if (language !== "sh" || !/^(?:curl|for) /.test(script)) return [];
		const [, form = "", mark, text = ""] = blocks[at + 1] ?? [];
		const answers = mark || form === "text" ? { form: `${form} ${mark}`, text } : null;
		return [{ script, answers }];
	});
}

/** Runs a command, with what earlier answers showed in place of the examples' ids, keys and cursors. */
async function holds(
	script: string,
	answers: Command["answers"],
	known: Map<string, string>,
	environment: NodeJS.ProcessEnv,
): Promise<void> {
	const inPlace = (text: string) =>
		[...known].reduce((whole, [from, to]) => whole.replaceAll(from, to), text);
	const command = `curl() { command curl -sS -w '\\n%{http_code}' "$@"; }\n${inPlace(script)}`;
	// What is written now is delivered a moment later.
	for (const end = Date.now() + PATIENCE_MS; ; await sleep(500)) {
		const { stdout } = await run("bash", ["-euo", "pipefail", "-c", command], { env: environment });
		if (!answers) {
			assert.match(stdout, /\n2\d\d$/, `${script}\n${stdout}`);
			return;
		}
		const { problem, found } = compareOutput(answers.form, inPlace(answers.text), stdout);
		if (problem === null) {
			for (const [from, to] of found) known.set(from, to);
			return;
		}
		const reads = !/ -d | -X /.test(script);
		if (!reads || Date.now() > end) assert.fail(`${problem}\n\n${script}\n${stdout}`);
	}
}

async function givenCaller(): Promise<NodeJS.ProcessEnv> {
	const admin = operator(executeOn(local.db));
	const { id: organizationId } = await admin.createOrganization("Acme Corp");
	const rights = { name: "guides", mode: "live", envelope: false } as const;
	const made = await admin.createKey({
		...rights,
		scopes: ["*"],
		organizationId,
		pepper: secrets.KEY_PEPPER,
	});
	return { PATH: process.env.PATH, LEADWIRE_URL: local.url.origin, LEADWIRE_API_KEY: made?.key };
}

function receiverUrl(): string {
	return `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
}
