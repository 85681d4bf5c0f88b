// How values are shown that are not what their field leads one to expect.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
	button,
	call,
	heading,
	NARROW,
	open,
	page,
	requireFit,
	startSession,
	WIDE,
	waitUntil,
} from "./shared.ts";

/** A value on a record's page. */
const fact = (text: string) => page.getByRole("definition").getByText(text, { exact: true }).first();

test("a text that looks like a day but is none is shown as it is, in the list and on the record's page", async () => {
	await startSession("Shown");
	const company = "2026-13-45";
	const { id } = await call<{ id: string }>("POST", "/leads", { name: "Nodate Ltd", company });
	await open("/data/leads?search=Nodate");
	await page.getByRole("cell", { name: company }).waitFor();
	await open(`/data/leads/${id}`);
	await fact(company).waitFor();
});

test("the history of a conversation and of a form response says what happened", async () => {
	const chat = await call<{ id: string }>("POST", "/conversations", { conversationType: "chat" });
	await call("POST", `/conversations/${chat.id}/messages`, { role: "visitor", text: "Hello" });
	await call("PATCH", `/conversations/${chat.id}`, { status: "completed" });
	await open(`/data/conversations/${chat.id}`);
	const history = page.getByRole("list", { name: "History, newest first" });
	await history.getByText("Chat completed").waitFor();
	await history.getByText("Chat message received").waitFor();

	const { items } = await call<{ items: { id: string }[] }>("GET", "/form-responses?limit=1");
	await open(`/data/form-responses/${items[0]?.id}`);
	await history.getByText("Created").waitFor();
});

test("custom fields have their labels and order on a record's page, in its history and in its form", async () => {
	const labels = ["Fläche (m²)", "Dach-Typ"];
	const keys: string[] = [];
	for (const label of labels) {
		const field = { entity: "clients", label, type: "text" };
		keys.push((await call<{ key: string }>("POST", "/custom-fields", field)).key);
	}
	const [area = "", roof = ""] = keys;
	const { id } = await call<{ id: string }>("POST", "/clients", {
		type: "company",
		name: "Dachbau Wolle",
		[area]: "40",
		[roof]: "Giebel",
	});
	await call("PATCH", `/clients/${id}`, { [area]: "50" });
	await open(`/data/clients/${id}`);
	const isIn = async (what: string) => {
		const shown = await page.locator("main").innerText();
		assert.deepEqual(
			labels.toSorted((one, other) => shown.indexOf(one) - shown.indexOf(other)),
			labels,
			what,
		);
		for (const label of labels) assert(shown.includes(label), `${label} ${what}`);
	};
	await page.getByRole("term").getByText("Dach-Typ").waitFor();
	await isIn("on the page");
	await page.getByRole("list", { name: "History, newest first" }).getByText("Fläche (m²)").waitFor();
	await button("Edit").click();
	await page.getByLabel("Dach-Typ").waitFor();
	await isIn("in the form");
});

test("the parts of a value have names, and answers their questions", async () => {
	const metadata = { score: { total: 7 }, consent: true, seen: "2026-01-31T23:30:00.000Z" };
	const chat = { conversationType: "chat", metadata };
	const { id } = await call<{ id: string }>("POST", "/conversations", chat);
	await open(`/data/conversations/${id}`);
	await page.getByText('Score: {"total":7}').waitFor();
	await page.getByText("Consent: Yes").waitFor();
	await page.getByText("Seen: 1 Feb 2026, 00:30:00").waitFor();

	const form = await call<{ id: string }>("POST", "/forms", {
		title: "Visit",
		fields: [{ key: "when", label: "When may we call (m²)?", type: "boolean" }],
	});
	const response = await call<{ id: string }>("POST", "/form-responses", {
		formId: form.id,
		answers: { when: true },
	});
	await open(`/data/form-responses/${response.id}`);
	await page.getByText("When may we call (m²)?: Yes").waitFor();
	await heading(/^\d{1,2} \w+ \d{4}, \d{2}:\d{2}:\d{2}$/).waitFor();
});

test("the button that removes a chosen record from a list is called by the record's name", async () => {
	const tag = await call<{ id: string }>("POST", "/tags", { name: "Key account", type: "leads" });
	const lead = { name: "Tagged Ltd", tagIds: [tag.id] };
	const { id } = await call<{ id: string }>("POST", "/leads", lead);
	await open(`/data/leads/${id}`);
	await button("Edit").click();
	await button("Remove Key account from Tags").click();
	await button("Save").click();
	await button("Edit").waitFor();
	assert.deepEqual((await call<{ tagIds: string[] }>("GET", `/leads/${id}`)).tagIds, []);
});

test("a change between two Arabic texts is shown from the old one to the new one", async () => {
	const [before, after] = ["شركة", "مجموعة"];
	const { id } = await call<{ id: string }>("POST", "/leads", { name: "Amal", company: before });
	await call("PATCH", `/leads/${id}`, { company: after });
	await open(`/data/leads/${id}`);
	const history = page.getByRole("list", { name: "History, newest first" });
	const [from, to] = await Promise.all(
		[history.locator("del"), history.locator("ins")].map((one) => one.boundingBox()),
	);
	assert(from && to && from.x < to.x, `from ${from?.x} to ${to?.x}`);
});

test("an organization with a long name leaves room for the page", async () => {
	const { name } = await call<{ name: string }>("GET", "/organization");
	await call("PATCH", "/organization", { name: "Nordlicht".repeat(28) });
	for (const size of [NARROW, WIDE]) {
		await page.setViewportSize(size);
		await open("/");
		const brand = page.getByRole("link", { name: /^Nordlicht/ });
		await brand.waitFor();
		const { height = 0 } = (await brand.boundingBox()) ?? {};
		assert(height > 0 && height < 60, `the name is ${height} high at ${size.width}`);
		await requireFit("the overview");
	}
	await call("PATCH", "/organization", { name });
});

test("a status that only actions set is shown in the form as it is, and stays", async () => {
	const { items } = await call<{ items: { id: string }[] }>("GET", "/clients?limit=1");
	const { id } = await call<{ id: string }>("POST", "/invoices", {
		clientId: items[0]?.id,
		date: "2026-01-31",
		dueDate: "2026-02-28",
		status: "SENT",
		lineItems: [{ name: "Hour", quantity: 1, price: 10 }],
	});
	await call("POST", `/invoices/${id}/payments`, { amount: 5 });
	await open(`/data/invoices/${id}`);
	await button("Edit").click();
	const status = page.getByLabel("Status", { exact: true });
	assert.equal(await status.locator("option:checked").innerText(), "Partially paid");
	await page.getByLabel("Subject").fill("Half");
	await button("Save").click();
	await button("Edit").waitFor();
	assert.equal((await call<{ status: string }>("GET", `/invoices/${id}`)).status, "PARTIALLY_PAID");
});

test("of one row it is said that it is ready, not that all are", async () => {
	await open("/data/leads/files");
	const file = { name: "one.csv", mimeType: "text/csv", buffer: Buffer.from("name\nOnly One\n") };
	await page.getByLabel("CSV file").setInputFiles(file);
	await button("Import 1 row").waitFor();
	await page.getByText("The row is ready.").waitFor();
	await page.getByLabel("CSV file").setInputFiles([]);
});

test("in the palette long names leave room for their kind, and what the arrows choose is in sight", async () => {
	const name = "Wolfgang".repeat(30);
	await call("POST", "/leads/batch", { items: Array.from({ length: 3 }, () => ({ name })) });
	await page.setViewportSize({ ...NARROW, height: 220 });
	await open("/");
	await page.getByRole("button", { name: /^Go to/ }).click();
	const finder = page.getByRole("combobox", { name: "Page, command or record" });
	await finder.fill("wolfgang");
	const options = page.getByRole("option", { name: /lead$/ });
	await waitUntil(async () => (await options.count()) === 3, "the leads");
	const { height = 0 } = (await options.first().boundingBox()) ?? {};
	assert(height > 0 && height < 60, `an option is ${height} high`);
	await finder.press("ArrowUp");
	const chosen = page.getByRole("option", { selected: true });
	assert.equal(await chosen.getAttribute("id"), "palette-2");
	await waitUntil(async () => {
		const box = await chosen.boundingBox();
		return box !== null && box.y >= 0 && box.y + box.height <= 220;
	}, "the option in sight");
	await page.keyboard.press("Escape");
	await page.setViewportSize(WIDE);
});
