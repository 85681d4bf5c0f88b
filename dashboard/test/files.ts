// Import and export of records.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { accessibilityProblems, takeScreenshot } from "./environment.ts";
import {
	browserProblems,
	button,
	call,
	context,
	NARROW,
	open,
	type Page,
	page,
	signIn,
	signInAgain,
	startSession,
	WIDE,
	waitUntil,
} from "./shared.ts";

/** Chooses a CSV file. */
const choose = (name: string, text: string) =>
	page.getByLabel("CSV file").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

/** The text of the file that a click makes the browser save. */
async function saved(name: string): Promise<{ name: string; text: string }> {
	const [file] = await Promise.all([page.waitForEvent("download"), button(name).click()]);
	return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
}

test("a file is imported after a look at what it becomes: known leads are updated, refused rows saved with the reason", async () => {
	// Imports and exports wait while others use what a key's sessions may send.
	await startSession("Files");
	const known = await call<{ id: string }>("POST", "/leads", {
		name: "Zoe Before",
		email: "zoe@files.example",
	});
	await call("POST", "/custom-fields", { entity: "leads", label: "Herkunft", type: "text" });
	await open("/data/leads");
	await page.getByRole("link", { name: "Import or export" }).click();
	await choose("book.csv", "PK\u0003\u0004");
	await page.getByRole("alert").getByText("book.csv is not a CSV file.").waitFor();
	await choose(
		"contacts.csv",
		"E-mail;Full name;Firma;Score\nzoe@files.example;Zoë;Importers Ltd;7\nyan@files.example;Yan;=1+1;\nnone;Xu;;\n",
	);
	const field = (header: string) => page.getByLabel(`Field of ${header}`);
	await page.getByText("2 of 3 rows are ready. The others will be refused:").waitFor();
	await page.getByText("Line 4: email: Expected a text like jane@example.com.").waitFor();
	assert.deepEqual([await field("E-mail").inputValue(), await field("Firma").inputValue()], ["email", ""]);
	assert.equal(await page.getByLabel("Known by").inputValue(), "email");
	assert.equal(await field("Firma").locator('option[value="cf_herkunft"]').count(), 1);
	await field("Firma").selectOption("company");
	for (const [width, size] of [
		[390, NARROW],
		[1280, WIDE],
	] as const) {
		await page.setViewportSize(size);
		assert.deepEqual(await accessibilityProblems(page), []);
		const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
		assert(overflow <= 0, `the page is ${overflow} px too wide`);
		await takeScreenshot(page, `import-${width}`);
	}
	await button("Import 3 rows").click();
	await page.getByText("1 created, 1 updated, 1 refused.").waitFor();
	assert.deepEqual(await saved("Save the refused rows"), {
		name: "contacts.rejected.csv",
		text: "refused because;E-mail;Full name;Firma;Score\nemail: Expected an e-mail address.;none;Xu;;\n",
	});
	const lead = await call<{ name: string; company: string; score: number }>("GET", `/leads/${known.id}`);
	assert.deepEqual([lead.name, lead.company, lead.score], ["Zoë", "Importers Ltd", 7]);
});

test("what is found is exported, without cells that a spreadsheet would execute", async () => {
	await open("/data/leads?search=files.example");
	await page.getByRole("link", { name: "Import or export" }).click();
	await page.getByText("All leads that match “files.example”").waitFor();
	const { name, text } = await saved("Export");
	assert.equal(name, "leads.csv");
	assert.match(text, /^\uFEFFid,version,.*,company,.*\n.*\n.*\n$/);
	assert.match(text, /,yan@files\.example,.*,'=1\+1,/);
	await page.getByLabel("Format").selectOption("ndjson");
	const lines = (await saved("Export")).text.trimEnd().split("\n");
	assert.deepEqual(lines.map((line) => JSON.parse(line).name).sort(), ["Yan", "Zoë"]);
});

test("an import whose connection breaks goes on, and creates nothing twice", async () => {
	await open("/data/leads/files");
	await choose("many.csv", `name,company\n${"Broken,Broken Line Ltd\n".repeat(250)}`);
	let batches = 0;
	await page.route("**/leads/batch", async (route) => {
		batches += 1;
		const response = await route.fetch();
		// The second is carried out, but its answer is lost.
		if (batches === 2) await route.abort();
		else await route.fulfill({ response });
	});
	await button("Import 250 rows").click();
	await page.getByRole("alert").waitFor();
	await page.getByText(/^100 of 250 rows/).waitFor();
	await button("Go on").click();
	await page.getByText("250 created, 0 updated, 0 refused.").waitFor();
	await page.unroute("**/leads/batch");
	browserProblems.clear(/ERR_FAILED/);
	assert.equal(batches, 4);
	let found = 0;
	for (let cursor = "", more = true; more; ) {
		const leads = await call<Page<object> & { nextCursor: string; hasMore: boolean }>(
			"GET",
			`/leads?search=Broken&limit=100${cursor}`,
		);
		found += leads.items.length;
		cursor = `&cursor=${leads.nextCursor}`;
		more = leads.hasMore;
	}
	assert.equal(found, 250);
	await button("Import another file").click();
	await waitUntil(() => page.getByLabel("CSV file").isVisible(), "the next file");
});

test("an import whose session ends goes on after signing in, and asks before it is left half done", async () => {
	const other = await call<{ id: string; key: string }>("POST", "/api-keys", {
		name: "Import",
		scopes: ["*"],
	});
	const again = await call<{ key: string }>("POST", "/api-keys", { name: "Import again", scopes: ["*"] });
	await page.goto("about:blank");
	await context.clearCookies();
	await open("/data/leads/files");
	await signIn(other.key);
	await choose("ended.csv", `name,company\n${"Ended,Session Ltd\n".repeat(250)}`);
	let batches = 0;
	await page.route("**/leads/batch", async (route) => {
		batches += 1;
		if (batches === 2) await call("DELETE", `/api-keys/${other.id}`);
		await route.continue();
	});
	await button("Import 250 rows").click();
	await signInAgain(again.key);
	await page.unroute("**/leads/batch");
	await page.getByText("100 created, 0 updated, 0 refused.").waitFor();
	browserProblems.clear(/401 \(Unauthorized\)/);
	await page.getByRole("link", { name: "Webhooks" }).click();
	await button("Stay").click();
	await button("Go on").click();
	await page.getByText("250 created, 0 updated, 0 refused.").waitFor();
	await page.getByRole("link", { name: "Webhooks" }).click();
	await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
});
