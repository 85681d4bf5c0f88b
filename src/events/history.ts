// The history of a record: its events, newest first. One endpoint for each resource with events.
import type { Ctx } from "../context.ts";
import { clients } from "../crm/clients/clients.ts";
import { conversations } from "../crm/conversations/conversations.ts";
import { deals } from "../crm/deals/deals.ts";
import { formResponses } from "../crm/form-responses/form-responses.ts";
import { invoices } from "../crm/invoices/invoices.ts";
import { leads } from "../crm/leads/leads.ts";
import { quotations } from "../crm/quotations/quotations.ts";
import { tasks } from "../crm/tasks/tasks.ts";
import { keyBaseOf, keyEndOf } from "../db/event-keys.ts";
import { feedPage } from "../db/feed.ts";
import type { PageQuery } from "../db/list-query.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { events, formerEvents } from "../db/schema/events.ts";
import { sql } from "../db/sql.ts";
import type { Store } from "../db/store.ts";
import { rowsOf } from "../db/tenant.ts";
import { notFound } from "../errors.ts";
import { includeDeletedParameter, pageSchema } from "../http/crud.ts";
import type { Endpoint } from "../http/endpoint.ts";
import { pageEndpoint, pageQuery } from "../http/page.ts";
import type { Identity } from "../identities.ts";
import { webhooks } from "../webhooks/webhooks.ts";
import { withArticle } from "../words.ts";
import { eventsStillMoving, feedByNumber, showEvent } from "./feed.ts";
import { EventSchema } from "./schema.ts";

type ResourceWithHistory = Identity & { readonly store: Pick<Store<OwnedRow>, "byId"> };

interface HistoryQuery extends PageQuery {
	readonly includeDeleted: boolean;
}

const historyQuery = pageQuery(() => ({ includeDeleted: includeDeletedParameter }));
const HistoryPage = pageSchema("History", EventSchema);

function historyEndpoint(resource: ResourceWithHistory): Endpoint {
	const { path, one, noun } = resource;
	return pageEndpoint(
		{
			path: `/${path}/{id}/events`,
			of: resource,
			extraScopes: ["events:read"],
			operationId: `list${one}Events`,
			summary: `List the events of ${withArticle(noun)}`,
			description: `What happened to one ${noun}, newest first: when, by whom, and the changed fields in \`payload.changes\`. Events are kept as long as in \`GET /events\`${path === "leads" ? ". `save_lead` is left out, because it repeats the event before it" : ""}.`,
			message: "Events listed successfully",
			query: historyQuery,
			page: HistoryPage,
		},
		(ctx, query, id) => listHistory(ctx, resource, id, query),
	);
}

/**
 * A page of a record's events.
 * @throws AppError 404 as for reading the record; 503 while older events are yet to be moved (db/event-keys.ts)
 */
async function listHistory(
	ctx: Ctx,
	{ noun, store }: ResourceWithHistory,
	id: string,
	{ limit, after, includeDeleted: deleted }: HistoryQuery,
) {
	const { organizationId } = ctx.caller;
	const base = keyBaseOf(organizationId);
	const { rows, next, extra } = await feedPage(
		{
			...feedByNumber(base),
			db: ctx.env.DB,
			// The condition of the partial index for histories.
			owner: sql`${events.entityId} = ${id} AND ${events.type} <> 'save_lead' AND ${events.test} = 0`,
			from: [base],
			before: [keyEndOf(base)],
			tests: [],
			after,
			limit,
		},
		[
			store.byId(organizationId, id, deleted),
			sql`SELECT 1 FROM ${rowsOf(formerEvents, organizationId)} LIMIT 1`,
		],
	);
	const [record, unmoved = []] = extra;
	if (!record?.[0]) throw notFound(noun);
	if (next || unmoved.length === 0) return { items: rows.map(showEvent), next };
	// Older events are found once they are moved; until then the next page answers 503.
	const last = rows.at(-1);
	if (!last) throw eventsStillMoving();
	return { items: rows.map(showEvent), next: { value: null, id: String(last.sequence) } };
}

export const historyEndpoints = [
	leads,
	clients,
	deals,
	tasks,
	formResponses,
	conversations,
	quotations,
	invoices,
	webhooks,
].map(historyEndpoint);
