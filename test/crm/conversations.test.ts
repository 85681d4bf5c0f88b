// Conversations, and the messages of chats.
import { describe, expect, it, vi } from "vitest";
import { catalogue } from "../../src/events/catalogue.ts";
import type { Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { callBody, createConversation } from "../support/conversations.ts";
import { eventsOf } from "../support/events.ts";

const NOTHING = "01kaj2m5m8f7jt2n3v4w5x6y7z";

describe("a conversation", () => {
	it("begins where its type begins, and reads back as written", async () => {
		const api = await createCaller();
		const phone = await createConversation(api);
		expect(phone).toMatchObject({ ...callBody, status: "initiated", outcome: null, messageCount: null });
		const chat = await createConversation(api, { conversationType: "chat" });
		expect(chat).toMatchObject({ status: "open", messageCount: 0, chatMetadata: null, metadata: {} });
		for (const one of [phone, chat]) {
			expect(Object.keys(one)).not.toContain("announced");
			expect((await api.get(`/conversations/${one.id}`)).body).toEqual(one);
		}
		expect((await api.get("/conversations")).body.items).toEqual([chat, phone]);
		expect(await eventsOf(api.organizationId)).toEqual([]);
		expect((await api.delete(`/conversations/${phone.id}`)).status).toBe(405);
	});

	it("keeps the fields that a PATCH leaves out, and replaces objects as a whole", async () => {
		const api = await createCaller();
		const { id } = await createConversation(api, {
			conversationType: "chat",
			chatMetadata: {
				widgetId: "w1",
				resolved: false,
				feedback: { rating: 4 },
				toolsUsed: ["a"],
				totalCost: 0.0023,
			},
			metadata: { visitorId: "v1", referrer: "https://example.com" },
		});
		await api.post(`/conversations/${id}/messages`, { role: "agent", text: "Hello" });
		const { chatMetadata: before } = (await api.get(`/conversations/${id}`)).body;
		expect(before).toMatchObject({ widgetId: "w1", feedback: { rating: 4, comment: null }, goal: null });
		expect(before.firstMessageAt).not.toBeNull();
		const { body } = await api.patch(`/conversations/${id}`, {
			chatMetadata: { resolved: true, goal: { achieved: true, type: "password_reset" } },
			metadata: { visitorId: "v2" },
		});
		expect(body.chatMetadata).toEqual({
			widgetId: null,
			resolved: true,
			feedback: null,
			totalCost: null,
			toolsUsed: null,
			firstMessageAt: before.firstMessageAt,
			lastMessageAt: before.lastMessageAt,
			goal: { achieved: true, type: "password_reset" },
		});
		expect(body.metadata).toEqual({ visitorId: "v2" });
		expect(body).toMatchObject({ messageCount: 1, status: "open" });
		const cleared = await api.patch(`/conversations/${id}`, { chatMetadata: null, metadata: {} });
		expect(cleared.body).toMatchObject({ chatMetadata: null, metadata: {} });
	});

	it("refuses what doesn't fit, naming it", async () => {
		const api = await createCaller({ keys: 2 });
		const { id } = await createConversation(api);
		const big = { x: "é".repeat(8_192) };
		const both = [
			[{ status: "open" }, "status"],
			[{ status: "ended" }, "status"],
			[{ status: null }, "status"],
			[{ duration: -1 }, "duration"],
			[{ direction: "in" }, "direction"],
			[{ metadata: big }, "metadata"],
			[{ metadata: [1] }, "metadata"],
			[{ metadata: "text" }, "metadata"],
			[{ metadata: null }, "metadata"],
			[{ callMetadata: { other: {} } }, "callMetadata.other"],
			[{ callMetadata: { custom: big } }, "callMetadata.custom"],
			[{ callMetadata: { customer: "John" } }, "callMetadata.customer"],
			[{ chatMetadata: { resolved: "yes" } }, "chatMetadata.resolved"],
			[{ chatMetadata: { feedback: { stars: 5 } } }, "chatMetadata.feedback.stars"],
			[{ chatMetadata: { lastMessageAt: "today" } }, "chatMetadata.lastMessageAt"],
			[{ startedAt: "2026-01-02T00:00:00Z", endedAt: "2026-01-01T00:00:00Z" }, "endedAt"],
			[{ leadId: `ld_${NOTHING}` }, "leadId"],
			[{ clientId: `clt_${NOTHING}` }, "clientId"],
			[{ announced: [] }, "announced"],
		] as const;
		for (const [body, path] of both) {
			const wrong = { status: 400, body: { errors: [{ path }] } };
			expect(await api.post("/conversations", { ...callBody, ...body }), path).toMatchObject(wrong);
			expect(await api.patch(`/conversations/${id}`, body), path).toMatchObject(wrong);
		}
		await api.patch(`/conversations/${id}`, { endedAt: "2026-01-01T00:00:00Z" });
		const moved = await api.patch(`/conversations/${id}`, { startedAt: "2026-01-02T00:00:00Z" });
		expect(moved.body.errors).toEqual([{ path: "startedAt", message: "Must not be after endedAt." }]);
		const chat = await api.post("/conversations", { conversationType: "chat", status: "busy" });
		expect(chat).toMatchObject({ status: 400, body: { errors: [{ path: "status" }] } });
		const fixed = await api.patch(`/conversations/${id}`, { conversationType: "chat" });
		expect(fixed).toMatchObject({ status: 400, body: { errors: [{ path: "conversationType" }] } });
		const none = await api.post("/conversations", {});
		expect(none).toMatchObject({ status: 400, body: { errors: [{ path: "conversationType" }] } });
		const huge = await api.post(
			"/conversations",
			'{"conversationType":"chat","metadata":{"a":[12345678901234567890]}}',
		);
		expect(huge).toMatchObject({ status: 400, body: { errors: [{ path: "metadata" }] } });
		expect((await api.patch(`/conversations/${id}`, { metadata: { x: "é".repeat(8_100) } })).status).toBe(
			200,
		);
		expect((await api.get("/conversations")).body.items).toHaveLength(1);
	});

	it("is found by what it is and whom it was with", async () => {
		const api = await createCaller();
		const lead = (await api.post("/leads", { name: "Jane" })).body;
		const a = await createConversation(api, {
			...callBody,
			leadId: lead.id,
			status: "completed",
			outcome: "voicemail",
		});
		const b = await createConversation(api, { conversationType: "chat", agentId: "bot" });
		const found = async (query: string) =>
			(await api.get(`/conversations?${query}`)).body.items.map(({ id }: Json) => id);
		expect(await found("conversationType=chat")).toEqual([b.id]);
		expect(await found("agentId=bot")).toEqual([b.id]);
		expect(await found("status=completed&status=open")).toEqual([b.id, a.id]);
		expect(await found("direction=outbound")).toEqual([a.id]);
		expect(await found(`contactNumber=${encodeURIComponent("+12345678900")}`)).toEqual([a.id]);
		expect(await found("outcome=voicemail")).toEqual([a.id]);
		expect(await found(`leadId=${lead.id}&status=completed`)).toEqual([a.id]);
		expect(await found("orderBy=updatedAt&orderDir=asc")).toEqual([a.id, b.id]);
		expect((await api.delete(`/leads/${lead.id}`)).status).toBe(409);
	});
});

describe("messages", () => {
	it("count, are dated, and announce what a visitor says", async () => {
		const api = await createCaller({ keys: 2 });
		const { id } = await createConversation(api, { conversationType: "chat" });
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
		const replies: Json[] = [];
		for (const [role, text] of [
			["visitor", "Do you ship to Norway? 🇳🇴"],
			["agent", "We do."],
			["system", "Agent left."],
		]) {
			vi.setSystemTime(Date.now() + 1_000);
			const reply = await api.post(`/conversations/${id}/messages`, { role, text });
			expect(reply.status).toBe(201);
			expect(reply.body).toEqual({
				id: expect.stringMatching(/^msg_/),
				role,
				text,
				at: new Date().toISOString(),
			});
			replies.push(reply.body);
		}
		vi.useRealTimers();
		const chat = (await api.get(`/conversations/${id}`)).body;
		expect(chat).toMatchObject({
			messageCount: 3,
			chatMetadata: { firstMessageAt: replies[0].at, lastMessageAt: replies[2].at },
		});
		const events = await eventsOf(api.organizationId);
		expect(events.map(({ type }) => type)).toEqual(["chat.message.received"]);
		expect(events[0]?.payload).toMatchObject({
			event: "chat.message.received",
			conversationId: id,
			outcome: null,
			messageCount: 1,
			message: replies[0],
		});
		expect(catalogue["chat.message.received"].payload.safeParse(events[0]?.payload).error).toBeUndefined();

		const path = `/conversations/${id}/messages`;
		expect((await api.get(path)).body).toEqual({
			items: replies.toReversed(),
			nextCursor: null,
			hasMore: false,
		});
		const first = (await api.get(`${path}?orderDir=asc&limit=2`)).body;
		expect(first).toMatchObject({ items: replies.slice(0, 2), hasMore: true });
		const rest = (await api.get(`${path}?orderDir=asc&limit=2&cursor=${first.nextCursor}`)).body;
		expect(rest).toEqual({ items: replies.slice(2), nextCursor: null, hasMore: false });
		expect((await api.get(`${path}?cursor=${first.nextCursor}`)).status).toBe(400);
	});

	it("are all counted when many come at once", async () => {
		const api = await createCaller();
		const { id } = await createConversation(api, { conversationType: "chat" });
		const texts = ["a", "b", "c", "d", "e", "f"];
		const replies = await Promise.all(
			texts.map((text) => api.post(`/conversations/${id}/messages`, { role: "visitor", text })),
		);
		expect(replies.map(({ status }) => status)).toEqual(texts.map(() => 201));
		expect((await api.get(`/conversations/${id}`)).body.messageCount).toBe(6);
		const counts = (await eventsOf(api.organizationId)).map(({ payload }) => payload.messageCount);
		expect(counts.sort()).toEqual([1, 2, 3, 4, 5, 6]);
		expect((await api.get(`/conversations/${id}/messages`)).body.items).toHaveLength(6);
	});

	it("of a call are kept, and not announced", async () => {
		const api = await createCaller();
		const { id } = await createConversation(api);
		await api.post(`/conversations/${id}/messages`, { role: "visitor", text: "Hello?" });
		expect((await api.get(`/conversations/${id}`)).body).toMatchObject({
			messageCount: 1,
			chatMetadata: null,
		});
		expect(await eventsOf(api.organizationId)).toEqual([]);
	});

	it("belong to a conversation there is, and say something", async () => {
		const api = await createCaller();
		const other = await createCaller();
		const { id } = await createConversation(api, { conversationType: "chat" });
		const message = { role: "visitor", text: "Hi" };
		for (const path of [`/conversations/${id}/messages`, `/conversations/conv_${NOTHING}/messages`]) {
			expect((await other.post(path, message)).status).toBe(404);
			expect((await other.get(path)).status).toBe(404);
		}
		for (const [body, path] of [
			[{ role: "visitor" }, "text"],
			[{ ...message, text: "" }, "text"],
			[{ ...message, text: "x".repeat(10_001) }, "text"],
			[{ ...message, role: "bot" }, "role"],
			[{ ...message, at: "2026-01-01T00:00:00Z" }, "at"],
		] as const) {
			const reply = await api.post(`/conversations/${id}/messages`, body);
			expect(reply).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		}
		expect((await api.get(`/conversations/${id}`)).body).toMatchObject({ messageCount: 0, version: 1 });
		expect(await eventsOf(api.organizationId)).toEqual([]);
	});
});

it("counts messages up to the most that a caller may say itself", async () => {
	const api = await createCaller();
	const { body: chat } = await api.post("/conversations", {
		conversationType: "chat",
		messageCount: 999_999_999,
	});
	for (const count of [1_000_000_000, 1_000_000_000]) {
		await api.post(`/conversations/${chat.id}/messages`, { role: "visitor", text: "Hello" });
		expect((await api.get(`/conversations/${chat.id}`)).body.messageCount).toBe(count);
	}
});
