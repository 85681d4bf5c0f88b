// Bodies of conversation events, with the same keys as the older call and chat webhooks.
import type { EventCtx } from "../../context.ts";
import type { conversations } from "../../db/schema/conversations.ts";
import type { EventType } from "../../outbox/names.ts";

/** The flat body of an event. Unset fields are left out, except `outcome`. */
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
		...withoutNulls({ agentId: row.agentId, agentName: row.agentName }),
		conversationId: row.id,
		conversationType: row.conversationType,
		status: row.status,
		outcome: row.outcome,
		...withoutNulls({
			summary: row.summary,
			duration: row.duration,
			direction: row.direction,
			agentNumber: row.agentNumber,
			twilioCallSid: row.twilioCallSid,
			messageCount: row.messageCount,
			callMetadata: callMetadata && withoutNulls(callMetadata),
			chatMetadata:
				chatMetadata &&
				withoutNulls({
					...chatMetadata,
					feedback: chatMetadata.feedback && withoutNulls(chatMetadata.feedback),
					goal: chatMetadata.goal && withoutNulls(chatMetadata.goal),
				}),
		}),
		metadata: row.metadata,
		organizationId: row.organizationId,
		...more,
	};
}

/** The fields that are not null. */
const withoutNulls = (fields: object): object =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
