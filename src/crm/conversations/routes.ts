import { crud, pageSchema } from "../../http/crud.ts";
import { directionParameter } from "../../http/list-query.ts";
import { pageEndpoint, pageQuery } from "../../http/page.ts";
import { registerServerSetFields } from "../../http/server-set-fields.ts";
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

registerServerSetFields(MessageCreate, Message);

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

const listMessages = pageEndpoint(
	{
		path: "/conversations/{id}/messages",
		of: conversations,
		operationId: "listMessages",
		summary: "List messages",
		description: "A page of the messages, newest first unless `orderDir` is `asc`.",
		message: "Messages listed successfully",
		query: pageQuery(() => ({ orderDir: directionParameter })),
		page: pageSchema("Message", Message),
	},
	messagesOf,
);

export const conversationEndpoints = [list, create, get, update, postMessage, listMessages];
