// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs in what a webhook's settings promise: its filter, its format, its rate limit, its order.
import { type Mutant, singleEdit } from "./mutant.ts";

const FILTERS = "test/delivery/filters.test.ts";
const SLACK = "test/delivery/slack.test.ts";
const EXPAND = "test/delivery/expand.test.ts";
const PACE = "test/delivery/pace.test.ts";
const LANGUAGE = [FILTERS, "lets through in SQL what its documentation says"] as const;

export const webhookMutants: readonly Mutant[] = [
	singleEdit(
		"a filter is kept and not judged",
		[FILTERS, "decides before a delivery is made"],
		"src/outbox/record.ts",
		'AND ${passesFilter(sql`event."payload"`)}',
		"",
	),
	singleEdit(
		"what nobody subscribed to once is delivered to nobody",
		["test/delivery/unwanted.test.ts", "is delivered to whoever subscribes then"],
		"src/outbox/unwanted.ts",
		"sql`NOT EXISTS (${subscribersTo(organizationId, events)})`",
		"sql`true`",
	),
	singleEdit(
		"what a filter keeps out is planned twice each time",
		["test/delivery/unwanted.test.ts", "is planned twice only once where a filter lets nothing through"],
		"src/outbox/unwanted.ts",
		"if (remembered.get(key, now) === undefined) ",
		"",
	),
	singleEdit(
		"the deliveries of an event are shown to who may not read it",
		["test/events/commit-order.test.ts", "is found by its id, with its deliveries"],
		"src/webhooks/event-deliveries.ts",
		"requireReadable(ctx.caller, [String(event.type)]);",
		"",
	),
	singleEdit(
		"the second page of an event's deliveries is the first",
		["test/events/commit-order.test.ts", "is found by its id, with its deliveries"],
		"src/webhooks/event-deliveries.ts",
		'after ? sql`AND webhook."id" < ${after.id}` : sql``',
		"after ? sql`` : sql``",
	),
	singleEdit(
		"the deliveries of an event are all that were made at its time",
		["test/events/commit-order.test.ts", "is found by its id, with its deliveries"],
		"src/webhooks/event-deliveries.ts",
		" AND ${deliveries.eventId} = ${eventId}",
		"",
	),
	singleEdit(
		"true and 1 are the same to a filter",
		LANGUAGE,
		"src/outbox/filter.ts",
		" AND ${kind(one)} = ${kind(other)}`",
		"`",
	),
	singleEdit(
		"what is unset is not among the values that a filter excludes",
		LANGUAGE,
		"src/outbox/filter.ts",
		"AND (${isSet} OR NOT EXISTS",
		"AND (true OR NOT EXISTS",
	),
	singleEdit(
		"a delivery whose webhook is paused is claimed at once",
		["test/delivery/breaker.test.ts", "pause a webhook: first attempts and retries wait"],
		"src/delivery/claim.ts",
		'(webhook."pausedUntil" IS NOT NULL OR webhook."rateLimit" IS NOT NULL OR webhook."ordered"',
		'(webhook."rateLimit" IS NOT NULL OR webhook."ordered"',
	),
	singleEdit(
		"a delivery whose webhook has a rate limit is claimed at once",
		["test/delivery/pace.test.ts", "lets so many attempts begin in its time"],
		"src/delivery/claim.ts",
		'OR webhook."rateLimit" IS NOT NULL OR webhook."ordered" OR',
		'OR webhook."ordered" OR',
	),
	singleEdit(
		"a delivery to Slack takes the template of today",
		[SLACK, "is made of the payload, signed, and the same on each attempt"],
		"src/delivery/claimed.ts",
		"textOrNull(row.template)",
		'textOrNull(row["webhook.template"])',
	),
	singleEdit(
		"what a visitor wrote is markup in Slack",
		[SLACK, "is made of the payload, signed, and the same on each attempt"],
		"src/delivery/template.ts",
		"escapeForSlack(textOf(",
		"(textOf(",
	),
	singleEdit(
		"whatever callers have typed is looked up for names",
		[EXPAND, "only ids in fields that have such are looked up"],
		"src/delivery/names.ts",
		'json_each(${places}) AS place CROSS JOIN json_each(${payload}, place."value") AS node',
		"json_tree(${payload}) AS node",
	),
	singleEdit(
		"all names are sent that there are",
		[EXPAND, "names stand beside the ids of the resources that a webhook expands"],
		"src/delivery/names.ts",
		"wanted.filter(mayShow)",
		"[...namedPaths]",
	),
	singleEdit(
		"the log shows names that a key may not see",
		[EXPAND, "names stand beside the ids of the resources that a webhook expands"],
		"src/webhooks/log.ts",
		"mayShow(ctx.caller))",
		"() => true)",
	),
	singleEdit(
		"names are sent to whoever asks for them",
		[EXPAND, "takes the scopes to read what is named"],
		"src/webhooks/verbs.ts",
		"requireNames(ctx.caller, rest.expand ?? []);",
		"",
	),
	singleEdit(
		"a webhook with names is led elsewhere by who may not see them",
		[EXPAND, "takes the scopes to read what is named"],
		"src/webhooks/verbs.ts",
		"[...before.expand, ...(expand ?? [])]",
		"expand ?? []",
	),
	singleEdit(
		"what a receiver said of names is kept when the person is erased",
		["test/erasure/everywhere.test.ts", "is gone from all of them once lead and client are erased"],
		"src/erasure/steps.ts",
		"...messageSteps, events]",
		"...messageSteps, ...(rule.isPersonal ? [events] : [])]",
	),
	singleEdit(
		"what a receiver said of a deal that loses its title is kept",
		["test/erasure/everywhere.test.ts", "is gone from all of them once lead and client are erased"],
		"src/erasure/steps.ts",
		'name === "deals" ? mentions.deals.map(addMentions) : []',
		"[]",
	),
	singleEdit(
		"a rate limit counts nothing",
		[PACE, "lets so many attempts begin in its time"],
		"src/outbox/pace.ts",
		"${usedOf(webhook, now)} + ${attempts})",
		"0 * ${attempts})",
	),
	singleEdit(
		"a claim doesn't ask for the rate limit",
		[PACE, "puts them back, and uses no attempt"],
		"src/delivery/breaker.ts",
		'(queued."urgent" OR (queued."place" <= ${allowedNow(sql`queued`, now)}\n\t\tAND (',
		'(queued."urgent" OR ((',
	),
	singleEdit(
		"what a rate limit holds has a message each",
		[PACE, "of one a second with 1,000 waiting costs others nothing"],
		"src/outbox/backlog.ts",
		"min(${WINDOW_SIZE}, ${allowance(webhook, now)}) -",
		"${WINDOW_SIZE} -",
	),
	singleEdit(
		"what a rate limit holds stays held when it ends",
		[PACE, "its end lets go what waits"],
		"src/webhooks/verbs.ts",
		"...(isSamePace(before, value) ? [] : endPause(ctx, id)),",
		"",
	),
	singleEdit(
		"an order is that of the times at which deliveries are due",
		[PACE, "by the order of the events"],
		"src/outbox/pace.ts",
		"WHEN ${ordered} THEN CAST(${numberInId(eventId)} AS INTEGER) ELSE",
		"ELSE",
	),
	singleEdit(
		"an order doesn't wait for a retry",
		[PACE, "across retries, and given up"],
		"src/outbox/backlog.ts",
		'(${webhook}."ordered" AND ${hasOrdered(id, sql`"dueAt" < ${BACKLOG_OFFSET}`)})',
		'(0 AND ${hasOrdered(id, sql`"dueAt" < ${BACKLOG_OFFSET}`)})',
	),
	singleEdit(
		"a new event overtakes what waits in an order",
		[PACE, "holds while the breaker is open, and the retry is later"],
		"src/outbox/backlog.ts",
		'CASE WHEN ${webhook}."ordered" AND ${hasOrdered(id, sql`"dueAt" IS NOT NULL`)} THEN 0',
		'CASE WHEN ${webhook}."ordered" AND ${hasOrdered(id, sql`"dueAt" < 0`)} THEN 0',
	),
];
