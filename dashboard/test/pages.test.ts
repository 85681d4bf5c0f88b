// Every page and dialog of the dashboard, the guides' search, and what the pages show while something fails; under the same rules
// as dashboard.test.ts, beside which it runs, because most of its time is waiting.
import { before } from "node:test";
import { call, receiver, startSession, testWebhook, waitUntil } from "./shared.ts";

before(async () => {
	const { id } = await call<{ id: string }>("POST", "/webhooks", {
		name: "Warehouse sync",
		url: `${receiver.url}/pages`,
		events: ["lead.*"],
	});
	testWebhook.webhookId = id;
	await call("POST", `/webhooks/${id}/test`, { event: "lead.created" });
	await waitUntil(() => receiver.received.some(({ path }) => path === "/pages"), "a delivery");
	await startSession("Pages");
});

await import("./outages.ts");
await import("./webhook-states.ts");
await import("./documentation.ts");
await import("./dialogs.ts");
await import("./pages.ts");
