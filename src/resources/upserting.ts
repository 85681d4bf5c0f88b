// Create-or-update: updates the live row that has a value, or creates a row.
import type { Ctx } from "../context.ts";
import { expect, type Write } from "../db/commit.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { selected } from "../db/row-columns.ts";
import { sql } from "../db/sql.ts";
import { throwFieldErrors } from "../errors.ts";
import { checkKind } from "./kind.ts";
import { isCustom, lookupOf, MAX_LISTED, matchingRows, severalMatch } from "./matching.ts";
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
	/** The fact is only read, and needed, for a custom field. */
	const lookup = async (ctx: Ctx, field: string, value: unknown) => {
		const matchedBy = isCustom(field) ? (await readForRules(ctx, [], [])).known : null;
		return { ...lookupOf(resource, matchedBy?.fact ?? null, field, value), matchedBy };
	};

	const upsert = async (
		ctx: Ctx,
		field: string,
		value: unknown,
		input: Create,
	): Promise<Write<Upserted<Row>>> => {
		const { key, link, matchedBy } = await lookup(ctx, field, value);
		const matching = sql`SELECT ${selected(resource.store.table)} ${matchingRows(resource, ctx.caller.organizationId, field, link, sql`${key}`)}`;
		const { found, errorsOf, known } = await readForRules(
			ctx,
			[input],
			[sql`${matching} ${sql.limit(MAX_LISTED)}`],
		);
		// The definition that was matched by has been changed meanwhile.
		if (matchedBy && matchedBy.scalar !== known.scalar) return upsert(ctx, field, value, input);
		throwFieldErrors(errorsOf(0));
		const plan = planFor(ctx, resource, known);
		const matches = (found[0] ?? []).map(plan.decode);
		if (matches.length > 1) {
			throw severalMatch(
				field,
				matches.map(({ id }) => id),
			);
		}
		const expectMatches = expect(sql`(SELECT count(*) FROM (${matching} LIMIT 2)) = ${matches.length}`);
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
			statements: [expectMatches, ...plan.inserts(row)],
			slots: plan.slots(row),
		};
	};
	return upsert;
}
