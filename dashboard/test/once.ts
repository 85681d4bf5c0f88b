// What is created, sent or paid happens once, also when an answer is lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import {
	browserProblems,
	button,
	call,
	dialog,
	heading,
	named,
	open,
	type Page,
	page,
	receiver,
	startSession,
	waitUntil,
} from "./shared.ts";

/** Clicks twice, because the answer to the first click is lost; requires that the second is answered as the first was. */
async function sendTwice(path: string, submit: Locator): Promise<void> {
	await page.route(`**/api/v1${path}`, async (route) => {
		if (route.request().method() !== "POST") return route.continue();
		await route.fetch();
		await route.abort();
	});
	await submit.click();
	await page.getByRole("alert").getByText("The server can’t be reached.").waitFor();
	await page.unroute(`**/api/v1${path}`);
	browserProblems.clear(/ERR_FAILED/);
	const answered = page.waitForResponse((one) => one.request().method() === "POST");
	await submit.click();
	assert.equal((await answered).headers()["idempotency-replayed"], "true", path);
}

test("a double click creates one record, also when the answer to the first try is lost", async () => {
	await open("/data/leads/new");
	await page.getByLabel("Name", { exact: true }).fill("Dora Double");
	await button("Create lead").dblclick();
	await heading("Dora Double").waitFor();
	assert.equal(await named("Dora Double"), 1);
	await open("/data/leads/new");
	await page.getByLabel("Name", { exact: true }).fill("Lotte Lost");
	await sendTwice("/leads", button("Create lead"));
	await heading("Lotte Lost").waitFor();
	assert.equal(await named("Lotte Lost"), 1);
});

test("webhooks, keys, sources and notification targets are created once, too", async () => {
	const url = "https://hooks.example.com/once";
	const creations: readonly (readonly [
		path: string,
		list: string,
		submit: string,
		fill: () => Promise<unknown>,
	])[] = [
		[
			"/webhooks/new",
			"webhooks",
			"Create",
			async () => {
				await page.getByLabel("URL").fill(url);
				await page.getByLabel("Name", { exact: true }).fill("Once");
				await page.getByLabel("*", { exact: true }).check();
			},
		],
		[
			"/api-keys",
			"api-keys",
			"Create",
			async () => {
				await button("Create key").click();
				await dialog().getByLabel("Name").fill("Once");
			},
		],
		["/settings", "lead-sources", "Add source", () => page.getByLabel("New source").fill("Once")],
		[
			"/settings/notifications",
			"notification-targets",
			"Create",
			async () => {
				await button("New target").click();
				await dialog().getByLabel("Name").fill("Once");
				await dialog().getByLabel("URL").fill(url);
			},
		],
	];
	for (const [path, list, submit, fill] of creations) {
		await open(path);
		await fill();
		await sendTwice(`/${list}`, button(submit));
		const { items } = await call<Page<{ name: string | null }>>("GET", `/${list}?limit=100`);
		assert.equal(items.filter(({ name }) => name === "Once").length, 1, list);
	}
});

test("what is done with a record is done once: converted, invoiced, paid, made void and restored", async () => {
	await startSession("Once");
	const lead = await call<{ id: string }>("POST", "/leads", { name: "Olli Once", company: "Once Ltd" });
	await open(`/data/leads/${lead.id}`);
	await button("Convert").click();
	await sendTwice(`/leads/${lead.id}/convert`, button("Convert lead"));
	await heading("Once Ltd").waitFor();
	const clientId = new URL(page.url()).pathname.split("/").at(-1);

	const quotation = await call<{ id: string }>("POST", "/quotations", {
		clientId,
		date: "2026-01-31",
		subject: "Once",
		lineItems: [{ name: "Day", quantity: 2, price: 100 }],
	});
	await open(`/data/quotations/${quotation.id}`);
	await sendTwice(`/quotations/${quotation.id}/invoice`, button("Create invoice"));
	await page.waitForURL(/\/data\/invoices\/inv_/);
	const path = new URL(page.url()).pathname.replace("/dashboard/data", "");
	await button("Record payment").click();
	await dialog().getByLabel("Amount").fill("50");
	await sendTwice(`${path}/payments`, button("Save payment"));
	await dialog().waitFor({ state: "detached" });
	assert.equal((await call<{ dueTotal: number }>("GET", path)).dueTotal, 150);
	await button("Record payment").click();
	await dialog().getByLabel("Amount").fill("50");
	await button("Save payment").click();
	await dialog().waitFor({ state: "detached" });
	assert.equal(
		(await call<{ dueTotal: number }>("GET", path)).dueTotal,
		100,
		"another one is another payment",
	);

	const second = await call<{ id: string }>("POST", "/invoices", {
		clientId,
		date: "2026-01-31",
		dueDate: "2026-02-28",
		lineItems: [{ name: "Day", quantity: 1, price: 100 }],
	});
	await open(`/data/invoices/${second.id}`);
	await button("Void").click();
	await sendTwice(`/invoices/${second.id}/void`, button("Void invoice"));
	await page.getByText("void", { exact: true }).first().waitFor();
	await call("DELETE", `/invoices/${second.id}`);
	await page.reload();
	await sendTwice(`/invoices/${second.id}/restore`, button("Restore"));
	await button("Edit").waitFor();
});

test("an event is sent once, redelivered once after each attempt, and recovered once", async () => {
	const url = `${receiver.url}/once`;
	const { id } = await call<{ id: string }>("POST", "/webhooks", {
		name: "Once",
		url,
		events: ["task.*"],
	});
	const log = async () =>
		(await call<Page<{ id: string; attemptCount: number }>>("GET", `/webhooks/${id}/deliveries`)).items;
	await open(`/webhooks/${id}`);
	await button("Send test event").click();
	await sendTwice(`/webhooks/${id}/test`, button("Send", dialog()));
	await dialog().getByRole("status").getByText("Received").waitFor();
	const deliveries = await log();
	assert.equal(deliveries.length, 1);
	await open(`/webhooks/${id}/deliveries/${deliveries[0]?.id}`);
	await page.getByRole("heading", { name: "1 attempt" }).waitFor();
	await sendTwice(`/webhooks/${id}/deliveries/${deliveries[0]?.id}/redeliver`, button("Redeliver"));
	await page.getByRole("heading", { name: "2 attempts" }).waitFor();
	await button("Redeliver").click();
	await page.getByRole("heading", { name: "3 attempts" }).waitFor();
	await waitUntil(async () => (await log())[0]?.attemptCount === 3, "the third attempt, and no other");
	await open(`/webhooks/${id}`);
	await button("Send again…").click();
	await sendTwice(`/webhooks/${id}/recover`, button("Send again", dialog()));
	await dialog()
		.getByText(/on the way again/)
		.waitFor();
	await open("/");
	await call("DELETE", `/webhooks/${id}`);
});
