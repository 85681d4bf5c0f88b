// Erasing a person's record: the row is gone for good with the answer, and an event says so. What else speaks of the
// person is entered in a list (queue.ts) in the same transaction, and worked off from there.
import { getTableName, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { batch } from "../db/client.ts";
import { expectChanged, type Write } from "../db/commit.ts";
import { uncount } from "../db/counts.ts";
import { linkStatements } from "../db/links.ts";
import { rowOf } from "../db/tenant.ts";
import { notFound } from "../errors.ts";
import { type Erasable, identities } from "../identities.ts";
import { envelope, record } from "../outbox/record.ts";
import { type Condition, requireVersion, stale } from "../resources/verbs.ts";
import { namesakes } from "./found.ts";
import { enterFound, enterRoot, enterSearch } from "./queue.ts";
import { type Rule, rules } from "./rules.ts";
import { customFieldsOf, fieldOf } from "./steps.ts";

/**
 * Plans to erase a record, deleted or not, whatever still names it.
 * @throws AppError 404, 412
 */
export async function erase(
	ctx: Ctx,
	resource: Erasable,
	id: string,
	condition: Condition | null,
): Promise<Write<null>> {
	const { organizationId } = ctx.caller;
	const rule: Rule = rules[resource];
	const { table, search } = rule;
	const { noun } = identities[resource];
	const type = `${noun}.erased` as const;
	const its = rowOf(table, organizationId, id);
	const [[row] = [], fields = []] = await batch(ctx.env.DB, [
		sql`SELECT * FROM ${its}`,
		customFieldsOf(organizationId, getTableName(table)),
	]);
	if (!row) throw notFound(noun);
	requireVersion(row, condition);
	const removed = rule
		.links(row, fields.map(fieldOf))
		.map(({ field, toId }) => ({ field: `${getTableName(table)}.${field}`, toId }));
	const queries = [
		...(resource === "leads"
			? [enterFound(organizationId, id, "deals", namesakes(organizationId, id), ctx.now)]
			: []),
		enterRoot(organizationId, id, resource, ctx.now),
		...(search === null ? [] : [enterSearch(search, ctx.now)]),
		uncount(table, sql`SELECT * FROM ${its}`),
		sql`DELETE FROM ${its} AND ${table.version} = ${row.version}`,
	];
	return {
		value: null,
		statements: [
			...linkStatements([{ organizationId, fromId: id, added: [], removed }]),
			...queries.map((query) => ({ query })),
			condition ? expectChanged(() => stale()) : expectChanged(),
			...record(ctx, [{ type, entityId: id, payload: envelope(ctx, type, { id }) }]),
		],
	};
}
