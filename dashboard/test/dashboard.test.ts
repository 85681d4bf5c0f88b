// The dashboard as a developer meets it, in a real browser against the Worker as it runs: nothing is asked of another
// host, the page's policy holds, no error is logged, and every page can be used by those who don't see or don't point.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Locator } from "playwright-core";
import { Webhook } from "standardwebhooks";
import { root } from "../../scripts/tools.ts";
import { faultsOf, launch, Missteps, shoot, startReceiver, startServer } from "./world.ts";

const MOST_SCRIPT_BYTES = 120 * 1_024;
const MOST_PAINT_MS = 1_000;
const WAIT_MS = 10_000;
const [WIDE, NARROW] = [
	{ width: 1_280, height: 800 },
	{ width: 390, height: 844 },
];

const [server, receiver, browser] = await Promise.all([startServer(), startReceiver(), launch()]);
const missteps = new Missteps();
const context = await browser.newContext({
	viewport: WIDE,
	reducedMotion: "reduce",
	locale: "en-GB",
	timezoneId: "Europe/Berlin",
});
await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.origin });
await missteps.watch(context, server.origin);
context.setDefaultTimeout(WAIT_MS);
const page = await context.newPage();

after(async () => {
	await browser.close();
	receiver.close();
	await server.dispose();
});
afterEach(() => assert.deepEqual(missteps.found.splice(0), []));

const button = (name: string, within: Locator | typeof page = page) =>
	within.getByRole("button", { name, exact: true });
const dialog = () => page.getByRole("dialog");
const open = (path: string) => page.goto(`${server.origin}/dashboard${path}`);
const clipboard = () => page.evaluate<string>("navigator.clipboard.readText()");

/** Calls the API beside the browser, with a key of its own. */
async function call<T = unknown>(method: string, path: string, body?: object): Promise<T> {
	const response = await fetch(`${server.origin}/api/v1${path}`, {
		method,
		headers: { "x-api-key": server.key, "content-type": "application/json" },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	const answer = response.status === 204 ? null : await response.json();
	assert(response.ok, `${method} ${path}: ${JSON.stringify(answer)}`);
	return answer as T;
}

interface Page<T> {
	readonly items: readonly T[];
}

/** Waits until something is so. */
async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
	for (const end = Date.now() + WAIT_MS; Date.now() < end; await sleep(50)) if (await condition()) return;
	assert.fail(`${what} didn't come to be`);
}

async function signIn(key: string): Promise<void> {
	await page.getByLabel("API key").fill(key);
	await button("Sign in").click();
}

test("all scripts together stay within the budget", () => {
	const html = readFileSync(join(root, "assets", "dashboard", "index.html"), "utf8");
	const scripts = [...html.matchAll(/src="\/(dashboard\/[^"]+\.js)"/g)].map(([, path = ""]) => path);
	assert(scripts.length > 0);
	const bytes = scripts.map((path) => gzipSync(readFileSync(join(root, "assets", path))).length);
	const total = bytes.reduce((sum, size) => sum + size, 0);
	assert(total <= MOST_SCRIPT_BYTES, `${total} bytes`);
});

test("the sign-in page is there within a second, and a key that isn't one is refused in the API's words", async () => {
	await open("/webhooks");
	await page.getByLabel("API key").waitFor();
	const paint = await page.evaluate<number>(
		'performance.getEntriesByName("first-contentful-paint")[0].startTime',
	);
	assert(paint < MOST_PAINT_MS, `${paint} ms`);
	await shoot(page, "sign-in-1280");
	assert.deepEqual(await faultsOf(page), []);
	await signIn("lw_live_nonsense");
	await page.getByRole("alert").getByText("This API key is missing or not valid.").waitFor();
	missteps.forgive(/401 \(Unauthorized\)/);
});

test("signing in keeps the reader's place, and the key nowhere", async () => {
	await signIn(server.key);
	await page.getByRole("heading", { name: "Webhooks" }).waitFor();
	assert.equal(new URL(page.url()).pathname, "/dashboard/webhooks");
	const kept = await page.evaluate<string>(
		"JSON.stringify([localStorage, sessionStorage, document.cookie, document.documentElement.outerHTML])",
	);
	assert(!kept.includes(server.key));
	const [cookie] = await context.cookies();
	assert(cookie?.httpOnly && cookie.sameSite === "Strict" && !cookie.value.includes(server.key));
});

test("a key is created with chosen scopes, shown once, copied, and revoked", async () => {
	await page.getByRole("link", { name: "API keys" }).click();
	await button("Create key").click();
	await page.getByLabel("Name").fill("Website integration");
	await page.getByLabel("Everything").uncheck();
	await page.getByLabel("leads:read").check();
	await page.getByLabel("leads:write").check();
	await shoot(page, "create-key-1280");
	await button("Create", dialog()).click();
	const key = await dialog().getByLabel("API key").innerText();
	assert.match(key, /^lw_live_\w{38}$/);
	await button("Copy", dialog()).click();
	assert.equal(await clipboard(), key);
	assert.deepEqual(await faultsOf(page), []);
	await button("Done").click();
	assert(!(await page.content()).includes(key));
	const status = (path: string) =>
		fetch(`${server.origin}/api/v1${path}`, { headers: { "x-api-key": key } }).then((one) => one.status);
	assert.deepEqual([await status("/leads"), await status("/deals")], [200, 403]);

	const row = page.getByRole("row", { name: /Website integration/ });
	await row.getByText("leads:read, leads:write").waitFor();
	await button("Rotate", row).click();
	await dialog().getByLabel(/ends$/).selectOption("In an hour");
	await button("Rotate key").click();
	assert.notEqual(await dialog().getByLabel("API key").innerText(), key);
	await button("Done").click();
	await row.getByText("Expires").waitFor();
	assert.equal(await status("/leads"), 200, "in its grace");
	await button("Revoke", row.filter({ hasText: "Expires" })).click();
	await button("Revoke", dialog()).click();
	await row.getByText("Expires").waitFor({ state: "detached" });
	assert.equal(await status("/leads"), 401);
});

let secret = "";
let webhookId = "";

test("a webhook's faults are shown at its fields, in the API's words", async () => {
	await page.getByRole("link", { name: "Webhooks" }).click();
	await button("New webhook").click();
	await page.getByLabel("URL").fill("http://10.0.0.1/hook");
	await button("Create").click();
	await page
		.getByRole("group", { name: "Events" })
		.getByText(/^Too small/)
		.waitFor();
	await page.getByLabel("*", { exact: true }).check();
	await button("Create").click();
	await until(async () => (await page.getByLabel("URL").getAttribute("aria-invalid")) === "true", "the mark");
	assert.notEqual(await page.locator(".field.invalid .error").innerText(), "");
	assert.deepEqual(await faultsOf(page), []);
	await page.getByLabel("*", { exact: true }).uncheck();
	missteps.forgive(/400 \(Bad Request\)/);
});

test("a webhook is created with events by noun and a header, and its secret is shown once", async () => {
	await page.getByLabel("URL").fill(`${receiver.url}/warehouse`);
	await page.getByLabel("Name", { exact: true }).fill("Warehouse sync");
	await page.getByLabel("lead.*", { exact: true }).check();
	assert(await page.getByLabel("lead.created", { exact: true }).isChecked());
	await page.getByLabel("deal.created", { exact: true }).check();
	await button("Add header").click();
	await page.getByLabel("Name of header 1").fill("authorization");
	await page.getByLabel("Value of header 1").fill("Bearer let-me-in");
	await button("Create").click();
	secret = await dialog().getByLabel("Secret", { exact: true }).innerText();
	assert.match(secret, /^whsec_/);
	await button("Done").click();
	await page.getByRole("heading", { name: "Warehouse sync" }).waitFor();
	webhookId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
	const settings = page.getByRole("region", { name: "Settings" });
	await settings.getByText("authorization: ***").waitFor();
	assert(!(await page.content()).includes(secret));
});

test("a test event is chosen, seen, sent, and its answer shown at once", async () => {
	await button("Send test event").click();
	await dialog().getByLabel("Event").selectOption("lead.stageChanged");
	await dialog().getByText('"lead.stageChanged"').first().waitFor();
	await shoot(page, "test-event-1280");
	await button("Send").click();
	await dialog().getByRole("status").getByText("Received").waitFor();
	await dialog().getByText("200 after").waitFor();
	assert.deepEqual(await faultsOf(page), []);
	const [got] = receiver.received;
	assert.equal(got?.headers.authorization, "Bearer let-me-in");
	const headers = got.headers as Record<string, string>;
	assert.doesNotThrow(() => new Webhook(secret).verify(got.body, headers));
	await button("Close", dialog()).first().click();
});

test("it is in the log, which filters by what stands in the address", async () => {
	const log = page.getByRole("table", { name: "Deliveries" });
	const rows = log.getByRole("row").filter({ hasText: "lead.stageChanged" });
	await rows.first().waitFor();
	await page.getByLabel("Status", { exact: true }).selectOption("failed");
	await page.getByText("No delivery matches these filters").waitFor();
	await page.getByLabel("Status", { exact: true }).selectOption("success");
	await page.getByLabel("Event", { exact: true }).selectOption("lead.stageChanged");
	await page.getByLabel("Status code").fill("200");
	await page.getByLabel("Since").fill("2026-01-01T00:00");
	await rows.first().waitFor();
	assert.match(page.url(), /status=success&event=lead\.stageChanged&statusCode=200&since=/);
	await page.reload();
	await rows.first().getByRole("link").click();
	await page.getByRole("heading", { name: "lead.stageChanged" }).waitFor();
});

test("a delivery shows request and response, is copied as curl, and redelivered", async () => {
	const request = page.getByRole("region", { name: "Request" });
	await request.getByText(`POST ${receiver.url}/warehouse`).waitFor();
	await page.getByRole("region", { name: "Response" }).getByText('"received"').waitFor();
	await button("Copy as curl").click();
	const command = await clipboard();
	assert.match(command, /^curl -X POST 'http/);
	assert.match(command, /'authorization: \*\*\*'/);
	await button("Redeliver").click();
	await page.getByRole("heading", { name: "2 attempts" }).waitFor();
	await page.getByRole("button", { name: /^Attempt 2 200/ }).waitFor();
	const [first, second] = receiver.received;
	assert.deepEqual(
		[second?.body, second?.headers["webhook-id"]],
		[first?.body, first?.headers["webhook-id"]],
	);
});

test("the secret rotates with a grace in which both sign, until the new one is activated", async () => {
	await page.getByRole("link", { name: "← Warehouse sync" }).click();
	await button("Rotate secret").click();
	await dialog().getByLabel("The old secret ends").selectOption("In an hour");
	await button("Rotate", dialog()).click();
	const next = await dialog().getByLabel("Secret", { exact: true }).innerText();
	assert.notEqual(next, secret);
	await button("Done").click();
	const latest = async () => {
		const before = receiver.received.length;
		await call("POST", `/webhooks/${webhookId}/test`, { event: "lead.created" });
		await until(() => receiver.received.length > before, "the delivery");
		const got = receiver.received.at(-1);
		const verifies = (key: string) => {
			try {
				new Webhook(key).verify(got?.body ?? "", got?.headers as Record<string, string>);
				return true;
			} catch {
				return false;
			}
		};
		return [verifies(secret), verifies(next)];
	};
	assert.deepEqual(await latest(), [true, true]);
	await button("Activate new secret now").click();
	await button("Rotate secret").waitFor();
	assert.deepEqual(await latest(), [false, true]);
});

test("what was skipped while it was disabled is recovered", async () => {
	await button("Disable").click();
	await page.getByText("Disabled since").waitFor();
	await call("POST", "/leads", { name: "Made meanwhile" });
	const skipped = page.getByRole("row").filter({ hasText: "skipped" });
	await skipped.first().waitFor();
	await button("Enable").click();
	await button("Disable").waitFor();
	const before = receiver.received.length;
	await button("Recover since…").click();
	await dialog().getByLabel("Which").selectOption("skipped");
	await button("Recover").click();
	await dialog().getByText("1 delivery is on the way again.").waitFor();
	await until(() => receiver.received.length > before, "the recovered delivery");
	await button("Close", dialog()).first().click();
	await skipped.first().waitFor({ state: "detached" });
});

test("editing keeps headers that are masked", async () => {
	await page.getByRole("link", { name: "Edit" }).click();
	assert.equal(await page.getByLabel("Value of header 1").inputValue(), "***");
	await page.getByLabel("Description").fill("Keeps the warehouse up to date.");
	await button("Save").click();
	await page.getByText("Keeps the warehouse up to date.").waitFor();
	const before = receiver.received.length;
	await call("POST", `/webhooks/${webhookId}/test`, { event: "lead.created" });
	await until(() => receiver.received.length > before, "the delivery");
	assert.equal(receiver.received.at(-1)?.headers.authorization, "Bearer let-me-in");
});

test("the overview charts what went out, and names the webhook that fails", async () => {
	await call("POST", "/webhooks", { name: "Billing", url: `${receiver.url}/failing`, events: ["*"] });
	await call("POST", "/leads", { name: "Seen by both" });
	await until(() => receiver.received.some(({ path }) => path === "/failing"), "the failing delivery");
	await open("/");
	await page.getByRole("img", { name: /^Attempts per hour/ }).waitFor();
	await page
		.getByRole("table", { name: "Failing webhooks" })
		.getByRole("link", { name: "Billing" })
		.waitFor();
	await page.getByText(/This session used \d+ of its 300 requests/).waitFor();
	await page.getByText("7 days").click();
	await page.getByRole("img", { name: /^Attempts per hour/ }).waitFor();
});

test("events are catalogued with example and schema, and what happened is listed", async () => {
	await page.getByRole("link", { name: "Events" }).click();
	await page.getByLabel("Find an event").fill("save");
	await button("save_lead").click();
	await page.getByText('"first_name"').first().waitFor();
	await page.getByText('"$schema"').waitFor();
	await page.getByRole("link", { name: "Recent" }).click();
	await page.getByLabel("Event", { exact: true }).selectOption("lead.*");
	await page.getByRole("list", { name: "Recent events" }).getByText("lead.created").first().click();
	await page.getByText('"Seen by both"').first().waitFor();
});

test("a lead is found and changed, and a change that came between is not overwritten", async () => {
	await page.getByRole("link", { name: "Data" }).click();
	await page.getByLabel("Search leads").fill("meanwh");
	await page.getByRole("link", { name: /^Made meanwhile/ }).click();
	await button("Edit").click();
	await page.getByLabel("Email").fill("not an address");
	await button("Save").click();
	await page.getByText("Expected an e-mail address.").waitFor();
	await page.getByLabel("Email").fill("jane@example.com");
	const id = new URL(page.url()).pathname.split("/").at(-1);
	await call("PATCH", `/leads/${id}`, { company: "ACME" });
	await button("Save").click();
	await button("Load the latest, keep my changes").click();
	await until(async () => (await page.getByLabel("Company").inputValue()) === "ACME", "the other's change");
	await button("Save").click();
	await page.getByText("jane@example.com").first().waitFor();
	const lead = await call<{ email: string; company: string }>("GET", `/leads/${id}`);
	assert.deepEqual([lead.email, lead.company], ["jane@example.com", "ACME"]);
	missteps.forgive(/400 \(Bad Request\)|412 \(Precondition Failed\)/);
});

test("a deal moves on the board by dragging it, and by choosing its stage", async () => {
	await open("/data/board");
	const stages = page.locator(".board section");
	const card = stages.first().locator("article").first();
	const title = await card.getByRole("link").innerText();
	const [from, to] = [stages.nth(0), stages.nth(1)];
	const held = (stage: Locator) => stage.getByRole("link", { name: title, exact: true });
	const before = await held(from).count();
	await card.dragTo(to.locator("header"));
	await until(async () => (await held(from).count()) === before - 1, "the drag");
	await held(to).first().waitFor();
	const select = to.getByLabel(`Stage of ${title}`).first();
	await until(async () => await select.isEnabled(), "the end of the move");
	await select.selectOption({ index: 0 });
	await until(async () => (await held(from).count()) === before, "the choice");
});

test("every page holds in light and dark, wide and narrow, for eyes and for assistive technology", async () => {
	const leads = await call<Page<{ id: string }>>("GET", "/leads?limit=1");
	const deliveries = await call<Page<{ id: string }>>("GET", `/webhooks/${webhookId}/deliveries?limit=1`);
	const pages = {
		overview: "/",
		"api-keys": "/api-keys",
		webhooks: "/webhooks",
		"webhook-new": "/webhooks/new",
		webhook: `/webhooks/${webhookId}`,
		"webhook-edit": `/webhooks/${webhookId}/edit`,
		delivery: `/webhooks/${webhookId}/deliveries/${deliveries.items[0]?.id}`,
		events: "/events",
		"events-recent": "/events/feed",
		leads: "/data/leads",
		clients: "/data/clients",
		deals: "/data/deals",
		tasks: "/data/tasks",
		"deal-board": "/data/board",
		lead: `/data/leads/${leads.items[0]?.id}`,
		"not-found": "/nowhere",
	};
	for (const [name, path] of Object.entries(pages)) {
		await open(path);
		await page.getByRole("heading", { level: 1 }).waitFor();
		await page.getByText("Loading…").first().waitFor({ state: "detached" });
		// Dark differs in its colours alone.
		await page.emulateMedia({ colorScheme: "dark" });
		assert.deepEqual(await faultsOf(page, "color-contrast"), [], `${name}, dark`);
		if (name === "overview" || name === "webhook") await shoot(page, `${name}-1280-dark`);
		await page.emulateMedia({ colorScheme: "light" });
		assert.deepEqual(await faultsOf(page), [], name);
		await shoot(page, `${name}-1280`);
		await page.setViewportSize(NARROW);
		const width = await page.evaluate<number>("document.documentElement.scrollWidth");
		assert(width <= NARROW.width, `${name} is ${width} wide`);
		await shoot(page, `${name}-390`);
		await page.setViewportSize(WIDE);
	}
});

test("signing out ends the session, here and for every copy of its cookie", async () => {
	await open("/webhooks");
	const [cookie] = await context.cookies();
	await button("Sign out").click();
	await page.getByLabel("API key").waitFor();
	assert.deepEqual(await context.cookies(), []);
	const copy = await fetch(`${server.origin}/api/v1/leads`, {
		headers: { cookie: `${cookie?.name}=${cookie?.value}`, "x-requested-with": "dashboard" },
	});
	assert.equal(copy.status, 401);
});

test("a key that may only read is offered nothing else, and told what it lacks", async () => {
	const { key } = await call<{ key: string }>("POST", "/api-keys", {
		name: "Reader",
		scopes: ["webhooks:read", "leads:read"],
	});
	await signIn(key);
	await page.getByRole("heading", { name: "Webhooks" }).waitFor();
	await page.getByRole("link", { name: /^Warehouse sync/ }).click();
	await page.getByRole("heading", { name: "Delivery log" }).waitFor();
	for (const name of ["Send test event", "Delete", "Rotate secret"])
		assert.equal(await button(name).count(), 0);
	await page.getByRole("link", { name: "API keys" }).click();
	await page.getByText("This API key lacks the scope api-keys:read.").waitFor();
	missteps.forgive(/403 \(Forbidden\)/);
});

test("a session whose key is revoked is at the sign-in page with its next request", async () => {
	const { items } = await call<Page<{ id: string; name: string }>>("GET", "/api-keys?limit=100");
	const reader = items.find(({ name }) => name === "Reader");
	await call("DELETE", `/api-keys/${reader?.id}`);
	await page.getByRole("link", { name: "Data" }).click();
	await page.getByLabel("API key").waitFor();
	missteps.forgive(/401 \(Unauthorized\)|403 \(Forbidden\)/);
});
