// The events of calls and chats. Their bodies are flat, with the keys that receivers of call and chat webhooks expect.
import type { z } from "@hono/zod-openapi";
import {
	conversationExample,
	conversationPayload,
	Message,
	messageExample,
} from "../crm/conversations/schema.ts";
import { EXAMPLE_TIME, exampleId } from "../http/fields.ts";
import { commonFields, type EventEntry } from "./entry.ts";

const eventExample = {
	event: "",
	timestamp: EXAMPLE_TIME,
	webhookId: exampleId("whd"),
	agentId: conversationExample.agentId,
	agentName: conversationExample.agentName,
	conversationId: conversationExample.id,
};

/** What the examples of call events share. */
const callEventExample = {
	...eventExample,
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
	...eventExample,
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

/** An event of a call or a chat, by its name. */
const conversationEvent = <Type extends string>(
	event: Type,
	description: string,
	example: object,
	{ process = null, more = {} }: { readonly process?: string | null; readonly more?: z.ZodRawShape } = {},
) => {
	const entry: EventEntry = {
		description,
		process,
		// Only made for the document and for tests, as in `crmEvent`.
		get payload() {
			return conversationPayload(commonFields(event), more);
		},
		example: { ...example, event },
	};
	return { [event]: entry } as Record<Type, EventEntry>;
};

const missedCall = <Type extends string>(event: Type, description: string, ended: object) => {
	const example = { ...callEventExample, direction: "outbound", ...ended };
	return conversationEvent(event, description, example, { process: FOLLOW_UP });
};

export const conversationEvents = {
	...conversationEvent("call.completed", "A call was completed.", {
		...callEventExample,
		status: "completed",
		outcome: "resolved",
		summary: conversationExample.summary,
		duration: conversationExample.duration,
	}),
	...missedCall("call.failed", "A call failed for a technical reason.", { status: "failed" }),
	...missedCall("call.busy", "The line was busy.", { status: "busy" }),
	...missedCall("call.no-answer", "A call was not answered.", { status: "no_answer", duration: 30 }),
	...conversationEvent("chat.completed", "A chat ended, with any outcome.", {
		...chatEventExample,
		outcome: "ongoing",
	}),
	...conversationEvent(
		"chat.resolved",
		"A chat ended with the outcome `resolved`; sent in addition to `chat.completed`.",
		{
			...chatEventExample,
			outcome: "resolved",
			chatMetadata: { ...chatEventExample.chatMetadata, resolved: true },
		},
	),
	...conversationEvent(
		"chat.abandoned",
		"A chat ended with the outcome `auto_completed_inactive`; sent in addition to `chat.completed`.",
		{ ...chatEventExample, outcome: "auto_completed_inactive", duration: 1800 },
	),
	...conversationEvent(
		"chat.message.received",
		"A visitor wrote a message in a chat.",
		{ ...chatEventExample, status: "open", message: messageExample },
		{ more: { message: Message.describe("The message of the visitor.") } },
	),
};
