// Values that no two live rows of an organization may share, and the query for those that are taken.
import type { Ctx } from "../context.ts";
import { batch } from "../db/client.ts";
import { rowsByLink } from "../db/links.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { links } from "../db/schema/bookkeeping.ts";
import { type SQL, sql } from "../db/sql.ts";
import { notDeleted, ownedBy } from "../db/tenant.ts";
import type { Resource } from "./resource.ts";

export interface Unique {
	/** The invalid field, as the API names it. */
	readonly path: string;
	/** A query for the values that another live row has: their index among those asked for, and the other row (`holder`). */
	readonly taken: SQL;
	readonly values: readonly UniqueValue[];
}

/** A unique value of a row, in columns of its table or as a link. */
export interface UniqueValue extends Pick<OwnedRow, "id"> {
	readonly path: string;
	readonly values: readonly unknown[];
	/** Equal for two rows with the same value. */
	readonly key: string;
	/** The other live rows with the values of `asked`: the SQL after CROSS JOIN, and their id in it. */
	readonly others: SQL;
	readonly otherId: SQL;
}

/** The unique values of a row; for an update of `before`, only those that changed. */
export function uniqueValuesOf<Row extends OwnedRow, Create, Update, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	row: Row,
	fact: Fact,
	before: Row | null = null,
): UniqueValue[] {
	const valuesOf = (of: Row) => [...columnValues(resource, of), ...linkValues(resource, of, fact)];
	const unchanged = new Set((before ? valuesOf(before) : []).map(({ key }) => key));
	return valuesOf(row).filter(({ key }) => !unchanged.has(key));
}

function columnValues<Row extends OwnedRow>(
	{ store: { table, key }, unique = [] }: Pick<Resource<Row, never, never>, "store" | "unique">,
	row: Row,
): UniqueValue[] {
	const { id, organizationId } = row;
	const otherId = sql`other."id"`;
	const set = unique.filter((fields) => fields.every((field) => row[field] !== null));
	return set.map((fields) => {
		const path = fields.at(-1) ?? "";
		const values = fields.map((field) => key(field).mapToDriverValue(row[field]));
		const same = fields.map(
			(field, index) =>
				sql` AND unlikely(other.${sql.identifier(key(field).name)} = asked.value->>${`$[${index + 1}]`})`,
		);
		const others = sql`${table} AS other
			WHERE ${ownedBy("other", organizationId)} AND ${notDeleted("other")} AND other."id" <> asked.value->>0${sql.join(same)}`;
		return { id, path, values, key: [path, values.join("\n").toLowerCase()].join("\n"), others, otherId };
	});
}

function linkValues<Row extends OwnedRow, Fact>(
	{ store: { table, name }, uniqueLinks }: Pick<Resource<Row, never, never, Fact>, "store" | "uniqueLinks">,
	row: Row,
	fact: Fact,
): UniqueValue[] {
	const { id, organizationId } = row;
	return (uniqueLinks?.(row, fact) ?? []).map(({ path, field, toId }) => {
		const others = sql`${rowsByLink(table, organizationId, `${name}.${field}`)} AND ${links.toId} = asked.value->>1
			AND ${links.fromId} <> asked.value->>0 AND ${notDeleted(table)}`;
		return {
			id,
			path,
			values: [toId],
			key: [path, toId].join("\n"),
			others,
			otherId: sql`${links.fromId}`,
		};
	});
}

/** One query per unique field or link, for any number of values. */
export const uniqueChecks = (values: readonly UniqueValue[]): Unique[] =>
	[...Map.groupBy(values, ({ path }) => path)].flatMap(([path, group]) =>
		group.slice(0, 1).map(({ others, otherId }) => {
			const asked = group.map(({ id, values }) => [id, ...values]);
			return {
				path,
				values: group,
				taken: sql`SELECT asked.key AS "index", ${otherId} AS "holder" FROM ${sql.each(asked)} AS asked CROSS JOIN ${others}`,
			};
		}),
	);

/** The values that another live row has, with the id of that row. */
export async function findTaken(
	{ env }: Ctx,
	values: readonly UniqueValue[],
): Promise<(Pick<UniqueValue, "path" | "key"> & { readonly holder: string })[]> {
	const asked = uniqueChecks(values);
	const answers = await batch(
		env.DB,
		asked.map(({ taken }) => taken),
	);
	return asked.flatMap(({ path, values: group }, nth) =>
		(answers[nth] ?? []).map(({ index, holder }) => ({
			path,
			key: group[Number(index)]?.key ?? "",
			holder: String(holder),
		})),
	);
}
