// Two people change the same thing: what both have added stays, and what can't be put together is said.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
	browserProblems,
	button,
	call,
	open,
	type Page,
	page,
	receiver,
	startSession,
	waitUntil,
} from "./shared.ts";

interface Pipeline {
	readonly id: string;
	readonly stages: readonly { readonly id: string; readonly name: string; readonly type: string }[];
}

/** Saves, which is refused, loads the latest, and waits until it is there. */
async function loadLatest(save: string): Promise<void> {
	await button(save).first().click();
	await button("Load the latest, keep my changes").click();
	await button("Load the latest, keep my changes").waitFor({ state: "detached" });
	browserProblems.clear(/412 \(Precondition Failed\)/);
}
const clash = (label: string) => page.getByText(`Somebody else has changed this, too: ${label}.`);

test("the stages of a pipeline that two people add are both kept", async () => {
	await startSession("Concurrent");
	const read = async () => (await call<Page<Pipeline>>("GET", "/pipelines?limit=1")).items[0];
	const { id, stages } = (await read()) ?? { id: "", stages: [] };
	const names = async () => (await read())?.stages.map(({ name }) => name) ?? [];
	await open("/settings");
	await button("Save pipeline").first().waitFor();
	await button("Add stage").first().click();
	await page.getByRole("group", { name: "New stage" }).getByLabel("Stage", { exact: true }).fill("Mine");
	await call("PATCH", `/pipelines/${id}`, { stages: [...stages, { name: "Theirs", type: "ACTIVE" }] });
	await loadLatest("Save pipeline");
	assert.equal(await page.getByText("Somebody else has changed this").count(), 0);
	await button("Save pipeline").first().click();
	await waitUntil(async () => (await names()).includes("Mine"), "my stage");
	assert.deepEqual(await names(), [...stages.map(({ name }) => name), "Mine", "Theirs"]);
});

test("of a notification target, what two people have changed is put together", async () => {
	const at = (path: string) => `${receiver.url}/${path}`;
	const { id } = await call<{ id: string }>("POST", "/notification-targets", {
		name: "Two people",
		type: "webhook",
		url: at("before"),
		events: ["webhook.failing"],
	});
	const target = async () => {
		const { name, url, events } = await call<{ name: string; url: string; events: readonly string[] }>(
			"GET",
			`/notification-targets/${id}`,
		);
		return { name, url, events: [...events].sort() };
	};
	await open("/settings/notifications");
	await button("Edit", page.getByRole("row", { name: /^Two people/ })).click();
	await page.getByLabel("Name").fill("Mine");
	await page.getByRole("checkbox", { name: /^An API key expires/ }).check();
	const theirs = { url: at("theirs"), events: ["webhook.failing", "webhook.disabled"] };
	await call("PATCH", `/notification-targets/${id}`, theirs);
	// If the latest can't be read, it can be asked for again.
	await button("Save").click();
	await button("Load the latest, keep my changes").waitFor();
	const isTarget = ({ pathname }: URL) => pathname.endsWith(id);
	await page.route(isTarget, (route) => route.fulfill({ status: 500, json: {} }));
	const failed = page.waitForResponse((response) => response.status() === 500);
	await button("Load the latest, keep my changes").click();
	await (await failed).finished();
	await page.waitForTimeout(50);
	assert.equal(await button("Load the latest, keep my changes").count(), 1);
	browserProblems.clear(/500/);
	await page.unroute(isTarget);
	await loadLatest("Save");
	assert.equal(await page.getByLabel("URL").inputValue(), theirs.url);
	await page.getByLabel("URL").fill(at("mine"));
	await call("PATCH", `/notification-targets/${id}`, { url: at("again") });
	await loadLatest("Save");
	await clash("Where").waitFor();
	await button("Save").click();
	await page.getByRole("row", { name: /^Mine/ }).waitFor();
	const events = ["key.expiring", "webhook.disabled", "webhook.failing"];
	assert.deepEqual(await target(), { name: "Mine", url: at("mine"), events });
	await call("DELETE", `/notification-targets/${id}`);
});

test("of a client, members of its address and tags are put together, and what both have written is named", async () => {
	const tags = await Promise.all(
		["Mine", "Theirs"].map((name) => call<{ id: string }>("POST", "/tags", { name: `${name} of two` })),
	);
	const client = await call<{ id: string }>("POST", "/clients", {
		name: "Two Ltd",
		type: "company",
		billingAddress: { city: "Bonn" },
	});
	await open(`/data/clients/${client.id}`);
	await button("Edit").click();
	await page.getByLabel("Landmark").fill("Mine 1");
	await page.getByLabel("Phone").first().fill("+4930111111");
	await page.getByLabel("Tags").selectOption({ label: "Mine of two" });
	await call("PATCH", `/clients/${client.id}`, {
		billingAddress: { city: "Bonn", country: "DE" },
		tagIds: [tags[1]?.id],
		phone: "+4930222222",
	});
	await loadLatest("Save");
	await clash("Phone").waitFor();
	await button("Save").click();
	await button("Edit").waitFor();
	const saved = await call<{ billingAddress: Record<string, unknown>; tagIds: string[]; phone: string }>(
		"GET",
		`/clients/${client.id}`,
	);
	const { landmark, city, country } = saved.billingAddress;
	assert.deepEqual([landmark, city, country, saved.phone], ["Mine 1", "Bonn", "DE", "+4930111111"]);
	assert.deepEqual(saved.tagIds.toSorted(), tags.map(({ id }) => id).toSorted());
});

test("of a webhook, events and headers are put together, but not the limits that both have set: the form names its own", async () => {
	const { id } = await call<{ id: string }>("POST", "/webhooks", {
		url: `${receiver.url}/two`,
		events: ["task.created"],
		headers: { "x-first": "1" },
		rateLimit: { count: 5, seconds: 60 },
	});
	await open(`/webhooks/${id}/edit`);
	await page.getByLabel("lead.created", { exact: true }).check();
	await button("Add header").click();
	await page.getByLabel("Name of header 2").fill("x-mine");
	await page.getByLabel("Value of header 2").fill("2");
	await page.getByLabel("In this many seconds").fill("10");
	await call("PATCH", `/webhooks/${id}`, {
		events: ["deal.created"],
		headers: { "x-first": "1", "x-theirs": "3" },
		rateLimit: { count: 700, seconds: 60 },
	});
	await loadLatest("Save");
	await clash("At most this many attempts").waitFor();
	await button("Save").click();
	await page.waitForURL(new RegExp(`/webhooks/${id}$`));
	const saved = await call<{ events: string[]; headers: object; rateLimit: object }>(
		"GET",
		`/webhooks/${id}`,
	);
	assert.deepEqual(saved.events.toSorted(), ["deal.created", "lead.created"]);
	assert.deepEqual(saved.headers, { "x-first": "1", "x-theirs": "3", "x-mine": "2" });
	assert.deepEqual(saved.rateLimit, { count: 5, seconds: 10 });
	await call("DELETE", `/webhooks/${id}`);
});

test("the name of a source is not saved over a colleague's, nor is what a colleague has changed deleted unseen", async () => {
	const source = await call<{ id: string }>("POST", "/lead-sources", { name: "Fair", position: 90 });
	const path = `/lead-sources/${source.id}`;
	await open("/settings");
	await page.getByLabel("Name of Fair", { exact: true }).waitFor();
	await call("PATCH", path, { name: "Fair of trades" });
	// The page reads the list again.
	await page.getByLabel("New source").fill("Another source");
	await button("Add source").click();
	const input = page.getByLabel("Name of Fair of trades", { exact: true });
	await input.waitFor();
	assert.equal(await input.inputValue(), "Fair of trades");
	assert.equal(await button("Save name").count(), 0, "nobody has typed");
	await input.fill("My fair");
	await call("PATCH", path, { name: "Their fair" });
	await loadLatest("Save name");
	await clash("Name").waitFor();
	await call("PATCH", path, { name: "Theirs again" });
	await page.getByLabel(/^Delete Their fair$/).click();
	await button("Delete source").click();
	await page
		.getByRole("alert")
		.getByText(/changed/)
		.first()
		.waitFor();
	await page.getByRole("dialog", { name: "Delete “Theirs again”?" }).waitFor();
	await button("Delete source").click();
	await page.getByLabel("Delete Theirs again").waitFor({ state: "detached" });
	browserProblems.clear(/412/);
});
