// Two tabs with one cookie: a page neither reads nor writes with the session of another key.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
	browserProblems,
	button,
	call,
	context,
	dialog,
	type Page,
	page,
	server,
	signInAgain,
	startSession,
	waitUntil,
} from "./shared.ts";

const leadsOf = async (key: string) => {
	const response = await fetch(`${server.origin}/api/v1/leads?search=Tabea`, {
		headers: { "x-api-key": key },
	});
	return ((await response.json()) as Page<object>).items.length;
};
const organization = () => page.locator("aside .organization").innerText();

test("a tab does nothing in the organization that another tab has signed in to, and keeps what was typed", async () => {
	await startSession("First tab");
	const foreign = await server.foreignKey("Other Ltd");
	const own = await call<{ key: string }>("POST", "/api-keys", { name: "First tab again", scopes: ["*"] });
	await page.getByRole("link", { name: "Data" }).click();
	await page.getByRole("link", { name: "New lead" }).click();
	const name = page.getByLabel("Name", { exact: true });
	await name.fill("Tabea Tab");
	const shown = await organization();

	const second = await context.newPage();
	await second.goto(`${server.origin}/dashboard/`);
	await button("Sign out", second).click();
	await second.getByLabel("API key").fill(foreign);
	await button("Sign in", second).click();
	await second.getByText("Other Ltd").first().waitFor();

	await button("Create lead").click();
	await dialog()
		.getByText(/This session has ended/)
		.waitFor();
	assert.deepEqual([await leadsOf(foreign), await organization()], [0, shown]);
	await signInAgain(own.key);
	assert.equal(await name.inputValue(), "Tabea Tab");
	await button("Create lead").click();
	await page.getByRole("heading", { level: 1, name: "Tabea Tab" }).waitFor();
	assert.deepEqual([await leadsOf(foreign), await leadsOf(own.key)], [0, 1]);

	// Now the second tab is the one that is behind: it reads nothing either.
	await second.getByRole("link", { name: "Data" }).click();
	await second
		.getByRole("dialog")
		.getByText(/This session has ended/)
		.waitFor();
	assert.equal(await second.getByRole("link", { name: "Tabea Tab" }).count(), 0);
	await second.close();
	browserProblems.clear(/401 \(Unauthorized\)/);
});

test("who signs in again to another organization sees only that one", async () => {
	const foreign = await server.foreignKey("Third Ltd");
	await button("Edit").click();
	await page.getByLabel("Company").fill("Tabs Ltd");
	await context.clearCookies();
	await button("Save").click();
	await signInAgain(foreign, /This API key is missing/);
	await waitUntil(async () => (await organization()) === "Third Ltd", "the other organization");
	await page.getByRole("alert").getByText("There is no such lead.").waitFor();
	assert.equal(await page.getByText("Tabea Tab").count(), 0);
	browserProblems.clear(/401 \(Unauthorized\)|404/);
});
