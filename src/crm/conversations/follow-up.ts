// The built-in process for missed calls: it creates a task to call back, in the same batch as the conversation.
import { replanWhenRefused } from "../../db/commit.ts";
import { factsQuery } from "../../db/fact.ts";
import { actingAs } from "../../outbox/processes.ts";
import { roomFact } from "../../quotas/expectations.ts";
import { planFor } from "../../resources/plan.ts";
import { verbs } from "../../resources/verbs.ts";
import { tasks } from "../tasks/tasks.ts";
import { type ConversationRow, conversations, eventsOf } from "./conversations.ts";
import { type MissedCall, missedCalls } from "./statuses.ts";

const REASONS: Readonly<Record<MissedCall, string>> = {
	"call.failed": "the call failed",
	"call.busy": "the line was busy",
	"call.no-answer": "no answer",
};

const MAX_NAME_CHARACTERS = 120;

/** The verbs of conversations, including the built-in process. */
export const conversationVerbs = verbs(conversations, (ctx, inputs) => {
	// Only these statuses may need a task.
	if (!inputs.some(({ status = "" }) => ["failed", "busy", "no_answer"].includes(status))) return null;
	const { organizationId } = ctx.caller;
	const facts = factsQuery(organizationId, { tasks: tasks.fact, room: roomFact(tasks.store.table) });
	return {
		queries: [facts.query],
		statements(written, [answer], skipped) {
			const known = facts.read(answer);
			return written.flatMap(({ before, after }) => {
				const event = missedCalls.find((missed) => eventsOf(before, after).includes(missed));
				// If the quota of tasks is used up, the call is still written, without a task.
				if (!event || skipped.includes(event) || known.room.fact < 1) return [];
				const plan = planFor(actingAs(ctx, "call-follow-up"), tasks, known.tasks);
				return plan.inserts(plan.draft(followUp(after, event))).map(replanWhenRefused);
			});
		},
	};
});

/** The task: about the conversation's lead, else its client, else nothing. */
function followUp(conversation: ConversationRow, event: MissedCall) {
	const { id, leadId, clientId } = conversation;
	const about = leadId
		? { entity: "leads" as const, entityId: leadId }
		: clientId
			? { entity: "clients" as const, entityId: clientId }
			: {};
	return {
		...about,
		type: "call" as const,
		title: `Call ${contactOf(conversation)} back: ${REASONS[event]}`,
		description: `Conversation ${id}.`,
		unattended: true,
	};
}

/** The contact to call: a name if there is one, else a number or an e-mail address. */
function contactOf({ metadata, callMetadata, contactNumber }: ConversationRow): string {
	const candidates = [
		metadata.contactName,
		callMetadata?.customer?.name,
		contactNumber,
		metadata.contactPhone,
		metadata.contactEmail,
	];
	const [contact = "the contact"] = candidates.flatMap((value) => {
		const words = typeof value === "string" ? value.trim().replaceAll(/\s+/gu, " ") : "";
		return words ? [[...words].slice(0, MAX_NAME_CHARACTERS).join("")] : [];
	});
	return contact;
}
