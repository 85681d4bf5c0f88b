// Conversations and their messages on the wire, and the flat bodies of their events.

import { z } from "@hono/zod-openapi";
import * as field from "../../http/fields.ts";
import { objectOf, strictObjectOf } from "../../http/objects.ts";
import { once } from "../../http/once.ts";
import { nullable, nullish, optional, type Shape } from "../../http/shapes.ts";
import { identities } from "../../identities.ts";
import { callStatuses, chatStatuses } from "./statuses.ts";

export const conversationTypes = z.enum(["phone", "chat"]);
export const conversationStatuses = z.enum([...callStatuses, ...chatStatuses]);
export const directions = z.enum(["inbound", "outbound"]);

const conversationType = once(() => conversationTypes.describe("A phone call or a chat."));
const status = once(() =>
	conversationStatuses.describe(
		"The state of the conversation. Phone calls and chats have different statuses.",
	),
);

const inputObject = <S extends Shape>(shape: S) =>
	strictObjectOf(() => nullish(shape)).describe(field.PATCH_REPLACES_OBJECT);
const outputObject = <S extends Shape>(shape: S) => objectOf(() => nullable(shape));
const eventObject = <S extends Shape>(shape: S) => strictObjectOf(() => optional(shape));

const feedback = once(() => ({
	rating: z.number().describe("The visitor's rating, on a scale of your own."),
	comment: field.text().describe("The visitor's comment."),
}));
const goal = once(() => ({
	achieved: z.boolean().describe("Whether the goal was reached."),
	type: field.name().describe("What the chat was meant to achieve, in your own terms."),
}));

const CALL = "More about a phone call.";
const CHAT = "More about a chat.";

/** Metadata of a call: objects with any keys. */
const freeObject = (description: string) =>
	field.jsonObject().describe(`${description} ${field.PATCH_REPLACES_OBJECT}`);
const call = once(() => ({
	customer: freeObject("The customer, in your own keys."),
	context: freeObject("Why the call was made, in your own keys."),
	custom: freeObject("Anything else, in your own keys."),
}));

/** The schema with this sentence before its own description. */
const described = <S extends z.ZodType>(schema: S, sentence: string): S =>
	schema.describe([sentence, schema.description].join(" ").trim());

/** Metadata of a chat. Bodies, answers and events differ in the schemas of its inner objects and times. */
const chat = <F extends z.ZodType, G extends z.ZodType, I extends z.ZodType>(inner: {
	feedback: F;
	goal: G;
	instant: () => I;
}) => ({
	widgetId: field.name().describe("Id of the chat widget that the visitor used."),
	resolved: z.boolean().describe("Whether the request was resolved."),
	feedback: described(inner.feedback, "The visitor's rating and comment."),
	totalCost: z.number().min(0).describe("What the chat cost you, in a currency of your own."),
	toolsUsed: z.array(field.name()).max(100).describe("Names of the tools that the agent used."),
	firstMessageAt: inner.instant().describe("When the first message came."),
	lastMessageAt: inner.instant().describe("When the last message came."),
	goal: described(inner.goal, "The goal of the chat, and whether it was reached."),
});

/** The maximum of `messageCount`, which callers may set; counting stops there. */
export const MAX_MESSAGES = 1_000_000_000;

const settable = once(() => ({
	agentId: field.name().openapi({
		description: "Your own id of the agent.",
		example: "550e8400-e29b-41d4-a716-446655440000",
	}),
	agentName: field.name().openapi({ description: "The name of the agent.", example: "Sales Agent" }),
	outcome: field.name().openapi({
		description: "The result, e.g. `resolved`, `ongoing`, `auto_completed_inactive`.",
		example: "resolved",
	}),
	summary: field.text().describe("A summary of the conversation."),
	duration: z
		.int()
		.min(0)
		.max(100_000_000)
		.openapi({ description: "The duration in seconds.", example: 125 }),
	direction: directions.describe("Who started it: `inbound` the contact, `outbound` you."),
	agentNumber: field.phone().describe("The phone number of the agent."),
	contactNumber: field.phone().describe("The phone number of the contact."),
	twilioCallSid: field
		.name()
		.openapi({ description: "The call's id at Twilio.", example: "CA1234567890abcdef" }),
	messageCount: z.int().min(0).max(MAX_MESSAGES).openapi({
		description: "The number of messages; each posted message adds one.",
		example: 8,
	}),
	leadId: field.id("ld").describe("Id of the lead it was with."),
	clientId: field.id("clt").describe("Id of the client it was with."),
}));

const nullishFields = once(() =>
	nullish({
		...settable(),
		callMetadata: inputObject(call()).describe(
			`${field.PATCH_REPLACES_OBJECT} The inner objects may have any keys, up to 16 KB each.`,
		),
		chatMetadata: inputObject(
			chat({ feedback: inputObject(feedback()), goal: inputObject(goal()), instant: field.instant }),
		).describe(
			"A PATCH replaces the whole object: fields that it leaves out become unset, except `firstMessageAt` and `lastMessageAt`, which messages set.",
		),
		startedAt: field.instant().describe("When it began."),
		endedAt: field.instant().describe("When it ended; not before `startedAt`."),
	}),
);

const metadata = once(() =>
	field.jsonObject().openapi({
		description: `Anything else, up to 16 KB. ${field.PATCH_REPLACES_OBJECT}`,
		example: { contactName: "John Doe", contactPhone: "+1234567890" },
	}),
);

const optionalFields = once(() =>
	optional({
		status: conversationStatuses.openapi({
			description: `For a phone call: ${callStatuses.join(", ")} (default \`initiated\`). For a chat: ${chatStatuses.join(", ")} (default \`open\`).`,
		}),
		metadata: metadata(),
	}),
);

export const conversationExample = {
	...field.commonExample(identities.conversations),
	conversationType: "phone",
	status: "completed",
	agentId: "550e8400-e29b-41d4-a716-446655440000",
	agentName: "Sales Agent",
	outcome: "resolved",
	summary: "Customer called to inquire about their order status.",
	duration: 125,
	direction: "inbound",
	agentNumber: "+14155551234",
	contactNumber: "+12345678900",
	twilioCallSid: "CA1234567890abcdef",
	messageCount: null,
	leadId: field.exampleId("ld"),
	clientId: null,
	callMetadata: {
		customer: { name: "John Doe", company: "Acme Corp" },
		context: { campaignType: "customer_support", priority: "normal" },
		custom: { orderId: "ORD-12345" },
	},
	chatMetadata: null,
	startedAt: "2026-01-31T11:57:55.000Z",
	endedAt: field.EXAMPLE_TIME,
	metadata: { contactName: "John Doe", contactPhone: "+12345678900" },
};

export const ConversationCreate = strictObjectOf(() => ({
	conversationType: conversationType(),
	...optionalFields(),
	...nullishFields(),
})).openapi("ConversationCreate", {
	example: {
		conversationType: "phone",
		agentName: "Sales Agent",
		direction: "outbound",
		contactNumber: "+14155551234",
		metadata: { contactName: "John Doe" },
	},
});

export const ConversationUpdate = strictObjectOf(() => ({ ...optionalFields(), ...nullishFields() })).openapi(
	"ConversationUpdate",
	{ example: { status: "completed", outcome: "resolved", duration: 125 } },
);

export const Conversation = objectOf(() => ({
	...field.sharedFields(identities.conversations),
	conversationType: conversationType(),
	status: status(),
	...nullable({
		...settable(),
		callMetadata: outputObject(call()).describe(CALL),
		chatMetadata: outputObject(
			chat({ feedback: outputObject(feedback()), goal: outputObject(goal()), instant: field.timestamp }),
		).describe(CHAT),
		startedAt: field.timestamp().describe("When it began."),
		endedAt: field.timestamp().describe("When it ended."),
	}),
	metadata: metadata(),
})).openapi("Conversation", { example: conversationExample });

const messageRoles = z.enum(["visitor", "agent", "system"]);

export const messageExample = {
	id: field.exampleId("msg"),
	role: "visitor",
	text: "Do you ship to Norway?",
	at: field.EXAMPLE_TIME,
};

export const MessageCreate = strictObjectOf(() => ({
	role: messageRoles.describe("Who wrote it."),
	text: field.text().min(1, "Must not be empty.").describe("The text of the message."),
})).openapi("MessageCreate", { example: { role: "visitor", text: "Do you ship to Norway?" } });

export const Message = objectOf(() => ({
	id: field.id("msg").describe("The message's id."),
	role: messageRoles.describe("Who wrote it."),
	text: field.text().describe("The text of the message."),
	at: field.timestamp().describe("When it was posted."),
})).openapi("Message", { example: messageExample });

/**
 * The flat body of a conversation event. Unset fields are left out, except `outcome`.
 * @param heading the fields that every event body begins with
 */
export const conversationPayload = (heading: z.ZodRawShape, more: z.ZodRawShape = {}) =>
	strictObjectOf(() => {
		const { leadId: _, clientId: __, contactNumber: ___, outcome, ...flat } = settable();
		return {
			...heading,
			conversationId: field.id("conv").describe("Id of the conversation."),
			conversationType: conversationType(),
			status: status(),
			outcome: outcome.nullable(),
			...optional({
				...flat,
				callMetadata: eventObject(call()).describe(CALL),
				chatMetadata: eventObject(
					chat({ feedback: eventObject(feedback()), goal: eventObject(goal()), instant: field.timestamp }),
				).describe(CHAT),
			}),
			metadata: metadata(),
			organizationId: field.id("org").describe("Id of your organization."),
			...more,
		};
	});

export type ConversationCreateInput = z.output<typeof ConversationCreate>;
export type ConversationUpdateInput = z.output<typeof ConversationUpdate>;
export type MessageCreateInput = z.output<typeof MessageCreate>;
export type MessageOutput = z.output<typeof Message>;
