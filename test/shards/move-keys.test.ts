// Keys and sessions of an organization that moves: they find it wherever it is, and end everywhere.
import { expect, it, vi } from "vitest";
import { MINUTE_MS } from "../../src/time.ts";
import { browserOf } from "../gate/sessions.ts";
import { agentOf } from "../mcp/client.ts";
import { Api } from "../support/api.ts";
import { createCaller, createKey } from "../support/callers.ts";
import { Sender } from "../support/sender.ts";
import { placeOrganization } from "../support/shards.ts";
import { callerToMove, completeMove, FROM, homeOf, TO, wish, withFakeDate } from "./moving.ts";

withFakeDate();

it("is found by isolates that remember its former shard, with keys, sessions and MCP", async () => {
	const api = await createCaller({ shard: FROM });
	const others = await Promise.all([1, 2, 3, 4].map(() => createKey(api.organizationId)));
	const [writer, reader, agentKey, remembering] = others.map(
		({ key, id }) => new Api(key, api.organizationId, id),
	);
	if (!writer || !reader || !agentKey || !remembering) throw new Error("no keys");
	const browser = await browserOf(api);
	const agent = await agentOf(agentKey);
	await api.post("/tags", { name: "Before" });
	await wish(api.organizationId, FROM, TO);
	const sender = await Sender.start();
	while ((await homeOf(api, FROM)) !== TO) {
		vi.setSystemTime(Date.now() + MINUTE_MS);
		// All of them remember where it is.
		for (const one of [reader, browser, remembering])
			expect((await one.get("/tags")).body.items).toHaveLength(1);
		await agent.call("list_records", { resource: "tags" }).catch(() => undefined);
		await sender.sweep();
	}
	placeOrganization(api.organizationId, TO);
	expect((await writer.post("/tags", { name: "After" })).status).toBe(201);
	expect((await remembering.send("HEAD", "/tags")).status).toBe(200);
	for (const one of [reader, browser]) {
		const { status, body, headers } = await one.get("/tags");
		expect(status).toBe(200);
		expect(body.items).toHaveLength(2);
		expect(headers.get("ratelimit-limit")).not.toBeNull();
	}
	// An agent that was misled is told to try again, and then it finds the organization.
	const created = await agentKey.post("/tags", { name: "By the agent's key" });
	expect([201, 503]).toContain(created.status);
	expect((await agentKey.post("/tags", { name: "Once more" })).status).toBe(201);
	await completeMove(sender, api.organizationId, FROM, TO);
});

it("ends keys everywhere that are revoked or rotated during a move", async () => {
	const api = await callerToMove();
	const revoked = (await api.post("/api-keys", { name: "Revoked" })).body;
	const rotated = (await api.post("/api-keys", { name: "Rotated" })).body;
	const browser = await browserOf(new Api(revoked.key, api.organizationId, revoked.id));
	const sender = await Sender.start();
	await wish(api.organizationId, FROM, TO);
	let replacement = "";
	await completeMove(sender, api.organizationId, FROM, TO, async (minute) => {
		if (minute !== 2) return;
		expect((await api.delete(`/api-keys/${revoked.id}`)).status).toBe(204);
		replacement = (await api.post(`/api-keys/${rotated.id}/rotate`, { graceSeconds: 0 })).body.key;
	});
	const status = async (key: string) => (await new Api(key, api.organizationId, "").get("/tags")).status;
	expect(await status(revoked.key)).toBe(401);
	expect(await status(rotated.key)).toBe(401);
	expect(await status(replacement)).toBe(200);
	expect((await browser.get("/tags")).status).toBe(401);
});
