// A field can only be made unique, or be restored as unique, while no two live rows have the same value.
import type { Ctx } from "../context.ts";
import { batch } from "../db/client.ts";
import { expect, type Statement } from "../db/commit.ts";
import { isLink } from "../db/links.ts";
import { links } from "../db/schema/bookkeeping.ts";
import type { customFields } from "../db/schema/custom-fields.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isRow, notDeleted } from "../db/tenant.ts";
import { conflict } from "../errors.ts";
import { visibleName } from "../resources/holding.ts";

type Field = typeof customFields.$inferSelect;

/** Two live rows with the same value, as `one` and `other`. Reads all values of the field; the quota of rows bounds them. */
function duplicates({ organizationId, id, entity }: Field): SQL {
	return sql`SELECT min("row"."id") AS "one", max("row"."id") AS "other" FROM ${links} CROSS JOIN ${sql.identifier(entity)} AS "row"
			ON ${isRow("row", links.organizationId, links.fromId)}
		WHERE ${isLink(organizationId, `${entity}.custom.${id}`)} AND ${notDeleted("row")}
		GROUP BY ${links.toId} HAVING count(*) > 1 LIMIT 1`;
}

/**
 * Refuses a field whose values are not unique.
 * @throws AppError 409 naming two rows with the same value, if the caller may read them
 */
export async function refuseDuplicates(ctx: Ctx, field: Field): Promise<void> {
	const [found] = await batch(ctx.env.DB, [duplicates(field)]);
	const pair = found?.[0];
	if (!pair) return;
	const [one, other] = [pair.one, pair.other].map((id) => visibleName(ctx.caller, field.entity, id));
	const message = `${one} and ${one === other ? "another" : other} have the same ${field.key}.`;
	throw conflict(`This custom field can't be unique: ${message}`, { path: "unique", message });
}

/** The same check inside the batch, for rows that others write in between. */
export const expectNoDuplicates = (field: Field): Statement => expect(sql`NOT EXISTS (${duplicates(field)})`);
