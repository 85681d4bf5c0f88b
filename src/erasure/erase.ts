// Erasing a person's record: the row is gone for good with the answer, and an event says so. What else speaks of the
// person is entered in a list (queue.ts) in the same transaction, and worked off from there.
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
import { type Condition, requireVersion, stale } from "../resources/verbs.ts";
import { newestOwn } from "./events.ts";
import { namesakes } from "./found.ts";
import { enterFound, enterRoot, enterSearch } from "./queue.ts";
import { type CustomField, type Rule, rules } from "./rules.ts";
import { customFieldsOf, fieldOf } from "./steps.ts";

/**
 * Plans to erase a record, deleted or not, whatever still names it; also one that was removed for good already, as long as
 * its events speak of it.
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
			// Somebody else may be first; where there is no row any more, only the event tells.
			...(row ? [] : [expect(sql`(${newestOwn(organizationId, id)}) <> ${type}`, () => new LostRace())]),
			...queries.map((query) => ({ query })),
			...(row ? removal(rule, row, fields.map(fieldOf), condition) : []),
			...record(ctx, [{ type, entityId: id, payload: envelope(ctx, type, { id }) }]),
		],
	};
}

/** Statements that remove a row with its links, as long as it is as it was read. */
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
