// Messages of a conversation: posting and listing them.

import type { Ctx } from "../../context.ts";
import { isoOf } from "../../db/columns.ts";
import type { Write } from "../../db/commit.ts";
import { feedPage, idOrder } from "../../db/feed.ts";
import type { ListQuery, PageQuery } from "../../db/list-query.ts";
import { messages as table } from "../../db/schema/conversations.ts";
import { sql } from "../../db/sql.ts";
import { ownedBy } from "../../db/tenant.ts";
import { notFound } from "../../errors.ts";
import { newId } from "../../ids.ts";
import { recordEvents } from "../../outbox/record.ts";
import { expectBytes } from "../../quotas/expectations.ts";
import { countMessage } from "../../quotas/messages.ts";
import type { VersionCondition } from "../../resources/condition.ts";
import { conversations } from "./conversations.ts";
import { conversationVerbs } from "./follow-up.ts";
import { conversationBody } from "./payload.ts";
import type { MessageCreateInput, MessageOutput } from "./schema.ts";

const EVENT = "chat.message.received";

/**
 * Plans a message. It is counted in its conversation; a message of a chat's visitor also sends an event.
 * @throws AppError 404 for an unknown conversation, 409 when the quota of messages or bytes is used up
 */
export async function planMessage(
	ctx: Ctx,
	conversationId: string,
	{ role, text }: MessageCreateInput,
	condition: VersionCondition | null,
): Promise<Write<MessageOutput>> {
	const at = new Date(ctx.now).toISOString();
	const messagePosted = () => ({ messageAt: at });
	const { before, value, statements } = await conversationVerbs.updateWith(
		ctx,
		conversationId,
		messagePosted,
		condition,
	);
	// The id is later than the stamp of the conversation, so ids are in the order of commits: a reader who continues
	// after a message misses none.
	const id = newId("msg", Math.max(ctx.now, Date.parse(before.updatedAt) + 1));
	const message = { id, role, text, at };
	const isFromVisitor = role === "visitor" && value.conversationType === "chat";
	return {
		value: message,
		statements: [
			...expectBytes(ctx),
			...statements,
			...countMessage(ctx.caller.organizationId, value.posted),
			sql`INSERT INTO ${table} ("organizationId", "conversationId", "id", "role", "text", "at")
				VALUES (${ctx.caller.organizationId}, ${conversationId}, ${message.id}, ${role}, ${text}, ${ctx.now})`,
			...(isFromVisitor
				? recordEvents(ctx, [
						{
							type: EVENT,
							entityId: conversationId,
							payload: conversationBody(ctx, EVENT, value, { message }),
						},
					])
				: []),
		],
	};
}

/**
 * A page of a conversation's messages.
 * @throws AppError 404 for an unknown conversation
 */
export async function messagesOf(
	ctx: Ctx,
	{ limit, after, orderDir }: PageQuery & Pick<ListQuery, "orderDir">,
	conversationId: string,
) {
	const { organizationId } = ctx.caller;
	const { rows, next, extra } = await feedPage(
		{
			limit,
			after,
			ascending: orderDir === "asc",
			db: ctx.env.DB,
			...idOrder(table),
			owner: sql`${ownedBy(table, organizationId)} AND ${table.conversationId} = ${conversationId}`,
			tests: [],
		},
		[conversations.store.byId(organizationId, conversationId)],
	);
	if (!extra[0]?.[0]) throw notFound("conversation");
	return { items: rows.map(({ id, role, text, at }) => ({ id, role, text, at: isoOf(at) })), next };
}
