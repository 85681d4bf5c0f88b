// Events and records.
import assert from "node:assert/strict";
import { test } from "node:test";
import { takeScreenshot } from "./environment.ts";
import {
	browserProblems,
	button,
	call,
	dialog,
	NARROW,
	open,
	page,
	server,
	WIDE,
	waitUntil,
} from "./shared.ts";

test("the catalogue shows events with example and schema, and the feed lists what happened", async () => {
	await page.getByRole("link", { name: "Events" }).click();
	await page.getByLabel("Find an event").fill("save");
	await button("save_lead").click();
	await page.getByText('"first_name"').first().waitFor();
	await page.getByText('"$schema"').waitFor();
	await page.getByRole("link", { name: "Recent" }).click();
	await page.getByLabel("Event", { exact: true }).selectOption("lead.*");
	await page.getByRole("list", { name: "Recent events" }).getByText("lead.created").first().click();
	await page.getByText('"Seen by both"').first().waitFor();
	const made = page.getByRole("table", { name: "Deliveries of the event" });
	await made.getByRole("row", { name: /^Warehouse sync success/ }).waitFor();
	await made.getByRole("link", { name: "Billing" }).click();
	await page.getByRole("heading", { name: "lead.created" }).waitFor();
	await page.goBack();
});

test("the request log shows what failed and why, and is filtered", async () => {
	const refused = await fetch(`${server.origin}/api/v1/leads`, {
		method: "POST",
		headers: { "x-api-key": server.key, "content-type": "application/json" },
		body: JSON.stringify({ name: "Jane", emial: "jane@example.com" }),
	});
	assert.equal(refused.status, 400);
	await page.getByRole("link", { name: "Requests" }).click();
	const row = page.getByRole("table", { name: "Requests" }).getByRole("row");
	// It is stored some seconds after the answer, and the page asks every five.
	await row.filter({ hasText: "emial: Unknown field." }).first().waitFor({ timeout: 30_000 });
	await page.getByLabel("Status code").fill("409");
	await row.filter({ hasText: "emial" }).first().waitFor({ state: "detached" });
	await page.getByLabel("Status code").fill("400");
	await page.getByLabel("Method").selectOption("POST");
	await row.filter({ hasText: "POST /api/v1/leads" }).first().waitFor();
	assert.match(page.url(), /status=400&method=POST/);
});

test("a lead is found and changed, and a concurrent change is not overwritten", async () => {
	await page.getByRole("link", { name: "Data" }).click();
	await page.getByLabel("Search leads").fill("meanwh");
	await page.getByRole("link", { name: /^Made meanwhile/ }).click();
	await button("Edit").click();
	await page.getByLabel("Email").fill("not an address");
	await button("Save").click();
	await page.getByText("Expected an e-mail address.").waitFor();
	await page.getByLabel("Email").fill("jane@example.com");
	const id = new URL(page.url()).pathname.split("/").at(-1);
	await call("PATCH", `/leads/${id}`, { company: "ACME" });
	await button("Save").click();
	await page.getByRole("alert").getByText("Somebody else has changed this meanwhile.").waitFor();
	await button("Load the latest, keep my changes").click();
	await waitUntil(
		async () => (await page.getByLabel("Company").inputValue()) === "ACME",
		"the other's change",
	);
	await button("Save").click();
	await page.getByText("jane@example.com").first().waitFor();
	const lead = await call<{ email: string; company: string }>("GET", `/leads/${id}`);
	assert.deepEqual([lead.email, lead.company], ["jane@example.com", "ACME"]);
	browserProblems.clear(/400 \(Bad Request\)|412 \(Precondition Failed\)/);
});

test("a record's page shows its history with old and new values and the actor, also on a narrow screen", async () => {
	const lead = await call<{ id: string }>("POST", "/leads", { name: "Ada Timeline", company: "Before Ltd" });
	await call("PATCH", `/leads/${lead.id}`, { company: "After plc", score: 7 });
	await open(`/data/leads/${lead.id}`);
	const history = page.getByRole("list", { name: "History, newest first" });
	const [changed, created] = [history.getByRole("listitem").nth(0), history.getByRole("listitem").nth(1)];
	await created.getByText("Created").waitFor();
	assert.match(await changed.innerText(), /Changed by .+\(API key\)/);
	assert.match(await changed.innerText(), /Company\s+from\s+Before Ltd\s*→\s*to\s+After plc/);
	assert.match(await changed.innerText(), /Score\s+from\s+–\s*→\s*to\s+7/);
	assert.match(await changed.locator("time").innerText(), /\d{2}:\d{2}:\d{2}.*(ago|now)/s);
	await button("Edit").click();
	await page.getByLabel("Company").fill("Later AG");
	await button("Save").click();
	await history.getByText("Later AG").waitFor();
	assert.match(await history.getByRole("listitem").first().innerText(), /\(dashboard\)/);
	await page.setViewportSize(NARROW);
	const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
	assert(overflow <= 0, `the page is ${overflow} px too wide`);
	await takeScreenshot(page, "history-390");
	await page.setViewportSize(WIDE);
	await takeScreenshot(page, "history-1280");
});

test("a number is saved as it was typed, or refused at its field; an empty field means no value", async () => {
	const { items: clients } = await call<{ items: { id: string }[] }>("GET", "/clients?limit=1");
	const priced = { title: "Priced", clientId: clients[0]?.id, price: 5 };
	const { id } = await call<{ id: string }>("POST", "/deals", priced);
	await open(`/data/deals/${id}`);
	const price = async () => (await call<{ price: number | null }>("GET", `/deals/${id}`)).price;
	const before = await price();
	await button("Edit").click();
	await page.getByLabel("Price", { exact: true }).fill("130.000,50");
	await button("Save").click();
	await page.locator(".field.invalid").getByText("Write it as 1,300.5 or 1300.5.").waitFor();
	assert.equal(await price(), before);
	await page.getByLabel("Price", { exact: true }).fill("1,300");
	await button("Save").click();
	await button("Edit").waitFor();
	assert.equal(await price(), 1_300);
	await button("Edit").click();
	await page.getByLabel("Price", { exact: true }).fill("  ");
	await button("Save").click();
	await button("Edit").waitFor();
	assert.equal(await price(), null);
});

test("the organization, its pipeline and its lists are changed in the settings", async () => {
	await open("/settings");
	await page.getByLabel("Time zone").selectOption("Europe/Berlin");
	await page.getByLabel("Currency").fill("nok");
	await button("Save organization").click();
	const organization = () =>
		call<{ name: string; timezone: string; currency: string }>("GET", "/organization");
	await waitUntil(async () => (await organization()).currency === "NOK", "the currency");
	assert.equal((await organization()).timezone, "Europe/Berlin");
	await page.getByLabel("Name", { exact: true }).first().fill("Fjordlight");
	await call("PATCH", "/organization", { timezone: "Europe/Oslo" });
	await button("Save organization").click();
	await button("Load the latest, keep my changes").click();
	const zone = page.getByLabel("Time zone");
	await waitUntil(async () => (await zone.inputValue()) === "Europe/Oslo", "the other's change");
	await button("Save organization").click();
	await waitUntil(async () => (await organization()).name === "Fjordlight", "the name");
	assert.equal((await organization()).timezone, "Europe/Oslo");
	browserProblems.clear(/412 \(Precondition Failed\)/);
	await page.getByLabel("Currency").fill("Euro");
	await button("Save organization").click();
	await page.locator(".field.invalid .error").waitFor();
	browserProblems.clear(/400 \(Bad Request\)/);

	const stage = page.getByRole("group", { name: "Negotiation" });
	await stage.getByLabel("Won in %").fill("85");
	await button("Save pipeline").click();
	const pipelines = () =>
		call<{ items: { stages: { name: string; probability: number }[] }[] }>("GET", "/pipelines");
	await waitUntil(
		async () =>
			(await pipelines()).items.some(({ stages }) =>
				stages.some(({ name, probability }) => name === "Negotiation" && probability === 85),
			),
		"the probability",
	);

	await page.getByLabel("New source").fill("Billboard");
	await button("Add source").click();
	await page.getByLabel("Name of Billboard").fill("Billboards");
	await button("Save name").click();
	await page.getByLabel("Name of Billboards").waitFor();
	await button("Delete Billboards").click();
	await button("Delete source", dialog()).click();
	await page.getByLabel("Name of Billboards").waitFor({ state: "detached" });
	await page.getByLabel("New stage").fill("Waiting");
	await page.getByLabel("What it means").selectOption("WORKING");
	await button("Add stage", page.getByRole("region", { name: "Lead stages" })).click();
	await page.getByLabel("Name of Waiting").waitFor();
});
