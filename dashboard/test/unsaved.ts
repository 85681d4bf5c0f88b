// What was typed is not lost silently, and lists stay as they were left.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
	browserProblems,
	button,
	call,
	dialog,
	heading,
	named,
	open,
	page,
	startSession,
	waitUntil,
} from "./shared.ts";

test("leaving what is not saved asks first: by a link, the palette, Back, and closing a dialog", async () => {
	await startSession("Unsaved");
	await page.getByRole("link", { name: "Data" }).click();
	await page.getByRole("link", { name: "New lead" }).click();
	const name = page.getByLabel("Name", { exact: true });
	await name.fill("Una Saved");
	await page.getByRole("link", { name: "Webhooks" }).click();
	await button("Stay").click();
	assert.equal(await name.inputValue(), "Una Saved");
	await page.keyboard.press("Control+k");
	await page.getByRole("combobox", { name: "Page, command or record" }).fill("request");
	await page.keyboard.press("Enter");
	await page.getByRole("dialog", { name: "Leave without saving?" }).waitFor();
	await page.keyboard.press("Escape");
	await dialog().waitFor({ state: "detached" });
	await page.goBack();
	await button("Stay").click();
	await page.waitForURL(/\/data\/leads\/new$/);
	assert.equal(await name.inputValue(), "Una Saved");
	const closing = page.waitForEvent("dialog");
	await page.evaluate(() => setTimeout(() => location.reload()));
	const asked = await closing;
	assert.equal(asked.type(), "beforeunload");
	await asked.dismiss();
	assert.equal(await name.inputValue(), "Una Saved");
	await page.goBack();
	await button("Leave").click();
	await page.waitForURL(/\/data$/);
	await page.getByRole("link", { name: "API keys" }).click();
	await button("Create key").click();
	await dialog().getByLabel("Name").fill("Half typed");
	await page.keyboard.press("Escape");
	await button("Stay").click();
	assert.equal(await dialog().getByLabel("Name").inputValue(), "Half typed");
	await page.keyboard.press("Escape");
	await button("Leave").click();
	await dialog().waitFor({ state: "detached" });
	assert.equal(await named("Una Saved"), 0);
});

test("a list is as it was left: after Back with its place, by the link of a record, and its tab shows all again", async () => {
	const items = Array.from({ length: 60 }, (_, at) => ({ name: `Scroll ${at}`, company: "Scrolls" }));
	await call("POST", "/leads/batch", { items });
	await open("/data/leads?search=Scroll&orderBy=name&orderDir=asc");
	const rows = page.locator("table.list tbody tr");
	await button("Load more").click();
	await waitUntil(async () => (await rows.count()) === 50, "the second page");
	const row = rows.nth(45);
	await row.getByRole("link").first().click();
	await heading(/^Scroll/).waitFor();
	assert.equal(await page.evaluate(() => scrollY), 0);
	await page.goBack();
	await waitUntil(async () => (await rows.count()) === 50, "the list");
	const isInSight = (one: Element) => {
		const { top, bottom } = one.getBoundingClientRect();
		return top >= 0 && bottom <= innerHeight;
	};
	await waitUntil(() => row.evaluate(isInSight), "the place in it");
	await rows.first().getByRole("link").first().click();
	await heading(/^Scroll/).waitFor();
	await page.getByRole("link", { name: "← Leads" }).click();
	await page.waitForURL(/\/data\/leads\?search=Scroll&orderBy=name&orderDir=asc$/);
	assert.equal(await page.getByLabel("Search leads").inputValue(), "Scroll");
	await page.getByRole("navigation", { name: "Data" }).getByRole("link", { name: "Leads" }).click();
	await waitUntil(async () => (await page.getByLabel("Search leads").inputValue()) === "", "the whole list");
	await page.waitForTimeout(400);
	assert.match(page.url(), /\/data\/leads$/);
	// The link of the page that is open adds nothing for Back.
	const entries = await page.evaluate(() => history.length);
	await page.getByRole("navigation", { name: "Data" }).getByRole("link", { name: "Leads" }).click();
	assert.equal(await page.evaluate(() => history.length), entries);
});

test("while the organization moves, reads wait as long as asked, and the page says so", async () => {
	const busy = { code: "SERVICE_UNAVAILABLE", message: "We can't answer this right now; please try again." };
	let refusals = 0;
	await page.route("**/api/v1/deals?*", (route) => {
		refusals += 1;
		if (refusals > 3) return route.continue();
		return route.fulfill({ status: 503, headers: { "retry-after": "1" }, json: busy });
	});
	await open("/data/deals");
	await page.getByText("The server can’t answer now; it asks to wait 1 s.").waitFor();
	await page.getByRole("table", { name: "Deals" }).waitFor();
	assert.equal(refusals, 4);
	await page.getByText("Not up to date.").waitFor({ state: "detached" });
	await page.unroute("**/api/v1/deals?*");
	browserProblems.clear(/503/);
});

test("who has left a form while it is being saved is not called back to what it made", async () => {
	const isList = ({ pathname }: URL) => pathname === "/api/v1/leads";
	const { promise, resolve: answer } = Promise.withResolvers<void>();
	await open("/data/leads/new");
	await page.route(isList, async (route) => {
		if (route.request().method() === "POST") await promise;
		await route.fallback();
	});
	await page.getByLabel("Name", { exact: true }).fill("Left Behind");
	const response = page.waitForResponse((one) => one.request().method() === "POST");
	const shown: string[] = [];
	page.on("framenavigated", (frame) => shown.push(new URL(frame.url()).pathname));
	await button("Create lead").click();
	await page.getByRole("link", { name: "Webhooks" }).click();
	await button("Leave").click();
	await heading("Webhooks").waitFor();
	answer();
	assert.equal((await response).status(), 201);
	// What follows the answer has happened when the page has read something after it.
	await page.getByRole("link", { name: "Events" }).click();
	await heading("Events").waitFor();
	await page.getByRole("link", { name: "API keys" }).click();
	await heading("API keys").waitFor();
	await page.unroute(isList);
	page.removeAllListeners("framenavigated");
	assert.deepEqual(
		shown.filter((path) => path.includes("/ld_")),
		[],
	);
});
