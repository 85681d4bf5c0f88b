// What is typed into lists of a form: it stays as it is, and what is wrong is shown where it is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browserProblems, button, call, open, page, startSession, waitUntil } from "./shared.ts";

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

test("lines of a list: empty ones are left out, and what is wrong with one is shown at the list", async () => {
	await open("/settings/forms/new");
	await page.getByLabel("Title").fill("Sizes");
	await button("Add field").click();
	const field = row("Field 1");
	await field.getByLabel("Label").fill("Size");
	await field.getByLabel("Type").selectOption("singleSelect");
	const options = field.getByLabel("Options");
	await options.fill(`Small\n\n${"x".repeat(300)}\n`);
	await button("Create form").click();
	await page
		.locator(".field.invalid .error")
		.getByText(/^“x+…”: /)
		.waitFor();
	browserProblems.clear(/400 \(Bad Request\)/);
	await options.fill("Small");
	await options.press("Enter");
	await options.press("Enter");
	await options.pressSequentially("Large");
	assert.equal(await options.inputValue(), "Small\n\nLarge");
	await button("Create form").click();
	await page.getByRole("heading", { level: 1, name: "Sizes" }).waitFor();
	const id = new URL(page.url()).pathname.split("/").at(-1);
	const form = await call<{ fields: { options: string[] }[] }>("GET", `/forms/${id}`);
	assert.deepEqual(form.fields[0]?.options, ["Small", "Large"]);
});

test("a record's page shows the lines of a long text, and objects within objects", async () => {
	const { id } = await call<{ id: string }>("POST", "/leads", { name: "Lina Lines", notes: "One\nTwo" });
	const isRead = ({ pathname }: URL) => pathname === `/api/v1/leads/${id}`;
	await page.route(isRead, async (route) => {
		const response = await route.fetch();
		const more = { place: { city: { name: "Oslo" }, floors: [1, { of: 2 }], door: 3 } };
		await route.fulfill({ response, json: { ...(await response.json()), ...more } });
	});
	await open(`/data/leads/${id}`);
	const fact = (name: string) => page.locator(".facts div", { has: page.locator("dt", { hasText: name }) });
	assert.equal(await fact("Notes").locator("dd").innerText(), "One\nTwo");
	assert.deepEqual(await fact("Place").locator("li").allInnerTexts(), [
		'City: {"name":"Oslo"}',
		'Floors: [1,{"of":2}]',
		"Door: 3",
	]);
	await page.unroute(isRead);
	await call("PATCH", `/leads/${id}`, { notes: "Three\nFour" });
	await open(`/data/leads/${id}`);
	const changes = page.getByRole("list", { name: "History, newest first" });
	assert.equal(await changes.locator("ins").first().innerText(), "Three\nFour");
});

test("a filter is asked for when it was typed, not at each of its letters", async () => {
	await open("/data/leads");
	await page.getByLabel("Add a filter").selectOption("email");
	const asked: string[] = [];
	const isList = ({ pathname }: URL) => pathname === "/api/v1/leads";
	await page.route(isList, async (route) => {
		asked.push(new URL(route.request().url()).searchParams.get("email") ?? "");
		await route.fallback();
	});
	await page.getByLabel("Email").evaluate(async (input: HTMLInputElement) => {
		for (const letter of "jane@example.com") {
			input.value += letter;
			input.dispatchEvent(new InputEvent("input", { bubbles: true }));
			await new Promise((drawn) => requestAnimationFrame(drawn));
		}
	});
	await page.waitForURL(/email=jane%40example\.com/);
	await waitUntil(() => asked.includes("jane@example.com"), "the request");
	await page.unroute(isList);
	assert(asked.length < 8, asked.join());
});
