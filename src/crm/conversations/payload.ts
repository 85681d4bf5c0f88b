// What the events of a conversation carry, key for key as call and chat webhooks always had it.
import type { EventCtx } from "../../context.ts";
import type { conversations } from "../../db/schema/conversations.ts";
import type { EventType } from "../../outbox/names.ts";

/** The flat body of an event: what is unset is left out, except `outcome`. */
export function conversationBody(
	ctx: EventCtx,
	event: EventType,
	row: typeof conversations.$inferSelect,
	more: object = {},
) {
	const { callMetadata, chatMetadata } = row;
	return {
		event,
		timestamp: new Date(ctx.now).toISOString(),
		webhookId: "",
		...set({ agentId: row.agentId, agentName: row.agentName }),
		conversationId: row.id,
		conversationType: row.conversationType,
		status: row.status,
		outcome: row.outcome,
		...set({
			summary: row.summary,
			duration: row.duration,
			direction: row.direction,
			agentNumber: row.agentNumber,
			twilioCallSid: row.twilioCallSid,
			messageCount: row.messageCount,
			callMetadata: callMetadata && set(callMetadata),
			chatMetadata:
				chatMetadata &&
				set({
					...chatMetadata,
					feedback: chatMetadata.feedback && set(chatMetadata.feedback),
					goal: chatMetadata.goal && set(chatMetadata.goal),
				}),
		}),
		metadata: row.metadata,
		organizationId: row.organizationId,
		...more,
	};
}

/** The fields that are set. */
const set = (fields: object): object =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
