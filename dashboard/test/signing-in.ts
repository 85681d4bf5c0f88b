// Signing in: the size budget, the first page, the session, keys.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { accessibilityProblems, takeScreenshot } from "./environment.ts";
import { browserProblems, button, clipboard, context, dialog, open, page, server, signIn } from "./shared.ts";

const MAX_SCRIPT_BYTES = 120 * 1_024;
const MAX_PAINT_MS = 1_000;

test("all scripts together stay within the budget", () => {
	const folder = join(repositoryRoot, "dist", "assets", "dashboard", "assets");
	const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"));
	assert(scripts.length > 1);
	const bytes = scripts.map((name) => gzipSync(readFileSync(join(folder, name))).length);
	const total = bytes.reduce((sum, size) => sum + size, 0);
	assert(total <= MAX_SCRIPT_BYTES, `${total} bytes`);
});

test("each path answers with the page and its policy, a missing file with 404", async () => {
	const policy =
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
	for (const path of ["", "/", "/webhooks", "/data/leads/x"]) {
		const response = await fetch(`${server.origin}/dashboard${path}`);
		assert.equal(response.status, 200, path);
		assert.equal(response.headers.get("content-security-policy"), policy, path);
		assert.equal(response.headers.get("cache-control"), "no-cache", path);
		assert.doesNotMatch(await response.text(), /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
	}
	assert.equal((await fetch(`${server.origin}/dashboard/assets/none.js`)).status, 404);
});

test("the sign-in page appears within a second, and an invalid key is refused with the API's message", async () => {
	const paints: number[] = [];
	// The quickest of three: what else this machine does at that time is no fault of the page.
	while (paints.length < 3) {
		await open("/webhooks");
		await page.getByLabel("API key").waitFor();
		paints.push(
			await page.evaluate<number>('performance.getEntriesByName("first-contentful-paint")[0].startTime'),
		);
	}
	assert(Math.min(...paints) < MAX_PAINT_MS, `${paints} ms`);
	await takeScreenshot(page, "sign-in-1280");
	assert.deepEqual(await accessibilityProblems(page), []);
	await signIn("lw_live_nonsense");
	await page.getByRole("alert").getByText("This API key is missing or not valid.").waitFor();
	browserProblems.clear(/401 \(Unauthorized\)/);
});

test("signing in returns to the requested page and stores the key nowhere", async () => {
	await signIn(server.key);
	await page.getByRole("heading", { name: "Webhooks" }).waitFor();
	assert.equal(new URL(page.url()).pathname, "/dashboard/webhooks");
	const kept = await page.evaluate<string>(
		"JSON.stringify([localStorage, sessionStorage, document.cookie, document.documentElement.outerHTML])",
	);
	assert(!kept.includes(server.key));
	const [cookie] = await context.cookies();
	assert(cookie?.httpOnly && cookie.sameSite === "Strict" && !cookie.value.includes(server.key));
});

test("a key is created with chosen scopes, shown once, copied, and revoked", async () => {
	await page.getByRole("link", { name: "API keys" }).click();
	await button("Create key").click();
	await page.getByLabel("Name").fill("Website integration");
	await page.getByLabel("Everything").uncheck();
	const erase = await page.getByText("erase", { exact: true }).first().boundingBox();
	assert(erase && erase.height < 30, "in one line");
	await page.getByLabel("leads:read").check();
	await page.getByLabel("leads:write").check();
	await takeScreenshot(page, "create-key-1280");
	await button("Create", dialog()).click();
	const key = await dialog().getByLabel("API key").innerText();
	assert.match(key, /^lw_live_\w{38}$/);
	await button("Copy", dialog()).click();
	assert.equal(await clipboard(), key);
	assert.deepEqual(await accessibilityProblems(page), []);
	await button("Done").click();
	assert(!(await page.content()).includes(key));
	const status = (path: string) =>
		fetch(`${server.origin}/api/v1${path}`, { headers: { "x-api-key": key } }).then((one) => one.status);
	assert.deepEqual([await status("/leads"), await status("/deals")], [200, 403]);

	const row = page.getByRole("row", { name: /Website integration/ });
	await row.getByText("leads:read, leads:write").waitFor();
	await button("Rotate", row).click();
	await dialog().getByLabel(/ends$/).selectOption("In an hour");
	await button("Rotate key").click();
	assert.notEqual(await dialog().getByLabel("API key").innerText(), key);
	await button("Done").click();
	await row.getByText("Expires").waitFor();
	assert.equal(await status("/leads"), 200, "in its grace");
	await button("Revoke", row.filter({ hasText: "Expires" })).click();
	await button("Revoke", dialog()).click();
	await row.getByText("Expires").waitFor({ state: "detached" });
	assert.equal(await status("/leads"), 401);
});
