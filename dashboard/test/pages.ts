// The appearance of every page, and the ends of a session.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityProblems, takeScreenshot } from "./environment.ts";
import {
	browserProblems,
	button,
	call,
	context,
	NARROW,
	open,
	type Page,
	page,
	server,
	signIn,
	testWebhook,
	WIDE,
} from "./shared.ts";

/** Asks for what fails, so that the request log has a path, a message and a request id that are long and don't break. */
async function failAtLength(deliveryPath: string): Promise<string> {
	const requestId = "r".repeat(128);
	const response = await fetch(`${server.origin}/api/v1${deliveryPath}?${"p".repeat(64)}=1`, {
		headers: { "x-api-key": server.key, "x-request-id": requestId },
	});
	assert.equal(response.status, 400);
	return requestId;
}

test("every page works in light and dark mode, wide and narrow, and is accessible", async () => {
	const long = await call<{ id: string }>("POST", "/leads", {
		name: "N".repeat(200),
		company: "C".repeat(200),
		title: "T".repeat(200),
	});
	const leads = await call<Page<{ id: string }>>("GET", "/leads?limit=1");
	assert.equal(leads.items[0]?.id, long.id);
	const deliveries = await call<Page<{ id: string }>>(
		"GET",
		`/webhooks/${testWebhook.webhookId}/deliveries?limit=1`,
	);
	const deliveryPath = `/webhooks/${testWebhook.webhookId}/deliveries/${deliveries.items[0]?.id}`;
	const requestId = await failAtLength(deliveryPath);
	const pages = {
		overview: "/",
		"api-keys": "/api-keys",
		webhooks: "/webhooks",
		"webhook-new": "/webhooks/new",
		webhook: `/webhooks/${testWebhook.webhookId}`,
		"webhook-edit": `/webhooks/${testWebhook.webhookId}/edit`,
		delivery: deliveryPath,
		events: "/events",
		"events-recent": "/events/feed",
		requests: "/requests",
		leads: "/data/leads",
		clients: "/data/clients",
		deals: "/data/deals",
		tasks: "/data/tasks",
		"data-files": "/data/leads/files",
		"deal-board": "/data/board",
		quotations: "/data/quotations",
		"invoice-new": "/data/invoices/new",
		forms: "/settings/forms",
		"custom-field-new": "/settings/custom-fields/new",
		settings: "/settings",
		notifications: "/settings/notifications",
		lead: `/data/leads/${leads.items[0]?.id}`,
		"not-found": "/nowhere",
	};
	for (const [name, path] of Object.entries(pages)) {
		await open(path);
		await page.getByRole("heading", { level: 1 }).waitFor();
		await page.getByText("Loading…").first().waitFor({ state: "detached" });
		if (name === "requests") await page.getByText(requestId).waitFor();
		// Dark mode only changes colours.
		await page.emulateMedia({ colorScheme: "dark" });
		assert.deepEqual(await accessibilityProblems(page, "color-contrast"), [], `${name}, dark`);
		if (name === "overview" || name === "webhook") await takeScreenshot(page, `${name}-1280-dark`);
		await page.emulateMedia({ colorScheme: "light" });
		assert.deepEqual(await accessibilityProblems(page), [], name);
		await takeScreenshot(page, `${name}-1280`);
		await requireFit(name, WIDE);
		await page.setViewportSize(NARROW);
		await requireFit(name, NARROW);
		await takeScreenshot(page, `${name}-390`);
		await page.setViewportSize(WIDE);
	}
	await call("DELETE", `/leads/${long.id}`);
});

/** Requires that a page is not wider than the browser's window. */
async function requireFit(name: string, window: { readonly width: number }): Promise<void> {
	const width = await page.evaluate<number>("document.documentElement.scrollWidth");
	assert(width <= window.width, `${name} is ${width} wide at ${window.width}`);
}

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

test("a read-only key is offered no writes and shown the missing scopes", async () => {
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
	browserProblems.clear(/403 \(Forbidden\)/);
});

test("the next request of a session with a revoked key shows the sign-in page", async () => {
	const { items } = await call<Page<{ id: string; name: string }>>("GET", "/api-keys?limit=100");
	const reader = items.find(({ name }) => name === "Reader");
	await call("DELETE", `/api-keys/${reader?.id}`);
	await page.getByRole("link", { name: "Data" }).click();
	await page.getByLabel("API key").waitFor();
	browserProblems.clear(/401 \(Unauthorized\)|403 \(Forbidden\)/);
});
