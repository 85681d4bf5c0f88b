// What becomes of a conversation, and which events tell of it.
import type { EventType } from "../../outbox/names.ts";

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

/** The calls that reached nobody: their process is a follow-up task. */
export const missedCalls = ["call.failed", "call.busy", "call.no-answer"] as const satisfies EventType[];

export type MissedCall = (typeof missedCalls)[number];

const CALL_EVENTS: Readonly<Record<string, EventType>> = {
	completed: "call.completed",
	failed: "call.failed",
	busy: "call.busy",
	no_answer: "call.no-answer",
};

const CHAT_ENDINGS: Readonly<Record<string, EventType>> = {
	resolved: "chat.resolved",
	auto_completed_inactive: "chat.abandoned",
};

export interface State {
	readonly conversationType: "phone" | "chat";
	readonly status: string;
	readonly outcome: string | null;
	/** The events that have told of it so far. */
	readonly announced: readonly string[];
}

/** The events that a state calls for and that were not sent yet: a call's once per status, a chat's when it first ends. */
export function dueEvents({ conversationType, status, outcome, announced }: State): EventType[] {
	if (conversationType === "phone") {
		const event = CALL_EVENTS[status];
		return event && !announced.includes(event) ? [event] : [];
	}
	if (status !== "completed" || announced.length > 0) return [];
	const ending = CHAT_ENDINGS[outcome ?? ""];
	return ["chat.completed", ...(ending ? [ending] : [])];
}

/** The statuses a conversation of this type may have; the first is the one it begins with. */
export function statusesOf(type: State["conversationType"]): readonly [string, ...string[]] {
	return type === "phone" ? callStatuses : chatStatuses;
}
