// The endpoint of the request log.
import type { z } from "@hono/zod-openapi";
import type { Ctx } from "../context.ts";
import { isoOf } from "../db/columns.ts";
import { feedPage, idOrder, oneOf } from "../db/feed.ts";
import type { PageQuery } from "../db/list-query.ts";
import { requestLog } from "../db/schema/request-log.ts";
import { sql } from "../db/sql.ts";
import { ownedBy } from "../db/tenant.ts";
import { pageSchema } from "../http/crud.ts";
import { id, instant } from "../http/fields.ts";
import { repeatable, statusParameter } from "../http/list-query.ts";
import { once } from "../http/once.ts";
import { pageEndpoint, pageQuery } from "../http/page.ts";
import { identities } from "../identities.ts";
import { firstIdAt } from "../ids.ts";
import { pick } from "../json.ts";
import { LoggedRequest, methods } from "./schema.ts";

const RequestLogQuery = pageQuery(() => ({
	status: statusParameter("Only requests that were answered with this status code."),
	method: repeatable(methods, "Only requests with this method."),
	keyId: repeatable(id("key"), "Only requests of this API key and its dashboard sessions."),
	since: instant().optional().describe("Only requests at or after this time."),
}));

const list = pageEndpoint(
	{
		path: "/request-log",
		of: identities["request-log"],
		operationId: "listRequestLog",
		summary: "List requests",
		description:
			"The latest requests of the organization's keys, newest first: each one that was answered with an error (4xx, 5xx), and one in fifty of the others. A request appears some seconds after its answer. Equal ones are counted in one row. At most 60 rows are added in a minute. They are kept for 7 days, unless the operator has set another number of days; of more than 10,000 the newest are kept. Bodies, headers, query strings and keys are not logged, nor requests without a valid key.",
		message: "Requests listed successfully",
		query: RequestLogQuery,
		page: pageSchema("LoggedRequest", LoggedRequest),
	},
	listRequests,
);

const shownFields = once(() => Object.keys(LoggedRequest.shape));

async function listRequests(ctx: Ctx, query: PageQuery & z.output<typeof RequestLogQuery>) {
	const { status, method, keyId, since, after, limit } = query;
	const { rows, next } = await feedPage({
		db: ctx.env.DB,
		...idOrder(requestLog),
		owner: ownedBy(requestLog, ctx.caller.organizationId),
		from: since === undefined ? [] : [sql`${firstIdAt("rql", Date.parse(since))}`],
		tests: [
			...oneOf(requestLog.status, status),
			...oneOf(requestLog.method, method),
			...oneOf(requestLog.keyId, keyId),
		],
		after,
		limit,
	});
	const items = rows.map((row) => ({ ...pick(row, shownFields()), at: isoOf(row.at) }));
	return { items, next };
}

export const requestLogEndpoints = [list];
