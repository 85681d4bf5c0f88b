// The built-in process for missed calls: it creates a task to call back, in the same batch as the conversation.

import { firstCharacters } from "../../characters.ts";
import { replanWhenRefused } from "../../db/commit.ts";
import { factsQuery } from "../../db/fact.ts";
import { clients } from "../../db/schema/clients.ts";
import { conversations as table } from "../../db/schema/conversations.ts";
import { leads } from "../../db/schema/leads.ts";
import { type SQL, sql } from "../../db/sql.ts";
import { liveRowOf, rowsOf } from "../../db/tenant.ts";
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

/** What a task can be about, the first of them if there are several. */
const CONTACTS = [
	{ entity: "leads", field: "leadId", contacts: leads },
	{ entity: "clients", field: "clientId", contacts: clients },
] as const;

/**
 * A query for the ids of contacts that these conversations refer to although they were erased: references to an erased record
 * are removed after it, mostly at once, but within a minute.
 */
const goneContacts = (organizationId: string, conversationIds: SQL): SQL => {
	const ids = CONTACTS.map(({ field, contacts }) => {
		const id = table[field];
		return sql`iif(EXISTS (SELECT 1 FROM ${liveRowOf(contacts, organizationId, id)}), NULL, ${id}) AS ${sql.identifier(field)}`;
	});
	return sql`SELECT ${sql.list(ids)} FROM ${rowsOf(table, organizationId)} AND ${table.id} IN (${conversationIds})`;
};

/** The verbs of conversations, including the built-in process. */
export const conversationVerbs = verbs(conversations, (ctx, inputs, ids) => {
	// Only these statuses may need a task.
	if (!inputs.some(({ status = "" }) => ["failed", "busy", "no_answer"].includes(status))) return null;
	const { organizationId } = ctx.caller;
	const facts = factsQuery(organizationId, { tasks: tasks.fact, room: roomFact(tasks.store.table) });
	return {
		queries: [facts.query, ...(ids ? [goneContacts(organizationId, ids)] : [])],
		statements(written, [answer, contacts = []], skipped) {
			const known = facts.read(answer);
			const gone = new Set(contacts.flatMap((ids) => Object.values(ids)));
			return written.flatMap(({ before, after }) => {
				const event = missedCalls.find((missed) => eventsOf(before, after).includes(missed));
				// If the quota of tasks is used up, the call is still written, without a task.
				if (!event || skipped.includes(event) || known.room.fact < 1) return [];
				const plan = planFor(actingAs(ctx, "call-follow-up"), tasks, known.tasks);
				return plan.inserts(plan.draft(followUp(after, event, gone))).map(replanWhenRefused);
			});
		},
	};
});

/** The task: about the conversation's lead, else its client, else nothing. */
function followUp(conversation: ConversationRow, event: MissedCall, gone: ReadonlySet<unknown>) {
	const { id } = conversation;
	const [about] = CONTACTS.flatMap(({ entity, field }) => {
		const entityId = conversation[field];
		return entityId === null || gone.has(entityId) ? [] : [{ entity, entityId }];
	});
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
		return words ? [firstCharacters(MAX_NAME_CHARACTERS, words)] : [];
	});
	return contact;
}
