// What a page shows after another page has changed it: both are open in turn, and nothing is loaded again in between.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
	button,
	call,
	dialog,
	heading,
	open,
	type Page,
	page,
	startSession,
	visit,
	waitUntil,
} from "./shared.ts";

test("a custom field that was deleted is in no form any more", async () => {
	await startSession("Fresh");
	const field = { entity: "leads", label: "Old question", type: "text" };
	const { id } = await call<{ id: string }>("POST", "/custom-fields", field);
	await open("/data/leads/new");
	await page.getByLabel("Old question").waitFor();
	await visit(`/settings/custom-fields/${id}`);
	await button("Delete").click();
	await button("Delete custom field", dialog()).click();
	await page.waitForURL(/\/settings\/custom-fields$/);
	await visit("/data/leads/new");
	await page.getByLabel("Expected close date").waitFor();
	await page.getByLabel("Old question").waitFor({ state: "detached" });
});

test("a source that was added in the settings can be chosen for a lead at once", async () => {
	await open("/data/leads/new");
	const source = page.getByLabel("Source", { exact: true });
	await waitUntil(async () => (await source.locator("option").count()) > 1, "the sources");
	await visit("/settings");
	await page.getByLabel("New source").fill("Podcast");
	await button("Add source").click();
	await page.getByLabel("Name of Podcast").waitFor();
	await visit("/data/leads/new");
	await source.selectOption({ label: "Podcast" });
});

test("a stage that was renamed in the settings has its new name on the page of a deal", async () => {
	const { items } = await call<Page<{ id: string }>>("GET", "/deals?status=WON&limit=1");
	const stage = page.getByRole("definition").getByText("Won", { exact: true });
	await open(`/data/deals/${items[0]?.id}`);
	await stage.waitFor();
	await visit("/settings");
	const won = page.getByRole("group", { name: "Won" });
	await won.getByLabel("Stage").fill("Signed");
	await button("Save pipeline").click();
	await page.getByRole("group", { name: "Signed" }).waitFor();
	await visit(`/data/deals/${items[0]?.id}`);
	await page.getByRole("definition").getByText("Signed", { exact: true }).waitFor();
	await visit("/settings");
	await page.getByRole("group", { name: "Signed" }).getByLabel("Stage").fill("Won");
	await button("Save pipeline").click();
	await page.getByRole("group", { name: "Won" }).waitFor();
});

test("a deal that was moved on the board has its new stage on its page", async () => {
	const { items: clients } = await call<Page<{ id: string }>>("GET", "/clients?limit=1");
	const deal = { title: "Moved on the board", clientId: clients[0]?.id };
	const { id } = await call<{ id: string }>("POST", "/deals", deal);
	await open(`/data/deals/${id}`);
	await heading("Moved on the board").waitFor();
	await visit("/data/board");
	await page.getByLabel("Stage of Moved on the board").selectOption({ label: "Negotiation" });
	await page
		.getByRole("region", { name: "Negotiation" })
		.getByRole("link", { name: "Moved on the board" })
		.waitFor();
	await visit(`/data/deals/${id}`);
	await heading("Moved on the board").waitFor();
	await page.getByRole("definition").getByText("Negotiation", { exact: true }).first().waitFor();
	assert.equal((await call<{ status: string }>("GET", `/deals/${id}`)).status, "ACTIVE");
});
