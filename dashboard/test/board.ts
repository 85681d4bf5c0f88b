// The board of deals: what is moved on it, and what it counts.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { button, call, open, page, startSession, waitUntil } from "./shared.ts";

test("a deal moves on the board by dragging it, and by choosing its stage", async () => {
	await startSession("Board");
	await open("/data/board");
	const stages = page.locator(".board section");
	const card = stages.first().locator("article").first();
	const title = await card.getByRole("link").innerText();
	const [from, to] = [stages.nth(0), stages.nth(1)];
	const held = (stage: Locator) => stage.getByRole("link", { name: title, exact: true });
	const before = await held(from).count();
	await card.dragTo(to.locator("header"));
	await waitUntil(async () => (await held(from).count()) === before - 1, "the drag");
	await held(to).first().waitFor();
	const select = to.getByLabel(`Stage of ${title}`).first();
	await waitUntil(async () => await select.isEnabled(), "the end of the move");
	await select.selectOption({ index: 0 });
	await waitUntil(async () => (await held(from).count()) === before, "the choice");
});

test("the board counts and sums up all deals of a stage, not only those it shows", async () => {
	const { items } = await call<{ items: { stageId: string; count: number }[] }>("GET", "/deals/totals");
	const { items: clients } = await call<{ items: { id: string }[] }>("GET", "/clients?limit=1");
	const last = items.at(-2);
	const deals = Array.from({ length: 40 }, (_, index) => ({
		title: `Won ${index}`,
		clientId: clients[0]?.id,
		stageId: last?.stageId,
		price: 1_000_000,
		currency: "JPY",
	}));
	await call("POST", "/deals/batch", { items: deals });
	await open("/data/board");
	const won = page.getByRole("region", { name: "Won" });
	await won.getByText(/(JP)?¥40,000,000/).waitFor();
	await won.getByText(String((last?.count ?? 0) + 40), { exact: true }).waitFor();
	assert.equal(await won.locator("article").count(), 25);
	await button("Load more", won).click();
	await waitUntil(async () => (await won.locator("article").count()) > 25, "the rest");
});

test("only a card that is dragged moves: not the last one, when something else is dropped", async () => {
	await open("/data/board");
	const columns = page.locator(".board section");
	const [first, won] = [columns.first(), page.getByRole("region", { name: "Won" })];
	const card = first.locator("article").first();
	const title = await card.getByRole("link").innerText();
	const before = await won.getByRole("link", { name: title, exact: true }).count();
	// Dropped where it was, and then beside the board: both end without a move.
	await card.dragTo(first.locator("header"));
	await card.dragTo(page.getByRole("heading", { level: 1 }));
	const wasTaken = await won.evaluate((column) => {
		const dataTransfer = new DataTransfer();
		dataTransfer.setData("text/plain", "https://www.example.com/");
		dataTransfer.setData("text/uri-list", "https://www.example.com/");
		return ["dragover", "drop"].map(
			(type) => !column.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer })),
		);
	});
	assert.deepEqual(wasTaken, [false, false]);
	await page.waitForTimeout(500);
	assert.equal(await won.getByRole("link", { name: title, exact: true }).count(), before);
	assert(await card.locator("select").isEnabled());
});
