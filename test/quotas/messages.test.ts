import { expect, it } from "vitest";
import type { Api } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { createConversation } from "../support/conversations.ts";
import { setQuotas, usageOf } from "../support/quotas.ts";
import { total } from "../support/shards.ts";

const say = (api: Api, id: string) =>
	api.post(`/conversations/${id}/messages`, { role: "visitor", text: "Hello" });

const chat = { conversationType: "chat", messageCount: 1_000_000 };

it("messages are counted in tens per conversation, whatever its messageCount says", async () => {
	const api = await createCaller({ keys: 2 });
	const [one, other] = [await createConversation(api, chat), await createConversation(api, chat)];
	for (let n = 0; n < 11; n += 1) expect((await say(api, one.id)).status).toBe(201);
	expect((await usageOf(api, "records.messages")).used).toBe(20);
	await say(api, other.id);
	expect((await usageOf(api, "records.messages")).used).toBe(30);
	const shown = await api.get(`/conversations/${one.id}`);
	expect(shown.body).not.toHaveProperty("posted");
});

it("the ten that would exceed the quota are refused, and nothing is written of them", async () => {
	const api = await createCaller({ keys: 2 });
	const { id } = await createConversation(api, chat);
	await setQuotas(api.organizationId, { records: 10 });
	for (let n = 0; n < 10; n += 1) expect((await say(api, id)).status).toBe(201);
	const refused = await say(api, id);
	expect(refused.status).toBe(409);
	expect(refused.body.message).toContain("quota records.messages;");
	expect((await api.get(`/conversations/${id}/messages`)).body.items).toHaveLength(10);
	expect((await api.get(`/conversations/${id}`)).body.messageCount).toBe(1_000_010);
	expect((await api.patch(`/conversations/${id}`, { summary: "Long" })).status).toBe(200);
});

it("concurrent messages are admitted by tens", async () => {
	const api = await createCaller({ keys: 2 });
	const talks = await Promise.all(Array.from({ length: 6 }, () => createConversation(api, chat)));
	await setQuotas(api.organizationId, { records: 30 });
	const replies = await Promise.all(talks.map(({ id }) => say(api, id)));
	expect(replies.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409]);
	const counted = await total(
		"SELECT count(*) AS n FROM messages WHERE organizationId = ?",
		api.organizationId,
	);
	expect(counted).toBe(3);
});
