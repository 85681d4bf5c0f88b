// A public form in a real browser: its page without scripts, and inside a page of another origin, wide and narrow.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { accessibilityProblems, takeScreenshot } from "./environment.ts";
import "./public-form-sending.ts";
import {
	answersOf,
	createForm,
	FIELDS,
	HUMAN_MS,
	NARROW,
	open,
	problems,
	server,
	siteOrigin,
	WIDE,
} from "./public-form-site.ts";

async function fill(page: Page): Promise<void> {
	await page.getByLabel("Name").fill("Jane Smith");
	await page.getByLabel("E-mail").fill("jane@example.com");
	await page.getByLabel("How many are you?").selectOption("11-50");
	await page.getByLabel("Sales", { exact: true }).check();
	await page.getByLabel("Everything else").check();
	await page.getByLabel("Budget").fill("1200.5");
	await page.getByLabel("When do you want to start?").fill("2027-01-15");
	await page.getByLabel("What is it about?").fill("One\nTwo");
	await page.getByLabel("I agree").check();
}

const ANSWERS = {
	name: "Jane Smith",
	email: "jane@example.com",
	size: "11-50",
	topics: ["Sales", "Everything else"],
	budget: 1200.5,
	start: "2027-01-15",
	story: "One\nTwo",
	agreed: true,
};

/** What a page looks like wide and narrow, light and dark. */
async function inspect(page: Page, name: string): Promise<void> {
	for (const [size, viewport] of [
		["1280", WIDE],
		["390", NARROW],
	] as const) {
		await page.setViewportSize(viewport);
		assert.deepEqual(await accessibilityProblems(page), [], `${name}, ${size}`);
		const width = await page.evaluate<number>("document.documentElement.scrollWidth");
		assert(width <= viewport.width, `${name} is ${width} wide`);
		await takeScreenshot(page, `${name}-${size}`);
	}
	await page.emulateMedia({ colorScheme: "dark" });
	assert.deepEqual(await accessibilityProblems(page, "color-contrast"), [], `${name}, dark`);
	await page.emulateMedia({ colorScheme: "light" });
	await page.setViewportSize(WIDE);
}

test("the page of a form works without scripts: errors are said, and lead to their fields", async () => {
	const form = await createForm();
	const { context, page } = await open();
	// Scripts are for the test alone: the page's policy allows none.
	await page.goto(`${server.origin}/f/${form.id}`);
	await inspect(page, "form");
	await page.getByLabel("Phone").fill("call me");
	await page.getByLabel("Sales", { exact: true }).check();
	await page.waitForTimeout(HUMAN_MS);
	await page.getByRole("button", { name: "Send" }).click();
	const alert = page.getByRole("alert");
	await alert.waitFor();
	assert.equal(await page.title(), "Error: Talk to us");
	assert.equal(await page.evaluate("document.activeElement.className"), "problem");
	assert.deepEqual(await alert.getByRole("listitem").allInnerTexts(), [
		"Name: Required.",
		"E-mail: Required.",
		"Phone: Expected a phone number.",
		"I agree that my answers are stored.: Required.",
	]);
	await inspect(page, "form-errors");
	assert.equal(await page.getByLabel("Phone").inputValue(), "call me");
	assert(await page.getByLabel("Sales", { exact: true }).isChecked());
	const describedBy = await page.getByLabel("Phone").getAttribute("aria-describedby");
	assert.equal(await page.locator(`#${describedBy}`).innerText(), "Expected a phone number.");
	await alert.getByRole("link", { name: "Phone" }).click();
	assert.equal(await page.evaluate("document.activeElement.name"), "phone");
	problems.clear(/400 \(Bad Request\)/);
	await context.close();
	assert.deepEqual(await answersOf(form), []);

	const plain = await open({ javaScriptEnabled: false });
	await plain.page.goto(`${server.origin}/f/${form.id}`);
	await fill(plain.page);
	await plain.page.waitForTimeout(HUMAN_MS);
	await plain.page.getByLabel("What is it about?").press("Tab");
	await plain.page.getByRole("button", { name: "Send" }).press("Enter");
	await plain.page.getByRole("heading", { name: "Thank you" }).waitFor();
	assert.equal(new URL(plain.page.url()).pathname, `/f/${form.id}/sent`);
	assert.deepEqual(await plain.context.cookies(), []);
	await plain.context.close();
	assert.deepEqual(
		(await answersOf(form)).map(({ answers }) => answers),
		[ANSWERS],
	);
	assert.deepEqual(problems.found.splice(0), []);
});

test("embed.js shows the form in a page of another origin, and leads on to the form's page", async () => {
	assert(statSync(join(repositoryRoot, "assets", "form", "embed.js")).size <= 5_120);
	const form = await createForm({ allowedOrigins: [siteOrigin], redirectUrl: `${siteOrigin}/thanks` });
	const { context, page } = await open();
	await page.goto(`${siteOrigin}/?form=${form.id}`);
	await page.getByRole("heading", { name: "Talk to us" }).waitFor();
	await page.getByText("Tell us what you need.").waitFor();
	await inspect(page, "form-embedded");
	await page.waitForTimeout(HUMAN_MS);
	await page.getByRole("button", { name: "Send" }).click();
	await page.getByRole("alert").waitFor();
	await page.getByRole("link", { name: "E-mail" }).click();
	const focused = "document.querySelector('body > div').shadowRoot.activeElement.name";
	assert.equal(await page.evaluate(focused), "email");
	await inspect(page, "form-embedded-errors");
	await fill(page);
	await page.waitForTimeout(HUMAN_MS);
	await page.getByRole("button", { name: "Send" }).click();
	await page.getByRole("heading", { name: "Welcome" }).waitFor();
	assert.equal(page.url(), `${siteOrigin}/thanks`);
	assert.deepEqual(await context.cookies(), []);
	const [response, ...others] = await answersOf(form);
	assert.deepEqual(others, []);
	assert.deepEqual(response?.answers, ANSWERS);
	assert.equal(response?.source?.pageUrl, `${siteOrigin}/?form=${form.id}`);
	problems.clear(/400 \(Bad Request\)|asked for http:\/\/localhost/);
	assert.deepEqual(problems.found.splice(0), []);

	const stranger = await createForm({ allowedOrigins: ["https://www.example.com"] });
	await page.goto(`${siteOrigin}/?form=${stranger.id}`);
	await page.getByText("This form does not take answers from this page.").waitFor();
	problems.clear(/403 \(Forbidden\)|asked for http:\/\/localhost/);
	await context.close();
});

test("Turnstile's widget gives its token to the page and to the embedded form, and another when it was not sent", async () => {
	const form = await createForm({
		fields: FIELDS.slice(0, 1),
		turnstileSiteKey: "1x00000000000000000000AA",
		turnstileSecret: "1x0000000000000000000000000000000AA",
	});
	const { context, page } = await open();
	const stub = `for (const place of document.querySelectorAll(".cf-turnstile")) {
			const input = Object.assign(document.createElement("input"), { type: "hidden", name: "cf-turnstile-response", value: "token-of-page" });
			place.append(input);
		}
		window.turnstile = { render: (place, { sitekey, callback }) => {
			place.textContent = "Checked " + sitekey;
			callback("token-of-embedded");
			window.turnstile.reset = (id) => callback("another-of-" + id);
			return "w1";
		} };`;
	await context.route("https://challenges.cloudflare.com/**", (route) =>
		route.fulfill({ contentType: "text/javascript", body: stub }),
	);
	const tokens: (string | null)[] = [];
	await context.route(`${server.origin}/f/**`, async (route) => {
		const body = route.request().postData();
		if (body === null) return route.continue();
		tokens.push(new URLSearchParams(body).get("cf-turnstile-response"));
		const isRefused = tokens.length === 2;
		return route.fulfill({
			status: isRefused ? 503 : 200,
			contentType: "text/html",
			body: isRefused ? "<main><h1>Error</h1><p>Try it again.</p></main>" : "<main><h1>Thank you</h1></main>",
			headers: { "access-control-allow-origin": "*" },
		});
	});
	const submit = () => page.getByRole("button", { name: "Send" }).click();
	for (const address of [`${server.origin}/f/${form.id}`, `${siteOrigin}/?form=${form.id}`]) {
		await page.goto(address);
		const isEmbedded = address.startsWith(siteOrigin);
		if (isEmbedded) await page.getByText("Checked 1x00000000000000000000AA").waitFor();
		await page.getByLabel("Name").fill("Jane");
		await submit();
		if (isEmbedded) {
			await page.getByRole("alert").getByText("Try it again.").waitFor();
			assert.equal(await page.getByLabel("Name").inputValue(), "Jane");
			await submit();
		}
		await page.getByRole("heading", { name: "Thank you" }).waitFor();
	}
	assert.deepEqual(tokens, ["token-of-page", "token-of-embedded", "another-of-w1"]);
	problems.clear(/asked for http|503/);
	assert.deepEqual(problems.found.splice(0), []);
	await context.close();
});
