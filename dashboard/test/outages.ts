// When the server is down, is rate limiting, or has ended the session: the page says so, keeps its content, and recovers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Locator } from "playwright-core";
import {
	browserProblems,
	button,
	call,
	context,
	dialog,
	NARROW,
	open,
	type Page,
	page,
	receiver,
	signIn,
	testWebhook,
	WIDE,
	waitUntil,
} from "./shared.ts";

const notice = () => page.getByText("Not up to date.");
const live = () => page.getByText("Live", { exact: true });
const noise = /Failed to load resource/;

/** The paths of the page's API requests while a function runs. */
async function asked(during: () => Promise<unknown>): Promise<string[]> {
	const paths: string[] = [];
	const note = (request: { url(): string }) => {
		const { pathname } = new URL(request.url());
		if (pathname.startsWith("/api/")) paths.push(pathname);
	};
	page.on("request", note);
	await during();
	page.off("request", note);
	return paths;
}

/** Deletes a webhook, which no page may request afterwards. */
async function remove(id: string): Promise<void> {
	await open("/");
	await call("DELETE", `/webhooks/${id}`);
}

test("offline, the page says so and actions fail at once, and none is sent later", async () => {
	await open(`/webhooks/${testWebhook.webhookId}`);
	await live().waitFor();
	await context.setOffline(true);
	await notice().waitFor({ timeout: 1_000 });
	await page.getByText(/^Not live, as of/).waitFor();
	await button("Disable").click();
	await page.getByRole("alert").getByText("You are offline.").waitFor({ timeout: 1_000 });
	await button("Delete").click();
	await button("Delete webhook").click();
	await dialog().getByRole("alert").getByText("You are offline.").waitFor({ timeout: 1_000 });
	await button("Cancel").click();
	const sent: string[] = [];
	page.on("request", (request) => request.method() === "GET" || sent.push(request.method()));
	await context.setOffline(false);
	await live().waitFor();
	await notice().waitFor({ state: "detached" });
	await sleep(1_000);
	assert.deepEqual(sent, []);
	const { status } = await call<{ status: string }>("GET", `/webhooks/${testWebhook.webhookId}`);
	assert.equal(status, "active");
	browserProblems.clear(noise);
});

test("with the server stopped, lists are not marked live and keep their content", async () => {
	await page.getByRole("table", { name: "Deliveries" }).waitFor();
	await page.route("**/api/v1/**", (route) => route.abort("connectionrefused"));
	await page.getByText("The server can’t be reached.").waitFor();
	assert.equal(await live().count(), 0);
	assert(await page.getByRole("table", { name: "Deliveries" }).isVisible());
	await page.unroute("**/api/v1/**");
	await live().waitFor();
	browserProblems.clear(noise);
});

test("the page waits as long as Retry-After says", async () => {
	const limited = { code: "RATE_LIMITED", message: "Too many requests.", requestId: "req_x" };
	await page.route("**/api/v1/**", (route) =>
		route.fulfill({ status: 429, headers: { "retry-after": "4" }, json: limited }),
	);
	await page.getByText(/This page has asked too often; it goes on in 4 s/).waitFor();
	await page.unroute("**/api/v1/**");
	const paths = await asked(() => sleep(2_500));
	assert.deepEqual(paths, []);
	await live().waitFor();
	browserProblems.clear(noise);
});

test("a refused first page shows the reason", async () => {
	await page.route("**/dashboard/session", (route) =>
		route.fulfill({
			status: 429,
			json: { code: "RATE_LIMITED", message: "Too many requests.", requestId: "r" },
		}),
	);
	await open("/");
	await page.getByRole("alert").getByText("Too many requests.").waitFor();
	await page.unroute("**/dashboard/session");
	await button("Try again").click();
	await page.getByRole("heading", { name: "Overview" }).waitFor();
	browserProblems.clear(noise);
});

test("an open page sends at most 120 requests a minute, however much of the log is loaded", async () => {
	const before = receiver.received.length;
	for (let sent = 0; sent < 30; sent += 1)
		await call("POST", `/webhooks/${testWebhook.webhookId}/test`, { event: "lead.created" });
	await waitUntil(() => receiver.received.length >= before + 30, "the deliveries");
	await open(`/webhooks/${testWebhook.webhookId}`);
	const rows = page.getByRole("table", { name: "Deliveries" }).getByRole("row");
	await waitUntil(async () => (await rows.count()) === 26, "the first page");
	await button("Load more").click();
	await waitUntil(async () => (await rows.count()) > 30, "the second page");
	const loaded = await rows.count();
	const paths = await asked(() => sleep(6_000));
	assert(paths.length <= 12, `${paths.length} requests in 6 s`);
	assert(paths.length > 1);
	assert((await rows.count()) >= loaded, "what was loaded stays");
	assert((await asked(() => open("/"))).length <= 6, "one call for the figures of all webhooks");
});

test("a first test event appears in the figures as soon as it has arrived", async () => {
	const { id } = await call<{ id: string }>("POST", "/webhooks", {
		name: "First",
		url: `${receiver.url}/first`,
		events: ["task.*"],
	});
	await open(`/webhooks/${id}`);
	await page.getByText("Nothing was sent in this time").first().waitFor();
	await button("Send test event").click();
	await button("Send", dialog()).click();
	await dialog().getByRole("status").getByText("Received").waitFor();
	await button("Close", dialog()).first().click();
	await page
		.getByText("Nothing was sent in this time")
		.first()
		.waitFor({ state: "detached", timeout: 6_000 });
	await remove(id);
});

test("a paused webhook shows what waits and until when, and can be resumed", async () => {
	const { id } = await call<{ id: string }>("POST", "/webhooks", {
		name: "Paused",
		url: `${receiver.url}/failing/paused`,
		events: ["task.created"],
	});
	const path = `/webhooks/${id}`;
	const arrived = () => receiver.received.filter((one) => one.path === "/failing/paused").length;
	const isPaused = async () => (await call<{ pausedUntil: unknown }>("GET", path)).pausedUntil !== null;
	const items = Array.from({ length: 12 }, (_, index) => ({ title: `Paused ${index}` }));
	await call("POST", "/tasks/batch", { items });
	await waitUntil(isPaused, "the pause");
	await call("POST", "/tasks", { title: "Waits" });
	const pending = `${path}/deliveries?status=pending&limit=1`;
	const { items: log } = await call<Page<{ id: string; attemptCount: number }>>("GET", pending);
	assert.equal(log[0]?.attemptCount, 0);
	await open(`${path}/deliveries/${log[0]?.id}`);
	await page.getByText(/It waits, because the webhook is paused/).waitFor();
	await page
		.getByText(/in (?:\d+ seconds|1 minute)/)
		.first()
		.waitFor();
	assert.equal(await page.getByText("in a moment").count(), 0);

	receiver.mended.add("/failing/paused");
	const before = arrived();
	await open(path);
	await page.getByText("The webhook is paused and its deliveries wait.").waitFor();
	await button("Send again…").click();
	await button("Send again", dialog()).click();
	await dialog()
		.getByText(/goes out when you choose “Resume now”/)
		.waitFor();
	await button("Close", dialog()).first().click();
	assert.equal(arrived(), before);
	await button("Resume now").click();
	await button("Resume now").waitFor({ state: "detached" });
	await waitUntil(() => arrived() > before, "what waited");
	assert.equal(await isPaused(), false);
	await remove(id);
});

test("long names and URLs don't overflow the page", async () => {
	const { id } = await call<{ id: string }>("POST", "/webhooks", {
		name: "L".repeat(200),
		url: `${receiver.url}/${"a0-".repeat(200)}?code=${"x".repeat(400)}`,
		events: ["task.*"],
	});
	for (const size of [WIDE, NARROW]) {
		await page.setViewportSize(size);
		for (const path of ["/webhooks", `/webhooks/${id}`, `/webhooks/${id}/edit`, "/"]) {
			await open(path);
			await page.getByRole("heading", { level: 1 }).waitFor();
			await page.getByText("Loading…").first().waitFor({ state: "detached" });
			const width = await page.evaluate<number>("document.documentElement.scrollWidth");
			assert(width <= size.width, `${path} is ${width} wide`);
			const right = await page.evaluate<number>(
				"Math.max(0, ...[...document.querySelectorAll('td, dd, h1')].map((one) => one.getBoundingClientRect().right))",
			);
			assert(right <= size.width, `${path} reaches to ${right}`);
			const tallest = await page.evaluate<number>(
				"Math.max(0, ...[...document.querySelectorAll('table.list tbody td')].map((one) => one.offsetHeight))",
			);
			assert(tallest < 140, `a cell of ${path} is ${tallest} high`);
		}
	}
	await page.setViewportSize(WIDE);
	await remove(id);
});

test("the keyboard focus stays where it was used", async () => {
	const focused = () =>
		page.evaluate<string>(
			"document.activeElement === document.body ? 'nowhere' : document.activeElement.textContent",
		);
	const settled = async () => {
		await sleep(300);
		return focused();
	};
	// A disabled button takes no focus: the trial click waits until it is enabled.
	const press = async (target: Locator) => {
		await target.click({ trial: true });
		await target.focus();
		await page.keyboard.press("Enter");
	};
	await open(`/webhooks/${testWebhook.webhookId}`);
	await button("Send test event").click();
	await press(button("Send", dialog()));
	await dialog().getByRole("status").getByText("Received").waitFor();
	assert.equal(await settled(), "Send again");
	await page.keyboard.press("Escape");
	assert.equal(await settled(), "Send test event");
	await page.getByRole("table", { name: "Deliveries" }).getByRole("link").first().click();
	await press(button("Redeliver"));
	await page.getByRole("heading", { name: "2 attempts" }).waitFor();
	assert.equal(await settled(), "Redeliver");
	await call("POST", "/api-keys", { name: "To revoke", scopes: ["leads:read"] });
	await open("/api-keys");
	await press(button("Revoke", page.getByRole("row", { name: /^To revoke/ })));
	await press(button("Revoke", dialog()));
	await page.getByRole("row", { name: /^To revoke/ }).waitFor({ state: "detached" });
	assert.equal(await settled(), "Rotate", "of the first row");
	await open("/data/leads");
	await page.getByRole("table").getByRole("link").first().click();
	await button("Edit").click();
	await page.getByLabel("Company").fill("Focus Ltd");
	await press(button("Save"));
	await button("Edit").waitFor();
	assert.notEqual(await settled(), "nowhere");
});

test("after the end of a session the page says why, keeps the form, and continues after signing in", async () => {
	const { id, key } = await call<{ id: string; key: string }>("POST", "/api-keys", {
		name: "Short lived",
		scopes: ["*"],
	});
	// Signing in counts as a request of its key, and the tests' key may be at its limit.
	const again = await call<{ key: string }>("POST", "/api-keys", { name: "Signing in again", scopes: ["*"] });
	await context.clearCookies();
	await open("/webhooks/new");
	await signIn(key);
	await page.getByLabel("URL").fill(`${receiver.url}/kept`);
	await page.getByLabel("Name", { exact: true }).fill("Kept");
	await page.getByLabel("*", { exact: true }).check();
	await call("DELETE", `/api-keys/${id}`);
	await button("Create").click();
	await dialog()
		.getByText(/This session has ended/)
		.waitFor();
	await dialog().getByLabel("API key").fill(again.key);
	await button("Sign in", dialog()).click();
	await dialog().waitFor({ state: "detached" });
	assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Kept");
	assert.equal(await page.getByRole("alert").count(), 0, "it has not ended any more");
	await button("Create").click();
	await button("Done").click();
	await page.getByRole("heading", { name: "Kept" }).waitFor();
	browserProblems.clear(/401 \(Unauthorized\)|403/);
});
