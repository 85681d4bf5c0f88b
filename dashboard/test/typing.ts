// What is typed into lists of a form: it stays as it is, and what is wrong is shown where it is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { button, open, page, startSession } from "./shared.ts";

const row = (name: string) => page.getByRole("group", { name, exact: true });

test("a wrong number stays with its line while lines are added, moved and removed, and has the focus after Create", async () => {
	await startSession("Typing");
	await open("/data/quotations/new");
	for (let count = 0; count < 2; count += 1) await button("Add line item").click();
	await row("Line item 1").getByLabel("Price").fill("5");
	await row("Line item 2").getByLabel("Price").fill("12 EUR");
	const wrong = page.locator(".field.invalid").getByText(/^Write it as/);
	const requireWrong = async (name: string) => {
		assert.equal(await row(name).getByLabel("Price").inputValue(), "12 EUR", name);
		assert.equal(await row(name).locator(wrong).count(), 1, name);
		assert.equal(await wrong.count(), 1);
	};
	await button("Add line item").click();
	await requireWrong("Line item 2");
	await button("Move Line item 2 down").press("Enter");
	await requireWrong("Line item 3");
	// The focus goes along; at the end it is on what can still be pressed.
	assert(await button("Move Line item 3 up").evaluate((one) => one === document.activeElement));
	await page.keyboard.press("Enter");
	await requireWrong("Line item 2");
	assert(await button("Move Line item 2 up").evaluate((one) => one === document.activeElement));
	await button("Remove Line item 1").click();
	await requireWrong("Line item 1");
	await page.getByLabel("Date", { exact: true }).fill("2026-01-31");
	for (const name of ["Line item 1", "Line item 2"]) {
		await row(name).getByLabel("Name").fill("Consulting");
		await row(name).getByLabel("Quantity").fill("1");
	}
	await button("Create quotation").click();
	assert(
		await row("Line item 1")
			.getByLabel("Price")
			.evaluate((one) => one === document.activeElement),
	);
	await button("Cancel").click();
});
