// Bodies of conversation events, with the same keys as the older call and chat webhooks.
import type { EventCtx } from "../../context.ts";
import type { conversations } from "../../db/schema/conversations.ts";
import type { EventType } from "../../outbox/event-types.ts";

/** The flat body of an event. Unset fields are left out, except `outcome`. */
export function conversationBody(
	ctx: EventCtx,
	event: EventType,
	row: typeof conversations.$inferSelect,
	more: object = {},
) {
	const { id, agentId, agentName, conversationType, status, outcome, metadata, organizationId } = row;
	const { summary, duration, direction, agentNumber, twilioCallSid, messageCount } = row;
	const { callMetadata, chatMetadata } = row;
	return {
		event,
		timestamp: new Date(ctx.now).toISOString(),
		webhookId: "",
		...withoutNulls({ agentId, agentName }),
		conversationId: id,
		conversationType,
		status,
		outcome,
		...withoutNulls({ summary, duration, direction, agentNumber, twilioCallSid, messageCount }),
		...withoutNulls({
			callMetadata: callMetadata && withoutNulls(callMetadata),
			chatMetadata:
				chatMetadata &&
				withoutNulls({
					...chatMetadata,
					feedback: chatMetadata.feedback && withoutNulls(chatMetadata.feedback),
					goal: chatMetadata.goal && withoutNulls(chatMetadata.goal),
				}),
		}),
		metadata,
		organizationId,
		...more,
	};
}

const withoutNulls = (fields: object): object =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
