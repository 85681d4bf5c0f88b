// A webhook from its creation to its recovery, with a real receiver.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Webhook } from "standardwebhooks";
import { accessibilityProblems, takeScreenshot } from "./environment.ts";
import {
	browserProblems,
	button,
	call,
	clipboard,
	dialog,
	open,
	page,
	receiver,
	testWebhook,
	waitUntil,
} from "./shared.ts";

let secret = "";

test("a webhook's errors are shown at its fields, with the API's messages", async () => {
	await page.getByRole("link", { name: "Webhooks" }).click();
	await button("New webhook").click();
	await page.getByLabel("URL").fill("http://10.0.0.1/hook");
	await button("Create").click();
	assert.notEqual(await page.getByRole("group", { name: "Events" }).locator(".error").innerText(), "");
	await page.getByLabel("*", { exact: true }).check();
	await button("Create").click();
	await waitUntil(
		async () => (await page.getByLabel("URL").getAttribute("aria-invalid")) === "true",
		"the mark",
	);
	assert.notEqual(await page.locator(".field.invalid .error").innerText(), "");
	assert.deepEqual(await accessibilityProblems(page), []);
	await page.getByLabel("*", { exact: true }).uncheck();
	browserProblems.clear(/400 \(Bad Request\)/);
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
	testWebhook.webhookId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
	const settings = page.getByRole("region", { name: "Settings" });
	await settings.getByText("authorization: ***").waitFor();
	assert(!(await page.content()).includes(secret));
});

test("a test event is chosen, previewed and sent, and the answer is shown at once", async () => {
	await button("Send test event").click();
	await dialog().getByLabel("Event").selectOption("lead.stageChanged");
	await dialog().getByText('"lead.stageChanged"').first().waitFor();
	await takeScreenshot(page, "test-event-1280");
	await button("Send").click();
	await dialog().getByRole("status").getByText("Received").waitFor();
	await dialog().getByText("200 after").waitFor();
	assert.deepEqual(await accessibilityProblems(page), []);
	const [got] = receiver.received;
	assert.equal(got?.headers.authorization, "Bearer let-me-in");
	const headers = got.headers as Record<string, string>;
	assert.doesNotThrow(() => new Webhook(secret).verify(got.body, headers));
	await button("Close", dialog()).first().click();
});

test("the delivery is in the log, which filters by the URL's query", async () => {
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

test("the secret is rotated with a grace period in which both sign, until the new one is activated", async () => {
	await page.getByRole("link", { name: "← Warehouse sync" }).click();
	await button("Rotate secret").click();
	await dialog().getByLabel("The old secret ends").selectOption("In an hour");
	await button("Rotate", dialog()).click();
	const next = await dialog().getByLabel("Secret", { exact: true }).innerText();
	assert.notEqual(next, secret);
	await button("Done").click();
	const latest = async () => {
		const before = receiver.received.length;
		await call("POST", `/webhooks/${testWebhook.webhookId}/test`, { event: "lead.created" });
		await waitUntil(() => receiver.received.length > before, "the delivery");
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

test("deliveries skipped while the webhook was disabled are recovered", async () => {
	await button("Disable").click();
	await page.getByText("Disabled since").waitFor();
	await call("POST", "/leads", { name: "Made meanwhile" });
	const skipped = page.getByRole("row").filter({ hasText: "skipped" });
	await skipped.first().waitFor();
	await button("Enable").click();
	await button("Disable").waitFor();
	const before = receiver.received.length;
	await button("Send again…").click();
	await dialog().getByLabel("Which").selectOption("skipped");
	await button("Send again", dialog()).click();
	await dialog().getByText("1 delivery is on the way again.").waitFor();
	await waitUntil(() => receiver.received.length > before, "the recovered delivery");
	await button("Close", dialog()).first().click();
	await skipped.first().waitFor({ state: "detached" });
});

test("the overview charts deliveries and names the failing webhook", async () => {
	await call("POST", "/webhooks", { name: "Billing", url: `${receiver.url}/failing`, events: ["*"] });
	await call("POST", "/leads", { name: "Seen by both" });
	await waitUntil(() => receiver.received.some(({ path }) => path === "/failing"), "the failing delivery");
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
