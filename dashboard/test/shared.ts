// Shared by the tests of a file of the dashboard: one server, one receiver and one page, from signing in to signing out.
import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Locator } from "playwright-core";
import { BrowserProblems, launchBrowser, startReceiver, startServer } from "./environment.ts";

const WAIT_MS = 10_000;
export const [WIDE, NARROW] = [
	{ width: 1_280, height: 800 },
	{ width: 390, height: 844 },
] as const;

const started = await Promise.all([startServer(), startReceiver(), launchBrowser()]);
export const [server, receiver] = started;
const [, , browser] = started;
export const browserProblems = new BrowserProblems();
export const context = await browser.newContext({
	viewport: WIDE,
	reducedMotion: "reduce",
	locale: "en-GB",
	timezoneId: "Europe/Berlin",
});
await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.origin });
await browserProblems.watch(context, server.origin);
context.setDefaultTimeout(WAIT_MS);
export const page = await context.newPage();

after(async () => {
	await browser.close();
	receiver.close();
	await server.dispose();
});
afterEach(() => assert.deepEqual(browserProblems.found.splice(0), []));

/** The webhook that the tests create. */
export const testWebhook = { webhookId: "" };

export const button = (name: string, within: Locator | typeof page = page) =>
	within.getByRole("button", { name, exact: true });
/** The title of a page. */
export const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name, exact: true });
export const dialog = () => page.getByRole("dialog");
export const open = (path: string) => page.goto(`${server.origin}/dashboard${path}`);

/** Goes to a page as a link does, without loading the dashboard again, and waits until it shows its content. */
export async function visit(path: string): Promise<void> {
	await page.evaluate((to) => {
		history.pushState(null, "", to);
		dispatchEvent(new PopStateEvent("popstate"));
	}, `/dashboard${path}`);
	await page.getByRole("heading", { level: 1 }).waitFor();
	await page.getByText("Loading…").first().waitFor({ state: "detached" });
}

/** Requires that the page is not wider than the browser's window. */
export async function requireFit(what: string): Promise<void> {
	const [width, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
	assert(width <= window, `${what} is ${width} wide at ${window}`);
}
export const clipboard = () => page.evaluate<string>("navigator.clipboard.readText()");

/** How many keys share the calls outside the browser. Each may send 60 requests a minute, which no test should have to wait for. */
const KEYS = 5;
const keys = [server.key];
let calls = 0;
before(async () => {
	while (keys.length < KEYS)
		keys.push((await call<{ key: string }>("POST", "/api-keys", { name: "Tests", scopes: ["*"] })).key);
});

/** Calls the API outside the browser. */
export async function call<T = unknown>(method: string, path: string, body?: object): Promise<T> {
	calls += 1;
	const response = await fetch(`${server.origin}/api/v1${path}`, {
		method,
		headers: { "x-api-key": keys[calls % keys.length] ?? "", "content-type": "application/json" },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	const answer = response.status === 204 ? null : await response.json();
	assert(response.ok, `${method} ${path}: ${JSON.stringify(answer)}`);
	return answer as T;
}

export interface Page<T> {
	readonly items: readonly T[];
}

/** How many leads a search finds. */
export const named = async (name: string) =>
	(await call<Page<object>>("GET", `/leads?search=${encodeURIComponent(name)}`)).items.length;

/** Waits until a condition holds. */
export async function waitUntil(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
	for (const end = Date.now() + WAIT_MS; Date.now() < end; await sleep(50)) if (await condition()) return;
	assert.fail(`${what} didn't come to be`);
}

export async function signIn(key: string): Promise<void> {
	await page.getByLabel("API key").fill(key);
	await button("Sign in").click();
}

/** Signs in again in the dialog that says why the session has ended. */
export async function signInAgain(key: string, reason = /This session has ended/): Promise<void> {
	await dialog().getByText(reason).waitFor();
	await dialog().getByLabel("API key").fill(key);
	await button("Sign in", dialog()).click();
	await dialog().waitFor({ state: "detached" });
}

/** Goes on in a new session, of a key of its own: a key's sessions together may send 300 requests a minute. */
export async function startSession(name: string): Promise<void> {
	const { key } = await call<{ key: string }>("POST", "/api-keys", { name, scopes: ["*"] });
	// The page that is open would be refused what it still asks for.
	await page.goto("about:blank");
	await context.clearCookies();
	await open("/");
	await signIn(key);
	await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
}
