// The built-in process of calls that reached nobody: a task to call again, in the batch of the conversation's own write.
import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../../context.ts";
import { raced } from "../../db/commit.ts";
import { actingAs, isSkipped } from "../../outbox/processes.ts";
import { roomIn } from "../../quotas/expectations.ts";
import { planner } from "../../resources/plan.ts";
import type { Planned } from "../../resources/verbs.ts";
import { tasks } from "../tasks/tasks.ts";
import { type ConversationRow, news, plainVerbs } from "./conversations.ts";
import { type MissedCall, missedCalls } from "./statuses.ts";

const WHY: Readonly<Record<MissedCall, string>> = {
	"call.failed": "the call failed",
	"call.busy": "the line was busy",
	"call.no-answer": "no answer",
};

const MOST_NAME_CHARACTERS = 120;

const taskPlan = planner(tasks);

/** The verbs of conversations, their process included. */
export const conversationVerbs: typeof plainVerbs = {
	...plainVerbs,

	async create(ctx, input, again, id) {
		const write = await plainVerbs.create(ctx, input, again, id, taskFact(ctx, input));
		return withFollowUp(ctx, null, write);
	},

	async update(ctx, id, input, condition) {
		const write = await plainVerbs.update(ctx, id, input, condition, taskFact(ctx, input));
		return withFollowUp(ctx, write.before, write);
	},
};

/** What a task is planned with, read along with the rest where the status named may call for one. */
function taskFact(ctx: Ctx, { status }: { readonly status?: string | undefined }): SQL[] {
	const may = status === "failed" || status === "busy" || status === "no_answer";
	const { organizationId } = ctx.caller;
	return may
		? [
				sql`SELECT ${tasks.fact(organizationId)} AS "fact", ${roomIn(tasks.store.table, organizationId)} AS "room"`,
			]
		: [];
}

function withFollowUp<P extends Planned<ConversationRow>>(
	ctx: Ctx,
	before: ConversationRow | null,
	write: P,
): P {
	const event = missedCalls.find((missed) => news(before, write.value).includes(missed));
	if (!event || isSkipped(write.fact, event)) return write;
	const { fact, room } = write.besides?.[0]?.[0] ?? {};
	// No call is lost to its task: where the organization may have no more tasks, it is written without one.
	if (Number(room) < 1) return write;
	const task = taskPlan.draft(ctx, followUp(write.value, event), fact);
	return {
		...write,
		statements: [
			...write.statements,
			...taskPlan.inserts(actingAs(ctx, "call-follow-up"), [task], fact).map(raced),
		],
	};
}

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
		title: `Call ${contactOf(conversation)} back: ${WHY[event]}`,
		description: `Conversation ${id}.`,
		unattended: true,
	};
}

/** Whom to call, as far as anybody said: a name, else a number. */
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
		return words ? [[...words].slice(0, MOST_NAME_CHARACTERS).join("")] : [];
	});
	return contact;
}
