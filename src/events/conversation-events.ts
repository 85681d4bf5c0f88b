// The events of calls and chats. Their bodies are flat, with the keys that receivers of call and chat webhooks expect.
import {
	conversationExample,
	conversationPayload,
	Message,
	messageExample,
} from "../crm/conversations/schema.ts";
import { EXAMPLE_TIME, exampleId } from "../http/fields.ts";
import { commonFields, type EventEntry } from "./entry.ts";

const conversationEvent = {
	event: "",
	timestamp: EXAMPLE_TIME,
	webhookId: exampleId("whd"),
	agentId: conversationExample.agentId,
	agentName: conversationExample.agentName,
	conversationId: conversationExample.id,
};

/** What the examples of call events share. */
const callEventExample = {
	...conversationEvent,
	conversationType: "phone",
	status: "completed",
	outcome: null,
	duration: 0,
	direction: "inbound",
	agentNumber: conversationExample.agentNumber,
	twilioCallSid: conversationExample.twilioCallSid,
	callMetadata: conversationExample.callMetadata,
	metadata: conversationExample.metadata,
	organizationId: exampleId("org"),
};

/** What the examples of chat events share. */
const chatEventExample = {
	...conversationEvent,
	conversationType: "chat",
	status: "completed",
	outcome: null,
	summary: "Customer asked about pricing tiers.",
	duration: 180,
	messageCount: 8,
	chatMetadata: {
		widgetId: "widget_abc123",
		resolved: false,
		totalCost: 0.0023,
		toolsUsed: ["knowledge_base", "pricing_lookup"],
		firstMessageAt: "2026-01-31T11:57:00.000Z",
		lastMessageAt: EXAMPLE_TIME,
	},
	metadata: { visitorId: "visitor_xyz789", referrer: "https://example.com/pricing" },
	organizationId: exampleId("org"),
};

const FOLLOW_UP =
	"A task of type `call` is created, about the conversation's lead or, without a lead, its client.";

function callEvent(event: string, description: string, ended: object, process: string | null = null) {
	return {
		description,
		process,
		payload: conversationPayload(commonFields(event)),
		example: { ...callEventExample, event, ...ended },
	};
}

function chatEvent(event: string, description: string, ended: object): EventEntry {
	return {
		description,
		process: null,
		payload: conversationPayload(commonFields(event)),
		example: { ...chatEventExample, event, ...ended },
	};
}

const unanswered = { outcome: null, direction: "outbound" };

export const conversationEvents = {
	"call.completed": callEvent("call.completed", "A call was completed.", {
		status: "completed",
		outcome: "resolved",
		summary: conversationExample.summary,
		duration: conversationExample.duration,
	}),
	"call.failed": callEvent(
		"call.failed",
		"A call failed for a technical reason.",
		{ ...unanswered, status: "failed", duration: 0 },
		FOLLOW_UP,
	),
	"call.busy": callEvent(
		"call.busy",
		"The line was busy.",
		{ ...unanswered, status: "busy", duration: 0 },
		FOLLOW_UP,
	),
	"call.no-answer": callEvent(
		"call.no-answer",
		"A call was not answered.",
		{ ...unanswered, status: "no_answer", duration: 30 },
		FOLLOW_UP,
	),
	"chat.completed": chatEvent("chat.completed", "A chat ended, with any outcome.", { outcome: "ongoing" }),
	"chat.resolved": chatEvent(
		"chat.resolved",
		"A chat ended with the outcome `resolved`; sent in addition to `chat.completed`.",
		{ outcome: "resolved", chatMetadata: { ...chatEventExample.chatMetadata, resolved: true } },
	),
	"chat.abandoned": chatEvent(
		"chat.abandoned",
		"A chat ended with the outcome `auto_completed_inactive`; sent in addition to `chat.completed`.",
		{ outcome: "auto_completed_inactive", duration: 1800 },
	),
	"chat.message.received": {
		description: "A visitor wrote a message in a chat.",
		process: null,
		payload: conversationPayload(commonFields("chat.message.received"), {
			message: Message.describe("The message of the visitor."),
		}),
		example: {
			...chatEventExample,
			event: "chat.message.received",
			status: "open",
			outcome: null,
			message: messageExample,
		},
	},
} satisfies Record<string, EventEntry>;
