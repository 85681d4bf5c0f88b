// Conversations: phone calls and chats of an agent. A change sends no event; only the end of a conversation and a
// visitor's message do.

import {
	type CallMetadata,
	type ChatMetadata,
	conversations as table,
} from "../../db/schema/conversations.ts";
import { tableStore } from "../../db/store.ts";
import { badRequest } from "../../errors.ts";
import { id, name, phone } from "../../http/fields.ts";
import { identities } from "../../identities.ts";
import type { EventType } from "../../outbox/event-types.ts";
import { skippedProcesses } from "../../outbox/processes.ts";
import { blankFields } from "../../resources/blank.ts";
import { type FieldsOf, type Resource, replaceObject, withoutUndefined } from "../../resources/resource.ts";
import { requireOrder } from "../time-order.ts";
import { conversationBody } from "./payload.ts";
import {
	type ConversationCreateInput,
	type ConversationUpdateInput,
	conversationStatuses,
	conversationTypes,
	directions,
	MAX_MESSAGES,
} from "./schema.ts";
import { dueEvents, missedCalls, statusesOf } from "./statuses.ts";

export type ConversationRow = typeof table.$inferSelect;

type Fields = FieldsOf<ConversationRow>;

/** A body, or the time at which a message was posted. */
type Update = ConversationUpdateInput & { readonly messageAt?: string };

const blank = blankFields(table, { metadata: {}, posted: 0, announced: [] });

const blankCall: CallMetadata = { customer: null, context: null, custom: null };

const blankChat: ChatMetadata = {
	widgetId: null,
	resolved: null,
	feedback: null,
	totalCost: null,
	toolsUsed: null,
	firstMessageAt: null,
	lastMessageAt: null,
	goal: null,
};

const noFeedback: NonNullable<ChatMetadata["feedback"]> = { rating: null, comment: null };
const noGoal: NonNullable<ChatMetadata["goal"]> = { achieved: null, type: null };

export const conversations: Resource<ConversationRow, ConversationCreateInput, Update, readonly string[]> = {
	...identities.conversations,
	store: tableStore<ConversationRow>(table),
	list: {
		sorts: [],
		filters: {
			contactNumber: { by: "lookup", field: "contactNumber", schema: phone },
			leadId: { by: "facet", field: "leadId", schema: () => id("ld") },
			clientId: { by: "facet", field: "clientId", schema: () => id("clt") },
			agentId: { by: "facet", field: "agentId", schema: name },
			status: { by: "facet", field: "status", schema: () => conversationStatuses },
			outcome: { by: "facet", field: "outcome", schema: name },
			direction: { by: "facet", field: "direction", schema: () => directions },
			conversationType: { by: "facet", field: "conversationType", schema: () => conversationTypes },
		},
	},

	/** The events of missed calls whose follow-up task is turned off by a webhook. */
	fact: skippedProcesses(missedCalls),

	fields(input, before) {
		const { callMetadata, chatMetadata, messageAt, ...rest }: Update & ConversationCreateInput = {
			conversationType: before?.conversationType ?? "phone",
			...input,
		};
		const base = before ?? { ...blank, ...initialFields(rest.conversationType) };
		const merged: Fields = {
			...base,
			...withoutUndefined(rest),
			callMetadata: replaceObject(blankCall, callMetadata, base.callMetadata),
			chatMetadata: mergeChatMetadata(chatMetadata, base.chatMetadata),
		};
		const fields = messageAt === undefined ? merged : withMessage(merged, messageAt);
		requireOfferedStatus(fields);
		requireOrder(input, fields, "startedAt", "endedAt");
		return { ...fields, announced: [...base.announced, ...dueEvents(fields)] };
	},

	events(ctx, { before, after }) {
		return after
			? eventsOf(before, after).map((type) => ({ type, payload: conversationBody(ctx, type, after) }))
			: [];
	},
};

/** The events that a change of a conversation sends. */
export function eventsOf(before: ConversationRow | null, after: ConversationRow): EventType[] {
	return dueEvents({ ...after, announced: before?.announced ?? [] });
}

function initialFields(conversationType: Fields["conversationType"]) {
	const [status] = statusesOf(conversationType);
	return { conversationType, status, messageCount: conversationType === "chat" ? 0 : null };
}

/** Replaces the stored metadata as a whole, except for the two times that messages set. */
function mergeChatMetadata(next: Update["chatMetadata"], stored: ChatMetadata | null): ChatMetadata | null {
	if (!next) return next === undefined ? stored : null;
	const { firstMessageAt = null, lastMessageAt = null } = stored ?? {};
	const { feedback, goal, ...rest } = next;
	return {
		...blankChat,
		firstMessageAt,
		lastMessageAt,
		...withoutUndefined(rest),
		feedback: replaceObject(noFeedback, feedback, null),
		goal: replaceObject(noGoal, goal, null),
	};
}

/** Counts one more message; a chat also keeps the times of its first and last message. */
function withMessage(fields: Fields, at: string): Fields {
	const messageCount = Math.min((fields.messageCount ?? 0) + 1, MAX_MESSAGES);
	const posted = fields.posted + 1;
	if (fields.conversationType === "phone") return { ...fields, messageCount, posted };
	const chat = fields.chatMetadata ?? blankChat;
	// The clocks of two isolates may differ, so the time of the last message never moves back.
	const lastMessageAt = chat.lastMessageAt !== null && chat.lastMessageAt > at ? chat.lastMessageAt : at;
	const firstMessageAt = chat.firstMessageAt ?? at;
	return { ...fields, messageCount, posted, chatMetadata: { ...chat, firstMessageAt, lastMessageAt } };
}

function requireOfferedStatus({ conversationType, status }: Fields): void {
	const statuses = statusesOf(conversationType);
	if (statuses.includes(status)) return;
	const message = `Expected one of ${statuses.join(", ")} for a ${conversationType} conversation.`;
	throw badRequest("status", message);
}
