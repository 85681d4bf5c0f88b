// The statuses of conversations, and the events that they send.
import type { conversations } from "../../db/schema/conversations.ts";
import type { EventType } from "../../outbox/event-types.ts";

export const callStatuses = [
	"initiated",
	"scheduled",
	"ringing",
	"active",
	"completed",
	"failed",
	"busy",
	"no_answer",
] as const;

export const chatStatuses = ["open", "completed"] as const;

/** Events of missed calls. Their built-in process creates a follow-up task. */
export const missedCalls = ["call.failed", "call.busy", "call.no-answer"] as const satisfies EventType[];

export type MissedCall = (typeof missedCalls)[number];

const CALL_EVENTS: Readonly<Record<string, EventType>> = {
	completed: "call.completed",
	failed: "call.failed",
	busy: "call.busy",
	no_answer: "call.no-answer",
};

const CHAT_OUTCOME_EVENTS: Readonly<Record<string, EventType>> = {
	resolved: "chat.resolved",
	auto_completed_inactive: "chat.abandoned",
};

type ConversationState = Pick<
	typeof conversations.$inferSelect,
	"conversationType" | "status" | "outcome" | "announced"
>;

/** The events of a state that were not sent yet: of a call once per status, of a chat when it first ends. */
export function dueEvents({ conversationType, status, outcome, announced }: ConversationState): EventType[] {
	if (conversationType === "phone") {
		const event = CALL_EVENTS[status];
		return event && !announced.includes(event) ? [event] : [];
	}
	if (status !== "completed" || announced.length > 0) return [];
	const outcomeEvent = CHAT_OUTCOME_EVENTS[outcome ?? ""];
	return ["chat.completed", ...(outcomeEvent ? [outcomeEvent] : [])];
}

/** The statuses that a conversation of this type may have; the first is the default. */
export function statusesOf(type: ConversationState["conversationType"]): readonly [string, ...string[]] {
	return type === "phone" ? callStatuses : chatStatuses;
}
