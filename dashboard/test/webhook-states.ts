// What the pages of a webhook show of it: its first delivery, what waits while it is paused, and long names.
import assert from "node:assert/strict";
import { test } from "node:test";
import { button, call, dialog, NARROW, open, type Page, page, receiver, WIDE, waitUntil } from "./shared.ts";

/** Deletes a webhook, which no page may request afterwards. */
async function remove(id: string): Promise<void> {
	await open("/");
	await call("DELETE", `/webhooks/${id}`);
}

test("a first test event appears in the figures as soon as it has arrived", async () => {
	const { id } = await call<{ id: string }>("POST", "/webhooks", {
		name: "First",
		url: `${receiver.url}/first`,
		events: ["task.*"],
	});
	await open(`/webhooks/${id}`);
	await page.getByText("Nothing was sent in this time").first().waitFor();
	await button("Send test event").click();
	await button("Send", dialog()).click();
	await dialog().getByRole("status").getByText("Received").waitFor();
	await button("Close", dialog()).first().click();
	await page
		.getByText("Nothing was sent in this time")
		.first()
		.waitFor({ state: "detached", timeout: 6_000 });
	await remove(id);
});

test("a paused webhook shows what waits and until when, and can be resumed", async () => {
	const { id } = await call<{ id: string }>("POST", "/webhooks", {
		name: "Paused",
		url: `${receiver.url}/failing/paused`,
		events: ["task.created"],
	});
	const path = `/webhooks/${id}`;
	const arrived = () => receiver.received.filter((one) => one.path === "/failing/paused").length;
	const isPaused = async () => (await call<{ pausedUntil: unknown }>("GET", path)).pausedUntil !== null;
	const items = Array.from({ length: 12 }, (_, index) => ({ title: `Paused ${index}` }));
	await call("POST", "/tasks/batch", { items });
	await waitUntil(isPaused, "the pause");
	await call("POST", "/tasks", { title: "Waits" });
	const pending = `${path}/deliveries?status=pending&limit=1`;
	const { items: log } = await call<Page<{ id: string; attemptCount: number }>>("GET", pending);
	assert.equal(log[0]?.attemptCount, 0);
	await open(`${path}/deliveries/${log[0]?.id}`);
	await page.getByText(/It waits, because the webhook is paused/).waitFor();
	await page
		.getByText(/in (?:\d+ seconds|1 minute)/)
		.first()
		.waitFor();
	assert.equal(await page.getByText("in a moment").count(), 0);

	receiver.mended.add("/failing/paused");
	const before = arrived();
	await open(path);
	await page.getByText("The webhook is paused and its deliveries wait.").waitFor();
	await button("Send again…").click();
	await button("Send again", dialog()).click();
	await dialog()
		.getByText(/goes out when you choose “Resume now”/)
		.waitFor();
	await button("Close", dialog()).first().click();
	assert.equal(arrived(), before);
	await button("Resume now").click();
	await button("Resume now").waitFor({ state: "detached" });
	await waitUntil(() => arrived() > before, "what waited");
	assert.equal(await isPaused(), false);
	await remove(id);
});

test("long names and URLs don't overflow the page", async () => {
	const { id } = await call<{ id: string }>("POST", "/webhooks", {
		name: "L".repeat(200),
		url: `${receiver.url}/${"a0-".repeat(200)}?code=${"x".repeat(400)}`,
		events: ["task.*"],
	});
	for (const size of [WIDE, NARROW]) {
		await page.setViewportSize(size);
		for (const path of ["/webhooks", `/webhooks/${id}`, `/webhooks/${id}/edit`, "/"]) {
			await open(path);
			await page.getByRole("heading", { level: 1 }).waitFor();
			await page.getByText("Loading…").first().waitFor({ state: "detached" });
			const width = await page.evaluate<number>("document.documentElement.scrollWidth");
			assert(width <= size.width, `${path} is ${width} wide`);
			const right = await page.evaluate<number>(
				"Math.max(0, ...[...document.querySelectorAll('td, dd, h1')].map((one) => one.getBoundingClientRect().right))",
			);
			assert(right <= size.width, `${path} reaches to ${right}`);
			const tallest = await page.evaluate<number>(
				"Math.max(0, ...[...document.querySelectorAll('table.list tbody td')].map((one) => one.offsetHeight))",
			);
			assert(tallest < 140, `a cell of ${path} is ${tallest} high`);
		}
	}
	await page.setViewportSize(WIDE);
	await remove(id);
});
