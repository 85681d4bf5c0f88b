import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { JsonObject } from "../../json.ts";
import { instant, json, ownedColumns } from "../columns.ts";
import { filteredBy, keyed } from "../indexes.ts";

export interface CallMetadata {
	readonly customer: JsonObject | null;
	readonly context: JsonObject | null;
	readonly custom: JsonObject | null;
}

export interface ChatMetadata {
	readonly widgetId: string | null;
	readonly resolved: boolean | null;
	readonly feedback: { readonly rating: number | null; readonly comment: string | null } | null;
	readonly totalCost: number | null;
	readonly toolsUsed: readonly string[] | null;
	readonly firstMessageAt: string | null;
	readonly lastMessageAt: string | null;
	readonly goal: { readonly achieved: boolean | null; readonly type: string | null } | null;
}

export const conversations = sqliteTable(
	"conversations",
	{
		...ownedColumns(),
		conversationType: text({ enum: ["phone", "chat"] }).notNull(),
		agentId: text(),
		agentName: text(),
		status: text().notNull(),
		outcome: text(),
		summary: text(),
		duration: integer(),
		direction: text({ enum: ["inbound", "outbound"] }),
		agentNumber: text(),
		contactNumber: text(),
		twilioCallSid: text(),
		messageCount: integer(),
		callMetadata: json<CallMetadata>(),
		chatMetadata: json<ChatMetadata>(),
		metadata: json<JsonObject>().notNull(),
		startedAt: instant(),
		endedAt: instant(),
		leadId: text(),
		clientId: text(),
		/** The number of posted messages, for the quota; `messageCount` is set by the caller. */
		posted: integer().notNull().default(0),
		/** The events about its end that have been sent: each is sent once. */
		announced: json<readonly string[]>().notNull(),
	},
	(table) => [
		...keyed("conversations", table),
		// Of type, direction and outcome there are too few values for an index to be worth its rows.
		...filteredBy("conversations", table, "status", "agentId", "contactNumber", "leadId", "clientId"),
	],
);

/** The messages of a conversation. Never changed. */
export const messages = sqliteTable(
	"messages",
	{
		organizationId: text().notNull(),
		conversationId: text().notNull(),
		id: text().notNull(),
		role: text().notNull(),
		text: text().notNull(),
		at: instant().notNull(),
	},
	(table) => [primaryKey({ columns: [table.organizationId, table.conversationId, table.id] })],
);
