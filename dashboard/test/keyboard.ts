// Keys that lose nothing: Escape, Ctrl+K and Back keep what is shown once, Enter takes what was searched for, and the focus stays.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Locator } from "playwright-core";
import {
	browserProblems,
	button,
	call,
	dialog,
	open,
	type Page,
	page,
	signInAgain,
	startSession,
	testWebhook,
} from "./shared.ts";

const finder = () => page.getByRole("combobox", { name: "Page, command or record" });

/** Browsers let a page refuse only some presses in a row. */
async function pressEscape(times: number): Promise<void> {
	for (let count = 0; count < times; count += 1) {
		await page.keyboard.press("Escape");
		await page.waitForTimeout(50);
	}
}

/** Opens no palette, which would lead away from what is open. */
async function requireNoPalette(): Promise<void> {
	await page.keyboard.press("Control+k");
	await page.waitForTimeout(200);
	assert.equal(await finder().count(), 0);
}

test("what is shown once stays until it is done, whatever key is pressed", async () => {
	await startSession("Keyboard");
	await page.getByRole("link", { name: "API keys" }).click();
	await button("Create key").click();
	await dialog().getByLabel("Name").fill("Shown once");
	await button("Create", dialog()).click();
	const shown = dialog().getByLabel("API key");
	const key = await shown.innerText();
	await requireNoPalette();
	await pressEscape(6);
	// Now nothing in the dialog has the focus.
	await dialog().getByRole("heading").click();
	await pressEscape(6);
	assert(await shown.isVisible());
	await page.goBack();
	await page.getByRole("dialog", { name: "Leave without saving?" }).waitFor();
	await page.keyboard.press("Escape");
	assert.equal(await shown.innerText(), key);
	await button("Done").click();
	await dialog().waitFor({ state: "detached" });
	await page.waitForURL(/\/api-keys$/);
});

test("a dialog with something typed in it stays open, however often Escape is pressed", async () => {
	await page.getByRole("link", { name: "API keys" }).click();
	await button("Create key").click();
	const name = dialog().getByLabel("Name", { exact: true });
	await name.fill("Half typed");
	await pressEscape(8);
	if (await button("Stay").isVisible()) await button("Stay").click();
	assert.equal(await name.inputValue(), "Half typed");
	assert(await name.isVisible());
	await button("Close", dialog()).click();
	await button("Leave").click();
	await dialog().waitFor({ state: "detached" });
});

test("the dialog to sign in again stays, too, and with it what was typed", async () => {
	const { items } = await call<Page<{ id: string; name: string }>>("GET", "/api-keys?limit=100");
	const again = await call<{ key: string }>("POST", "/api-keys", { name: "Again", scopes: ["*"] });
	await open("/data/leads/new");
	const name = page.getByLabel("Name", { exact: true });
	await name.fill("Una Kept");
	await call("DELETE", `/api-keys/${items.find((one) => one.name === "Keyboard")?.id}`);
	await button("Create lead").click();
	await page.getByRole("dialog", { name: "Sign in again" }).waitFor();
	await pressEscape(6);
	await requireNoPalette();
	assert(await dialog().isVisible());
	await signInAgain(again.key);
	assert.equal(await name.inputValue(), "Una Kept");
	await button("Cancel").click();
	browserProblems.clear(/401|403/);
});

test("Enter in the search of a record's field takes the first that was found, and does not submit the form", async () => {
	await startSession("Enter");
	const [first, other] = await Promise.all(
		["Entera Ltd", "Other Ltd"].map((name) => call<{ id: string }>("POST", "/clients", { name })),
	);
	const { items } = await call<Page<{ id: string }>>("GET", "/pipelines?limit=1");
	const deal = await call<{ id: string }>("POST", "/deals", {
		title: "Entered",
		clientId: other?.id,
		pipelineId: items[0]?.id,
	});
	await open(`/data/deals/${deal.id}`);
	await button("Edit").click();
	const client = page.getByLabel("Client", { exact: true });
	await client.fill("nobody has this name");
	await page.getByText("Nothing found.").waitFor();
	await client.press("Enter");
	assert.equal(await client.inputValue(), "nobody has this name");
	// A search that fails has not found nothing.
	const isSearch = ({ pathname, search }: URL) => pathname.endsWith("/clients") && search.includes("search=");
	const refusal = { code: "FORBIDDEN", message: "Not with this key." };
	await page.route(isSearch, (route) => route.fulfill({ status: 403, json: refusal }));
	await client.fill("Refused");
	await page.getByText("The choices can’t be read: Not with this key.").waitFor();
	assert.equal(await page.getByText("Nothing found.").count(), 0);
	browserProblems.clear(/403/);
	await page.unroute(isSearch);
	// It asks for the word, not for each letter.
	const asked: string[] = [];
	page.on("request", (request) => asked.push(new URL(request.url()).searchParams.get("search") ?? ""));
	await client.fill("");
	await client.pressSequentially("Entera");
	await button("Entera Ltd").waitFor();
	page.removeAllListeners("request");
	assert.deepEqual(asked.filter(Boolean), ["Entera"]);
	await client.press("Enter");
	await button("Clear Client").waitFor();
	assert.equal(await client.inputValue(), "");
	await button("Save").click();
	await button("Edit").waitFor();
	assert.equal((await call<{ clientId: string }>("GET", `/deals/${deal.id}`)).clientId, first?.id);
});

test("the palette goes to what is typed, not to what was found for the letters before", async () => {
	await call("POST", "/leads", { name: "Webster Webb" });
	await open("/");
	await page.getByRole("heading", { level: 1 }).waitFor();
	await page.keyboard.press("Control+k");
	await finder().pressSequentially("web");
	await dialog().getByRole("option", { name: "Webster Webb" }).waitFor();
	await finder().pressSequentially("hooks");
	await page.keyboard.press("Enter");
	await page.waitForURL(/\/dashboard\/webhooks$/);
	// It takes the letters that follow at once.
	await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
	const focused = await page.evaluate(async () => {
		dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }));
		for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
		return document.activeElement?.getAttribute("role");
	});
	assert.equal(focused, "combobox");
	await page.keyboard.press("Escape");
	// What is found later does not take the place of what was chosen meanwhile.
	const answers = Promise.withResolvers<void>();
	await page.route("**/api/v1/*?*search=web*", async (route) => {
		await answers.promise;
		await route.continue();
	});
	await page.keyboard.press("Control+k");
	await finder().pressSequentially("web");
	await page.keyboard.press("ArrowDown");
	const chosen = dialog().getByRole("option", { selected: true });
	const name = await chosen.innerText();
	answers.resolve();
	await dialog().getByRole("option", { name: "Webster Webb" }).waitFor();
	assert.equal(await chosen.innerText(), name);
	await page.unroute("**/api/v1/*?*search=web*");
	await page.keyboard.press("Escape");
	// Arrows before anything is found choose nothing, and do no harm.
	await page.keyboard.press("Control+k");
	await finder().fill("webster");
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("ArrowUp");
	await dialog().getByRole("option", { name: "Webster Webb", selected: true }).waitFor();
	await page.keyboard.press("Enter");
	await page.waitForURL(/\/data\/leads\/ld_/);
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
	await press(button("Edit"));
	await page.getByLabel("Company").waitFor();
	assert(
		await page
			.locator("form input")
			.first()
			.evaluate((one) => one === document.activeElement),
	);
	await page.getByLabel("Company").fill("Focus Ltd");
	await press(button("Save"));
	await button("Edit").waitFor();
	assert.notEqual(await settled(), "nowhere");
});
