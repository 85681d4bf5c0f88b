// The environment of the browser tests: a running Worker with the demo organization and temporary data, a webhook receiver,
// and a browser whose errors are recorded.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { RunOptions } from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { operator } from "../../scripts/admin/operator.ts";
import { executeOn } from "../../scripts/admin/query.ts";
import { prepareDemo } from "../../scripts/local/demo.ts";
import { startLocal } from "../../scripts/local/local.ts";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { newKeyringSecret } from "../../src/keyring.ts";

interface Received {
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

/** A receiver on this machine: `/failing…` answers 500 until it is repaired, any other path 200. */
export async function startReceiver() {
	const received: Received[] = [];
	const mended = new Set<string>();
	const server = createServer(async (incoming, outgoing) => {
		const path = incoming.url ?? "";
		received.push({ path, headers: incoming.headers, body: await text(incoming) });
		const fails = path.startsWith("/failing") && !mended.has(path);
		outgoing.writeHead(fails ? 500 : 200, { "content-type": "application/json" });
		outgoing.end(JSON.stringify({ received: !fails }));
	});
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	const { port } = server.address() as AddressInfo;
	return { url: `http://localhost:${port}`, received, mended, close: () => server.close() };
}

/** The Worker with the demo organization, and a key with all scopes. */
export async function startServer() {
	const secrets = { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() };
	const local = await startLocal({ secrets, vars: { ALLOW_INSECURE_TARGETS: "true" } });
	const admin = operator(executeOn(local.db));
	const key = await prepareDemo(local, admin, secrets.KEY_PEPPER);
	/** A key of another organization, which is made for it. */
	const foreignKey = async (name: string) => {
		const { id: organizationId } = await admin.createOrganization(name);
		const pepper = secrets.KEY_PEPPER;
		return (
			await admin.createKey({ organizationId, name, mode: "test", scopes: ["*"], envelope: false, pepper })
		).key;
	};
	return { origin: local.url.origin, key, foreignKey, dispose: () => local.dispose() };
}

/** Records a browser's requests to other hosts, violations of the content security policy, and logged errors. */
export class BrowserProblems {
	readonly found: string[] = [];

	async watch(context: BrowserContext, origin: string): Promise<void> {
		context.on("request", (request) => {
			const url = request.url();
			if (!url.startsWith(`${origin}/`)) this.found.push(`asked for ${url}`);
		});
		context.on("console", (message) => {
			if (message.type() === "error" || message.type() === "warning")
				this.found.push(`${message.type()}: ${message.text()}`);
		});
		context.on("weberror", (error) => this.found.push(`threw ${error.error().stack}`));
		await context.addInitScript(
			`addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
				console.error("The policy's " + violatedDirective + " was broken by " + blockedURI));`,
		);
	}

	/** Removes expected errors: the browser logs each failed request. */
	clear(expected: RegExp): void {
		this.found.splice(0, Infinity, ...this.found.filter((misstep) => !expected.test(misstep)));
	}
}

const browsers = [
	"/usr/bin/chromium",
	"/usr/bin/chromium-browser",
	"/usr/bin/google-chrome",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Starts this machine's Chromium, or the one in CHROMIUM. */
export async function launchBrowser(): Promise<Browser> {
	const executablePath = process.env.CHROMIUM ?? browsers.find(existsSync);
	if (!executablePath) throw new Error("There is no Chromium here. Install it, or name one in CHROMIUM.");
	// Containers rarely allow the sandbox, and only our own page is opened.
	return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Runs in the page. The results are large, and only what is wrong matters. */
async function seriousProblems(options: RunOptions): Promise<string[]> {
	const { violations } = await (globalThis as unknown as { axe: typeof import("axe-core") }).axe.run(options);
	return violations
		.filter(({ impact }) => impact === "serious" || impact === "critical")
		.flatMap(({ id, nodes }) =>
			nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ""}`),
		);
}

/** Serious and critical accessibility problems, one line each, by all rules or some. */
export async function accessibilityProblems(page: Page, ...rules: string[]): Promise<string[]> {
	if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
	return page.evaluate(seriousProblems, {
		resultTypes: ["violations"],
		...(rules.length > 0 ? { runOnly: rules } : {}),
	} satisfies RunOptions);
}

const shots = join(repositoryRoot, "dist", "screenshots");

/** Saves a screenshot of the whole page. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
	mkdirSync(shots, { recursive: true });
	await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}
