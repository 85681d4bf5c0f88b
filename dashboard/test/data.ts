// Events and records.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { button, call, missteps, open, page, until } from "./stage.ts";

test("events are catalogued with example and schema, and what happened is listed", async () => {
	await page.getByRole("link", { name: "Events" }).click();
	await page.getByLabel("Find an event").fill("save");
	await button("save_lead").click();
	await page.getByText('"first_name"').first().waitFor();
	await page.getByText('"$schema"').waitFor();
	await page.getByRole("link", { name: "Recent" }).click();
	await page.getByLabel("Event", { exact: true }).selectOption("lead.*");
	await page.getByRole("list", { name: "Recent events" }).getByText("lead.created").first().click();
	await page.getByText('"Seen by both"').first().waitFor();
});

test("a lead is found and changed, and a change that came between is not overwritten", async () => {
	await page.getByRole("link", { name: "Data" }).click();
	await page.getByLabel("Search leads").fill("meanwh");
	await page.getByRole("link", { name: /^Made meanwhile/ }).click();
	await button("Edit").click();
	await page.getByLabel("Email").fill("not an address");
	await button("Save").click();
	await page.getByText("Expected an e-mail address.").waitFor();
	await page.getByLabel("Email").fill("jane@example.com");
	const id = new URL(page.url()).pathname.split("/").at(-1);
	await call("PATCH", `/leads/${id}`, { company: "ACME" });
	await button("Save").click();
	await button("Load the latest, keep my changes").click();
	await until(async () => (await page.getByLabel("Company").inputValue()) === "ACME", "the other's change");
	await button("Save").click();
	await page.getByText("jane@example.com").first().waitFor();
	const lead = await call<{ email: string; company: string }>("GET", `/leads/${id}`);
	assert.deepEqual([lead.email, lead.company], ["jane@example.com", "ACME"]);
	missteps.forgive(/400 \(Bad Request\)|412 \(Precondition Failed\)/);
});

test("a deal moves on the board by dragging it, and by choosing its stage", async () => {
	await open("/data/board");
	const stages = page.locator(".board section");
	const card = stages.first().locator("article").first();
	const title = await card.getByRole("link").innerText();
	const [from, to] = [stages.nth(0), stages.nth(1)];
	const held = (stage: Locator) => stage.getByRole("link", { name: title, exact: true });
	const before = await held(from).count();
	await card.dragTo(to.locator("header"));
	await until(async () => (await held(from).count()) === before - 1, "the drag");
	await held(to).first().waitFor();
	const select = to.getByLabel(`Stage of ${title}`).first();
	await until(async () => await select.isEnabled(), "the end of the move");
	await select.selectOption({ index: 0 });
	await until(async () => (await held(from).count()) === before, "the choice");
});
