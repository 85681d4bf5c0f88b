// Changing a webhook in its form: its headers, and which events it is sent, how and in which order.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityProblems } from "./environment.ts";
import { browserProblems, button, call, open, page, receiver, testWebhook, waitUntil } from "./shared.ts";

test("editing keeps masked headers", async () => {
	await open(`/webhooks/${testWebhook.webhookId}`);
	await page.getByRole("link", { name: "Edit" }).click();
	assert.equal(await page.getByLabel("Value of header 1").inputValue(), "***");
	await page.getByLabel("Description").fill("Keeps the warehouse up to date.");
	// Somebody else changes another field.
	await call("PATCH", `/webhooks/${testWebhook.webhookId}`, { method: "PUT" });
	await button("Save").click();
	await button("Load the latest, keep my changes").click();
	await button("Load the latest, keep my changes").waitFor({ state: "detached" });
	await button("Save").click();
	await page.getByText("Keeps the warehouse up to date.").waitFor();
	browserProblems.clear(/412 \(Precondition Failed\)/);
	const { method } = await call<{ method: string }>("GET", `/webhooks/${testWebhook.webhookId}`);
	assert.equal(method, "PUT");
	const before = receiver.received.length;
	await call("POST", `/webhooks/${testWebhook.webhookId}/test`, { event: "lead.created" });
	await waitUntil(() => receiver.received.length > before, "the delivery");
	assert.equal(receiver.received.at(-1)?.headers.authorization, "Bearer let-me-in");
});

test("a webhook's filter, text, names, rate limit and order are set, with the API's message at the filter, and unset", async () => {
	const settings = page.getByRole("region", { name: "Settings" });
	const filter = page.getByLabel("Filter");
	await page.getByRole("link", { name: "Edit" }).click();
	await filter.fill("{ data.status");
	await button("Save").click();
	assert.match(
		await page.evaluate<string>("document.querySelector('textarea:invalid').validationMessage"),
		/not JSON/,
	);
	await filter.fill('{ "data.score": [{ "above": 5 }] }');
	await page.getByLabel("Format").selectOption("slack");
	await page.getByLabel("Text", { exact: false }).fill("New: {{data.name}}");
	await page.getByLabel("At most this many attempts").fill("5");
	await page.getByLabel("In this many seconds").fill("60");
	await page.getByLabel("One after the other").check();
	await page.getByRole("group", { name: "Names beside ids" }).getByLabel("users").check();
	await button("Save").click();
	await page.locator(".field.invalid .error").getByText("filter.data.score.0").waitFor();
	assert.equal(await filter.getAttribute("aria-invalid"), "true");
	assert.deepEqual(await accessibilityProblems(page), []);
	browserProblems.clear(/400 \(Bad Request\)/);
	await filter.fill('{ "data.score": [{ "gte": 5 }] }');
	await button("Save").click();
	await settings.getByText('{"data.score":[{"gte":5}]}').waitFor();
	await settings.getByText("5 attempts in 60 s").waitFor();
	const path = `/webhooks/${testWebhook.webhookId}`;
	const {
		filter: kept,
		format,
		template,
		expand,
		rateLimit,
		ordered,
	} = await call<Record<string, unknown>>("GET", path);
	assert.deepEqual(
		{ kept, format, template, expand, rateLimit, ordered },
		{
			kept: { "data.score": [{ gte: 5 }] },
			format: "slack",
			template: "New: {{data.name}}",
			expand: ["users"],
			rateLimit: { count: 5, seconds: 60 },
			ordered: true,
		},
	);
	await page.getByRole("link", { name: "Edit" }).click();
	assert.deepEqual(JSON.parse(await filter.inputValue()), kept);
	await filter.fill("");
	await page.getByLabel("Format").selectOption("json");
	await page.getByLabel("At most this many attempts").fill("");
	await page.getByLabel("In this many seconds").fill("");
	await page.getByLabel("One after the other").uncheck();
	await page.getByRole("group", { name: "Names beside ids" }).getByLabel("users").uncheck();
	await button("Save").click();
	const current = () => call<Record<string, unknown>>("GET", path);
	await waitUntil(async () => (await current()).format === "json", "the change");
	const after = await current();
	assert.deepEqual(
		[after.filter, after.format, after.template, after.expand, after.rateLimit, after.ordered],
		[null, "json", null, [], null, false],
	);
});
