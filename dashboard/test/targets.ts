// Notification targets: who is told of failing webhooks, expiring keys and quotas.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityProblems, takeScreenshot } from "./environment.ts";
import {
	browserProblems,
	button,
	call,
	dialog,
	NARROW,
	type Page,
	page,
	receiver,
	startSession,
	WIDE,
	waitUntil,
} from "./shared.ts";

interface Target {
	readonly name: string;
	readonly type: string;
	readonly url: string | null;
	readonly events: readonly string[];
}

const targets = async () => (await call<Page<Target>>("GET", "/notification-targets")).items;
const row = (name: string) =>
	page.getByRole("table", { name: "Notification targets" }).getByRole("row", { name });

test("a target is created with the API's messages at its fields, changed and deleted, by keyboard from the palette on", async () => {
	await startSession("Targets");
	await page.keyboard.press("Control+k");
	await page.getByRole("combobox", { name: "Page, command or record" }).fill("notif");
	await page.getByRole("option", { name: "Notifications", exact: false }).first().waitFor();
	await page.keyboard.press("Enter");
	await page.getByText("Nobody is told yet").waitFor();
	await button("New target").focus();
	await page.keyboard.press("Enter");
	const form = dialog();
	await form.locator("input:focus").waitFor();
	await page.keyboard.type("Operations");
	await form.getByLabel("By").selectOption("E-mail");
	await form.getByLabel("E-mail address").fill("ops@example.com");
	await page.keyboard.press("Enter");
	await form.locator(".field.invalid").getByText("This server can't send e-mails").waitFor();
	await form.getByLabel("By").selectOption("Slack");
	await form.getByLabel("URL").fill("http://10.0.0.1/hook");
	await page.keyboard.press("Enter");
	await waitUntil(
		async () => (await form.getByLabel("URL").getAttribute("aria-invalid")) === "true",
		"the mark at the URL",
	);
	assert.deepEqual(await accessibilityProblems(page), []);
	await takeScreenshot(page, "target-new-1280");
	await page.setViewportSize(NARROW);
	const width = await page.evaluate<number>("document.querySelector('dialog').scrollWidth");
	assert(width <= NARROW.width, `the dialog is ${width} wide`);
	await takeScreenshot(page, "target-new-390");
	await page.setViewportSize(WIDE);
	await form.getByLabel("URL").fill(`${receiver.url}/secret-path`);
	await form.getByRole("checkbox", { name: /^A quota is nearly used up/ }).uncheck();
	await page.keyboard.press("Enter");
	await row("Operations").getByText("A webhook is failing").waitFor();
	assert.equal(
		await row("Operations").getByText("secret-path").count(),
		0,
		"whoever knows it can write there",
	);
	browserProblems.clear(/400 \(Bad Request\)/);
	const events = ["webhook.failing", "webhook.disabled", "key.expiring"];
	const url = `${receiver.url}/secret-path`;
	assert.deepEqual(
		(await targets()).map(({ name, type, url, events }) => ({ name, type, url, events })),
		[{ name: "Operations", type: "slack", url, events }],
	);

	await button("Edit", row("Operations")).click();
	for (const name of [/^A webhook is failing/, /^A webhook was disabled/, /^An API key expires/])
		await form.getByRole("checkbox", { name }).uncheck();
	await button("Save").click();
	await form.locator(".field.invalid .error").waitFor();
	browserProblems.clear(/400 \(Bad Request\)/);
	await form.getByRole("checkbox", { name: /^A webhook is failing/ }).check();
	await form.getByLabel("Name").fill("On call");
	await button("Save").click();
	await row("On call").waitFor();
	assert.deepEqual((await targets())[0]?.events, ["webhook.failing"]);

	await button("Delete", row("On call")).click();
	await button("Delete target", dialog()).waitFor();
	await page.keyboard.press("Escape");
	await dialog().waitFor({ state: "detached" });
	await button("Delete", row("On call")).click();
	await button("Delete target", dialog()).click();
	await page.getByText("Nobody is told yet").waitFor();
	await call("POST", "/notification-targets", { name: "Operations", type: "slack", url });
});
