// Addresses and answers that no page expects: each page says what is wrong, and the others go on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browserProblems, button, call, open, page, startSession, visit } from "./shared.ts";

const heading = (name: string) => page.getByRole("heading", { level: 1, name, exact: true });

test("dates in an address that are none don't stop a page, nor does a year of six digits", async () => {
	await startSession("Addresses");
	for (const [path, title] of [
		["/requests?since=garbage", "Requests"],
		["/events/feed?since=2026-13-01T00:00", "Events"],
	] as const) {
		await open(path);
		await heading(title).waitFor();
		const since = page.getByLabel("Since");
		assert.equal(await since.getAttribute("max"), "9999-12-31T23:59");
		await since.evaluate((input: HTMLInputElement) => {
			input.value = "120260-01-01T00:00";
			input.dispatchEvent(new Event("input", { bubbles: true }));
		});
		await page.waitForURL(/since=120260/);
		await heading(title).waitFor();
		assert.equal(await page.getByRole("alert").count(), 0);
	}
	await open("/data/leads?createdAfter=2026-13");
	await page.getByRole("alert").getByText("createdAfter").waitFor();
	browserProblems.clear(/400 \(Bad Request\)|does not conform/);
});

test("an address that can't be read is no page", async () => {
	await page.goto("about:blank");
	await open("/data/leads/%E0%A4%A");
	await page.getByText("There is no such page.").waitFor();
});

test("a page that fails says so, and the others go on", async () => {
	const { id } = await call<{ id: string }>("POST", "/leads", { name: "Farah Fails" });
	const isRead = ({ pathname }: URL) => pathname === `/api/v1/leads/${id}`;
	await page.route(isRead, async (route) => {
		const response = await route.fetch();
		await route.fulfill({ response, json: { ...(await response.json()), createdAt: "garbage" } });
	});
	await open("/webhooks");
	await visit(`/data/leads/${id}`);
	await heading("This page can’t be shown").waitFor();
	await page.getByRole("link", { name: "API keys" }).click();
	await heading("API keys").waitFor();
	await page.goBack();
	await page.unroute(isRead);
	await button("Reload").click();
	await heading("Farah Fails").waitFor();
	assert(
		browserProblems.found.some((one) => /Invalid time value/.test(one)),
		"it is logged",
	);
	browserProblems.clear(/Invalid time value/);
});
