// The steps for an entry of the work list, done in chunks. Repeating a chunk is harmless, so a process that stops before it
// stores its progress loses nothing.

import { getTableName } from "drizzle-orm";
import { batch, type RawRow } from "../db/client.ts";
import { commit, LostRace, write } from "../db/commit.ts";
import { idempotencyKeys } from "../db/schema/bookkeeping.ts";
import { messages } from "../db/schema/conversations.ts";
import { customFields } from "../db/schema/custom-fields.ts";
import { type SQL, sql } from "../db/sql.ts";
import { ownedBy, rowOf, rowsOf } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { ERASED_ANSWER } from "../http/idempotency.ts";
import { firstIdAt } from "../ids.ts";
import { DAY_MS, SECOND_MS } from "../time.ts";
import { eraseEvents } from "./events.ts";
import { mentions } from "./mentions.ts";
import {
	addFound,
	addSearchIndex,
	itemIds,
	type Progress,
	type QueueItem,
	SEARCH_RULE,
	unfinishedItem,
} from "./queue.ts";
import { type CustomField, isRule, type Rule, rules } from "./rules.ts";

export type Step = (env: Env, item: QueueItem, now: number) => Promise<Progress>;

/** Rows entered, or messages removed, per chunk. */
const ROWS_PER_CHUNK = 500;
/** Stored answers searched per chunk. */
const ANSWERS_PER_CHUNK = 2_000;
/** Pages of a full-text index merged per chunk. */
const PAGES_PER_CHUNK = 200;

/** The steps of an entry, in order. */
export function stepsOf({ rule: name, root, entityId }: QueueItem): readonly Step[] {
	if (name === SEARCH_RULE) return [mergeSearchIndex];
	if (!isRule(name)) return [];
	const rule: Rule = rules[name];
	const events: Step = async (env, item) =>
		eraseEvents(env, item, rule, rule.keptCustomKeys((await readFields(env, rule, item))[0]));
	if (root === entityId && (name === "leads" || name === "clients"))
		return [...mentions[name].map(addMentions), events, eraseAnswers];
	const furtherMentions = name === "deals" ? mentions.deals.map(addMentions) : [];
	const messageSteps = name === "conversations" ? [eraseMessageAnswers, removeMessages] : [];
	// Receivers may have repeated a name that was sent beside an id: also the answers about rows that only refer to the record go.
	return [...furtherMentions, eraseRow(rule), ...messageSteps, events];
}

/** The custom fields of a table, deleted ones too, and the results of further queries. */
async function readFields(env: Env, { table }: Rule, { organizationId }: QueueItem, ...queries: SQL[]) {
	const [fields = [], ...others] = await batch(env.DB, [
		customFieldsOf(organizationId, getTableName(table)),
		...queries,
	]);
	return [fields.map(fieldOf), others] as const;
}

/** A query for the custom fields of a table, deleted ones too. */
export const customFieldsOf = (organizationId: string, entity: string): SQL =>
	sql`SELECT "id", "key", "type" FROM ${rowsOf(customFields, organizationId)} AND "entity" = ${entity}`;

export const fieldOf = ({ id, key, type }: RawRow): CustomField => ({
	id: String(id),
	key: String(key),
	type: String(type),
});

/** Adds entries for the rows of one place. */
const addMentions =
	({ rule, rows }: (typeof mentions)["leads"][number]): Step =>
	async (env, item, now) => {
		const { organizationId, root } = item;
		const found = rows(item, ROWS_PER_CHUNK);
		const [, last = []] = await write(env.DB, [
			addFound(organizationId, root, rule, found, now),
			sql`SELECT max("id") AS "id", count(*) AS "count" FROM (${found})`,
		]);
		return Number(last[0]?.count) < ROWS_PER_CHUNK ? "done" : { after: String(last[0]?.id) };
	};

/** Erases the person's data and the references from the entry's own row. */
const eraseRow =
	(rule: Rule): Step =>
	async (env, item, now) => {
		const [fields, [found = []]] = await readFields(
			env,
			rule,
			item,
			sql`SELECT * FROM ${rowOf(rule.table, item.organizationId, item.entityId)}`,
		);
		const [raw] = found;
		if (!raw) return "done";
		const statements = rule.erase(raw, item.root, fields, now);
		const search = rule.search !== null && rule.isPersonal ? [addSearchIndex(rule.search, now)] : [];
		try {
			if (statements.length > 0) await commit({ env }, [...statements, ...search]);
		} catch (error) {
			if (error instanceof LostRace) return { after: item.after };
			throw error;
		}
		return "done";
	};

/** Searches a chunk of an organization's stored answers, and erases those that meet a condition. */
async function eraseAnswersWhere(env: Env, { organizationId, after }: QueueItem, condition: SQL) {
	const chunk = sql`SELECT "key" FROM ${rowsOf(idempotencyKeys, organizationId)} AND "key" > ${after} ORDER BY "key" ${sql.limit(ANSWERS_PER_CHUNK)}`;
	const [last = []] = await write(env.DB, [
		sql`SELECT max("key") AS "key", count(*) AS "count" FROM (${chunk})`,
		// Answers of batch requests contain only ids, and a sealed one contains a key or secret.
		sql`UPDATE ${idempotencyKeys} SET "answer" = ${ERASED_ANSWER} WHERE ${ownedBy(idempotencyKeys, organizationId)} AND "key" IN (${chunk})
			AND "answer" LIKE '{%' AND "answer"->'$.answer.body.results' IS NULL AND ${condition}`,
	]);
	return Number(last[0]?.count) < ANSWERS_PER_CHUNK ? "done" : { after: String(last[0]?.key) };
}

const ANSWERED_ID = sql`"answer"->>'$.answer.body.id'`;

/**
 * Erases answers with the record or a row that was found for it. It is the last step, so that no such answer is stored
 * afterwards.
 */
const eraseAnswers: Step = async (env, item, now) => {
	const [waiting = []] = await batch(env.DB, [unfinishedItem(item)]);
	if (waiting.length > 0) return { waitUntil: now + SECOND_MS };
	return eraseAnswersWhere(
		env,
		item,
		sql`(instr("answer", ${item.root}) > 0 OR ${ANSWERED_ID} IN (${itemIds(item)}))`,
	);
};

/** The messages of a conversation, as a FROM clause that conditions may follow. */
const messagesOf = ({ organizationId, entityId }: QueueItem) =>
	sql`${rowsOf(messages, organizationId)} AND "conversationId" = ${entityId}`;

/** Answers to posting messages don't contain the conversation's id. */
const eraseMessageAnswers: Step = async (env, item, now) => {
	const [fresh = []] = await batch(env.DB, [
		sql`SELECT 1 FROM ${messagesOf(item)} AND "id" >= ${firstIdAt("msg", now - DAY_MS)} LIMIT 1`,
	]);
	if (fresh.length === 0) return "done";
	return eraseAnswersWhere(
		env,
		item,
		sql`EXISTS (SELECT 1 FROM ${messagesOf(item)} AND ${messages.id} = ${ANSWERED_ID})`,
	);
};

const removeMessages: Step = async (env, item) => {
	const [gone = []] = await write(env.DB, [
		sql`DELETE FROM ${messagesOf(item)} AND "id" IN (SELECT "id" FROM ${messagesOf(item)} ${sql.limit(ROWS_PER_CHUNK)}) RETURNING 1`,
	]);
	return gone.length < ROWS_PER_CHUNK ? "done" : { after: item.after };
};

/**
 * Merges a full-text index: removed entries are only marked, and their words stay in the index until its segments are merged.
 * The first call starts the merge of all segments, later ones continue it.
 */
const mergeSearchIndex: Step = async (env, { entityId, after }) => {
	const index = sql.identifier(entityId);
	const changes = sql`SELECT total_changes() AS "count"`;
	const [before = [], , since = []] = await write(env.DB, [
		changes,
		sql`INSERT INTO ${index} (${index}, "rank") VALUES ('merge', ${after === "" ? -PAGES_PER_CHUNK : PAGES_PER_CHUNK})`,
		changes,
	]);
	// The statement itself counts as one change.
	const merged = Number(since[0]?.count) - Number(before[0]?.count) > 1;
	return merged || after === "" ? { after: after === "" ? "1" : String(Number(after) + 1) } : "done";
};
