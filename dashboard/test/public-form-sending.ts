// What a visitor has answered is sent once and as it was chosen, whatever the form is like.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
	answersOf,
	createForm,
	HUMAN_MS,
	open,
	otherOrigin,
	problems,
	server,
	siteOrigin,
} from "./public-form-site.ts";

const NAME = { label: "Name", required: true, mapTo: "name" };

test("the next page of a form may redirect to another host", async () => {
	const form = await createForm({ fields: [NAME], redirectUrl: `${siteOrigin}/away` });
	const { context, page } = await open();
	await page.goto(`${server.origin}/f/${form.id}`);
	await page.getByLabel("Name").fill("Jane Smith");
	await page.waitForTimeout(HUMAN_MS);
	await page.getByRole("button", { name: "Send" }).click();
	await page.getByRole("heading", { name: "Welcome" }).waitFor();
	assert.equal(page.url(), `${otherOrigin}/thanks`);
	assert.equal((await answersOf(form)).length, 1);
	problems.clear(/asked for http/);
	assert.deepEqual(problems.found.splice(0), []);
	await context.close();
});

test("options with blanks at their ends or several in a row are chosen as they are", async () => {
	const options = ["1  -  10", " 11-50 "];
	const form = await createForm({
		fields: [NAME, { label: "Size", key: "size", type: "singleSelect", options }],
	});
	const { context, page } = await open();
	await page.goto(`${server.origin}/f/${form.id}`);
	await page.getByLabel("Name").fill("Jane Smith");
	await page.getByLabel("Size").selectOption({ index: 1 });
	await page.waitForTimeout(HUMAN_MS);
	await page.getByRole("button", { name: "Send" }).click();
	await page.getByRole("heading", { name: "Thank you" }).waitFor();
	assert.deepEqual((await answersOf(form))[0]?.answers, { name: "Jane Smith", size: options[0] });
	problems.clear(/asked for http/);
	await context.close();
});

test("embed.js sends a form whose fields have the names of a form's own properties", async () => {
	const keys = ["querySelector", "closest", "action", "submit", "elements"];
	const form = await createForm({ fields: [NAME, ...keys.map((key) => ({ label: `The ${key}`, key }))] });
	const { context, page } = await open();
	await page.goto(`${siteOrigin}/?form=${form.id}`);
	for (const key of keys) await page.getByLabel(`The ${key}`).fill(`About ${key}`);
	// A click on the form itself, beside its fields.
	await page.locator("form").dispatchEvent("click");
	await page.waitForTimeout(HUMAN_MS);
	await page.getByRole("button", { name: "Send" }).click();
	await page.getByRole("link", { name: "Name" }).click();
	await page.getByLabel("Name").fill("Jane Smith");
	await page.getByRole("button", { name: "Send" }).click();
	await page.getByRole("heading", { name: "Thank you" }).waitFor();
	const [response] = await answersOf(form);
	assert.deepEqual(response?.answers, {
		name: "Jane Smith",
		...Object.fromEntries(keys.map((key) => [key, `About ${key}`])),
	});
	problems.clear(/400 \(Bad Request\)|asked for http/);
	assert.deepEqual(problems.found.splice(0), []);
	await context.close();
});
