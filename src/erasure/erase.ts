// Erases a person's record: the row is removed at once, and an event reports it. In the same transaction everything else that
// may contain the person's data is entered in a work list (queue.ts).
import { getTableName } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import { expect, expectChanged, type Statement, type Write } from "../db/commit.ts";
import { uncountRows } from "../db/counts.ts";
import { newestEventType } from "../db/event-keys.ts";
import { linkStatements } from "../db/links.ts";
import { sql } from "../db/sql.ts";
import { rowOf } from "../db/tenant.ts";
import { notFound } from "../errors.ts";
import { type ErasablePath, identities } from "../identities.ts";
import { envelope, recordEvents } from "../outbox/record.ts";
import { requireVersion, staleVersion, type VersionCondition } from "../resources/condition.ts";
import { dealsNamedAfterLead } from "./mentions.ts";
import { addFound, addRoot, addSearchIndex } from "./queue.ts";
import { type CustomField, type Rule, rules } from "./rules.ts";
import { customFieldsOf, fieldOf } from "./steps.ts";

/**
 * Plans to erase a record, deleted or not, whatever still refers to it; also one that was purged already, as long as its events
 * exist.
 * @throws AppError 404, 412
 */
export async function erase(
	ctx: Ctx,
	resource: ErasablePath,
	id: string,
	condition: VersionCondition | null,
): Promise<Write<null>> {
	const { organizationId } = ctx.caller;
	const rule: Rule = rules[resource];
	const { table, search } = rule;
	const { noun } = identities[resource];
	const type = `${noun}.erased` as const;
	const [[row] = [], fields = [], events = []] = await batch(ctx.env.DB, [
		sql`SELECT * FROM ${rowOf(table, organizationId, id)}`,
		customFieldsOf(organizationId, getTableName(table)),
		newestEventType(organizationId, id),
	]);
	if (!row && !events.some((newest) => newest.type !== type)) throw notFound(noun);
	if (row) requireVersion(row, condition);
	else if (condition) throw staleVersion();
	const queries = [
		...(resource === "leads"
			? [addFound(organizationId, id, "deals", dealsNamedAfterLead(organizationId, id), ctx.now)]
			: []),
		addRoot(organizationId, id, resource, ctx.now),
		...(search === null ? [] : [addSearchIndex(search, ctx.now)]),
	];
	return {
		value: null,
		statements: [
			// Another request may have erased it first; when the row is already gone, only its events show that.
			...(row ? [] : [expect(sql`(${newestEventType(organizationId, id)}) <> ${type}`)]),
			...queries,
			...(row ? removeRow(rule, row, fields.map(fieldOf), condition) : []),
			...recordEvents(
				ctx,
				[{ type, entityId: id, payload: envelope(ctx, type, { id }) }],
				undefined,
				"deletion",
			),
		],
	};
}

/** Statements that remove a row with its links, if it has not changed since it was read. */
function removeRow(
	{ table, links }: Rule,
	row: RawRow,
	fields: readonly CustomField[],
	condition: VersionCondition | null,
): Statement[] {
	const organizationId = String(row.organizationId);
	const thisRow = rowOf(table, organizationId, String(row.id));
	const removed = links(row, fields).map(({ field, toId }) => ({
		field: `${getTableName(table)}.${field}`,
		toId,
	}));
	return [
		...linkStatements([{ organizationId, fromId: String(row.id), added: [], removed }]),
		uncountRows(table, sql`SELECT * FROM ${thisRow}`),
		sql`DELETE FROM ${thisRow} AND ${table.version} = ${row.version}`,
		expectChanged(condition ? staleVersion : undefined),
	];
}
