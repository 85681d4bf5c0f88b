// Addresses and answers that no page expects: each page says what is wrong, and the others go on.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
	browserProblems,
	button,
	call,
	context,
	heading,
	open,
	type Page,
	page,
	server,
	startSession,
	visit,
	waitUntil,
} from "./shared.ts";

test("dates in an address that are none don't stop a page, nor does a year of six digits", async () => {
	await startSession("Addresses");
	for (const [path, title] of [
		["/requests?since=garbage", "Requests"],
		["/events/feed?since=2026-13-01T00:00", "Events"],
	] as const) {
		await open(path);
		await heading(title).waitFor();
		const since = page.getByLabel("Since");
		assert.equal(await since.getAttribute("max"), "9999-12-31T23:59");
		await since.evaluate((input: HTMLInputElement) => {
			input.value = "120260-01-01T00:00";
			input.dispatchEvent(new Event("input", { bubbles: true }));
		});
		await page.waitForURL(/since=120260/);
		await heading(title).waitFor();
		assert.equal(await page.getByRole("alert").count(), 0);
	}
	await open("/data/leads?createdAfter=2026-13");
	await page.getByRole("alert").getByText("createdAfter").waitFor();
	browserProblems.clear(/400 \(Bad Request\)|does not conform/);
});

test("a filter that an address repeats has all its values, also in the export", async () => {
	const names = ["Rita Repeat", "Ralf Repeat", "Rosa Repeat"];
	for (const name of names)
		await call("POST", "/leads", { name, email: `${name.slice(0, 4)}@repeat.example` });
	await open("/data/leads?email=rita@repeat.example&email=ralf@repeat.example&orderBy=name&orderDir=asc");
	const rows = page.getByRole("table", { name: "Leads" }).locator("strong");
	const shown = () => rows.allInnerTexts();
	await rows.first().waitFor();
	assert.deepEqual(await shown(), ["Ralf Repeat", "Rita Repeat"]);
	await page.getByRole("link", { name: "Import or export" }).click();
	await page.getByText("All leads that meet the filter Email").waitFor();
	await page.getByLabel("Format").selectOption("ndjson");
	const [file] = await Promise.all([page.waitForEvent("download"), button("Export").click()]);
	const lines = readFileSync(await file.path(), "utf8")
		.trimEnd()
		.split("\n");
	assert.deepEqual(
		lines.map((line) => JSON.parse(line).name),
		["Ralf Repeat", "Rita Repeat"],
	);
	await page.goBack();
	await button("Remove ralf@repeat.example from Email").click();
	await waitUntil(async () => (await rows.count()) === 1, "the filter");
	assert.equal(await page.getByLabel("Email").inputValue(), "rita@repeat.example");

	const { items: stages } = await call<Page<{ id: string }>>("GET", "/lead-stages?limit=1");
	await open(`/data/leads?stageId=${stages[0]?.id}&email=rita@repeat.example&email=ralf@repeat.example`);
	await button("Remove ralf@repeat.example from Email").waitFor();
	const filters = await page.locator(".filters").boundingBox();
	assert(filters && filters.height < 150, `the filters are ${filters?.height} high`);

	for (const [path, label, values, names = values] of [
		["/data/deals?status=WON&status=LOST", "Status", ["WON", "LOST"], ["Won", "Lost"]],
		["/requests?method=POST&method=PATCH", "Method", ["POST", "PATCH"]],
		["/events/feed?type=lead.created&type=deal.created", "Event", ["lead.created", "deal.created"]],
	] as const) {
		const [name = ""] = path.match(/\w+(?==)/) ?? [];
		const asked = page.waitForRequest((request) => {
			const { pathname, searchParams } = new URL(request.url());
			return pathname.startsWith("/api/v1/") && String(searchParams.getAll(name)) === String(values);
		});
		await open(path);
		await asked;
		for (const name of names) await button(`Remove ${name} from ${label}`).waitFor();
	}
});

test("an address that can't be read is no page", async () => {
	await page.goto("about:blank");
	await open("/data/leads/%E0%A4%A");
	await page.getByText("There is no such page.").waitFor();
});

test("a page of what is not there has a heading, a title and the way back", async () => {
	await visit("/data/leads/ld_01h455vb4pex5vsknk084sn02q");
	await page.getByText("There is no such lead.").waitFor();
	await heading("Lead").waitFor();
	assert.equal(await page.title(), "Lead · Leadwire");
	await page.getByRole("link", { name: "← Leads" }).click();
	await heading("Data").waitFor();
	await visit("/webhooks/webhook_01h455vb4pex5vsknk084sn02q");
	await heading("Webhook").waitFor();
	await visit("/webhooks/webhook_01h455vb4pex5vsknk084sn02q/edit");
	await heading("Edit webhook").waitFor();
	await visit("/webhooks/webhook_01h455vb4pex5vsknk084sn02q/deliveries/whd_01h455vb4pex5vsknk084sn02q");
	await heading("Delivery").waitFor();
	browserProblems.clear(/404/);
});

test("a record that was deleted while it was changed is shown as deleted", async () => {
	const { id } = await call<{ id: string }>("POST", "/leads", { name: "Della Deleted" });
	await visit(`/data/leads/${id}`);
	await button("Edit").click();
	await page.getByLabel("Company").fill("Mine");
	await call("DELETE", `/leads/${id}`);
	await button("Save").click();
	await page.getByRole("alert").getByText("There is no such lead.").waitFor();
	await page.getByText(", deleted").waitFor();
	await button("Cancel").click();
	await button("Restore").waitFor();
	browserProblems.clear(/404/);
});

test("an address that changes before the first frame is painted is shown", async () => {
	const early = await context.newPage();
	// The dashboard's script has run then, and nothing that waits for a frame.
	await early.addInitScript(() =>
		document.addEventListener("DOMContentLoaded", () => {
			history.pushState(null, "", "/dashboard/webhooks");
			dispatchEvent(new PopStateEvent("popstate"));
		}),
	);
	await early.goto(`${server.origin}/dashboard/api-keys`);
	await early.getByRole("heading", { level: 1, name: "Webhooks", exact: true }).waitFor();
	await early.close();
});

test("a page that fails says so, and the others go on", async () => {
	const { id } = await call<{ id: string }>("POST", "/leads", { name: "Farah Fails" });
	const isRead = ({ pathname }: URL) => pathname === `/api/v1/leads/${id}`;
	await page.route(isRead, async (route) => {
		const response = await route.fetch();
		await route.fulfill({ response, json: { ...(await response.json()), value: 5, currency: "?" } });
	});
	await open("/webhooks");
	await visit(`/data/leads/${id}`);
	await heading("This page can’t be shown").waitFor();
	await page.getByRole("link", { name: "API keys" }).click();
	await heading("API keys").waitFor();
	await page.goBack();
	await page.unroute(isRead);
	await button("Reload").click();
	await heading("Farah Fails").waitFor();
	assert(
		browserProblems.found.some((one) => /Invalid currency code/.test(one)),
		"it is logged",
	);
	browserProblems.clear(/Invalid currency code/);
});
