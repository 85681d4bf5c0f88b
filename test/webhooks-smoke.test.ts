import { inject, it, vi } from "vitest";
import { givenCaller } from "./support/given.ts";

it("delivers", async () => {
	const api = await givenCaller();
	const receiver = inject("receiver" as never) as string;
	console.log(receiver);
	const hook = await api.post("/webhooks", { url: `${receiver}/status/200?bucket=a`, events: ["lead.*", "save_lead"], headers: { authorization: "Bearer x", "X-Team": "a" } });
	console.log(hook.status, hook.text);
	console.log((await api.get("/webhooks")).text);
	const lead = await api.post("/leads", { name: "Jane" });
	console.log(lead.status);
	await vi.waitUntil(async () => {
		const log = await api.get(`/webhooks/${hook.body.id}/deliveries`);
		return log.body.items.length === 2 && log.body.items.every((d: { status: string }) => d.status === "success");
	}, { timeout: 5000, interval: 300 }).catch(() => {});
	const log = await api.get(`/webhooks/${hook.body.id}/deliveries`);
	console.log(log.text);
	console.log((await api.get(`/webhooks/${hook.body.id}/deliveries/${log.body.items[0].id}`)).text);
	const t = await api.post(`/webhooks/${hook.body.id}/test`, { event: "lead.updated" });
	console.log(t.status, t.text);
	const k = await api.post("/api-keys", { name: "x" });
	console.log(k.status, k.text);
	console.log((await api.post(`/api-keys/${k.body.id}/rotate`)).text);
	console.log((await api.get(`/api-keys`)).text);
	console.log((await api.delete(`/api-keys/${k.body.id}`)).status);
	await new Promise((r) => setTimeout(r, 500));
}, 20000);
