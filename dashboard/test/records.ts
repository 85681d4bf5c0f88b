// Records of every resource: created, found, changed, deleted, restored, and led on to the next.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityProblems, takeScreenshot } from "./environment.ts";
import {
	browserProblems,
	button,
	call,
	dialog,
	heading,
	NARROW,
	open,
	page,
	WIDE,
	waitUntil,
} from "./shared.ts";

const idOfPage = () => new URL(page.url()).pathname.split("/").at(-1) ?? "";

test("a lead is created with a custom field, an owner and tags, found by filters, deleted and restored", async () => {
	await call("POST", "/custom-fields", {
		entity: "leads",
		label: "Branch",
		type: "singleSelect",
		options: ["Retail", "Trade"],
	});
	await call("POST", "/users", { name: "Olga Owner", email: "olga@example.com" });
	await call("POST", "/tags", { name: "Picked" });
	await open("/data/leads");
	await page.getByRole("link", { name: "New lead" }).click();
	await page.getByLabel("Name", { exact: true }).fill("Lena Filter");
	await page.getByLabel("Score").fill("12");
	await page.getByLabel("Branch").selectOption("Trade");
	await page.getByLabel("Owner", { exact: true }).selectOption("Olga Owner");
	await page.getByLabel("Tags", { exact: true }).selectOption("Picked");
	await page.getByLabel("Email").fill("not an address");
	await button("Create lead").click();
	await page.getByText("Expected an e-mail address.").waitFor();
	browserProblems.clear(/400 \(Bad Request\)/);
	await page.getByLabel("Email").fill("lena@example.com");
	assert.deepEqual(await accessibilityProblems(page), []);
	await takeScreenshot(page, "lead-new-1280");
	await page.setViewportSize(NARROW);
	assert((await page.evaluate<number>("document.documentElement.scrollWidth")) <= NARROW.width);
	await takeScreenshot(page, "lead-new-390");
	await page.setViewportSize(WIDE);
	await button("Create lead").click();
	await heading("Lena Filter").waitFor();
	const id = idOfPage();
	const lead = await call<{ ownerId: string; tagIds: string[]; cf_branch: string; score: number }>(
		"GET",
		`/leads/${id}`,
	);
	assert.deepEqual([lead.tagIds.length, lead.cf_branch, lead.score], [1, "Trade", 12]);
	await page.getByRole("link", { name: "Olga Owner" }).first().waitFor();

	await open("/data/leads");
	await page.getByLabel("Add a filter").selectOption("email");
	await page.getByLabel("Email").fill("lena@example.com");
	await page.getByLabel("Sort by").selectOption("name asc");
	await waitUntil(async () => (await page.locator("table.list tbody tr").count()) === 1, "the filter");
	assert.match(page.url(), /email=lena%40example\.com/);
	assert.match(page.url(), /orderBy=name&orderDir=asc/);
	await page.getByRole("link", { name: /^Lena Filter/ }).click();
	await button("Delete").click();
	await button("Delete lead", dialog()).click();
	await page.waitForURL(/\/data\/leads\?.*email=lena/);
	await page.getByLabel("Search leads").fill("Lena Filter");
	await page.getByText("No leads match").waitFor();
	await page.getByLabel("Show deleted ones, too").check();
	await page.getByRole("link", { name: /^Lena Filter/ }).click();
	await button("Restore").click();
	await button("Edit").waitFor();
	assert.equal((await call<{ deletedAt: string | null }>("GET", `/leads/${id}`)).deletedAt, null);
});

test("an option that was removed is shown as such, and a record keeps it until it gets another", async () => {
	const fields = [
		{ label: "Roof", type: "singleSelect", options: ["Flat", "Thatch"] },
		{ label: "Extras", type: "multiSelect", options: ["Gutter", "Vane"] },
	];
	const made = fields.map((field) =>
		call<{ id: string }>("POST", "/custom-fields", { entity: "leads", ...field }),
	);
	const [roof, extras] = await Promise.all(made);
	const values = { cf_roof: "Thatch", cf_extras: ["Gutter", "Vane"] };
	const { id } = await call<{ id: string }>("POST", "/leads", { name: "Remo Ved", ...values });
	await call("PATCH", `/custom-fields/${roof?.id}`, { options: ["Flat", "Gable"] });
	await call("PATCH", `/custom-fields/${extras?.id}`, { options: ["Gutter", "Chimney"] });
	const kept = async () => {
		const lead = await call<{ company: string; cf_roof: string; cf_extras: string[] }>("GET", `/leads/${id}`);
		return [lead.company, lead.cf_roof, lead.cf_extras];
	};
	await open(`/data/leads/${id}`);
	await button("Edit").click();
	const [select, box] = [page.getByLabel("Roof", { exact: true }), page.getByLabel("Vane (removed)")];
	assert.equal(await select.locator("option:checked").innerText(), "Thatch (removed)");
	assert(await box.isChecked());
	assert.deepEqual(await accessibilityProblems(page), []);
	await page.getByLabel("Company").fill("Roofers");
	await button("Save").click();
	await button("Edit").click();
	assert.deepEqual(await kept(), ["Roofers", "Thatch", ["Gutter", "Vane"]]);
	await select.selectOption("Gable");
	await page.getByLabel("Chimney").check();
	await box.waitFor({ state: "detached" });
	await button("Save").click();
	await button("Edit").waitFor();
	assert.deepEqual(await kept(), ["Roofers", "Gable", ["Gutter", "Chimney"]]);
});

/** Presses Escape in a dialog with something typed in it, which asks first. */
async function staysAfterEscape(): Promise<void> {
	await page.keyboard.press("Escape");
	await button("Stay").click();
}

test("a lead is converted, and a quotation with lines becomes an invoice that is paid", async () => {
	const { id } = await call<{ id: string }>("POST", "/leads", { name: "Conny Vert", company: "Vert Ltd" });
	await open(`/data/leads/${id}`);
	await button("Edit").click();
	await page.getByLabel("Title").fill("Roof");
	await button("Save").click();
	await button("Convert").click();
	assert.equal(await dialog().getByLabel("Title of the deal").inputValue(), "Roof");
	await dialog().getByLabel("Title of the deal").fill("Vert relaunch");
	await staysAfterEscape();
	await button("Convert lead").click();
	await heading("Vert Ltd").waitFor();

	await open("/data/quotations/new");
	await page.getByLabel("Client", { exact: true }).fill("Vert");
	await button("Vert Ltd").click();
	await page.getByLabel("Date", { exact: true }).fill("2026-01-31");
	await page.getByLabel("Subject").fill("Spring");
	await button("Add line item").click();
	const line = page.getByRole("group", { name: "Line item 1" });
	await line.getByLabel("Name").fill("Consulting");
	await line.getByLabel("Quantity").fill("2");
	await line.getByLabel("Price").fill("many");
	await button("Create quotation").click();
	await page.getByText("Write it as 1,300.5 or 1300.5.").waitFor();
	await line.getByLabel("Price").fill("100");
	await takeScreenshot(page, "quotation-new-1280");
	await button("Create quotation").click();
	await heading("Spring").waitFor();
	await page.getByRole("table", { name: "Lines" }).getByText("Consulting").waitFor();
	await page.getByText("31 Jan 2026").first().waitFor();
	await button("Create invoice").click();
	await page.waitForURL(/\/data\/invoices\/inv_/);
	await button("Record payment").click();
	await dialog().getByLabel("Amount").fill("150");
	await staysAfterEscape();
	await button("Save payment").click();
	await page.getByText("partially paid").first().waitFor();
	const invoice = await call<{ dueTotal: number; quotationId: string }>("GET", `/invoices/${idOfPage()}`);
	assert.equal(invoice.dueTotal, 50);
	await button("Record payment").click();
	assert.equal(await dialog().getByLabel("Amount").inputValue(), "50", "what is due now");
	await page.keyboard.press("Escape");
	await open(`/data/quotations/${invoice.quotationId}`);
	await button("Create invoice").click();
	await page.getByText("This quotation is invoiced already").waitFor();
	browserProblems.clear(/409 \(Conflict\)/);
});

test("lists of the settings are created and changed: a form with questions, and a product", async () => {
	await open("/settings/forms");
	await page.getByRole("link", { name: "New form" }).click();
	await page.getByLabel("Title").fill("Contact us");
	for (const [at, label] of [
		[1, "Your name"],
		[2, "Your wish"],
	] as const) {
		await button("Add field").click();
		await page
			.getByRole("group", { name: `Field ${at}` })
			.getByLabel("Label")
			.fill(label);
	}
	await button("Move Field 2 up").click();
	const preview = page.getByRole("region", { name: "Preview" });
	assert.match(await preview.innerText(), /Contact us\s+Your wish\s+Your name/);
	await button("Create form").click();
	await heading("Contact us").waitFor();
	const form = await call<{ fields: { label: string }[] }>("GET", `/forms/${idOfPage()}`);
	assert.deepEqual(
		form.fields.map(({ label }) => label),
		["Your wish", "Your name"],
	);

	await open("/settings/products/new");
	await page.getByLabel("Name", { exact: true }).fill("Hour");
	await page.getByLabel("Price", { exact: true }).fill("120");
	assert(await page.getByLabel("Is active").isChecked(), "as the API sets it");
	await button("Create product").click();
	await heading("Hour").waitFor();
	await button("Edit").click();
	await page.getByLabel("Is active").uncheck();
	await button("Save").click();
	await button("Edit").waitFor();
	assert.equal((await call<{ isActive: boolean }>("GET", `/products/${idOfPage()}`)).isActive, false);
});

test("the command palette goes to pages, commands and records by keyboard alone", async () => {
	await call("POST", "/leads", { name: "Paloma Palette" });
	await open("/");
	await page.getByRole("heading", { level: 1 }).waitFor();
	const finder = page.getByRole("combobox", { name: "Page, command or record" });
	for (const [typed, name, address] of [
		["new inv", "New invoice", /\/data\/invoices\/new$/],
		["webh", "Webhooks", /\/webhooks$/],
		["paloma", "Paloma Palette", /\/data\/leads\/ld_/],
	] as const) {
		await page.keyboard.press("Control+k");
		await finder.fill(typed);
		await dialog().getByRole("option", { name }).first().waitFor();
		for (let tries = 0; tries < 10; tries += 1) {
			if ((await dialog().getByRole("option", { selected: true }).textContent())?.includes(name)) break;
			await page.keyboard.press("ArrowDown");
		}
		assert.deepEqual(await accessibilityProblems(page), []);
		await page.keyboard.press("Enter");
		await page.waitForURL(address);
	}
	await page.keyboard.press("Control+k");
	await finder.waitFor();
	await page.keyboard.press("Escape");
	await finder.waitFor({ state: "detached" });
});
