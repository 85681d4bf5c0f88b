// Erases a person's record: the row is removed at once, and an event reports it. In the same transaction everything else that
// may contain the person's data is entered in a work list (queue.ts).
import { getTableName, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import { expect, expectChanged, LostRace, type Statement, type Write } from "../db/commit.ts";
import { uncount } from "../db/counts.ts";
import { linkStatements } from "../db/links.ts";
import { rowOf } from "../db/tenant.ts";
import { notFound } from "../errors.ts";
import { type Erasable, identities } from "../identities.ts";
import { envelope, record } from "../outbox/record.ts";
import { type Condition, requireVersion, stale } from "../resources/condition.ts";
import { newestOwn } from "./events.ts";
import { namesakes } from "./found.ts";
import { enterFound, enterRoot, enterSearch } from "./queue.ts";
import { type CustomField, type Rule, rules } from "./rules.ts";
import { customFieldsOf, fieldOf } from "./steps.ts";

/**
 * Plans to erase a record, deleted or not, whatever still refers to it; also one that was purged already, as long as its events
 * exist.
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
	const [[row] = [], fields = [], events = []] = await batch(ctx.env.DB, [
		sql`SELECT * FROM ${rowOf(table, organizationId, id)}`,
		customFieldsOf(organizationId, getTableName(table)),
		newestOwn(organizationId, id),
	]);
	if (!row && !events.some((newest) => newest.type !== type)) throw notFound(noun);
	if (row) requireVersion(row, condition);
	else if (condition) throw stale();
	const queries = [
		...(resource === "leads"
			? [enterFound(organizationId, id, "deals", namesakes(organizationId, id), ctx.now)]
			: []),
		enterRoot(organizationId, id, resource, ctx.now),
		...(search === null ? [] : [enterSearch(search, ctx.now)]),
	];
	return {
		value: null,
		statements: [
			// Another request may have erased it first; when the row is already gone, only its events show that.
			...(row ? [] : [expect(sql`(${newestOwn(organizationId, id)}) <> ${type}`, () => new LostRace())]),
			...queries.map((query) => ({ query })),
			...(row ? removal(rule, row, fields.map(fieldOf), condition) : []),
			...record(ctx, [{ type, entityId: id, payload: envelope(ctx, type, { id }) }]),
		],
	};
}

/** Statements that remove a row with its links, if it has not changed since it was read. */
function removal(
	{ table, links }: Rule,
	row: RawRow,
	fields: readonly CustomField[],
	condition: Condition | null,
): Statement[] {
	const organizationId = String(row.organizationId);
	const its = rowOf(table, organizationId, String(row.id));
	const removed = links(row, fields).map(({ field, toId }) => ({
		field: `${getTableName(table)}.${field}`,
		toId,
	}));
	return [
		...linkStatements([{ organizationId, fromId: String(row.id), added: [], removed }]),
		{ query: uncount(table, sql`SELECT * FROM ${its}`) },
		{ query: sql`DELETE FROM ${its} AND ${table.version} = ${row.version}` },
		condition ? expectChanged(() => stale()) : expectChanged(),
	];
}
