// What is said in a conversation: posting it, and reading it back.

import { sql } from "drizzle-orm";
import type { Ctx } from "../../context.ts";
import { isoOf } from "../../db/columns.ts";
import type { Write } from "../../db/commit.ts";
import { byId, feedPage } from "../../db/feed.ts";
import type { Position } from "../../db/list-query.ts";
import { messages as table } from "../../db/schema/conversations.ts";
import { ownedBy } from "../../db/tenant.ts";
import { notFound } from "../../errors.ts";
import { newId } from "../../ids.ts";
import { record } from "../../outbox/record.ts";
import { expectBytes } from "../../quotas/expectations.ts";
import { countMessage } from "../../quotas/messages.ts";
import type { Condition } from "../../resources/verbs.ts";
import { conversations } from "./conversations.ts";
import { conversationVerbs } from "./follow-up.ts";
import { conversationBody } from "./payload.ts";
import type { MessageCreateInput, MessageOutput } from "./schema.ts";

const EVENT = "chat.message.received";

/**
 * Plans a message: it counts in its conversation, and what a chat's visitor says is announced.
 * @throws AppError 404 for an unknown conversation, 409 when the organization has as many messages or bytes as it may
 */
export async function post(
	ctx: Ctx,
	conversationId: string,
	{ role, text }: MessageCreateInput,
	condition: Condition | null,
): Promise<Write<MessageOutput>> {
	const at = new Date(ctx.now).toISOString();
	const counted = () => ({ messageAt: at });
	const { before, value, statements } = await conversationVerbs.change(
		ctx,
		conversationId,
		counted,
		condition,
	);
	// Whoever reads on from a message finds all that are committed later: each changes the conversation, and is stamped by it.
	const id = newId("msg", Math.max(ctx.now, Date.parse(before.updatedAt) + 1));
	const message = { id, role, text, at };
	const isVisitors = role === "visitor" && value.conversationType === "chat";
	return {
		value: message,
		statements: [
			...expectBytes(ctx),
			...statements,
			...countMessage(ctx.caller.organizationId, value.posted),
			{
				query: sql`INSERT INTO ${table} ("organizationId", "conversationId", "id", "role", "text", "at")
					VALUES (${ctx.caller.organizationId}, ${conversationId}, ${message.id}, ${role}, ${text}, ${ctx.now})`,
			},
			...(isVisitors
				? record(ctx, [
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

export interface MessageQuery {
	readonly limit: number;
	readonly ascending: boolean;
	readonly after: Position | null;
}

/**
 * A page of what was said in a conversation.
 * @throws AppError 404 for an unknown conversation
 */
export async function messagesOf(ctx: Ctx, conversationId: string, query: MessageQuery) {
	const { organizationId } = ctx.caller;
	const { rows, next, besides } = await feedPage(
		{
			...query,
			db: ctx.env.DB,
			...byId(table),
			owner: sql`${ownedBy(table, organizationId)} AND ${table.conversationId} = ${conversationId}`,
			tests: [],
		},
		[conversations.store.byId(organizationId, conversationId)],
	);
	if (!besides[0]?.[0]) throw notFound("conversation");
	const items = rows.map(({ id, role, text, at }) => ({
		id,
		role,
		text,
		at: isoOf(at),
	}));
	return { items, next };
}
