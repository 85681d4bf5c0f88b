// Every dialog by keyboard alone: opened, walked through with Tab, and closed with Escape, after which its button has the focus again.
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
	requireFit,
	startSession,
	testWebhook,
	visit,
	WIDE,
	waitUntil,
} from "./shared.ts";
import { tabOrderProblems } from "./tab-order.ts";

async function dialogs(): Promise<readonly (readonly [path: string, ...buttons: string[]])[]> {
	const lead = await call<{ id: string }>("POST", "/leads", { name: "Dia Log" });
	const { items } = await call<Page<{ id: string }>>("GET", "/clients?limit=1");
	const invoice = await call<{ id: string }>("POST", "/invoices", {
		clientId: items[0]?.id,
		date: "2026-01-31",
		dueDate: "2026-02-28",
		lineItems: [{ name: "Hour", quantity: 1, price: 100 }],
	});
	await call("POST", "/notification-targets", {
		name: "Dialogs",
		type: "webhook",
		url: `${receiver.url}/dialogs`,
		events: ["webhook.failing"],
	});
	return [
		["/api-keys", "Create key", "Rotate", "Revoke"],
		[`/webhooks/${testWebhook.webhookId}`, "Send test event", "Send again…", "Rotate secret", "Delete"],
		[`/data/leads/${lead.id}`, "Convert", "Delete"],
		[`/data/invoices/${invoice.id}`, "Record payment", "Void", "Delete"],
		["/settings/notifications", "New target", "Edit", "Delete"],
		["/settings", "Delete Website"],
	];
}

test("each dialog is used by keyboard alone, at both widths", async () => {
	await startSession("Dialogs");
	for (const [path, ...names] of await dialogs()) {
		await visit(path);
		for (const name of names) {
			const opener = button(name).first();
			await opener.focus();
			await page.keyboard.press("Enter");
			await dialog().waitFor();
			await page.getByText("Loading…").first().waitFor({ state: "detached" });
			const what = `${path}: ${name}`;
			assert.deepEqual(await tabOrderProblems(page), [], what);
			await page.setViewportSize(NARROW);
			await requireFit(what);
			assert.deepEqual(await accessibilityProblems(page), [], what);
			await takeScreenshot(page, `dialog-${name.toLowerCase().replaceAll(/\W+/g, "-")}-390`);
			await page.setViewportSize(WIDE);
			await page.keyboard.press("Escape");
			await dialog().waitFor({ state: "detached" });
			assert(
				await opener.evaluate((one) => one === document.activeElement),
				`${what}: the focus is elsewhere`,
			);
		}
	}
});

test("on a small phone the navigation is complete, and what was refused is in sight", async () => {
	await page.setViewportSize({ width: 360, height: 640 });
	await visit("/settings/notifications");
	const cut = await page.evaluate(() => {
		const navigation = document.querySelector("aside nav");
		return navigation ? navigation.scrollWidth - navigation.clientWidth : -1;
	});
	assert.equal(cut, 0);
	await button("New target").click();
	await dialog().getByLabel("Name").fill("Nowhere");
	await dialog().getByLabel("URL").fill("http://10.0.0.1/hook");
	await button("Create", dialog()).click();
	const refusal = dialog().getByRole("alert");
	await refusal.waitFor();
	const isInSight = (one: Element) => {
		const { left, top, width, height } = one.getBoundingClientRect();
		return one.contains(document.elementFromPoint(left + width / 2, top + height / 2));
	};
	await waitUntil(() => refusal.evaluate(isInSight), "the refusal");
	browserProblems.clear(/400/);
	await page.keyboard.press("Escape");
	await button("Leave").click();
	await page.setViewportSize(WIDE);
});

test("the link at the top skips the navigation", async () => {
	await visit("/webhooks");
	await page.getByRole("link", { name: "Skip to the page" }).focus();
	await page.keyboard.press("Enter");
	await page.keyboard.press("Tab");
	assert(await page.evaluate(() => document.querySelector("main")?.contains(document.activeElement)));
});

test("what is removed gives the focus to what is beside it", async () => {
	await visit("/data/quotations/new");
	await button("Add line item").press("Enter");
	await button("Remove Line item 1").press("Enter");
	assert(await button("Add line item").evaluate((one) => one === document.activeElement));
	const client = page.getByLabel("Client", { exact: true });
	await client.fill("a");
	await page.getByRole("list", { name: "Found for Client" }).getByRole("button").first().press("Enter");
	assert(await client.evaluate((one) => one === document.activeElement));
	await button("Clear Client").press("Enter");
	assert(await client.evaluate((one) => one === document.activeElement));
	await button("Cancel").click();
});
