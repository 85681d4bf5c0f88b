// When the server is down, is rate limiting, or has ended the session: the page says so, keeps its content, and recovers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
	browserProblems,
	button,
	call,
	context,
	dialog,
	open,
	page,
	receiver,
	signIn,
	signInAgain,
	testWebhook,
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

test("an answer that is not the server's is told as such, when a list is read and when a form is sent", async () => {
	const { id } = await call<{ id: string }>("POST", "/leads", { name: "Gatehouse Ltd" });
	const [isList, isRecord] = [`/api/v1/leads`, `/api/v1/leads/${id}`].map(
		(path) =>
			({ pathname }: URL) =>
				pathname === path,
	) as [(url: URL) => boolean, (url: URL) => boolean];
	const html = { contentType: "text/html", body: "<html>A page of a proxy</html>" };
	await page.route(isList, (route) => route.fulfill({ status: 400, ...html }));
	await open("/data/leads");
	await page.getByRole("alert").getByText("The server answered 400.").waitFor();
	await page.unroute(isList);
	await button("Try again").click();
	await page.getByRole("link", { name: /^Gatehouse Ltd/ }).click();
	await button("Edit").click();
	await page.getByLabel("Company").fill("Gate plc");
	for (const [status, message] of [
		[502, "The server answered 502."],
		[200, "Something else than the server has answered. Try again later."],
	] as const) {
		await page.route(isRecord, (route) =>
			route.request().method() === "PATCH" ? route.fulfill({ status, ...html }) : route.fallback(),
		);
		await button("Save").click();
		await page.getByRole("alert").getByText(message).waitFor();
		await page.unroute(isRecord);
	}
	await button("Save").click();
	await button("Edit").waitFor();
	assert.equal((await call<{ company: string }>("GET", `/leads/${id}`)).company, "Gate plc");
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
	await signInAgain(again.key);
	assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Kept");
	assert.equal(await page.getByRole("alert").count(), 0, "it has not ended any more");
	await button("Create").click();
	await button("Done").click();
	await page.getByRole("heading", { name: "Kept" }).waitFor();
	browserProblems.clear(/401 \(Unauthorized\)|403/);
});
