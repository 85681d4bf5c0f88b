// The search of the guides and of the reference.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityProblems, takeScreenshot } from "./environment.ts";
import { NARROW, page, server, WIDE } from "./shared.ts";

const search = () => page.getByRole("combobox", { name: "Search guides and reference" });
const results = () => page.getByRole("option");

test("the search finds sections of guides, operations and events, by keyboard", async () => {
	await page.goto(`${server.origin}/docs/quick-start`);
	for (const [words, place, address] of [
		["signature verif", "Verifying webhooks", /\/docs\/verifying-webhooks/],
		["invoice a quotation", "POST /api/v1/quotations/{id}/invoice", /\/docs#.*invoiceQuotation$/],
		["deal.stageChanged", "Event", /\/docs#.*webhook\/deal\.stageChanged$/],
	] as const) {
		await page.keyboard.press("/");
		await search().fill(words);
		await results().filter({ hasText: place }).first().waitFor();
		// At most a dozen, so each can be reached by the arrows.
		for (let tries = 0; tries < 12; tries += 1) {
			const selected = page.getByRole("option", { selected: true });
			if ((await selected.textContent())?.includes(place)) break;
			await page.keyboard.press("ArrowDown");
		}
		await page.keyboard.press("Enter");
		await page.waitForURL(address);
		assert.equal(await page.getByRole("dialog").count(), 0);
	}
});

test("the search says if nothing is found, and is accessible at 1280 and 390 px", async () => {
	await page.goto(`${server.origin}/docs/webhooks`);
	for (const size of [WIDE, NARROW]) {
		await page.setViewportSize(size);
		await page.getByRole("button", { name: "Search", exact: true }).click();
		await search().fill("webhook retry");
		await results().first().waitFor();
		assert.deepEqual(await accessibilityProblems(page), []);
		assert((await page.evaluate<number>("document.documentElement.scrollWidth")) <= size.width);
		await takeScreenshot(page, `search-${size.width}`);
		await search().fill("zzzxqv");
		await page.getByText("Nothing was found.").waitFor();
		await page.keyboard.press("Escape");
		assert.equal(await page.getByRole("dialog").count(), 0);
	}
	await page.setViewportSize(WIDE);
});
