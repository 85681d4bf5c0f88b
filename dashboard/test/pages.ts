// The appearance of every page, and the ends of a session.
import assert from "node:assert/strict";
import { test } from "node:test";
import { nouns } from "../src/pages/data/files/nouns.ts";
import { pathOf, resources } from "../src/resources.ts";
import { routes } from "../src/routes.ts";
import { accessibilityProblems, takeScreenshot } from "./environment.ts";
import {
	browserProblems,
	button,
	call,
	context,
	heading,
	NARROW,
	open,
	type Page,
	page,
	requireFit,
	server,
	signIn,
	startSession,
	testWebhook,
	visit,
	WIDE,
} from "./shared.ts";
import { tabOrderProblems } from "./tab-order.ts";

/** Asks for what fails, so that the request log has a path, a message and a request id that are long and don't break. */
async function failAtLength(deliveryPath: string): Promise<string> {
	const requestId = "r".repeat(128);
	const response = await fetch(`${server.origin}/api/v1${deliveryPath}?${"p".repeat(64)}=1`, {
		headers: { "x-api-key": server.key, "x-request-id": requestId },
	});
	assert.equal(response.status, 400);
	return requestId;
}

/** Every path of a route: for each resource, if it is for all of them. */
async function pathsOf(name: keyof typeof routes): Promise<readonly string[]> {
	const webhook = `/webhooks/${testWebhook.webhookId}`;
	switch (name) {
		case "webhook":
			return [webhook];
		case "editWebhook":
			return [`${webhook}/edit`];
		case "delivery": {
			const { items } = await call<Page<{ id: string }>>("GET", `${webhook}/deliveries?limit=1`);
			return [`${webhook}/deliveries/${items[0]?.id}`];
		}
		case "files":
			return nouns.map((noun) => `/data/${noun}/files`);
		case "list":
			return resources.map((resource) => pathOf(resource));
		case "newRecord":
			return resources.map((resource) => pathOf(resource, "new"));
		case "record":
			return Promise.all(
				resources.map(async (resource) => {
					const { items } = await call<Page<{ id: string }>>("GET", `/${resource.path}?limit=1`);
					assert(items[0], `there is none of ${resource.path}`);
					return pathOf(resource, items[0].id);
				}),
			);
		default:
			// A new route with a part that stands for any needs a case of its own.
			assert.doesNotMatch(routes[name], /:/);
			return [routes[name]];
	}
}

/** What the pages need so that each has something to show. */
async function fill(): Promise<void> {
	await call("POST", "/leads", { name: "N".repeat(200), company: "C".repeat(200), title: "T".repeat(200) });
	const fields = [{ label: "Your name" }];
	const { id: formId } = await call<{ id: string }>("POST", "/forms", { title: "Feedback", fields });
	await call("POST", "/form-responses", { formId, answers: { your_name: "Fay" } });
	await call("POST", "/conversations", { conversationType: "chat", summary: "About prices" });
}

test("every page is accessible, fits and is walked through with Tab, in light and dark mode, wide and narrow", async () => {
	await startSession("Pages");
	await fill();
	const [delivery = ""] = await pathsOf("delivery");
	const requestId = await failAtLength(delivery);
	for (const name of Object.keys(routes) as (keyof typeof routes)[])
		for (const [index, path] of (await pathsOf(name)).entries())
			await inspect(path, {
				name: index === 0 ? name : null,
				ready: () => (name === "requests" ? page.getByText(requestId).waitFor() : Promise.resolve()),
			});
	await inspect("/nowhere", { name: "nowhere", ready: () => Promise.resolve() });
});

interface Inspection {
	/** Of a route; null for a page that has the same parts as another. */
	readonly name: string | null;
	/** Waits until the page shows what it is opened for. */
	readonly ready: () => Promise<void>;
}

async function inspect(path: string, { name, ready }: Inspection): Promise<void> {
	await visit(path);
	await ready();
	for (const size of [WIDE, NARROW]) {
		await page.setViewportSize(size);
		await requireFit(path);
		assert.deepEqual(await accessibilityProblems(page), [], `${path} at ${size.width}`);
		if (name) await takeScreenshot(page, `${name}-${size.width}`);
	}
	await page.setViewportSize(WIDE);
	if (!name) return;
	// Dark mode only changes colours.
	await page.emulateMedia({ colorScheme: "dark" });
	assert.deepEqual(await accessibilityProblems(page, "color-contrast"), [], `${path}, dark`);
	await page.emulateMedia({ colorScheme: "light" });
	assert.deepEqual(await tabOrderProblems(page), [], path);
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
		scopes: ["webhooks:read", "leads:read", "organization:read", "pipelines:read"],
	});
	await signIn(key);
	await page.getByRole("heading", { name: "Webhooks" }).waitFor();
	await page.getByRole("link", { name: /^Warehouse sync/ }).click();
	await page.getByRole("heading", { name: "Delivery log" }).waitFor();
	for (const name of ["Send test event", "Delete", "Rotate secret"])
		assert.equal(await button(name).count(), 0);
	await page.keyboard.press("Control+k");
	await page.keyboard.type("new webhook");
	await page.getByText("Nothing found.").waitFor();
	await page.keyboard.press("Escape");
	await page.getByRole("link", { name: "Settings" }).click();
	await page.getByRole("region", { name: /^Pipeline: / }).waitFor();
	assert.equal(await page.locator("main form").count(), 0, "no form that can't be saved");
	await page.getByRole("link", { name: "API keys" }).click();
	await page.getByText("This API key lacks the scope api-keys:read.").waitFor();
	for (const [path, title, scope, up] of [
		["/data/leads/new", "New lead", "leads:write", "Leads"],
		["/webhooks/new", "New webhook", "webhooks:write", "Webhooks"],
		[`/webhooks/${testWebhook.webhookId}/edit`, "Edit webhook", "webhooks:write", "Webhooks"],
	] as const) {
		await visit(path);
		await heading(title).waitFor();
		await page.getByText(`This API key lacks the scope ${scope}.`).waitFor();
		assert.equal(await page.locator("main form").count(), 0, path);
		await page.getByRole("link", { name: `← ${up}` }).waitFor();
	}
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
