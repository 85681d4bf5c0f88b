// The events of calls and chats, and the task that a call without an answer makes.
import { describe, expect, it } from "vitest";
import { catalogue } from "../../src/events/catalogue.ts";
import type { EventType } from "../../src/outbox/event-types.ts";
import type { Api } from "../support/api.ts";
import { withoutSending } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { callBody, createConversation } from "../support/conversations.ts";
import { eventsOf, eventTypesOf } from "../support/events.ts";
import { run } from "../support/shards.ts";

const skipping = (api: Api, events: string[], more: object = {}) =>
	api.post("/webhooks", { url: "https://hooks.example.com/a", events, skipSystem: true, ...more });

describe("the events of a call", () => {
	it.each([
		["completed", "call.completed"],
		["failed", "call.failed"],
		["busy", "call.busy"],
		["no_answer", "call.no-answer"],
	])("%s is told once, flat and key for key", async (status, type) => {
		const api = await createCaller();
		const { id } = await createConversation(api);
		const at = { summary: "Spoke.", duration: 125, outcome: "resolved" };
		await api.patch(`/conversations/${id}`, { status, ...at });
		const [event] = await eventsOf(api.organizationId);
		expect(event).toMatchObject({ type, entityId: id });
		expect(event?.payload).toEqual({
			event: type,
			timestamp: (await api.get(`/conversations/${id}`)).body.updatedAt,
			webhookId: "",
			agentId: callBody.agentId,
			agentName: callBody.agentName,
			conversationId: id,
			conversationType: "phone",
			status,
			outcome: "resolved",
			summary: "Spoke.",
			duration: 125,
			direction: "outbound",
			agentNumber: callBody.agentNumber,
			twilioCallSid: callBody.twilioCallSid,
			callMetadata: callBody.callMetadata,
			metadata: callBody.metadata,
			organizationId: api.organizationId,
		});
		const schema = catalogue[type as EventType].payload;
		expect(schema.safeParse(event?.payload).error).toBeUndefined();
		await api.patch(`/conversations/${id}`, { status: "active" });
		await api.patch(`/conversations/${id}`, { status });
		await api.patch(`/conversations/${id}`, { summary: "Other." });
		const told = (await eventTypesOf(api.organizationId)).filter((one) => one.startsWith("call."));
		expect(told).toEqual([type]);
	});

	it("report every status that a call enters, also on create; unset fields are left out, except outcome", async () => {
		const api = withoutSending(await createCaller());
		await skipping(api, ["call.*"]);
		const { id } = await createConversation(api, { conversationType: "phone", status: "busy" });
		const [event] = await eventsOf(api.organizationId);
		expect(Object.keys(event?.payload)).toEqual([
			"event",
			"timestamp",
			"webhookId",
			"conversationId",
			"conversationType",
			"status",
			"outcome",
			"metadata",
			"organizationId",
		]);
		expect(event?.payload).toMatchObject({ event: "call.busy", outcome: null, metadata: {} });
		for (const status of ["ringing", "no_answer", "completed", "busy"])
			await api.patch(`/conversations/${id}`, { status });
		expect(await eventTypesOf(api.organizationId)).toEqual(["call.busy", "call.no-answer", "call.completed"]);
	});

	it("come once when two end it together", async () => {
		const api = await createCaller();
		const { id } = await createConversation(api);
		const both = await Promise.all(
			["first", "second"].map((summary) => api.patch(`/conversations/${id}`, { status: "failed", summary })),
		);
		expect(both.map(({ status }) => status)).toEqual([200, 200]);
		expect(await eventTypesOf(api.organizationId)).toEqual(["call.failed", "task.created"]);
	});
});

describe("a missed call", () => {
	const tasksOf = async (api: Api) => (await api.get("/tasks")).body.items;

	it("makes a task on the lead, else the client, else nothing, with its event", async () => {
		const api = await createCaller({ keys: 2 });
		const lead = (await api.post("/leads", { name: "Jane" })).body;
		const client = (await api.post("/clients", { name: "Acme" })).body;
		const skip = (await eventsOf(api.organizationId)).length;
		const { id } = await createConversation(api, { ...callBody, leadId: lead.id, clientId: client.id });
		expect(await tasksOf(api)).toEqual([]);
		await api.patch(`/conversations/${id}`, { status: "no_answer" });
		await createConversation(api, {
			conversationType: "phone",
			clientId: client.id,
			status: "busy",
			contactNumber: "+14155550123",
		});
		await createConversation(api, { conversationType: "phone", status: "failed" });
		const [failed, busy, missed] = await tasksOf(api);
		expect(missed).toMatchObject({
			type: "call",
			status: "OPEN",
			title: "Call John Doe back: no answer",
			entity: "leads",
			entityId: lead.id,
		});
		expect(missed.description).toContain(id);
		expect(busy).toMatchObject({ entity: "clients", entityId: client.id });
		expect(busy.title).toBe("Call +14155550123 back: the line was busy");
		expect(failed).toMatchObject({ entity: null, entityId: null });
		expect(failed.title).toBe("Call the contact back: the call failed");
		const events = await eventsOf(api.organizationId, skip);
		expect(events.map(({ type }) => type)).toEqual([
			"call.no-answer",
			"task.created",
			"call.busy",
			"task.created",
			"call.failed",
			"task.created",
		]);
		expect(events[1]?.payload.data).toEqual(missed);
		await api.patch(`/conversations/${id}`, { status: "completed" });
		expect(await tasksOf(api)).toHaveLength(3);
	});

	it("makes it without contacts that were erased, while the conversation still refers to them", async () => {
		const api = await createCaller();
		const leadId = (await api.post("/leads", { name: "Jane" })).body.id;
		const clientId = (await api.post("/clients", { name: "Acme" })).body.id;
		const first = await createConversation(api, { ...callBody, leadId, clientId });
		const second = await createConversation(api, { ...callBody, leadId, clientId });
		await run("DELETE FROM leads WHERE id = ?", leadId);
		expect((await api.patch(`/conversations/${first.id}`, { status: "busy" })).status).toBe(200);
		await run("DELETE FROM clients WHERE id = ?", clientId);
		expect((await api.patch(`/conversations/${second.id}`, { status: "busy" })).status).toBe(200);
		expect(await tasksOf(api)).toMatchObject([
			{ entity: null, entityId: null },
			{ entity: "clients", entityId: clientId },
		]);
	});

	it.each([
		["its name", ["call.busy"], {}, 0],
		["its noun", ["call.*"], {}, 0],
		["everything", ["*"], {}, 0],
		["another event", ["call.failed", "task.*"], {}, 1],
		["it while disabled", ["call.busy"], { status: "disabled" }, 1],
		["it without skipSystem", ["call.busy"], { skipSystem: false }, 1],
	])("leaves the task to a webhook that skips the system for %s: %s %s", async (_, events, more, count) => {
		const api = withoutSending(await createCaller());
		await createConversation(api, { conversationType: "phone", status: "busy" });
		expect(await tasksOf(api)).toHaveLength(1);
		const webhook = await skipping(api, [...events], more);
		expect(webhook.status).toBe(201);
		await createConversation(api, { conversationType: "phone", status: "busy" });
		expect(await tasksOf(api)).toHaveLength(1 + count);
		await api.delete(`/webhooks/${webhook.body.id}`);
		const { id } = await createConversation(api);
		await api.patch(`/conversations/${id}`, { status: "busy" });
		expect(await tasksOf(api)).toHaveLength(2 + count);
	});

	it("makes its task though tasks have a required custom field", async () => {
		const api = await createCaller();
		await api.post("/custom-fields", { entity: "tasks", label: "Team", type: "text", required: true });
		await createConversation(api, {
			conversationType: "phone",
			status: "busy",
			metadata: { contactName: `  ${"x".repeat(400)}  ` },
		});
		const [task] = await tasksOf(api);
		expect(task.cf_team).toBeNull();
		expect(task.title.length).toBeLessThan(200);
	});
});

describe("the events of a chat", () => {
	it.each([
		["ongoing", ["chat.completed"]],
		[null, ["chat.completed"]],
		["resolved", ["chat.completed", "chat.resolved"]],
		["auto_completed_inactive", ["chat.completed", "chat.abandoned"]],
	])("outcome %s", async (outcome, types) => {
		const api = await createCaller();
		const { id } = await createConversation(api, {
			conversationType: "chat",
			chatMetadata: { widgetId: "w", feedback: { rating: 5 } },
		});
		await api.patch(`/conversations/${id}`, { status: "completed", outcome });
		const events = await eventsOf(api.organizationId);
		expect(events.map(({ type }) => type)).toEqual(types);
		for (const { type, payload } of events) {
			expect(payload).toMatchObject({ event: type, outcome, messageCount: 0, conversationId: id });
			expect(payload.chatMetadata).toEqual({ widgetId: "w", feedback: { rating: 5 } });
			expect(catalogue[type as EventType].payload.safeParse(payload).error).toBeUndefined();
		}
		await api.patch(`/conversations/${id}`, { status: "open" });
		await api.patch(`/conversations/${id}`, { status: "completed", outcome: "resolved" });
		expect(await eventTypesOf(api.organizationId)).toEqual(types);
	});
});
