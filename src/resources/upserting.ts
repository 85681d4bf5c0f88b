// Create-or-update: updates the live row that has a value, or creates a row.

import type { Ctx } from "../context.ts";
import { expect, LostRace, type Write } from "../db/commit.ts";
import { type Link, rowsByLink } from "../db/links.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { links } from "../db/schema/bookkeeping.ts";
import { sql } from "../db/sql.ts";
import { liveRowsOf, notDeleted } from "../db/tenant.ts";
import { conflict, throwFieldErrors } from "../errors.ts";
import { checkKind } from "./kind.ts";
import { planFor } from "./plan.ts";
import type { Reader } from "./reader.ts";
import type { Resource } from "./resource.ts";

export interface Upserted<Row> {
	readonly row: Row;
	readonly created: boolean;
}

/** The upsert of one resource. Throws CONFLICT that names the ids if several rows match. */
export function upserter<Row extends OwnedRow, Create extends object, Update, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	{ readForRules }: Reader<Row, Create, Update, Fact>,
) {
	const { store } = resource;
	const { table } = store;

	/** The link that a custom field is matched by; null for a column. */
	const linkFor = async (ctx: Ctx, field: string, value: unknown): Promise<Link | null> => {
		if (!resource.matchLink || !field.startsWith("cf_")) return null;
		return resource.matchLink(field, value, (await readForRules(ctx, [], [])).known.fact);
	};

	return async (ctx: Ctx, field: string, value: unknown, input: Create): Promise<Write<Upserted<Row>>> => {
		const link = await linkFor(ctx, field, value);
		const column = link ? null : store.key(field);
		const { organizationId } = ctx.caller;
		// In the order of the index, so that LIMIT reads no further rows.
		const matching = link
			? sql`SELECT ${table}.* FROM ${rowsByLink(table, organizationId, `${store.name}.${link.field}`)} AND ${links.toId} = ${link.toId}
				AND ${notDeleted(table)} ORDER BY ${links.fromId}`
			: sql`SELECT * FROM ${liveRowsOf(table, organizationId)} AND ${column} = ${column?.mapToDriverValue(value)}
				ORDER BY ${table.id}`;
		const { found, errors, known } = await readForRules(ctx, [input], [sql`${matching} LIMIT 10`]);
		throwFieldErrors(errors[0]);
		const plan = planFor(ctx, resource, known);
		const matches = (found[0] ?? []).map(plan.decode);
		if (matches.length > 1) {
			const ids = matches.map(({ id }) => id).join(", ");
			throw conflict(`Several match by ${field}: ${ids}.`, {
				path: field,
				message: "Matches more than one.",
			});
		}
		const expectMatches = expect(
			sql`(SELECT count(*) FROM (${matching} LIMIT 2)) = ${matches.length}`,
			() => new LostRace(),
		);
		const [match] = matches;
		if (match) {
			const after = plan.merge(match, input);
			const kind = checkKind(ctx.caller, resource, match.id, input);
			if (kind.queries.length > 0)
				kind.refuse((await readForRules(ctx, [], kind.queries)).found, match, after);
			const { value: row, statements, slots = [] } = plan.updates(match, after);
			return {
				value: { row, created: false },
				statements: statements.length > 0 ? [expectMatches, ...statements] : [],
				slots,
			};
		}
		const row = plan.draft(input);
		return {
			value: { row, created: true },
			statements: [expectMatches, ...plan.inserts([row])],
			slots: plan.slots(row),
		};
	};
}
