import { z } from "@hono/zod-openapi";
import { crud, pageSchema } from "../../http/crud.ts";
import { cursorParameter, pageAnswer, readCursor } from "../../http/cursor.ts";
import { type Endpoint, endpoint } from "../../http/endpoint.ts";
import { directionParameter, limitParameter } from "../../http/list-query.ts";
import { writeEndpoint } from "../../http/write.ts";
import { conversations } from "./conversations.ts";
import { conversationVerbs } from "./follow-up.ts";
import { messagesOf, planMessage } from "./messages.ts";
import { Conversation, ConversationCreate, ConversationUpdate, Message, MessageCreate } from "./schema.ts";

const exposure = {
	resource: conversations,
	verbs: conversationVerbs,
	schemas: { wire: Conversation, create: ConversationCreate, update: ConversationUpdate },
};

const { list, create, get, update } = crud(exposure);

const postMessage = writeEndpoint(
	{
		method: "post",
		path: "/conversations/{id}/messages",
		of: conversations,
		operationId: "createMessage",
		summary: "Post a message",
		description:
			"Adds a message. It is counted in `messageCount` and, in a chat, sets the times in `chatMetadata`. A message of a chat's visitor is sent as `chat.message.received`.",
		message: "Message created successfully",
		body: MessageCreate,
		conditional: true,
		answers: { 201: { description: "Posted.", schema: Message } },
	},
	({ ctx, id, body, condition }) => planMessage(ctx, id, body, condition),
	(message) => ({ status: 201, body: message }),
);

const listMessages = endpoint(
	{
		method: "get",
		path: "/conversations/{id}/messages",
		of: conversations,
		operationId: "listMessages",
		summary: "List messages",
		description: "A page of the messages, newest first unless `orderDir` is `asc`.",
		message: "Messages listed successfully",
		query: z.strictObject({ cursor: cursorParameter, limit: limitParameter, orderDir: directionParameter }),
		answers: { 200: { description: "One page.", schema: pageSchema("Message", Message), headers: ["Link"] } },
	},
	async ({ ctx, id, query, request }) => {
		const feed = `conversations/${id}/messages`;
		const after = await readCursor(ctx, feed, query);
		const page = await messagesOf(ctx, id, {
			...query,
			ascending: query.orderDir === "asc",
			after,
		});
		return pageAnswer(ctx, feed, query, request.url, page);
	},
);

export const conversationEndpoints: readonly Endpoint[] = [
	list,
	create,
	get,
	update,
	postMessage,
	listMessages,
];
